#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 1200
"""The booted PC on networks whose DHCP and name servers do as they are told:
what it sends, leases that are renewed, refused, lost and come back, under a
session; names and who knows them; gateways that move."""
import os
import shutil
import time

from harness import Client, Machine, SpiceGuest, cases
from harness.child import root, wait_for
from harness.dhcp import (DISCOVER, PXE, REQUEST, DhcpServer, Dnsmasq, Lab,
                          NameServer)

PROGRAM = os.path.join(root(), "build", "test", "boot", "undi_program.rom")
UUID = "12345678-9abc-def0-1122-334455667788"
# As SMBIOS has it: the first three fields little-endian.
UUID_WIRE = bytes.fromhex("78563412bc9af0de1122334455667788")
ASKED_FOR = {1, 3, 6, 12, 15, 17, 26, 42, 43, 51, 54, 58, 59, 66, 67, 119, 224}


def shown(client, guest, name, timeout=60):
    def want():
        a, b = guest.screendump(), client.screendump()
        return a.centred_in(max(a.w, b.w), max(a.h, b.h))
    cases.same(client.wait_picture(want, timeout, name))


def pictures(client):
    """How many sessions have shown a picture."""
    return client.log().count("first picture shown")


def wait_pictures(client, n, timeout=60):
    wait_for(lambda: pictures(client) >= n, timeout, "picture %d" % n)


def alive(client, guest):
    """A key goes through the session and arrives."""
    before = len(guest.keys())
    client.press("a")
    wait_for(lambda: len(guest.keys()) >= before + 2, 20, "a key")


def program(net, bootfile, **more):
    """A PC that runs undi_program.c."""
    net.dhcp.bootfile = bootfile
    return Machine(net=net, romfile=PROGRAM, memory=64, **more)


def said(pc, text):
    cases.check(text in pc.bios_log(), "the log has no %r: %s" % (
        text, pc.bios_log()[-1500:]))


# --- what is sent ---


def identity(extra, machine):
    dhcp = DhcpServer(needs=PXE)
    with Lab(dhcp) as net, program(net, "undi:1/", extra=extra) as pc:
        cases.equal(pc.logged("address"), "10.0.2.30/24", "address")
        cases.equal(dhcp.kinds(), [DISCOVER, REQUEST], "messages")
        for m in dhcp.seen:
            o = m.options
            cases.equal(o[60], b"PXEClient:Arch:00000:UNDI:002001", "60")
            cases.equal(o[93], b"\0\0", "93")
            cases.equal(o[94], b"\1\2\1", "94")
            cases.equal(o[97], b"\0" + (machine or b"\0" * 10 + m.mac), "97")
            cases.equal(o[61], b"\1" + m.mac, "61")
            cases.check(ASKED_FOR <= set(o[55]), "55: %r" % list(o[55]))
            cases.equal(len(o[55]), len(set(o[55])), "55 has none twice")


cases.add("pxe_server_sees_a_pxe_client", identity, ["-uuid", UUID], UUID_WIRE)
cases.add("machine_without_uuid_is_named_by_its_card", identity, [], None)


@cases.case
def dnsmasq_that_answers_pxe_clients_only():
    """The real one, as most networks have it; ours is but its relay."""
    if not shutil.which("dnsmasq"):
        cases.skip("no dnsmasq")
    with Dnsmasq(["--dhcp-range=10.0.2.60,10.0.2.60,255.255.255.0,1h",
                  "--dhcp-option=3,10.0.2.2",
                  "--dhcp-vendorclass=set:pxe,PXEClient:Arch:00000",
                  "--dhcp-match=set:bios,option:client-arch,0",
                  "--dhcp-ignore=tag:!pxe", "--dhcp-ignore=tag:!bios",
                  "--dhcp-boot=undi:1/idle=1"]) as dhcp, \
            Lab(dhcp) as net, Machine(net=net, romfile=PROGRAM,
                                      memory=64) as pc:
        cases.equal(pc.logged("address"), "10.0.2.60/24", "address")
        cases.equal(pc.logged("bootfile"), "undi:1/idle=1", "boot file")
        stranger = dhcp.without(dhcp.seen[0], 60)
        cases.check(dhcp.answer_bytes(stranger) is None,
                    "it answers whoever asks")


@cases.case
def proxy_offer_is_no_lease():
    """A PXE proxy answers first; its boot file name is taken, no more."""
    proxy = DhcpServer(at="10.0.2.9", address=None, bootfile="undi:1/idle=1",
                       options={60: b"PXEClient", 43: b"\6\1\x08\xff"})
    dhcp = DhcpServer(delay_s=0.3)
    with Lab(dhcp, proxy) as net, Machine(net=net, romfile=PROGRAM,
                                          memory=64) as pc:
        cases.equal(pc.logged("address"), "10.0.2.30/24", "address")
        cases.equal(pc.logged("bootfile"), proxy.bootfile, "boot file")
        cases.equal(dhcp.kinds(), [DISCOVER, REQUEST], "messages")


