#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Connecting as remote-viewer does: .vv files from a disk, by HTTP and TFTP,
proxies, a Proxmox VE in small; spice-shot, and a booted PC.
timeout 400
"""
import base64
import hashlib
import os
import time

from harness import (Child, Client, Listener, Picture, SpiceGuest, TestServer,
                     cases, compare, free_port, root, scratch, wait_same)
from harness.child import wait_for
from harness.files import TftpServer, WebServer, vv
from harness.listener import connect
from harness.proxies import UNREAD_MOST, ProxmoxProxy, SquidProxy
from harness.proxmox import SUBJECT, Proxmox

SHOT = os.path.join(root(), "bin", "spice-shot")


def shot(*arguments, status=0, said=None, timeout=60):
    """Run spice-shot; its picture, or (status 1) nothing."""
    where = scratch("shot-")
    file = os.path.join(where, "shot.ppm")
    child = Child([SHOT] + list(arguments) + [file],
                  os.path.join(where, "log"))
    got = child.wait(timeout)
    cases.equal(got, status, "exit status; it said: " + child.log())
    cases.equal(os.path.exists(file), status == 0, "a picture was saved")
    if said:
        cases.matches(child.log(), said)
    return Picture.read(file) if status == 0 else None


def shows(truth, name, *arguments):
    """Run spice-shot; its picture is truth()."""
    cases.patiently(lambda ms: compare(
        shot("--wait-ms", str(ms), *arguments), truth(), name))


def saved(data):
    path = os.path.join(scratch("vv-"), "desk.vv")
    with open(path, "wb") as file:
        file.write(data)
    return path


def same(pc, want, timeout, name):
    """The PC shows that, in time."""
    cases.same(wait_same(pc.screendump, want, timeout, name))


@cases.case
def files():
    """From a disk, by HTTP (one that is not there), by TFTP with losses."""
    with TestServer("patterns", args=["--draw-first"]) as server:
        good = vv(host="127.0.0.1", port=server.port,
                  title="x" * 60, usb_filter="y" * 900)
        with WebServer({"/desk.vv": good, "/d/default.vv": good}) as web, \
                TftpServer({"desks/a b.vv": good}, lossy=True) as tftp:
            base = "http://127.0.0.1:%d" % web.port
            for where in (saved(good.replace(b"\n", b"\r\n")),
                          base + "/desk.vv", base + "/d/",
                          "tftp://127.0.0.1:%d/desks/a%%20b.vv" % tftp.port):
                shows(server.truth, "vv-files", where)
            shot(base + "/none.vv", status=2,
                 said=r"none.vv could not be fetched: the server has no such "
                 r"file \(404\)")
            shot("tftp://127.0.0.1:%d/none" % tftp.port, status=2,
                 said="no such file")
    shot(saved(good + b"tls-port=x\n"), status=2,
         said="line 7: tls-port= is not a number")


@cases.case
def proxmox():
    """Token, two nodes, TLS by host-subject; then whatever may be wrong."""
    with Proxmox(seconds=3600) as pve:
        def attempt(ms):
            pve.proxy.asked.clear()
            have = shot("--wait-ms", str(ms), saved(pve.vv()))
            if len(pve.proxy.asked) != 4:
                return "not one way asked for a channel: %s" % pve.proxy.asked
            return compare(have, pve.guest.screendump(), "vv-proxmox")

        cases.patiently(attempt)
        cases.equal(pve.proxy.dropped + pve.near.dropped, 0, "dropped")
        for head in pve.proxy.asked:
            cases.matches(head, r"^CONNECT %s:61000 HTTP/1\.\d\r\nHost: %s"
                          % (pve.proxy.token, pve.proxy.token))
        for changed, said in (
                ({"host": pve.proxy.token + "e"}, r"ticket \(401\)"),
                ({"host_subject": SUBJECT + ",C=x"}, "not the host-subject"),
                ({"password": "wrong"}, "VM 100 - desk refused the password")):
            shot(saved(pve.vv(**changed)), status=1, said=said)
        pve.proxy.until = 0
        shot(saved(pve.vv()), status=1, said="half a minute")
        ca_by_url(pve)


def ca_by_url(pve):
    """Certificates by URL, with the SHA-256 of the one that is meant."""
    der = base64.b64decode("".join(pve.ca.strip().splitlines()[1:-1]))
    print_ = hashlib.sha256(der).hexdigest()
    with WebServer({"/ca.pem": pve.ca.encode()}) as web:
        where = ("spice+tls://127.0.0.1:%d?password=%s&host-subject=%s&ca="
                 "http://127.0.0.1:%d/ca.pem&ca-sha256=" % (
                     pve.tls_port, pve.password, SUBJECT.replace(" ", "%20"),
                     web.port))
        shows(pve.guest.screendump, "vv-ca", where + print_)
        shot(where + "00" + print_[2:], status=2, said="cannot be trusted: "
             "its SHA-256 is not the one")
        # Another one said elsewhere is not passed over.
        shot("--ca-sha256", "00" + print_[2:], where + print_, status=1,
             said="its SHA-256 is another one than that given")


PIECE = UNREAD_MOST // 2


def pieces(conn):
    """A server that sends a piece for each byte that it gets."""
    while conn.recv(1):
        conn.sendall(bytes(PIECE))


@cases.case
def unread():
    """The limit of our Proxmox is there: who reads gets all he asks for, who
    asks for it and does not read is dropped."""
    with Listener(pieces) as server, \
            ProxmoxProxy("127.0.0.1", server.port) as proxy:
        for asked in 1, 32:
            with connect(proxy.port) as client, client.makefile("rb") as file:
                client.sendall(b"CONNECT %s:61000 HTTP/1.0\r\nHost: %s:61000"
                               b"\r\n\r\n" % ((proxy.token.encode(),) * 2))
                cases.equal(file.readline() + file.readline(),
                            b"HTTP/1.0 200 OK\r\n\r\n", "the answer")
                if asked == 1:
                    for _ in range(32):
                        client.sendall(b".")
                        cases.equal(len(file.read(PIECE)), PIECE, "a piece")
                    cases.equal(proxy.dropped, 0, "dropped")
                    continue
                client.sendall(b"." * asked)
                wait_for(lambda: proxy.dropped, 30, "dropped")
                try:
                    got = len(file.read())
                except ConnectionResetError:
                    got = 0
                cases.check(got < asked * PIECE, "it did not get all")


@cases.case
def squid():
    """The proxy looks the name up; users, ports, names that there are not."""
    with TestServer("patterns", args=["--draw-first"]) as server, \
            SquidProxy({"desk.example.org": "127.0.0.1"}, "joe:a@b",
                       [server.port, 1]) as proxy:
        there = "127.0.0.1:%d" % proxy.port
        where = "spice://desk.example.org:%d" % server.port
        shows(server.truth, "vv-squid", "--proxy",
              "http://joe:a%%40b@%s" % there, where)
        asked = proxy.asked[0].split("\r\n")[0]
        cases.equal(asked, "CONNECT desk.example.org:%d HTTP/1.0" %
                    server.port, "the request")
        there = "joe:a%40b@" + there
        for proxied, name, said in (
                (there.replace("a%40b", "x"), where, r"password \(407\)"),
                (there, "spice://desk.example.org:2", r"\(403\)"),
                (there, "spice://desk.example.org:1", r"\(503\)"),
                (there, where.replace("desk", "disk"), r"\(503\)"),
                ("127.0.0.1:%d" % free_port(), where,
                 "The proxy 127.0.0.1:.* refused the connection"),
                ("nosuchproxy.invalid", where,
                 "No name server (knows|answered for) the proxy nosuchproxy"),
                ("127.0.0.1:%d" % server.port, where, "proxy")):
            shot("--proxy", "http://" + proxied, name, status=1, said=said)


@cases.case
def proxmox_from_power_on():
    """A PC whose DHCP names a folder: its own file is not there, default.vv
    is a ticket made when it is asked for. Its server goes, and comes back with
    another: so does the session."""
    with Proxmox() as pve:
        made = []

        def ticket():
            made.append(time.monotonic())
            pve.proxy.until = time.monotonic() + 40
            return pve.vv("10.0.2.2", x_marker="LastWordsOfTheFile")
        with WebServer({"/desks/default.vv": ticket}) as web, \
                Client(uri="http://10.0.2.2:%d/desks/" % web.port,
                       memory=128) as pc:
            same(pc, pve.guest.screendump, 90, "vv-power-on")
            # iPXE asks for what DHCP names itself, before the client does.
            cases.equal([path for path in web.asked if path != "/desks/"],
                        ["/desks/52:54:00:12:34:56.vv", "/desks/default.vv"],
                        "asked for")
            cases.equal(len(pve.proxy.asked), 4, "ways")
            password = pve.password = "AnotherTicketThanBefore"
            pve.guest.qmp.command("set_password", protocol="spice",
                                  password=password, connected="disconnect")
            wait_made = time.monotonic() + 60
            while len(made) < 2 and time.monotonic() < wait_made:
                time.sleep(0.2)
            cases.equal(len(made) >= 2, True, "a fresh ticket was asked for")
            same(pc, pve.guest.screendump, 60, "vv-again")
            for _ in range(4):  # of 1.9 MB each
                pve.guest.serial_send(b"p")
                time.sleep(0.3)
            same(pc, pve.guest.screendump, 60, "vv-drained")
            cases.equal(pve.proxy.dropped + pve.near.dropped, 0, "dropped")
            pve.proxy.until = 0
            cases.note("%d tickets" % len(made))
            forgotten(pc, password)


def copies(pc, word):
    """How often a word stands in the PC's memory."""
    return pc.memory(0, 128 << 20).count(word.encode())


