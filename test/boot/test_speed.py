#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 900
"""A session of raw bitmaps against what undionly.kpxe makes of the same stock
ROM: at least 0.8 of it. The best of several turns of each counts, for other
work on this machine only takes away. `make bench` has all cards."""
import os

from harness import cases, root
from harness.speed import CARDS, client_speed, fetched, stock_of, undionly_of, \
    undionly_speed

RELEASE = "1.21"        # the one in our ROMs
LEAST = 0.8
ROUNDS = 5


def speed(card, mib=8, redraws=4):
    """mib: of each download; redraws: of 3 MiB, of each turn of ours."""
    undionly, nic = undionly_of(RELEASE), CARDS[card][0]
    if not undionly:
        cases.check(not fetched(RELEASE), "undionly.kpxe was there, and is "
                    "not any more")
        cases.skip("no undionly.kpxe")
    rom = os.path.join(root(), "bin", "spice-%s.rom" % card)
    theirs, ours = [], []
    for _ in range(ROUNDS):
        theirs += undionly_speed(undionly, stock_of(RELEASE, card), nic, mib)
        ours += client_speed(rom, nic, redraws)
        ratio = max(ours) / max(theirs)
        if ratio >= LEAST:
            break
    cases.measure("%s: redraws %.1f MB/s, undionly.kpxe by HTTP %.1f MB/s, "
                  "ratio %.2f (best of %d each)" % (
                      card, max(ours) / 1e6, max(theirs) / 1e6, ratio,
                      len(ours)))
    cases.check(ratio >= LEAST, "%s and %s" % (ours, theirs))


for _card in ("e1000", "virtio", "e1000e"):
    cases.add("speed_" + _card, speed, _card)
# Far from the bar, and slow: less will do.
for _card in ("rtl8139", "eepro100"):
    cases.add("speed_" + _card, speed, _card, 3, 1)

cases.main()
