#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""TLS on the booted PC: the desktop over it, with and without AES-NI; what is
wrong with a certificate or this PC's clock, on its screen. test_tls.py has all
the kinds, on the workstation."""
import os
import re
import ssl

from harness import Client, SpiceGuest, TestServer, cases, free_port, scratch
from harness.certs import Certs, TlsFront

certs = Certs()
ca_key = certs.key("rsa2048", "ca")
ca = certs.make([("CN", "Test CA")], ca_key, ca=True)


def leaf(kind="rsa2048", san="IP:10.0.2.2"):
    key = certs.key(kind)
    return certs.make([("O", "Test"), ("CN", "x")], key, (ca, ca_key),
                      san=san), key


class Desk:
    """A folder of TFTP's with a desk.vv in it."""

    def __init__(self):
        self.dir = scratch("tftp-")

    def write(self, tls_port, **keys):
        with open(ca) as f:
            pem = f.read().replace("\n", "\\n")
        rows = dict({"type": "spice", "host": "10.0.2.2",
                     "tls-port": tls_port, "ca": pem}, **keys)
        with open(os.path.join(self.dir, "desk.vv"), "w") as f:
            f.write("[virt-viewer]\n" + "".join(
                "%s=%s\n" % row for row in rows.items()))


def secure_guest(**more):
    """(QEMU's server with TLS, its TLS port)"""
    port = free_port()
    cert, key = leaf()
    return SpiceGuest("graphics", spice="tls-port=%d,x509-dir=%s" % (
        port, certs.folder(cert, key, ca)), **more), port


def shown(client, guest, name):
    cases.same(client.wait_picture(guest.screendump, 60, name))


def handshakes(client):
    """[(ms, suite, resumed), ...] of the log."""
    return [(int(m.group(1)), m.group(2), bool(m.group(3))) for m in
            (re.search(r"tls: slot \d up after (\d+) ms, suite (\w+)(, res)?",
                       line) for line in client.log()) if m]


@cases.case
def refused_then_desktop():
    """Each is said, nothing is sent; a fresh .vv, and it connects."""
    old = (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1)
    desk = Desk()
    guest, port = secure_guest(password="secret")
    with guest, TestServer("fills") as plain, \
            TlsFront(*leaf("rsa1024")) as weak, \
            TlsFront(*leaf(), versions=old) as ancient, \
            TlsFront(*leaf(san="DNS:other.example")) as other:
        desk.write(weak.port, password="secret", port=guest.port)
        with Client(uri="desk.vv", tftp=desk.dir) as client:
            client.why("too weak: its key has only 1024 bits", 60)
            desk.write(ancient.port, password="secret", port=guest.port)
            client.press("ret")
            client.why("knows no TLS newer than 1.1", 30)
            desk.write(plain.port, password="secret", port=guest.port)
            client.press("ret")
            client.why("is SPICE without TLS", 30)
            desk.write(other.port, **{"host-subject": "O=Test,CN=y",
                                      "password": "secret"})
            client.press("ret")
            client.why('names "O=Test, CN=x", which is not', 30)
            for front in (weak, ancient, other):
                cases.equal(front.inside, b"", "bytes inside")
            desk.write(port, password="secret", port=guest.port)
            client.press("ret")
            shown(client, guest, "tls-desktop")
            seen = handshakes(client)
            cases.equal([s[1:] for s in seen], [("cca8", False)] +
                        [("cca8", True)] * 3, "handshakes")
            cases.measure("no AES-NI: full handshake %d ms, resumed %s ms" % (
                seen[0][0], [s[0] for s in seen[1:]]))


@cases.case
def aes_ni():
    desk = Desk()
    guest, port = secure_guest()
    with guest:
        desk.write(port)
        with Client(uri="desk.vv", tftp=desk.dir, cpu="max") as client:
            shown(client, guest, "tls-aes")
            seen = handshakes(client)
            cases.equal([s[1:] for s in seen], [("c02f", False)] +
                        [("c02f", True)] * 3, "handshakes")
            cases.measure("AES-NI: full handshake %d ms" % seen[0][0])


@cases.case
def clock():
    desk = Desk()
    with TlsFront(*leaf()) as front:
        desk.write(front.port)
        with Client(uri="desk.vv", tftp=desk.dir,
                    extra=["-rtc", "base=2001-02-03T04:05:06"]) as client:
            client.why(r"clock says 2001-02-03 04:0\d UTC, which cannot be",
                       60)
        cases.equal(front.inside, b"", "bytes inside")


cases.main()
