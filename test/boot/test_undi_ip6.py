#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""The port's IPv6 against routers, name servers and addresses that do as they
are told (harness/lab6.py), with test/boot/undi_program.c in the client's
place."""
import os
import re
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import Listener, Machine, cases, free_port  # noqa: E402
from harness.child import root, wait_for  # noqa: E402
from harness.lab6 import (HOST6, PREFIX, TOO_BIG, Lab6, Names6,  # noqa: E402
                          dns_names, ip6, prefix, ra)

PROGRAM = os.path.join(root(), "build", "test", "boot", "undi_program.rom")
ADDRESS = "2001:db8:1:0:5054:ff:fe12:3456"
DEAD = PREFIX + "dead"
NAMES = {"six.test": (HOST6, None), "four.test": (None, "10.0.2.2"),
         "both.test": (HOST6, "10.0.2.2"), "dead6.test": (DEAD, "10.0.2.2"),
         "dead4.test": (HOST6, "10.0.2.77")}


class Server:
    """Serves undi_program's "get" and "put" at ::1 and 127.0.0.1."""

    def __init__(self):
        self.good = []  # what came whole: "6" or "4"
        self.port = free_port()
        for host, kind in ("127.0.0.1", "4"), ("::1", "6"):
            Listener(lambda conn, kind=kind: self.serve(conn, kind), self.port,
                     host)

    def serve(self, conn, kind):
        try:
            with conn, conn.makefile("rb") as lines:
                verb, size = lines.readline().decode().split()
                data = b"\x5a" * int(size)
                if verb == "put":
                    data = lines.read(int(size))
                else:
                    conn.sendall(data)
                if lines.readline().strip() == b"%08x" % zlib.crc32(data):
                    self.good.append(kind)
        except (OSError, ValueError):
            pass


def program(net, *steps, port=0):
    """A PC that does these steps; DHCP tells it, or DHCPv6."""
    text = "undi:%d/%s" % (port, "/".join(steps))
    net.dhcp.bootfile = text
    if net.dhcp6 is not None:
        net.dhcp6.setdefault(59, text.encode())
    return Machine(net=net, romfile=PROGRAM, memory=64)


def logged(pc, name):
    """(seconds, value) of each line `name value` so far."""
    return [(float(t), value) for t, value in re.findall(
        r"^\[ *([\d.]+)\] %s (.*)$" % re.escape(name), pc.bios_log(), re.M)]


def end(pc, timeout=60):
    wait_for(lambda: "] end." in pc.bios_log(), timeout, "end")


# --- names ---


def named(server_at, host, kinds):
    """A name known to a server of either kind, with addresses of either."""
    names, server = Names6(server_at, NAMES), Server()
    if ":" in server_at:
        net = Lab6(ra=ra(dns=[server_at]), names6=[names])
    else:
        net = Lab6(ra=ra(), names=[names])
    with net, program(net, "idle=1500", "at=" + host, "get=1",
                      port=server.port) as pc:
        cases.equal(pc.logged("get-rc"), "0", "end")
        wait_for(lambda: server.good, 5, "a good sum")
        cases.check(server.good[0] in kinds, "by IPv" + server.good[0])


for at in PREFIX + "53", "10.0.2.53":
    kind = "6" if ":" in at else "4"
    cases.add("name_server_by_ipv%s_knows_an_ipv6_address" % kind,
              named, at, "six.test", "6")
    cases.add("name_server_by_ipv%s_knows_an_ipv4_address" % kind,
              named, at, "four.test", "4")
cases.add("name_with_both", named, PREFIX + "53", "both.test", "64")


def half_dead(host, kind):
    names, server = Names6(PREFIX + "53", NAMES), Server()
    net = Lab6(ra=ra(dns=[names.at]), names6=[names])
    with net, program(net, "idle=1500", "at=" + host, "get=1", "get=1",
                      port=server.port) as pc:
        end(pc)
        cases.equal([v for _, v in logged(pc, "get-rc")], ["0", "0"], "ends")
        cases.equal(server.good, [kind, kind], "by which")
        tried = logged(pc, "resolved")
        good = NAMES[host][0 if kind == "6" else 1]
        cases.equal(tried[-1][1], good, "address of the second")
        if tried[0][1] == good:
            cases.equal(len(tried), 2, "addresses tried")
            return
        cases.equal([a for _, a in tried[1:]], [good, good], "tried")
        print("## %s: the living address after %.1f s" % (
            host, tried[1][0] - tried[0][0]))
        cases.check(tried[1][0] - tried[0][0] < 3, "slow")


cases.add("dead_ipv6_address_living_ipv4", half_dead, "dead6.test", "4")
cases.add("dead_ipv4_address_living_ipv6", half_dead, "dead4.test", "6")


@cases.case
def server_that_is_silent_about_ipv6():
    names, server = Names6("10.0.2.53", NAMES, silent=(28,)), Server()
    net = Lab6(ra=ra(), names=[names])
    with net, program(net, "at=both.test", "get=1", port=server.port) as pc:
        cases.equal(pc.logged("get-rc"), "0", "end")
        up = [t for t, value in logged(pc, "phase") if value == "up"]
        found = logged(pc, "resolved")
        # It is asked again after a second, and given up after two.
        cases.check(found[0][0] - up[0] < 1.9, "waited for it")


