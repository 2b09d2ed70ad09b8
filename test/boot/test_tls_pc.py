#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""TLS on the booted PC: the desktop over it, with and without AES-NI; what is
wrong with a certificate or this PC's clock, on its screen. test_tls.py has all
the kinds, on the workstation."""
import os
import re
import ssl
import struct

from harness import (Client, Scripted, Speaker, SpiceGuest, TestServer, cases,
                     free_port, scratch)
from harness.certs import Certs, TlsFront, fingerprint, make_with
from harness.child import wait_for

certs = Certs()
ca_key = certs.key("rsa2048", "ca")
ca = certs.make([("CN", "Test CA")], ca_key, ca=True)
# Its certificate before this one, which has expired.
old = certs.make([("CN", "Test CA")], ca_key, ca=True, days=(-60, -30))
# Another CA of the same name.
stranger_key = certs.key("p256", "stranger")
stranger = (certs.make([("CN", "Test CA")], stranger_key, ca=True),
            stranger_key)


def leaf(kind="rsa2048", san="IP:10.0.2.2", name="x", issuer=(ca, ca_key),
         **more):
    key = certs.key(kind)
    return certs.make([("O", "Test"), ("CN", name)], key, issuer, san=san,
                      **more), key


def pem(path):
    """A .vv file's value for ca=."""
    with open(path) as f:
        return f.read().replace("\n", "\\n")


class Desk:
    """A folder of TFTP's with a desk.vv in it."""

    def __init__(self):
        self.dir = scratch("tftp-")

    def write(self, tls_port, **keys):
        rows = dict({"type": "spice", "host": "10.0.2.2",
                     "tls-port": tls_port, "ca": pem(ca)}, **keys)
        with open(os.path.join(self.dir, "desk.vv"), "w") as f:
            f.write("[virt-viewer]\n" + "".join(
                "%s=%s\n" % row for row in rows.items()))


def secure_guest(cert=None, **more):
    """(QEMU's server with TLS, its TLS port)"""
    port = free_port()
    cert, key = cert or leaf()
    return SpiceGuest("graphics", spice="tls-port=%d,x509-dir=%s" % (
        port, certs.folder(cert, key, ca)), **more), port


def shown(client, guest, name):
    cases.same(client.wait_picture(guest.screendump, 60, name))


def handshakes(client):
    """[(ms, suite, resumed), ...] of the log."""
    return [(int(m.group(1)), m.group(2), bool(m.group(3))) for m in
            (re.search(r"tls: slot \d up after (\d+) ms, suite (\w+)(, res)?",
                       line) for line in client.log()) if m]


OLD = (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1)

# Certificate, how it is served, of the .vv, what the screen says, the key that
# tries again. Of the first six the person may confirm the fingerprint.
REFUSED = [
    (lambda: leaf(days=(-60, -30)), {}, {},
     r"was valid until 20\d\d.* renewed", "esc"),
    (lambda: leaf(days=(100, 130)), {}, {},
     r"valid only from 20\d\d.* on\. Is this PC's clock right", "esc"),
    (leaf, {}, {"ca": pem(old)},
     'signed by "CN=Test CA", which was valid until 20.* renewed', "esc"),
    (lambda: leaf(issuer=stranger), {}, {},
     "Nobody whom this PC trusts has signed", "esc"),
    (lambda: leaf(issuer=None), {}, {}, "signed by itself", "esc"),
    (lambda: leaf(san="DNS:other.example"), {}, {},
     "is for other.example. Connect by that", "esc"),
    (lambda: leaf("rsa1024"), {}, {},
     "too weak: its key has only 1024 bits", "ret"),
    (leaf, {"versions": OLD}, {}, "knows no TLS newer than 1.1", "ret"),
    (leaf, {}, {"host-subject": "O=Test,CN=y"},
     'names "O=Test, CN=x", which is not', "ret"),
]


@cases.case
def refused_then_desktop():
    """Each is said, and nothing is sent, whatever the server behind it would
    do and though there is a plain port, which nobody looks at; a fresh .vv,
    and it connects."""
    desk = Desk()
    guest, port = secure_guest(password="secret")
    with guest, TestServer("fills") as spice, Speaker() as plain:
        def write(tls_port, **keys):
            desk.write(tls_port, password="secret", port=plain.port, **keys)

        write(spice.port)
        with Client(uri="desk.vv", tftp=desk.dir) as client:
            client.why("is SPICE without TLS", 60)
            write(free_port())
            client.press("ret")
            client.why("refused the connection", 30)
            key = "ret"
            for make, how, keys, why, again in REFUSED:
                with TlsFront(*make(), behind=guest.port, **how) as front:
                    write(front.port, **keys)
                    client.press(key)
                    client.why(why, 30)
                    cases.equal((front.inside, front.suites), (b"", []),
                                "what he got")
                key = again
            write(port)
            client.press(key)
            shown(client, guest, "tls-desktop")
            seen = handshakes(client)
            cases.equal([s[1:] for s in seen], [("cca8", False)] +
                        [("cca8", True)] * 3, "handshakes")
            cases.measure("no AES-NI: full handshake %d ms, resumed %s ms" % (
                seen[0][0], [s[0] for s in seen[1:]]))
            cases.equal(len(plain.conns), 0, "connections without TLS")


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


