#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The booted PC looks names up: which name servers it asks, in which order,
below which domains."""
import time

from harness import cases
from harness.dhcp import DhcpServer, Lab, NameServer
from harness.session import program


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

cases.main()
