#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 900
"""`make ipxe CARD=` for each card that QEMU has and iPXE drives: the compact ROM
is built, fits (or the full one is taken), and boots to a desktop that is right
in every pixel; keys and the mouse arrive; whole redraws come, and how fast.
Skipped where iPXE's sources are not at hand."""
import os
import subprocess
import time

from harness import Client, TestServer, cases, linked, root
from harness.child import HarnessError, wait_for

LIMIT = 120832  # SeaBIOS starts no larger ROM (on q35 with xhci and virtio)

# The card's PCI id, QEMU's name for it.
CARDS = (("8086100e", "e1000"),
         ("808610d3", "e1000e"),
         ("1af41000", "virtio-net-pci"),
         ("1af41041", "virtio-net-pci,disable-legacy=on"),
         ("10ec8139", "rtl8139"),
         ("10222000", "pcnet"),
         ("10ec8029", "ne2k_pci"),
         ("15ad07b0", "vmxnet3"),
         ("80861229", "i82557b"),
         ("80861209", "i82550"),
         ("80862449", "i82801"),
         ("10110019", "tulip"))

SIZE = 800, 600
REDRAW_BYTES = SIZE[0] * SIZE[1] * 4
REDRAWS = 6          # at most, and no new one
REDRAWS_S = 1.5      # after so long
PATIENCE_S = 60


def make(goal, card):
    """What make prints when it is to build that goal for a card."""
    env = {name: value for name, value in os.environ.items()
           if not name.startswith("MAKE") and name != "MFLAGS"}
    made = subprocess.run(["make", goal, "CARD=" + card], cwd=root(), env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True)
    cases.equal(made.returncode, 0, "make: " + made.stdout[-2000:])
    return made.stdout


def build(card):
    """The path of a ROM that fits: the full one where the driver is so large
    that the compact one does not, which make says then."""
    rom = os.path.join(root(), "bin", "ipxe-%s.rom" % card)
    said = make("ipxe-compact", card)
    too_large = os.path.getsize(rom) > LIMIT
    cases.equal("too large for a BIOS's window" in said, too_large, said)
    if too_large:
        make("ipxe-rom", card)
        rom = os.path.join(root(), "bin", "ipxe-%s-full.rom" % card)
    return rom, os.path.getsize(rom)


def redraw(server, client, count):
    """Have the whole picture drawn as scene number @count; the seconds until
    its marker is on the monitor."""
    start = time.monotonic()
    server.say("scene photo")
    marker = 0xff, count - 1, 0xff
    while client.screendump().pixel(0, 0) != marker:
        if time.monotonic() - start > PATIENCE_S:
            raise HarnessError("no redraw in %d s" % PATIENCE_S)
        time.sleep(0.01)
    return time.monotonic() - start


def bulk(server, client):
    """Redraws, one after the other; bytes a second."""
    took = []
    while len(took) < REDRAWS and sum(took) < REDRAWS_S:
        took.append(redraw(server, client, len(took) + 2))
    cases.same(client.wait_picture(server.truth(count=len(took) + 1), 5,
                                   "ipxe-card-redrawn"))
    return len(took) * REDRAW_BYTES / sum(took)


def said(server, head):
    return [line for line in server.lines if line.split()[0] == head]


def input_arrives(server, client):
    """A key, a motion, a button."""
    wait_for(lambda: "inputs: up" in client.log(), 20, "inputs channel")
    client.press("a", hold=0.05)
    wait_for(lambda: said(server, "key") == ["key 1e", "key 9e"], 20,
             "the key")
    client.move(30, 20)
    wait_for(lambda: [sum(int(line.split()[i]) for line in
                          said(server, "motion")) for i in (1, 2)] == [30, 20],
             20, "the motion")


def card(pci, nic):
    rom, size = build(pci)
    with TestServer("copies", compression="off",
                    args=["--size", "%dx%d" % SIZE]) as server, \
            Client(server.port, {"compression": "off"}, rom=rom,
                   nic=nic) as client:
        wait_for(lambda: "first picture shown" in client.log(), PATIENCE_S,
                 "first picture")
        cases.same(client.wait_picture(server.truth, PATIENCE_S,
                                       "ipxe-card-first"))
        input_arrives(server, client)
        cases.measure("%s %-32s %d bytes, %5.1f MB/s" % (
            pci, nic, size, bulk(server, client) / 1e6))


linked.need()
for _row in CARDS:
    cases.add("card_" + _row[0], card, *_row)
cases.main()
