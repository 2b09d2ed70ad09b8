#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""The booted PC on networks with IPv6, of QEMU's own making: the address comes
from a router advertisement, the server's name and where to connect from
DHCPv6."""
import os
import time

from harness import Client, Listener, SpiceGuest, cases
from harness.child import root
from harness.listener import carry, connect

HOST6 = "fec0::2"  # what the PC calls this host's ::1


class Forward6(Listener):
    """[::1]:port leads to 127.0.0.1:target."""

    def __init__(self, target):
        super().__init__(lambda near: carry(near, connect(target)), host="::1")


def shown(pc, guest, name, timeout=60):
    """The monitor shows the guest's, in every pixel."""
    def want():
        picture, screen = guest.screendump(), pc.screendump()
        if screen.w >= picture.w and screen.h >= picture.h:
            return picture.centred_in(screen.w, screen.h)
        return picture
    cases.same(pc.wait_picture(want, timeout, name))


def value(pc, label):
    """What stood behind a label of the text screen last."""
    lines = [line for line in pc.log() if line.startswith(label + ": ")]
    return lines[-1][len(label) + 2:] if lines else None


@cases.case
def network_without_ipv4():
    with SpiceGuest("graphics") as guest, Forward6(guest.port) as way:
        uri = "spice://[%s]:%d" % (HOST6, way.port)
        with Client(uri=uri, netdev="ipv4=off,ipv6=on") as pc:
            shown(pc, guest, "ipv6-only")
            when = {line: t for t, line in pc.times()}
            up, told = when["network is up"], when["DHCPv6 reply"]
            print("## network without IPv4 up after %d ms" % (up * 1000))
            cases.check(up - told < 1, "waited for IPv4: %.1f s" % (up - told))
            network = value(pc, "Network")
            cases.check("fec0::5054:ff:fe12:3456/64" in network, network)
            cases.equal(value(pc, "Address"), HOST6, "address")
            pc.press("a")
            time.sleep(1)
            cases.check("1e" in " ".join("%02x" % b for b in guest.keys()),
                        "the key arrives")


@cases.case
def network_with_both():
    """DHCP names an IPv6 address; the first moments may have only IPv4."""
    with SpiceGuest("graphics") as guest, Forward6(guest.port) as way:
        uri = "spice://[%s]:%d" % (HOST6, way.port)
        with Client(uri=uri) as pc:
            shown(pc, guest, "both")
            cases.check(value(pc, "Network").startswith("10.0.2.15/24"),
                        value(pc, "Network"))
            cases.check(value(pc, "IPv6").startswith("fec0::5054:ff:fe12:"),
                        value(pc, "IPv6"))
            cases.equal(value(pc, "Address"), HOST6, "address")


@cases.case
def ipv4_address_on_a_network_without():
    with Client(uri="spice://10.0.2.2:5930",
                netdev="ipv4=off,ipv6=on") as pc:
        pc.why("[Nn]o (way|route)", 30)


CARDS = {"virtio": "virtio-net-pci", "eepro100": "i82559a"}


def card(name):
    """Advertisements and neighbours' questions are sent to groups: the card
    lets them in."""
    with Client(uri="spice://[%s]:9" % HOST6, nic=CARDS.get(name, name),
                rom=os.path.join(root(), "bin", "spice-%s.rom" % name),
                netdev="ipv4=off,ipv6=on") as pc:
        pc.why("refused", 40)


for name in ("e1000e", "virtio", "rtl8139", "pcnet", "ne2k_pci", "vmxnet3",
             "eepro100"):
    cases.add("groups_reach_" + name, card, name)


@cases.case
def neighbour_by_its_link_local_address():
    """With a zone, as people copy it. QEMU's user network answers that it has
    no way to itself under that address."""
    with Client(uri="spice://[fe80::2%25eth0]:9",
                netdev="ipv4=off,ipv6=on") as pc:
        pc.why("refused|no route", 40)
        cases.equal(value(pc, "Address"), "fe80::2", "address")


cases.main()
