#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 900
"""A session of raw bitmaps against what undionly.kpxe makes of the same stock
ROM: at least 0.8 of it, with every card. The best of several turns of each
counts, for other work on this machine only takes away. `make bench-network`
has all releases of iPXE."""
import os

from harness import cases, root
from harness.speed import CARDS, MIB, NoNetwork, client_speed, fetched, \
    stock_of, undionly_of, undionly_speed, with_id

RELEASE = "1.21"        # the one in our ROMs
LEAST = 0.8
ROUNDS = 8
FAR = 4                 # so many times as fast is not measured exactly


def speed(card, mib, redraws):
    """mib: of each download; redraws: of 3 MiB, of each turn of ours.

    With most cards undionly.kpxe loses frames and waits for seconds: a download
    is waited for until we are FAR times as fast. Over vmxnet3 it mostly gets no
    address; with any other card that is a fault, if it happens twice.
    """
    undionly, (nic, pci) = undionly_of(RELEASE), CARDS[card]
    if not undionly:
        cases.check(not fetched(RELEASE), "undionly.kpxe was there, and is "
                    "not any more")
        cases.skip("no undionly.kpxe")
    rom = os.path.join(root(), "bin", "spice-%s.rom" % card)
    theirs, ours, missed = [], [], 0
    for _ in range(ROUNDS):
        ours += client_speed(rom, nic, redraws, 2)
        try:
            theirs += undionly_speed(
                undionly, with_id(stock_of(RELEASE, card), pci), nic, mib, 2,
                slow_s=FAR * mib * MIB / max(ours))
        except NoNetwork:
            missed += 1
            if card == "vmxnet3":
                cases.skip("redraws %.1f MB/s; undionly.kpxe gets no address" %
                           (max(ours) / 1e6))
            cases.check(missed < 2, "undionly.kpxe got no address twice")
            continue
        ratio = max(ours) / max(theirs)
        if ratio >= LEAST:
            break
    cases.measure("%-9s redraws %5.1f MB/s, undionly.kpxe by HTTP %5.1f MB/s, "
                  "ratio %.2f (best of %d each)" % (
                      card, max(ours) / 1e6, max(theirs) / 1e6, ratio,
                      len(ours)))
    cases.check(ratio >= LEAST, "%s and %s" % (ours, theirs))


for _card in ("e1000", "virtio", "e1000e", "pcnet"):
    cases.add("speed_" + _card, speed, _card, 8, 4)
for _card in ("rtl8139", "eepro100", "ne2k_pci", "vmxnet3"):
    cases.add("speed_" + _card, speed, _card, 2, 1)

cases.main()
