#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""Every card: a full heap leaves the stock ROM's memory alone
(test/boot/undi_program.c in a ROM for each card: a pattern in all memory that
we count as ours, and the network goes on)."""
import os
import subprocess
import sys

from harness import Machine, cases, root, scratch
from harness.child import wait_for
from harness.speed import CARDS
from harness.undi import Server, number


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
    cases.add("memory_" + _card, memory, _card)

cases.main()
