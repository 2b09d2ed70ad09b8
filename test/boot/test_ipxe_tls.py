#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""TLS inside iPXE, over the full ROM: the processor's own AES where it has
that, else ChaCha20; a session that moves to another host."""
import hashlib
import re
import ssl

from harness import Client, cases, free_port, linked
from harness.certs import Certs
from harness.child import wait_for
from harness.files import WebServer, vv
from harness.guest import SpiceGuest

certs = Certs()
ca_key = certs.key("p256", "ca")
ca = certs.make([("CN", "Test CA")], ca_key, ca=True)


def guest(name, **more):
    """(QEMU's server with TLS and a subject of its own, its port)"""
    port, key = free_port(), certs.key()
    cert = certs.make([("CN", name)], key, (ca, ca_key))
    return SpiceGuest("graphics", spice="tls-port=%d,x509-dir=%s" % (
        port, certs.folder(cert, key, ca)), **more), port


def desk(port, name):
    with open(ca) as file:
        return vv(host="10.0.2.2", tls_port=port, ca=file.read(),
                  host_subject="CN=" + name)


def suites(client):
    """Of each handshake, and whether it was a resumed one."""
    return re.findall(r"tls: slot \d up after \d+ ms, suite (\w+)(, resumed)?",
                      "\n".join(client.log()))


def session(cpu, suite):
    one, port = guest("one")
    waits_at = free_port()
    two, there = guest("two", incoming=waits_at)
    with one, two, WebServer({"/desk.vv": desk(port, "one")}) as web, Client(
            uri="http://10.0.2.2:%d/desk.vv" % web.port, rom=linked.FULL,
            cpu=cpu) as client:
        cases.same(client.wait_picture(one.screendump, 120, "ipxe-tls"))
        cases.equal(suites(client), [(suite, "")] + [(suite, ", resumed")] * 3,
                    "handshakes")
        client.key("a", True)
        wait_for(lambda: one.keys()[-1:] == [0x1e], 20, "a key held")
        one.tell(hostname="10.0.2.2", **{"tls-port": there,
                                         "cert-subject": "CN=two"})
        wait_for(lambda: "waiting where it moves" in client.log(), 30,
                 "a session there")
        one.migrate(waits_at)
        cases.same(client.wait_picture(two.screendump, 60, "ipxe-moved"))
        wait_for(lambda: two.keys()[-1:] == [0x9e], 20, "the key let go")
        client.key("a", False)
        client.press("b", hold=0.05)
        wait_for(lambda: two.keys()[-2:] == [0x30, 0xb0], 20, "a key there")
        cases.measure("inside iPXE, %s: %s" % (cpu or "no AES-NI", "; ".join(
            line for line in client.log() if "tls: slot 0" in line)))


@cases.case
def chained():
    """An image by its URI, with a TLS port and a CA that HTTP has."""
    server, port = guest("one")
    files = {}
    with open(ca) as file:
        files["/ca.pem"] = file.read().encode()
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(
        files["/ca.pem"].decode())).hexdigest()
    with server, WebServer(files) as web, Client(**linked.script(
            "chain spice://10.0.2.2?tls-port=%d&ca=http://10.0.2.2:%d/ca.pem"
            "&ca-sha256=%s&host-subject=CN=one && echo LEFT ||" % (
                port, web.port, digest), "prompt", usual="full")) as client:
        cases.same(client.wait_picture(server.screendump, 120, "ipxe-chain"))
        cases.equal(suites(client)[0], ("cca8", ""), "handshake")
        client.press("ctrl", "alt", "shift", "esc", hold=0.05)
        client.why("F10", 30)
        client.press("f10")
        client.wait_text("^LEFT", 30)


linked.need()
cases.add("aes_ni", session, "max", "c02f")
cases.add("no_aes_ni", session, None, "cca8")
cases.main()