def forgotten(pc, password):
    """In the running session the ticket is there for channels to come, once
    in its target and once in its session; of the file nothing is left, of the
    ticket before nothing; of either nothing once the person has left."""
    cases.equal(copies(pc, password), 2, "copies of the ticket in use")
    cases.equal(copies(pc, "LastWordsOfTheFile"), 0, "copies of the file")
    cases.equal(copies(pc, "0123456789abcdef0123"), 0, "of the ticket before")
    pc.press("ctrl", "alt", "shift", "esc")
    pc.wait_text("Connect to")
    cases.equal(copies(pc, password), 0, "copies once the session is over")
    pc.press("f10")
    pc.wait_text("Booting from|No bootable|Boot failed")
    cases.equal(copies(pc, password), 0, "copies once we are gone")


@cases.case
def tftp_from_power_on():
    """DHCP's file name is a .vv on its boot server."""
    folder = scratch("tftp-")
    with TestServer("patterns") as server:
        with open(os.path.join(folder, "desk.vv"), "wb") as file:
            file.write(vv(host="10.0.2.2", port=server.port, title="desk"))
        with Client(uri="desk.vv", tftp=folder, memory=64) as pc:
            truth = server.truth(60)
            same(pc, lambda: truth, 60, "vv-tftp")


cases.main()
