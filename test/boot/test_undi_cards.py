#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""Every card: how much of a core a still picture costs, and that a full heap
leaves the stock ROM's memory alone (test/boot/undi_program.c in a ROM for each
card: a pattern in all memory that we count as ours, and the network goes on)."""
import os
import subprocess
import sys
import time

from harness import Client, Machine, SpiceGuest, cases, root, scratch
from harness.child import wait_for
from harness.speed import CARDS
from harness.undi import Server, cpu_seconds, number

IDLE_MOST = 0.20
IDLE_S = 3
# Another program that wakes up often enough may take a measurement's share.
IDLE_TRIES = 4


def idle(card):
    rom = os.path.join(root(), "bin", "spice-%s.rom" % card)
    with SpiceGuest("graphics") as guest, \
            Client(guest.port, rom=rom, nic=CARDS[card][0]) as client:
        wait_for(lambda: "first picture shown" in client.log(), 60,
                 "first picture")
        time.sleep(1)
        shares = []
        while not shares or min(shares) >= IDLE_MOST and \
                len(shares) < IDLE_TRIES:
            start = time.monotonic()
            before = cpu_seconds(client.child.popen.pid)
            time.sleep(IDLE_S)
            shares.append((cpu_seconds(client.child.popen.pid) - before) /
                          (time.monotonic() - start))
        cases.measure("%-9s a still picture: %2.0f %% of a core in TCG" % (
            card, 100 * min(shares)))
        cases.check(min(shares) < IDLE_MOST, "%s" % shares)


def memory(card):
    nic, pci = CARDS[card]
    rom = os.path.join(scratch("rom-"), "undi.rom")
    subprocess.run([sys.executable, "romlayout/mkrom.py", "--loader",
                    "build/fw/loader.bin", "--pci", pci, "--program",
                    "build/fw/undi_program.elf", "--stock",
                    "build/stock/pxe-%s.rom" % card, rom],
                   cwd=root(), check=True, stdout=subprocess.DEVNULL)
    server = Server()
    with Machine(romfile=rom, nic=nic, memory=64,
                 bootfile="undi:%d/pattern=2/get=1" % server.port) as pc:
        cases.equal(number(pc, "pattern-bad", 180), 0, "changed words")
        cases.check(number(pc, "pattern-mib") > 30, "a heap to speak of")
        wait_for(lambda: server.good("get") == 2, 60, "both downloads")


for _card in CARDS:
    cases.add("idle_" + _card, idle, _card)
for _card in CARDS:
    cases.add("memory_" + _card, memory, _card)

cases.main()
