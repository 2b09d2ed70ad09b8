#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 900
"""The booted PC on networks whose DHCP servers do as they are told: what it
sends; leases that are renewed, refused, lost and come back, under a session."""
import contextlib
import shutil
import time

from harness import Client, Machine, SpiceGuest, cases
from harness.child import wait_for
from harness.dhcp import DISCOVER, PXE, REQUEST, DhcpServer, Dnsmasq, Lab
from harness.session import (PROGRAM, alive, pictures, program, said, shown,
                             wait_pictures)

UUID = "12345678-9abc-def0-1122-334455667788"
# As SMBIOS has it: the first three fields little-endian.
UUID_WIRE = bytes.fromhex("78563412bc9af0de1122334455667788")
ASKED_FOR = {1, 3, 6, 12, 15, 17, 26, 42, 43, 51, 54, 58, 59, 66, 67, 119, 224}


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
def proxy_is_forgotten_with_its_lease():
    """After the address is refused no proxy answers: no boot file name, so
    that the form opens where the session is tried again."""
    proxy = DhcpServer(at="10.0.2.9", address=None, bootfile="nowhere.vv",
                       options={60: b"PXEClient"})
    with Lab(DhcpServer(lease=60, t1=3, delay_s=0.3), proxy) as net, \
            Client(net=net) as client:
        client.why("nowhere.vv could not be fetched", 60)
        proxy.silent = True
        net.dhcp.address = "10.0.2.31"
        wait_for(lambda: "DHCP: 10.0.2.31 from" in client.bios_log(), 20,
                 "another address")
        client.why("names no SPICE server. Type which", 40)


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


def times(lease, t1, t2):
    """A PC with a lease of such times."""
    net = Lab(DhcpServer(lease=lease, t1=t1, t2=t2))
    return net, program(net, "undi:1/idle=9000")


def lasts(net, pc, renewed):
    """Its lease has lasted; whether it was renewed in nine seconds."""
    pc.logged("idle-halts", 60)
    cases.equal(net.dhcp.kinds().count(DISCOVER), 1, "discovers")
    cases.equal(bool(net.dhcp.renewals()), renewed, "renewals")
    cases.check(not any(m.broadcast for m in net.dhcp.renewals()),
                "renewals are unicast: %r" % net.dhcp.seen)


@cases.case
def lease_times():
    """Leases with odd times: five PCs, for they mostly wait."""
    rows = (("t1 behind its end", 6, 100, 200, True),
            ("t1 behind t2", 12, 9, 8, True),
            ("no time said", None, None, None, False),
            ("for good", 0xffffffff, None, None, False),
            ("a month", 30 * 86400, None, None, False))
    with contextlib.ExitStack() as stack:
        labs = [times(*row[1:4]) for row in rows]
        for net, pc in labs:
            stack.enter_context(net)
            stack.enter_context(pc)
        for row, (net, pc) in zip(rows, labs):
            cases.note(row[0])
            lasts(net, pc, row[4])


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

cases.main()
