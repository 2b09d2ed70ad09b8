#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""The booted PC's cable and its neighbours: out and in again, with every card;
gateways that move, and who else has its address."""
import os
import time

from harness import Client, SpiceGuest, cases, root
from harness.child import wait_for
from harness.dhcp import DISCOVER, REQUEST, Lab
from harness.session import alive, pictures, wait_pictures


@cases.case
def cable_out_for_a_moment():
    """The session lives; DHCP confirms the address."""
    with SpiceGuest("graphics") as guest, Lab() as net, \
            Client(guest.port, net=net) as client:
        wait_pictures(client, 1)
        client.link(False)
        time.sleep(2)
        before = len(net.dhcp.seen)
        client.link(True)
        alive(client, guest)
        wait_for(lambda: REQUEST in net.dhcp.kinds()[before:], 10, "REQUEST")
        cases.check(DISCOVER not in net.dhcp.kinds()[before:],
                    net.dhcp.seen[before:])
        cases.equal(pictures(client), 1, "sessions")


@cases.case
def cable_out_and_no_dhcp_any_more():
    """The lease still holds: what goes on goes on with it."""
    with SpiceGuest("graphics") as guest, Lab() as net, \
            Client(guest.port, net=net) as client:
        wait_pictures(client, 1)
        net.dhcp.silent = True
        client.link(False)
        time.sleep(2)
        client.link(True)
        alive(client, guest)
        time.sleep(15)
        alive(client, guest)
        cases.equal(pictures(client), 1, "sessions")


def gateway_moves(tell):
    """The server's way has another Ethernet address from one moment on."""
    with SpiceGuest("graphics") as guest, Lab() as net, \
            Client(guest.port, net=net) as client:
        wait_pictures(client, 1)
        alive(client, guest)
        net.gateway_mac = bytes.fromhex("525500abcdef")
        if tell == "request":
            net.arp(1, net.gateway_mac, "10.0.2.2", of="10.0.2.2", all=True)
        elif tell == "reply":
            net.arp(2, net.gateway_mac, "10.0.2.2", of="10.0.2.2", all=True)
        alive(client, guest)
        cases.equal(pictures(client), 1, "sessions")


cases.add("gateway_moves_and_says_so", gateway_moves, "request")
cases.add("gateway_moves_and_replies", gateway_moves, "reply")
cases.add("gateway_moves_silently", gateway_moves, None)


@cases.case
def another_machine_claims_the_address():
    """It is told that the address is ours; the session lives."""
    with SpiceGuest("graphics") as guest, Lab() as net, \
            Client(guest.port, net=net) as client:
        wait_pictures(client, 1)
        ours, thief = net.client_mac, bytes.fromhex("525500bad001")
        before = len(net.arps)
        net.arp(1, thief, "10.0.2.30", of="10.0.2.30", all=True)
        net.arp(2, thief, "10.0.2.30", of="10.0.2.30", all=True)
        wait_for(lambda: "ARP: 52:55:00:ba:d0:01 uses this PC's address "
                 "10.0.2.30" in client.bios_log(), 10, "the log")
        cases.equal(client.bios_log().count("uses this PC's address"), 1,
                    "said")
        wait_for(lambda: any(p[8:18] == ours + bytes([10, 0, 2, 30])
                             and p[24:28] == bytes([10, 0, 2, 30])
                             for p in net.arps[before:]), 5, "a claim of ours")
        alive(client, guest)
        cases.equal(pictures(client), 1, "sessions")

# --- the link of each card ---

# Device, ROM, and whether the card says that it has no link.
CARDS = {
    "e1000": ("e1000", "e1000", True),
    "e1000e": ("e1000e", "e1000e", True),
    "virtio": ("virtio-net-pci", "virtio", True),
    "virtio_1041": ("virtio-net-pci,disable-legacy=on", "virtio", True),
    "rtl8139": ("rtl8139", "rtl8139", True),
    "pcnet": ("pcnet", "pcnet", True),
    "vmxnet3": ("vmxnet3", "vmxnet3", True),
    "eepro100": ("i82559er", "eepro100", False),
    "ne2k_pci": ("ne2k_pci", "ne2k_pci", False),
}


def link(card):
    """Out before anything begins; in; out in a session, and in again."""
    device, name, says = CARDS[card]
    rom = os.path.join(root(), "bin", "spice-%s.rom" % name)
    with SpiceGuest("graphics") as guest, Lab() as net, \
            Client(guest.port, net=net, nic=device, rom=rom,
                   paused=True) as client:
        client.link(False)
        client.cont()
        client.why("has no link" if says else "No DHCP server answered", 60)
        cases.equal("has no link" in client.bios_log(), says, "no link")
        client.link(True)
        wait_pictures(client, 1, 60)
        client.link(False)
        time.sleep(3)
        client.link(True)
        alive(client, guest)
        cases.equal(pictures(client), 1, "sessions")


for one in CARDS:
    cases.add("link_" + one, link, one)


cases.main()
