#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 300
"""Every card: a still picture costs under a fifth of a core. Alone, since a
busy second core makes the first one slower and the share half as large again:
it was 5 % with the machine full of other work."""
import os
import time

from harness import Client, SpiceGuest, cases, root
from harness.child import wait_for
from harness.speed import CARDS
from harness.undi import cpu_seconds

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


for _card in CARDS:
    cases.add("idle_" + _card, idle, _card)

cases.main()