@cases.case
def boot_file_in_the_field():
    dhcp = DhcpServer(in_field=True)
    with Lab(dhcp) as net, program(net, "undi:1/idle=1") as pc:
        cases.equal(pc.logged("bootfile"), dhcp.bootfile, "boot file")


# --- leases ---


@cases.case
def renewals_and_a_new_address():
    """Three renewals, then a refusal: another address, another session."""
    with SpiceGuest("graphics") as guest, \
            Lab(DhcpServer(lease=60, t1=4, t2=40)) as net, \
            Client(guest.port, net=net) as client:
        wait_pictures(client, 1)
        wait_for(lambda: len(net.dhcp.renewals()) >= 3, 40, "renewals")
        alive(client, guest)
        shown(client, guest, "renewed")
        cases.equal(pictures(client), 1, "sessions")
        cases.equal(net.dhcp.kinds().count(DISCOVER), 1, "discovers")
        cases.check(not any(m.broadcast for m in net.dhcp.renewals()),
                    "renewals are unicast: %r" % net.dhcp.seen)
        net.dhcp.address = "10.0.2.31"
        wait_pictures(client, 2)
        said(client, "DHCP: 10.0.2.30 may not be used any more: not here")
        said(client, "DHCP: 10.0.2.31 from 10.0.2.1 for 60 s")
        alive(client, guest)
        wait_for(lambda: net.dhcp.renewals()[-1].ciaddr == "10.0.2.31", 20,
                 "the new address's renewal")


@cases.case
def renewal_gives_another_address():
    """A server that renews with another address than was asked for."""
    with SpiceGuest("graphics") as guest, \
            Lab(DhcpServer(lease=60, t1=4, wrong="ack")) as net, \
            Client(guest.port, net=net) as client:
        wait_pictures(client, 1)
        net.dhcp.address = "10.0.2.32"
        wait_pictures(client, 2)
        said(client, "DHCP: the address has changed")
        alive(client, guest)


@cases.case
def rebinding_with_another_server():
    """The server is gone; at T2 another one answers. The session lives."""
    other = DhcpServer(at="10.0.2.8", lease=60, t1=3)
    other.answers = (REQUEST,)
    with SpiceGuest("graphics") as guest, \
            Lab(DhcpServer(lease=60, t1=3, t2=6), other) as net, \
            Client(guest.port, net=net) as client:
        wait_pictures(client, 1)
        net.dhcp.silent = True
        wait_for(lambda: "DHCP: 10.0.2.30 from 10.0.2.8 for" in
                 client.bios_log(), 60, "the other server's lease")
        said(client, "DHCP: no answer from 10.0.2.1")
        before = len(other.seen)
        wait_for(lambda: len(other.seen) > before, 10, "the next renewal")
        cases.check(not other.seen[-1].broadcast, "it knows its new server")
        alive(client, guest)
        cases.equal(pictures(client), 1, "sessions")


@cases.case
def lease_ends_and_comes_back():
    """Nobody renews: no address, a sentence; then the server is back."""
    with SpiceGuest("graphics") as guest, \
            Lab(DhcpServer(lease=9, t1=3, t2=6)) as net, \
            Client(guest.port, net=net) as client:
        wait_pictures(client, 1)
        net.dhcp.silent = True
        client.why("this PC's network address has changed, or is not its own",
                   40)
        client.why("No DHCP server answered", 40)
        net.dhcp.silent, net.dhcp.lease = False, 3600
        wait_pictures(client, 2)
        alive(client, guest)


def times(lease, t1, t2, renewed):
    """A lease with such times lasts; whether it was renewed in nine seconds.
    """
    with Lab(DhcpServer(lease=lease, t1=t1, t2=t2)) as net, \
            program(net, "undi:1/idle=9000") as pc:
        pc.logged("idle-halts", 40)
        cases.equal(net.dhcp.kinds().count(DISCOVER), 1, "discovers")
        cases.equal(bool(net.dhcp.renewals()), renewed, "renewals")
        cases.check(not any(m.broadcast for m in net.dhcp.renewals()),
                    "renewals are unicast: %r" % net.dhcp.seen)


cases.add("lease_with_t1_behind_its_end", times, 6, 100, 200, True)
cases.add("lease_with_t1_behind_t2", times, 12, 9, 8, True)
cases.add("lease_without_a_time", times, None, None, None, False)
cases.add("lease_for_good", times, 0xffffffff, None, None, False)
cases.add("lease_of_a_month", times, 30 * 86400, None, None, False)


