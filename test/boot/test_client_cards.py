#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Each card that there is a ROM for: the desktop comes up in every pixel, and
a key arrives."""
import os
import re
import subprocess
import sys

from harness import Client, SpiceGuest, cases, root
from harness.child import wait_for

# The ROM's name, and QEMU's for the card.
CARDS = (("e1000", "e1000"), ("e1000e", "e1000e"),
         ("virtio", "virtio-net-pci"), ("rtl8139", "rtl8139"),
         ("pcnet", "pcnet"), ("ne2k_pci", "ne2k_pci"),
         ("vmxnet3", "vmxnet3"), ("eepro100", "i82557b"))


def rom_of(name):
    return os.path.join(root(), "bin", "spice-%s.rom" % name)


def card(name, nic):
    done = subprocess.run([sys.executable, os.path.join(
        root(), "tools", "rom-inspect"), rom_of(name)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    cases.equal(done.returncode, 0, done.stdout.decode())
    with SpiceGuest("graphics") as guest, \
            Client(guest.port, rom=rom_of(name), nic=nic) as client:
        cases.same(client.wait_picture(guest.screendump, 60, "card-" + name))
        wait_for(lambda: "inputs: up" in client.log(), 10, "inputs channel")
        client.press("a", hold=0.05)
        wait_for(lambda: bytes(guest.keys()).hex() == "1e9e", 5, "the key")
        at = {line: t for t, line in client.times()}
        cases.measure("%-8s %-14s network up %5.2f s, first picture %5.2f s" % (
            name, nic, at["network is up"], at["first picture shown"]))


for rom, device in CARDS:
    cases.add("card_" + rom, card, rom, device)


@cases.case
def every_rom_is_tried():
    built = {f[len("spice-"):-len(".rom")] for f in
             os.listdir(os.path.join(root(), "bin"))
             if f.startswith("spice-") and f.endswith(".rom")}
    built = {f for f in built if not re.fullmatch("[0-9a-f]{8}", f)}
    cases.equal(built, {rom for rom, _ in CARDS}, "ROMs in bin/")


cases.main()
