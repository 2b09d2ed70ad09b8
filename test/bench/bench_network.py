#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""For every card and every iPXE release at hand: whole redraws in raw bitmaps
in our client on that release's stock ROM, beside undionly.kpxe's HTTP download
over the same ROM, in turn. MB/s, the best of three.

    test/bench/bench_network.py [CARD]... [RELEASE]...
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "boot"))
from harness import root, scratch  # noqa: E402
from harness.child import HarnessError  # noqa: E402
from harness.speed import CARDS, RELEASES, client_speed, stock_of, \
    undionly_of, undionly_speed, with_id  # noqa: E402


def own_rom(stock, pci):
    """Our ROM around that stock ROM."""
    path = os.path.join(scratch("rom-"), "spice.rom")
    subprocess.run([sys.executable, "romlayout/mkrom.py", "--loader",
                    "build/fw/loader.bin", "--pci", pci, "--program",
                    "build/fw/program.elf", "--stock", stock, path],
                   cwd=root(), check=True, stdout=subprocess.DEVNULL)
    return path


def best(measure, *args):
    """MB/s, or None with a word on what went wrong."""
    try:
        return max(measure(*args)) / 1e6
    except HarnessError as error:
        print("  %s: %s" % (measure.__name__, str(error).split(";")[0]))
        return None


def row(card, release):
    stock, undionly = stock_of(release, card), undionly_of(release)
    if not stock or not undionly:
        print("%-9s %-5s not at hand" % (card, release))
        return
    nic, pci = CARDS[card]
    theirs = best(undionly_speed, undionly, with_id(stock, pci), nic, 8, 3,
                  60)
    ours = best(client_speed, own_rom(stock, pci), nic)
    numbers = ["%8.1f" % n if n else "%8s" % "-" for n in (ours, theirs)]
    ratio = "%8.2f" % (ours / theirs) if ours and theirs else ""
    print("%-9s %-5s %s %s %s" % (card, release, *numbers, ratio), flush=True)


def main():
    cards = [c for c in CARDS if c in sys.argv[1:]] or list(CARDS)
    releases = [r for r in RELEASES if r in sys.argv[1:]] or list(RELEASES)
    print("%-9s %-5s %8s %8s %8s" % ("card", "iPXE", "redraws", "undionly",
                                     "ratio"))
    for card in cards:
        for release in releases:
            row(card, release)


main()