def confirm(client, cert, name):
    """The certificate is on the screen: trust it as a person does."""
    digits = fingerprint(cert)
    client.why("its first 20 digits, then Enter", 60)
    shot = client.screendump()
    if os.environ.get("TEST_PNG"):
        shot.save_png(os.path.join(os.environ["TEST_PNG"], name + ".png"))
    rows = " ".join(client.text())
    for i in range(0, 64, 4):
        cases.check(digits[i:i + 4] in rows, "digits %s" % digits[i:i + 4])
    cases.check("Test CA" in rows, "who signed it")
    client.type(digits[:19] + ("0" if digits[19] != "0" else "1") + "\n")
    client.why("Those are not the first 20 digits")
    client.type(" ".join(digits[i:i + 4] for i in range(0, 20, 4)) + "\n")


@cases.case
def confirmed_by_hand():
    """A CA that nobody knows here: the person compares, types the fingerprint,
    and has the desktop, for this session. What was confirmed is the one host's
    certificate: where the virtual machine moves to another one, that one's is
    asked for again."""
    first, second = leaf(name="first"), leaf(name="second")
    waits_at = free_port()
    one, port = secure_guest(first)
    two, there = secure_guest(second, incoming=waits_at)
    with one, two, Client(uri="spice+tls://10.0.2.2:%d" % port) as client:
        confirm(client, first[0], "cert-first")
        shown(client, one, "cert-desktop")
        cases.equal([s[2] for s in handshakes(client)], [False] + [True] * 3,
                    "resumed")
        one.tell(hostname="10.0.2.2", **{"tls-port": there})
        wait_for(lambda: "no way to where it moves" in client.log(), 30,
                 "the other certificate refused")
        one.migrate(waits_at)
        confirm(client, second[0], "cert-second")
        shown(client, two, "cert-moved")
        client.press("b", hold=0.05)
        wait_for(lambda: two.keys()[-2:] == [0x30, 0xb0], 20, "a key there")


def plain_elsewhere(port):
    """A server that says, over TLS, that it goes on without."""
    def act(link):
        link.up()
        link.init()
        link.message(111, struct.pack("<HHIIII", port, 0, 9, 20, 0, 0) +
                     b"10.0.2.2\0")
        link.wait()
    return act


@cases.case
def moves():
    """Over TLS to a host whose certificate has just the subject that the
    server says, and no name of its; a session waits there, and takes over.
    Never to one without TLS."""
    desk, waits_at = Desk(), free_port()
    one, port = secure_guest()
    two, there = secure_guest(leaf(san="DNS:other.example", name="two"),
                              incoming=waits_at)
    desk.write(port)
    with one, two, Scripted(lambda link: link.wait()) as plain, \
            Scripted(plain_elsewhere(plain.port)) as server, \
            TlsFront(*leaf(), behind=server.port) as front, \
            Client(uri="desk.vv", tftp=desk.dir) as client:
        shown(client, one, "tls-move-before")
        client.key("a", True)
        wait_for(lambda: one.keys()[-1:] == [0x1e], 20, "a key held")
        one.tell(hostname="10.0.2.2", **{"tls-port": there,
                                         "cert-subject": "O=Test,CN=two"})
        wait_for(lambda: "waiting where it moves" in client.log(), 30,
                 "a session there")
        one.migrate(waits_at)
        wait_for(lambda: "taken over where it moved" in client.log(), 30,
                 "taken over")
        shown(client, two, "tls-move-after")
        wait_for(lambda: two.keys()[-1:] == [0x9e], 20, "the key let go")
        client.key("a", False)
        desk.write(front.port)
        two.quit()
        client.why("closed the session|was lost|broke off")
        client.press("ret")
        client.why("may only go over TLS here, and no TLS port", 30)
        cases.equal(len(plain.conns), 0, "connections without TLS")


@cases.case
def built_in_and_typed():
    """A ROM made with CA= trusts it, and nobody else; another CA's
    fingerprint is typed in the form, wrong at first."""
    folder = scratch("make-ca-")
    status, words = make_with(ca, "bin/spice-e1000.rom", folder, "fw", "stock")
    cases.equal(status, 0, "make's exit status; it said: " + words)
    key = certs.key("p256", "other")
    other = certs.make([("CN", "Other CA")], key, ca=True)
    cert = certs.make([("CN", "x")], certs.key("p256"), (other, key),
                      san="IP:10.0.2.2")
    guest, port = secure_guest()
    theirs = free_port()
    with guest, TestServer("fills", args=[
            "--tls-port", str(theirs), "--x509",
            certs.folder(cert, certs.key("p256"), other)]) as server, \
            Client(uri="spice+tls://10.0.2.2:%d" % port,
                   rom=os.path.join(folder, "bin", "spice-e1000.rom")) as pc:
        shown(pc, guest, "tls-built-in")
        pc.press("ctrl", "alt", "shift", "esc")
        pc.wait_text("TLS port")
        for text in ("", "", "%d" % theirs, "", ""):
            pc.type(text)
            pc.press("tab")
        pc.type("00" + fingerprint(other)[2:])
        pc.wait_text("CA fingerprint .*" + fingerprint(other)[-20:])
        pc.press("ret")
        pc.why("None of the [12] certificates that 10.0.2.2:%d shows has the "
               "SHA-256" % theirs)
        pc.press("f2")
        pc.wait_text("CA fingerprint")
        for _ in range(5):
            pc.press("tab")
        pc.type(fingerprint(other) + "\n")
        truth = server.truth(60)
        cases.same(pc.wait_picture(lambda: truth, 60, "tls-typed"))


cases.main()
