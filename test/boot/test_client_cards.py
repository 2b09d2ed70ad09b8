#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 400
"""Each card that there is a ROM for, under each PCI id: the same pictures come
up in every pixel, a key arrives. Prints how long the first picture took and how
fast whole redraws come, as raw bitmaps; and what that time is made of."""
import os
import re
import time

from harness import Client, SpiceGuest, TestServer, cases, root
from harness.child import HarnessError, wait_for

# The ROM's name, QEMU's for the card, the card's PCI id.
CARDS = (("e1000", "e1000", "8086:100e"),
         ("e1000e", "e1000e", "8086:10d3"),
         ("virtio", "virtio-net-pci", "1af4:1000"),
         ("virtio", "virtio-net-pci,disable-legacy=on", "1af4:1041"),
         ("rtl8139", "rtl8139", "10ec:8139"),
         ("pcnet", "pcnet", "1022:2000"),
         ("eepro100", "i82557b", "8086:1229"),
         ("eepro100", "i82550", "8086:1209"),
         ("eepro100", "i82801", "8086:2449"),
         ("ne2k_pci", "ne2k_pci", "10ec:8029"),
         ("vmxnet3", "vmxnet3", "15ad:07b0"))

SIZE = 800, 600
REDRAW_BYTES = SIZE[0] * SIZE[1] * 4
REDRAWS = 6          # at most, and no new one
REDRAWS_S = 1.5      # after so long
PATIENCE_S = 30
OWN_RING = "UNDI: Intel 8255x, its receiver is ours"

rows = []


def rom_of(name):
    return os.path.join(root(), "bin", "spice-%s.rom" % name)


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
                                   "card-redrawn"))
    return len(took) * REDRAW_BYTES / sum(took)


def press_a(server, client):
    wait_for(lambda: "inputs: up" in client.log(), 10, "inputs channel")
    client.press("a", hold=0.05)
    wait_for(lambda: [line for line in server.lines if line.startswith("key")]
             == ["key 1e", "key 9e"], 5, "the key")


def card(rom, nic, pci):
    with TestServer("copies", compression="off",
                    args=["--size", "%dx%d" % SIZE]) as server, \
            Client(server.port, rom=rom_of(rom), nic=nic) as client:
        wait_for(lambda: "first picture shown" in client.log(), 60,
                 "first picture")
        cases.same(client.wait_picture(server.truth, PATIENCE_S, "card-first"))
        cases.check(" %s " % pci in client.logged("Card:"),
                    "the card is not %s" % pci)
        cases.equal(OWN_RING in client.log(), rom == "eepro100",
                    "receives without the driver")
        press_a(server, client)
        at = {line: t for t, line in client.times()}
        rows.append("%-9s %-33s %s %8.2f s %8.2f s %7.1f" % (
            rom, nic, pci, at["network is up"], at["first picture shown"],
            bulk(server, client) / 1e6))


for _row in CARDS:
    cases.add("card_%s_%s" % (_row[0], _row[2].replace(":", "_")), card, *_row)


@cases.case
def every_rom_is_tried():
    built = {f[len("spice-"):-len(".rom")] for f in
             os.listdir(os.path.join(root(), "bin"))
             if f.startswith("spice-") and f.endswith(".rom")}
    by_hand = {f for f in built if re.fullmatch("[0-9a-f]{8}", f)}
    cases.equal(built - by_hand, {row[0] for row in CARDS}, "ROMs in bin/")


@cases.case
def table():
    """Of our first instruction on; MB/s of full redraws, one by one."""
    cases.measure("%-9s %-33s %-9s %10s %10s %7s" % (
        "ROM", "QEMU's card", "PCI id", "network", "picture", "MB/s"))
    for row in rows:
        cases.measure(row)


STEPS = (("load", r"program started"), ("driver up", r"Card: "),
         ("DHCP", r"network is up"), ("connect", r"display: up"),
         ("first picture", r"first picture shown"))
OWN = ("load", "connect", "first picture")


@cases.case
def boot_time():
    """Load, network, DHCP, connect, first picture, of our first instruction;
    the client's own share is under a second on a machine with nothing else to
    do, and printed here."""
    with SpiceGuest("text") as guest, Client(guest.port) as client:
        wait_for(lambda: "first picture shown" in client.log(), 60,
                 "first picture")
        time.sleep(0.2)
        times = client.times()
    last, own = 0.0, 0.0
    for name, pattern in STEPS:
        at = [t for t, line in times if re.match(pattern, line)]
        cases.check(at, "%s is in the log: %r" % (pattern, times))
        cases.measure("%-13s %6.3f s" % (name, at[0] - last))
        if name in OWN:
            own += at[0] - last
        last = at[0]
    cases.measure("in all %.3f s, the client's own share %.3f s" % (last, own))


cases.main()