@cases.case
def lease_of_a_minute():
    """A true one, outlived by three renewals, one with another address."""
    with SpiceGuest("graphics") as guest, \
            Lab(DhcpServer(lease=60)) as net, \
            Client(guest.port, net=net) as client:
        start = time.monotonic()
        wait_pictures(client, 1)
        for n in 1, 2:
            wait_for(lambda: len(net.dhcp.renewals()) >= n, 45, "renewal")
            alive(client, guest)
        cases.equal(pictures(client), 1, "sessions")
        net.dhcp.address = "10.0.2.33"
        wait_for(lambda: len(net.dhcp.renewals()) >= 3, 45, "renewal")
        wait_pictures(client, 2, 30)
        alive(client, guest)
        times = [m.time - start for m in net.dhcp.renewals()]
        cases.check(time.monotonic() - start > 75, "took %r" % times)
        cases.measure("a lease of 60 s: renewed after %s s" % ", ".join(
            "%.0f" % t for t in times))


@cases.case
def server_answers_late():
    """Asks on, says so, and comes up without a key pressed."""
    with SpiceGuest("graphics") as guest, \
            Lab(DhcpServer(silent=True)) as net, \
            Client(guest.port, net=net) as client:
        client.why("No DHCP server answered", 40)
        cases.check(len(net.dhcp.seen) >= 4, "asked %r" % net.dhcp.seen)
        waits = [b.time - a.time for a, b in zip(net.dhcp.seen,
                                                 net.dhcp.seen[1:])]
        cases.check(max(waits) < 6, "waits %r" % waits)
        cases.check(net.dhcp.seen[-1].secs >= 3, "says for how long")
        net.dhcp.silent = False
        wait_pictures(client, 1)
        alive(client, guest)


# --- names ---


def once(asked):
    """Without what was asked again a moment later."""
    return [a for a, b in zip(asked, [None] + asked) if a != b]


def found(names, options, answer, bootfile="undi:1/name=1", timeout=20):
    """A look-up of "server"; the names that each server was asked."""
    dhcp = DhcpServer(options=options)
    with Lab(dhcp, names=names) as net, program(net, bootfile) as pc:
        start = time.monotonic()
        if answer:
            cases.equal(pc.logged("resolved", timeout), answer, "address")
        else:
            pc.logged("name-rc", timeout)
        return ([once(s.questions) for s in net.names],
                time.monotonic() - start)


DOMAIN = {15: b"test.example"}
KNOWN = {"server.test.example": "10.0.2.2"}


@cases.case
def first_name_server_is_silent():
    names = [NameServer("10.0.2.51", says="silent"),
             NameServer("10.0.2.52", KNOWN)]
    asked, took = found(names, DOMAIN, "10.0.2.2")
    cases.check(asked[0] and asked[1] == ["server.test.example"], asked)
    cases.check(took < 12, "took %.1f s" % took)


def first_says(what):
    names = [NameServer("10.0.2.51", says=what),
             NameServer("10.0.2.52", KNOWN)]
    asked, _ = found(names, DOMAIN, "10.0.2.2")
    cases.equal(asked, [["server.test.example"]] * 2, "asked")


cases.add("first_name_server_cannot_tell", first_says, "servfail")
cases.add("first_name_server_refuses", first_says, "refused")


@cases.case
def fourth_name_server_answers():
    names = [NameServer("10.0.2.5%d" % i, says="silent") for i in range(3)]
    names.append(NameServer("10.0.2.54", KNOWN))
    found(names, DOMAIN, "10.0.2.2", timeout=40)


def search(value, domains):
    """Option 119 of @value makes the name be asked for in these domains."""
    wanted = ["server." + d for d in domains]
    server = NameServer("10.0.2.51", {wanted[-1]: "10.0.2.2"})
    asked, _ = found([server], {119: value, 15: b"own.example"},
                        "10.0.2.2")
    cases.equal(asked, [wanted], "asked")


LIST = b"\4eins\7example\0" + b"\4zwei\xc0\5" + b"\4drei\xc0\x0e"
cases.add("search_list_with_pointers", search, LIST,
          ["eins.example", "zwei.example", "drei.zwei.example",
           "own.example"])
cases.add("search_list_in_parts", search,
          b"".join(b"\x3f" + b"%c" % (97 + i) * 63 + b"\0" for i in range(4)) +
          b"\2xx\xc0\x00", [chr(97 + i) * 63 for i in range(4)] +
          ["xx." + "a" * 63])
cases.add("search_list_pointer_to_itself", search,
          b"\4eins\0" + b"\4zwei\xc0\6" + b"\4drei\0", ["eins", "own.example"])
cases.add("search_list_pointer_forwards", search,
          b"\4eins\0" + b"\xc0\x08" + b"\4drei\0", ["eins", "own.example"])
cases.add("search_list_cut_short", search, b"\4eins\0\x20zwei",
          ["eins", "own.example"])
cases.add("search_list_with_bad_characters", search,
          b"\4ei\ns\0\4zw i\0\4drei\0", ["drei", "own.example"])


# --- the cable and the wire ---


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
