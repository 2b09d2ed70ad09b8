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
from harness.dhcp import DECLINE, DISCOVER, REQUEST, Lab, ip
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
        # In its first second with an address it would give it up.
        time.sleep(1.5)
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


def taken(spare, hosts, declined, kind="here"):
    """Other machines have the first of these addresses already."""
    with SpiceGuest("graphics") as guest, Lab() as net, \
            Client(guest.port, net=net) as client:
        net.dhcp.spare = list(spare)
        net.hosts.update({address: kind for address in hosts})
        wait_for(lambda: net.dhcp.kinds().count(DECLINE) >= len(declined), 30,
                 "DECLINE")
        for m, address in zip([m for m in net.dhcp.seen if m.kind == DECLINE],
                              declined):
            cases.equal((m.asked(), m.ciaddr, m.broadcast),
                        (address, "0.0.0.0", True), "what is declined")
            cases.equal(m.options[54], ip(net.dhcp.ip), "of which server")
            cases.equal(m.options[61], b"\1" + m.mac, "61")
            cases.check(60 not in m.options and 55 not in m.options,
                        "it asks for nothing: %r" % m.options)
        wait_pictures(client, 1)
        time.sleep(1.5)
        alive(client, guest)
        cases.equal(net.dhcp.kinds().count(DECLINE), len(declined), "declined")
        cases.check("No DHCP server answered" not in client.bios_log(),
                    "a server answered every time")
        lines = [line for line in client.log() if line.startswith("Network: ")]
        cases.check(lines[-1].startswith("Network: %s/24" % net.dhcp.address),
                    lines[-1])


cases.add("address_in_use_is_declined", taken, ["10.0.2.31"], ["10.0.2.30"],
          ["10.0.2.30"])
# Another machine was offered the same; a switch only wants to know.
cases.add("address_probed_by_another_is_declined", taken, ["10.0.2.31"],
          ["10.0.2.30"], ["10.0.2.30"], "probes")
cases.add("address_asked_for_by_a_switch_is_kept", taken, [], ["10.0.2.30"],
          [], "asked")
# Somebody answers for all of them: the third is kept.
cases.add("all_addresses_are_in_use", taken, ["10.0.2.31", "10.0.2.32"],
          ["10.0.2.30", "10.0.2.31", "10.0.2.32"], ["10.0.2.30", "10.0.2.31"])


@cases.case
def free_address_is_probed():
    """Three times, as nobody; the session does not wait for it."""
    with SpiceGuest("graphics") as guest, Lab() as net, \
            Client(guest.port, net=net) as client:
        wait_pictures(client, 1)
        time.sleep(1)
        probes = [p for p in net.arps if p[14:18] == bytes(4)
                  and p[24:28] == ip("10.0.2.30")]
        cases.equal(len(probes), 3, "probes")
        cases.equal(net.dhcp.kinds(), [DISCOVER, REQUEST], "messages")


# --- more than a card has room for ---

BURSTS = (5, 6, 7, 13, 14, 200) * 6


def bursts(card):
    """Another machine's questions, more at a time than the four frames that
    iPXE gives the card room for, and than the 128 of ours: the session lives,
    and the interrupt vectors are what they were. (iPXE's eepro100 driver has
    frames written over them, now and then.)"""
    device, name, _ = CARDS[card]
    rom = os.path.join(root(), "bin", "spice-%s.rom" % name)
    with SpiceGuest("graphics") as guest, Lab() as net, \
            Client(guest.port, net=net, nic=device, rom=rom) as client:
        wait_pictures(client, 1)
        own = "UNDI: Intel 8255x, its receiver is ours"
        cases.check(own in client.log(), own)
        vectors = client.memory(0, 0x400)
        other = bytes.fromhex("525500000bad")
        for burst in BURSTS:
            for _ in range(burst):
                net.arp(1, other, "10.0.2.77", of="10.0.2.30", all=True)
            time.sleep(0.03)
        cases.equal(client.memory(0, 0x400), vectors, "interrupt vectors")
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
cases.add("bursts_eepro100", bursts, "eepro100")


cases.main()