@cases.case
def search_domains_of_routers():
    names, server = Names6(PREFIX + "53", NAMES), Server()
    net = Lab6(ra=ra(dns=[names.at], domains=["test"]), names6=[names])
    with net, program(net, "idle=1500", "at=six", "get=1",
                      port=server.port) as pc:
        cases.equal(pc.logged("get-rc"), "0", "end")


# --- networks ---


@cases.case
def only_ipv6_and_dhcpv6():
    """Everything from a router and DHCPv6; other configuration, no prefix of
    another kind."""
    names, server = Names6(PREFIX + "53", NAMES), Server()
    net = Lab6(ra=ra(flags=0x40), v4=False, names6=[names], dhcp6={
        23: ip6(names.at), 24: dns_names(["test"])})
    with net, program(net, "at=six", "get=1", port=server.port) as pc:
        cases.equal(pc.logged("get-rc"), "0", "end")
        cases.equal(pc.logged("address"), ADDRESS + "/64", "address")
        cases.equal(pc.logged("gateway"), "fe80::2", "router")
        cases.equal(pc.logged("dns"), names.at, "name server")
        cases.check(pc.logged("bootfile").startswith("undi:"), "boot file")


@cases.case
def router_comes_late():
    """Routers are asked for as long as it takes."""
    net = Lab6(v4=False, dhcp6={})
    with net, program(net) as pc:
        cases.equal(pc.logged("phase-rc"), "-110", "ETIMEDOUT")
        net.ra = ra()
        cases.equal(pc.logged("address", 40), ADDRESS + "/64", "address")


@cases.case
def prefix_gives_way_to_another():
    """The old one is deprecated: new connections come from the new one."""
    server = Server()
    net = Lab6(ra=ra())
    with net, program(net, "idle=1500", "at=" + HOST6, "get=1", "idle=5000",
                      "refused=1", port=server.port) as pc:
        pc.logged("get-rc")
        old = net.sent[-1][0]
        cases.equal(old, ADDRESS, "first source")
        net.ra = ra([prefix(preferred=0), prefix("2001:db8:2::")])
        net.advertise()
        wait_for(lambda: net.sent[-1][3] == 2 and net.sent[-1][0] != old, 30,
                 "SYN from another address")
        cases.equal(net.sent[-1][0], ADDRESS.replace("8:1:", "8:2:"),
                    "source")


@cases.case
def mtu_of_the_router():
    server = Server()
    with Lab6(ra=ra(mtu=1300)) as net, \
            program(net, "idle=1500", "at=" + HOST6, "put=1",
                    port=server.port) as pc:
        cases.equal(pc.logged("put-rc"), "0", "end")
        biggest = max(s[2] for s in net.sent)
        cases.check(1200 < biggest <= 1300, "%d bytes in one" % biggest)


# --- what routers say ---


@cases.case
def errors_of_routers():
    """No route, prohibited, no such port: each has its own reason."""
    far = ["2001:db8:9::%d" % i for i in (1, 2, 3)]
    net = Lab6(ra=ra(), refuse=dict(zip(far, [(1, 0), (1, 1), (1, 4)])))
    steps = [step for a in far for step in ("at=" + a, "refused=9")]
    with net, program(net, "idle=1500", *steps) as pc:
        end(pc)
        cases.equal([v for _, v in logged(pc, "refused-rc")],
                    ["-101", "-113", "-111"], "reasons")
        times = [t for t, _ in logged(pc, "refused-rc")]
        cases.check(times[2] - times[0] < 3, "waited in spite of ICMPv6")


@cases.case
def neighbour_that_is_not_there():
    with Lab6(ra=ra()) as net, program(
            net, "idle=1500", "at=" + DEAD, "refused=9") as pc:
        cases.equal(pc.logged("refused-rc"), "-113", "EHOSTUNREACH")


@cases.case
def way_that_is_narrower():
    """Segments become as small as the narrowest part of the way."""
    server = Server()
    with Lab6(ra=ra(), mtu=1280) as net, \
            program(net, "idle=1500", "at=" + HOST6, "put=1",
                    port=server.port) as pc:
        cases.equal(pc.logged("put-rc"), "0", "end")
        cases.equal(server.good, ["6"], "good sums")
        cases.check(net.mtus_told, "nothing was too big")
        cases.equal(net.fragments, 0, "fragments")
        cases.equal(max(s[2] for s in net.sent[-50:]), 1280, "biggest")


@cases.case
def way_that_nobody_can_believe():
    """MTUs that IPv6 has not change nothing."""
    server = Server()
    with Lab6(ra=ra()) as net, \
            program(net, "idle=1500", "at=" + HOST6, "put=2", "get=1",
                    port=server.port) as pc:
        wait_for(lambda: len(net.sent) > 20, 60, "an upload")
        source, _, _, _ = net.sent[-1]
        inner = struct.pack(">IHBB", 6 << 28, 20, 6, 64) + ip6(source) + \
            ip6(HOST6) + net.ports + b"\0" * 16
        for mtu in 0, 40, 48, 56, 1279:
            net.icmp(TOO_BIG, 0, mtu, inner)
        cases.equal(pc.logged("put-rc"), "0", "upload")
        cases.equal(pc.logged("get-rc"), "0", "download")
        cases.equal(max(s[2] for s in net.sent), 1500, "biggest")


cases.main()
