#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""TLS and certificates: with each kind of certificate the client on a
workstation connects, or refuses with the reason, as it must; and nobody in
between gets anything.

The servers are libspice-server with the certificate, QEMU, or (for what no
SPICE server would do) a TLS server of Python's with a SPICE server behind it.
"""
import os
import re
import socket
import ssl
import subprocess
import threading

from harness import (Listener, Picture, Speaker, SpiceGuest, TestServer, cases,
                     compare, free_port, root, scratch)
from harness.certs import Certs, TlsFront, fingerprint, make_with
from harness.listener import carry, connect, drop

SHOT = os.path.join(root(), "bin", "spice-shot")
NAME = [("O", "Test"), ("OU", "Unit"), ("CN", "127.0.0.1")]
SUBJECT = "O=Test,OU=Unit,CN=127.0.0.1"
HERE = "IP:127.0.0.1,DNS:localhost"

certs = Certs()


class World:
    """A CA, made once, and an intermediate one; a SPICE server without TLS."""

    def __init__(self):
        self.ca_key = certs.key("rsa2048", "ca")
        self.ca = certs.make([("O", "Test"), ("CN", "Root")], self.ca_key,
                             ca=True)
        self.root = (self.ca, self.ca_key)
        # Its certificate before that, which has expired.
        self.old = certs.make([("O", "Test"), ("CN", "Root")], self.ca_key,
                              ca=True, days=(-60, -30))
        self.mid_key = certs.key("p256", "mid")
        self.mid = certs.make([("O", "Test"), ("CN", "Middle")], self.mid_key,
                              self.root, ca=True)
        self.other_key = certs.key("p256", "other")
        self.other = certs.make([("O", "Test"), ("CN", "Root")],
                                self.other_key, ca=True)


world = World()


def shot(uri, *options, timeout=60, program=SHOT, wait_ms=300):
    """(exit status, what it said, the picture's file)"""
    out = os.path.join(scratch("shot-"), "ppm")
    done = subprocess.run([program, "--verbose", "--wait-ms", str(wait_ms)]
                          + list(options) + [uri, out], timeout=timeout,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(), out


def connects(uri, *options, **more):
    status, said, out = shot(uri, *options, **more)
    cases.equal(status, 0, "exit status; it said: " + said)
    cases.matches(said, r"tls: slot 0 up")
    return said, out


def refused(why, uri, *options, **more):
    status, said, _ = shot(uri, *options, **more)
    cases.equal(status, 1, "exit status; it said: " + said)
    cases.matches(said.splitlines()[-1], "^spice-shot: .*" + why)


def leaf(subject=None, kind="rsa2048", issuer=None, san=HERE, **more):
    key = certs.key(kind)
    return certs.make(subject or NAME, key, issuer or world.root, san=san,
                      **more), key


def uri(tls_port, port=None, host="127.0.0.1"):
    return "spice://%s?tls-port=%d%s" % (
        host, tls_port, "&port=%d" % port if port else "")


class Server(TestServer):
    """libspice-server with TLS."""

    def __init__(self, cert, key, chain=(), args=(), **more):
        self.tls_port = free_port()
        super().__init__("fills", args=[
            "--tls-port", str(self.tls_port), "--x509",
            certs.folder(cert, key, world.ca, chain)] + list(args), **more)


# ---- certificates -----------------------------------------------------------

def own_ca():
    return leaf()


def sent_intermediate():
    return leaf(issuer=(world.mid, world.mid_key)) + ((world.mid,),)


def lone_leaf():
    return leaf(issuer=(world.mid, world.mid_key))


def signed_by_a_leaf():
    """A neighbour with a certificate of the same CA plays CA himself."""
    key = certs.key("p256", "neighbour")
    cert = certs.make([("CN", "neighbour")], key, world.root)
    return leaf(issuer=(cert, key)) + ((cert,),)


def nul_in_cn():
    return leaf(NAME[:2] + [("CN", "127.0.0.1_evil.example")], san=None,
                raw={b"127.0.0.1_evil": b"127.0.0.1\0evil"})


CA, OTHER = ["--ca", world.ca], ["--ca", world.other]
BOTH = ["--ca", certs.joined(world.ca, world.mid)]


def subject(text):
    return CA + ["--host-subject", text]


# name, certificate, options, host, why it is refused (None: it connects).
# Ordered so that rows of one certificate are neighbours: one server for all.
ROWS = [
    ("own_ca", own_ca, CA, None),
    ("subject_right", own_ca, subject(SUBJECT), None),
    ("subject_wrong", own_ca, subject("O=Test,OU=Unit,CN=other"),
     r'names "O=Test, OU=Unit, CN=127.0.0.1", which is not the host-subject'),
    ("subject_lacks_an_rdn", own_ca, subject("O=Test,CN=127.0.0.1"),
     "not the host-subject"),
    ("subject_has_one_more", own_ca, subject(SUBJECT + ",C=DE"),
     "not the host-subject"),
    ("subject_swapped", own_ca, subject("OU=Unit,O=Test,CN=127.0.0.1"),
     "not the host-subject"),
    ("wrong_ca_of_the_same_name", own_ca, OTHER,
     'Nobody whom this PC trusts .* but "O=Test, CN=Root"'),
    ("no_ca", own_ca, [], "Nobody whom this PC trusts"),
    ("clock_of_1970", own_ca, CA + ["--clock", "86400"],
     "clock says 1970-01-02 00:00 UTC, which cannot be"),
    ("clock_before_the_certificate", lambda: leaf(days=(100, 130)), CA,
     "valid only from 20.* on"),
    ("expired", lambda: leaf(days=(-60, -30)), CA,
     "was valid until 20.*renewed"),
    ("expired_ca", own_ca, ["--ca", world.old],
     'is signed by "O=Test, CN=Root", which was valid until 20.*CA.s renewed'),
    ("expired_ca_beside_its_next", own_ca,
     ["--ca", certs.joined(world.old, world.ca)], None),
    ("rsa4096", lambda: leaf(kind="rsa4096"), CA, None),
    ("ecdsa_p256", lambda: leaf(kind="p256"), CA, None),
    ("ecdsa_p384_sha384", lambda: leaf(kind="p384", digest="sha384"), CA,
     None),
    ("intermediate_sent", sent_intermediate, CA, None),
    ("intermediate_in_the_file", lone_leaf, BOTH, None),
    ("intermediate_missing", lone_leaf, CA,
     'trusts has signed .* but "O=Test, CN=Middle"'),
    ("address_only_in_san", lambda: leaf([("CN", "x")], san="IP:127.0.0.1"),
     CA, None),
    ("address_as_a_name", lambda: leaf(san="DNS:127.0.0.1"), CA,
     "is for 127.0.0.1. Connect by"),
    ("name_only_in_cn", lambda: leaf(san=None), CA, None),
    ("cn_beside_a_san", lambda: leaf(san="DNS:a.example,IP:10.0.0.1"), CA,
     "is for a.example, 10.0.0.1. Connect by that"),
    ("wildcard_for_an_address", lambda: leaf([("CN", "*.0.0.1")], san=None),
     CA, r"is for \*.0.0.1"),
    ("nul_in_cn", nul_in_cn, CA, "is for nobody"),
    ("nul_in_cn_by_subject", nul_in_cn, subject(SUBJECT),
     "not the host-subject"),
    ("extra_rdn", lambda: leaf([("O", "Test"), ("OU", "Unit"), ("OU", "More"),
                                ("CN", "127.0.0.1")]), subject(SUBJECT),
     "not the host-subject"),
    ("doubled_ou", lambda: leaf([("O", "Test"), ("OU", "Unit"),
                                 ("OU", "Unit"), ("CN", "127.0.0.1")]),
     subject(SUBJECT), "not the host-subject"),
    ("subject_of_a_stranger_with_our_san",
     lambda: leaf([("O", "Evil"), ("CN", "x")]), subject(SUBJECT),
     "not the host-subject"),
    ("escapes", lambda: leaf([("O", "Test, Inc"), ("CN", "a\\b")]),
     subject("O=Test\\, Inc,CN=a\\\\b"), None),
    ("utf8", lambda: leaf([("O", "Möbel"), ("CN", "x")]),
     subject("O=Möbel,CN=x"), None),
    ("self_signed", lambda: leaf_self()[:2], CA,
     "is signed by itself"),
    ("for_a_client_only", lambda: leaf(more=["extendedKeyUsage=clientAuth"]),
     CA, "it is not for a server"),
    ("issuer_is_no_ca", signed_by_a_leaf, CA,
     'trusts has signed .* but "CN=neighbour"'),
    ("sha1_signature", lambda: leaf(kind="rsa2048", digest="sha1"), CA,
     "a kind of key or signature unknown here"),
]


def leaf_self():
    key = certs.key("rsa2048", "self")
    return certs.make(NAME, key, None, san=HERE), key


made = {}


def trusted(server, options, wait_ms):
    said, out = connects(uri(server.tls_port), *options, wait_ms=wait_ms)
    if said.count("resumed") != 3:
        return "not three channels resumed: " + said
    return compare(Picture.read(out), server.truth(), "tls")


def row(make, options, why):
    """One row of the table. A weak signature no SPICE server shows."""
    if make not in made:
        made[make] = make()
    cert, key = made[make][:2]
    chain = made[make][2] if len(made[make]) > 2 else ()
    if why is None:
        with Server(cert, key, chain) as server:
            cases.patiently(lambda ms: trusted(server, options, ms))
        return
    whole = certs.joined(cert, *chain)
    with TlsFront(whole, key) as front:
        refused(why, uri(front.port), *options)
        cases.equal(front.inside, b"", "bytes that the server got")


for _name, _make, _options, _why in ROWS:
    cases.add(_name, row, _make, _options, _why)


# ---- the server's own certificate as the CA ---------------------------------

@cases.case
def self_signed_and_given():
    cert, key = leaf_self()
    with Server(cert, key) as server:
        connects(uri(server.tls_port), "--ca", cert)
    key = certs.key("rsa2048", "self")
    other = certs.make(NAME, key, san="DNS:other.example")
    with TlsFront(other, key) as front:
        refused("is for other.example", uri(front.port), "--ca", other)


@cases.case
def by_fingerprint():
    """Only the SHA-256 of a certificate is known: libspice-server shows its
    CA's (which OpenSSL adds to its own), whoever is between, and itself."""
    def by(path):
        return ["--ca-sha256", fingerprint(path)]
    cert, key = leaf(issuer=(world.mid, world.mid_key))
    with Server(cert, key, (world.mid,)) as server:
        for path in (world.mid, cert):
            connects(uri(server.tls_port), *by(path))
        refused("None of the [23] certificates that 127.0.0.1:[0-9]* shows "
                "has", uri(server.tls_port), *by(world.other))
    cert, key = leaf()
    with Server(cert, key) as server:
        connects(uri(server.tls_port), *by(world.ca))
        connects(uri(server.tls_port), *by(world.ca), *CA)
        refused("not the host-subject", uri(server.tls_port), *by(world.ca),
                "--host-subject", "O=Test")
        status, said, _ = shot(uri(server.tls_port), *by(cert), *CA)
        cases.equal(status, 2, "another file than was meant")
        cases.matches(said, "is not the certificate with that SHA-256")
    stranger = certs.make(NAME, certs.key("p256"),
                          (world.other, world.other_key), san=HERE)
    with TlsFront(certs.joined(stranger, world.ca), certs.key("p256")) as front:
        refused("a signature is wrong", uri(front.port), *by(world.ca))
        cases.equal(front.inside, b"", "what he got")


@cases.case
def names():
    """By its name, where this machine's own resolver has one for it."""
    found = socket.getaddrinfo("localhost", 1, 0, socket.SOCK_STREAM)
    if found[0][0] != socket.AF_INET:
        cases.skip("localhost is an IPv6 address first here")
    cert, key = leaf([("CN", "x")], san="DNS:LocalHost")
    with Server(cert, key) as server:
        connects(uri(server.tls_port, host="localhost"), *CA)
        refused("is for LocalHost", uri(server.tls_port), *CA)


@cases.case
def ip6():
    """An IPv6 address, which is what the certificate is for."""
    with Server(*leaf([("CN", "x")], san="IP:::1")) as server, Listener(
            lambda near: carry(near, connect(server.tls_port)),
            host="::1") as way:
        for text in ("spice://[::1]?tls-port=%d", "spice+tls://[::1]:%d",
                     "spice://[0:0::0:1]?tls-port=%d;title=desk"):
            connects(text % way.port, *CA)
        refused("is for (::1|0:0:0:0:0:0:0:1). Connect by",
                uri(server.tls_port), *CA)


# ---- a CA that is built in ---------------------------------------------------

@cases.case
def built_in():
    """A program made with CA= trusts it without being told to, and nobody
    else; one given beside it is trusted, too."""
    folder = scratch("make-ca-")
    status, said = make_with(world.ca, "bin/spice-shot", folder, "host")
    cases.equal(status, 0, "make's exit status; it said: " + said)
    ours = os.path.join(folder, "bin", "spice-shot")
    with Server(*leaf()) as server:
        connects(uri(server.tls_port), program=ours)
        refused("Nobody whom this PC trusts", uri(server.tls_port))
    stranger = certs.make(NAME, certs.key("p256"),
                          (world.other, world.other_key), san=HERE)
    with TestServer("fills") as plain, \
            TlsFront(stranger, certs.key("p256"), behind=plain.port) as front:
        refused("Nobody whom this PC trusts", uri(front.port), program=ours)
        cases.equal(front.inside, b"", "what he got")
        connects(uri(front.port), *OTHER, program=ours)
    status, said = make_with("README.md", "gen/carrier_builtin.c", folder)
    cases.check(status and "CA=README.md is no file of certificates" in said,
                "make said: " + said)


# ---- what is too old, too short, or no TLS ----------------------------------

@cases.case
def rsa1024():
    cert, key = leaf(kind="rsa1024")
    with TlsFront(cert, key) as front:
        refused("too weak: its key has only 1024 bits", uri(front.port), *CA)
        cases.equal(front.inside, b"", "bytes inside")


@cases.case
def ca_of_1024_bits():
    key = certs.key("rsa1024", "ca")
    weak = certs.make([("CN", "Old")], key, ca=True)
    cert, own = leaf(issuer=(weak, key))
    with TlsFront(cert, own) as front:
        refused("cannot be used: its key is too short", uri(front.port),
                "--ca", weak)


@cases.case
def damaged_ca():
    path = certs.joined(world.ca)
    with open(path) as f:
        text = f.read()
    with open(path, "w") as f:
        f.write(text.replace("MII", "MXX", 1))
    with TlsFront(*leaf()) as front:
        refused("cannot be used: it is none, or damaged", uri(front.port),
                "--ca", path)


@cases.case
def tls_1_1_only():
    old = (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1)
    with TlsFront(*leaf(), versions=old) as front:
        refused("no TLS newer than 1.1", uri(front.port), *CA)


@cases.case
def tls_1_3_only():
    new = (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)
    with TlsFront(*leaf(), versions=new) as front:
        refused("no TLS older than 1.3. This client has 1.2", uri(front.port),
                *CA)


@cases.case
def resumption_refused():
    """A server that takes up no session: each channel's handshake is whole."""
    def attempt(ms):
        said, out = connects(uri(front.port), *CA, wait_ms=ms)
        cases.check("resumed" not in said, "it said: " + said)
        if len(re.findall("tls: slot", said)) != 4:
            return "not four channels: " + said
        return compare(Picture.read(out), plain.truth(), "tls")

    with TestServer("fills") as plain, \
            TlsFront(*leaf(), behind=plain.port, forgets=True) as front:
        cases.patiently(attempt)


@cases.case
def no_forward_secrecy():
    with TlsFront(*leaf(), versions=(ssl.TLSVersion.TLSv1_2,) * 2,
                  ciphers="AES128-GCM-SHA256:AES256-SHA:@SECLEVEL=0") as front:
        refused(r"refused the TLS connection: nothing in common \(alert 40",
                uri(front.port), *CA)


@cases.case
def each_suite():
    with TestServer("fills") as plain:
        for cipher, kind in (("ECDHE-RSA-AES128-GCM-SHA256", "rsa2048"),
                             ("ECDHE-RSA-AES256-GCM-SHA384", "rsa2048"),
                             ("ECDHE-RSA-CHACHA20-POLY1305", "rsa2048"),
                             ("ECDHE-ECDSA-AES128-GCM-SHA256", "p256"),
                             ("ECDHE-ECDSA-AES256-GCM-SHA384", "p521"),
                             ("ECDHE-ECDSA-CHACHA20-POLY1305", "p384")):
            with TlsFront(*leaf(kind=kind), behind=plain.port,
                          ciphers=cipher) as front:
                connects(uri(front.port), *CA)
                cases.equal(set(front.suites), {cipher}, "suite")


@cases.case
def plain_spice_at_the_tls_port():
    with TestServer("fills") as server:
        refused("is SPICE without TLS", uri(server.port), *CA)


@cases.case
def tls_at_the_plain_port():
    with Server(*leaf()) as server:
        refused("speaks only TLS|closed it without a word",
                "spice://127.0.0.1:%d" % server.tls_port)


@cases.case
def trust_without_a_tls_port():
    """Whoever says whom to trust is not let out in the clear: nobody is even
    connected to. A TLS port on the command line mends it."""
    with Speaker() as middle:
        where = "spice://127.0.0.1:%d" % middle.port
        for options, more in ((CA, ""), (["--ca-sha256", "11" * 32], ""),
                              (["--host-subject", "CN=x"], ""),
                              ([], "?ca-sha256=" + "11" * 32),
                              ([], "?host-subject=CN=x")):
            status, said, _ = shot(where + more, *options)
            cases.equal(status, 2, "exit status; it said: " + said)
            cases.matches(said, "are for TLS: give the TLS port")
        cases.equal(len(middle.conns), 0, "connections that he saw")
        with Server(*leaf()) as server:
            connects(where + "?ca-sha256=" + fingerprint(world.ca), "--ca",
                     world.ca, "--tls-port", str(server.tls_port))
            cases.equal(len(middle.conns), 0, "connections that he saw")


@cases.case
def strangers():
    for words, who in ((b"RFB 003.008\n", "a VNC server"),
                       (b"SSH-2.0-OpenSSH_9.2\r\n", "an SSH server"),
                       (b"HTTP/1.1 400 Bad Request\r\n\r\n", "a web server"),
                       (b"\x15\x03\x01\x00\x02\x02\x46", "newer than 1.1"),
                       (b"\x15\x03\x03\x00\x02\x02\x46", "older than 1.3"),
                       (b"\x15\x03\x03\x00\x02\x02\x50", "internal error"),
                       (b"\xff" * 99, "does not speak TLS")):
        with Speaker(words) as server:
            refused(who, uri(server.port), *CA)


# ---- the man in the middle --------------------------------------------------

def nothing_useful(heard):
    """Of what was heard in the clear nothing is SPICE's or ours."""
    cases.check(b"REDQ" not in heard, "a SPICE link went out in the clear")


@cases.case
def middle_on_the_tls_port():
    """His own certificate, of a CA of his own with the right names."""
    key = certs.key("rsa2048", "evil")
    cert = certs.make(NAME, key, (world.other, world.other_key), san=HERE)
    with Server(*leaf(), password="secret") as server, \
            TlsFront(certs.joined(cert, world.other), key,
                     behind=server.port) as middle:
        refused("Nobody whom this PC trusts", uri(middle.port), *CA,
                "--password", "secret")
        cases.equal((middle.inside, middle.suites), (b"", []), "what he got")


@cases.case
def middle_with_a_certificate_of_our_ca():
    """The same CA's, but another host's."""
    cert, key = leaf([("CN", "neighbour")], san="DNS:neighbour.example")
    with TlsFront(cert, key) as middle:
        refused("is for neighbour.example", uri(middle.port), *CA)
        cases.equal(middle.inside, b"", "what he got")


@cases.case
def middle_on_the_plain_port():
    """With a tls-port the plain one is not even looked at."""
    with Server(*leaf(), password="secret") as server, Speaker() as middle:
        connects(uri(server.tls_port, middle.port), *CA,
                 "--password", "secret")
        cases.equal(len(middle.conns), 0, "connections that he saw")


@cases.case
def downgrade():
    """Nobody, or somebody who is no TLS, at the TLS port; the plain one would
    do: it is never asked."""
    with TestServer("fills", password="secret") as server:
        with Speaker() as plain:
            refused("refused the connection", uri(free_port(), plain.port),
                    *CA, "--password", "secret")
            refused("is SPICE without TLS", uri(server.port, plain.port), *CA,
                    "--password", "secret")
            cases.equal(len(plain.conns), 0, "plain connections")
        with Speaker(b"REDQ" + b"\0" * 12) as middle:
            refused("is SPICE without TLS", uri(middle.port, server.port),
                    *CA, "--password", "secret")
            nothing_useful(middle.heard)


@cases.case
def records_changed_on_the_way():
    """One bit of what the server sends, after the handshake."""
    with Server(*leaf()) as server, Flipper(server.tls_port) as middle:
        refused(r"does not go on as it must|sends nothing|was lost",
                uri(middle.port), *CA)


class Flipper(Listener):
    """Forwards, but changes a bit of each longer record of the server's."""

    def __init__(self, behind):
        self.behind = behind
        super().__init__(self._forward)

    def _forward(self, near):
        far = connect(self.behind)
        threading.Thread(target=self._pump, args=(near, far, False),
                         daemon=True).start()
        self._pump(far, near, True)
        far.close()

    @staticmethod
    def _pump(source, sink, flip):
        try:
            while True:
                head = source.recv(5, socket.MSG_WAITALL)
                if len(head) < 5:
                    break
                body = bytearray(source.recv(
                    int.from_bytes(head[3:], "big"), socket.MSG_WAITALL))
                if flip and head[0] == 23:
                    body[-1] ^= 1
                sink.sendall(head + body)
        except OSError:
            pass
        drop(source)
        drop(sink)


# ---- which channel goes which way -------------------------------------------

@cases.case
def server_wants_a_channel_plain():
    def attempt(ms):
        said, out = connects(uri(server.tls_port, server.port), *CA,
                             wait_ms=ms)
        cases.matches(said, "display: the server wants it without TLS")
        if len(re.findall("tls: slot", said)) != 4:
            return "once for the display before it said so: " + said
        return compare(Picture.read(out), server.truth(), "tls")

    with Server(*leaf(), args=["--plain-channel", "display"]) as server:
        cases.patiently(attempt)


@cases.case
def secure_channels_forbid_it():
    with Server(*leaf(), args=["--plain-channel", "display"]) as server:
        refused("wants channel display without TLS, which is forbidden",
                uri(server.tls_port, server.port), *CA,
                "--secure-channels", "main;display")
        refused("Give its port without TLS", uri(server.tls_port), *CA)


@cases.case
def server_wants_tls():
    with Server(*leaf(), args=["--secure-channel", "display"]) as server:
        refused("wants TLS for channel display",
                "spice://127.0.0.1:%d" % server.port)
        connects(uri(server.tls_port, server.port), *CA)


@cases.case
def secure_channels_without_a_port():
    with TestServer("fills") as server:
        refused("may only go over TLS here",
                "spice://127.0.0.1:%d" % server.port,
                "--secure-channels", "all")


@cases.case
def disabled_channels():
    def attempt(ms):
        said, _ = connects(uri(server.tls_port), *CA, "--disable-channels",
                           "inputs,cursor", wait_ms=ms)
        return len(re.findall("tls: slot", said)) != 2 and said

    with Server(*leaf()) as server:
        cases.patiently(attempt)


@cases.case
def qemu():
    """The real one: both ports, a ticket, one channel that must be plain."""
    cert, key = leaf()
    with SpiceGuest("graphics", password="secret", spice=(
            "tls-port=%d,x509-dir=%s,tls-channel=main,plaintext-channel=cursor"
            % (free_port(), certs.folder(cert, key, world.ca)))) as guest:
        tls_port = int(re.search(r"tls-port=(\d+)", " ".join(
            guest.child.popen.args)).group(1))

        def attempt(ms):
            said, out = connects(uri(tls_port, guest.port), *CA, "--password",
                                 "secret", wait_ms=ms)
            cases.measure(" ".join(re.findall(r"tls: slot 0 (.*)", said)))
            return compare(Picture.read(out), guest.screendump(), "qemu-tls")

        cases.patiently(attempt)
        refused("refused the password", uri(tls_port, guest.port), *CA,
                "--password", "wrong")


cases.main()
