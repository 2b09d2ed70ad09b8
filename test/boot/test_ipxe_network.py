#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""The form linked into iPXE on its network: leases that are renewed, memory
that holds against a server which does not wait, TLS from the full ROM."""
import hashlib
import os
import ssl
import struct

from harness import (Client, Listener, Scripted, SpiceGuest, TestServer,
                     cases, free_port, lab6, linked)
from harness.certs import Certs
from harness.child import wait_for
from harness.dhcp import REQUEST, DhcpServer, Lab
from harness.files import WebServer
from harness.lab6 import Lab6
from harness.listener import carry, connect
from harness.scripted import DRAW_WHITENESS, desktop
from harness.session import alive, pictures, shown, wait_pictures
from harness.speed import DRAW_COPY, SIZE, copy, frame_buffer_of

ROM = linked.ROMS[linked.chosen()]


@cases.case
def lease_is_renewed():
    """iPXE asks once; we ask on, and the session notices nothing. Then the
    address is another one."""
    with SpiceGuest("graphics") as guest, \
            Lab(DhcpServer(lease=8)) as net, \
            Client(guest.port, rom=ROM, net=net) as client:
        wait_pictures(client, 1)
        before = net.dhcp.kinds().count(REQUEST)
        wait_for(lambda: net.dhcp.kinds().count(REQUEST) >= before + 3, 60,
                 "renewals")
        alive(client, guest)
        shown(client, guest, "ipxe-renewed")
        cases.equal(pictures(client), 1, "sessions")
        times = [m.time for m in net.dhcp.seen if m.kind == REQUEST]
        cases.measure("a lease of 8 s: asked for again after %s s" % ", ".join(
            "%.1f" % (b - a) for a, b in zip(times, times[1:])))
        net.dhcp.address = "10.0.2.31"
        wait_pictures(client, 2)
        alive(client, guest)


@cases.case
def named_by_dhcp_options():
    """The site option names the server, iPXE's own option the password; the
    file name, which is none of ours, is not asked for."""
    with TestServer("fills", password="fool") as server, Lab(DhcpServer(
            bootfile="pxelinux.0", options={
                224: b"spice://10.0.2.2:%d" % server.port,
                175: b"\xbf\4fool"})) as net, \
            Client(rom=ROM, net=net) as client:
        cases.same(client.wait_picture(lambda: server.truth(60), 90,
                                       "dhcp-options"))


def random_bytes(cpu):
    """Gathered beside DHCP: the first session waits for none. A busy machine
    loses the RTC's ticks, so that the best of some PCs counts."""
    with TestServer("fills") as server:
        for _ in range(3):
            with Client(server.port, rom=ROM, cpu=cpu) as client:
                wait_pictures(client, 1)
                at = {line: t for t, line in client.times()}
            took = at["main: authenticating"] - at[
                "main: connected, negotiating"]
            cases.measure("inside iPXE, %s: %.3f s from main's connection to "
                          "its ticket" % (cpu, took))
            if "main: waiting for random numbers" not in at:
                return
    cases.check(False, "each has waited")


cases.add("random_bytes_with_rdrand", random_bytes, "max")
cases.add("random_bytes_without_rdrand", random_bytes, "qemu64")


class Forward6(Listener):
    """[::1]:port, which the PC calls fec0::2, leads to 127.0.0.1:target."""

    def __init__(self, target):
        super().__init__(lambda near: carry(near, connect(target)), host="::1")


def over_ipv6(alone):
    """A server at an IPv6 address, from the full ROM: named by DHCP, or where
    there are only routers and DHCPv6."""
    if not os.path.exists(linked.FULL):
        cases.skip("no full ROM")
    with SpiceGuest("graphics") as guest, Forward6(guest.port) as way:
        host = lab6.HOST6 if alone else "fec0::2"
        uri = "spice://[%s]:%d" % (host, way.port)
        with Lab6(ra=lab6.ra(flags=0x40), v4=False,
                  dhcp6={59: uri.encode()}) as net, Client(
                      rom=linked.FULL, uri=None if alone else uri,
                      net=net if alone else "user") as client:
            shown(client, guest, "ipxe-ipv6")
            alive(client, guest)


for _alone in False, True:
    cases.add("over_ipv6" + ("_alone" if _alone else ""), over_ipv6, _alone)


class Flood:
    """A desktop that draws for ever and reads nothing, on the display's first
    connection; a picture of one colour on those after it."""

    COLOUR = b"\x40\x80\xc0\0"
    BATCH = 4096

    def __init__(self):
        self.displays = self.sent = 0
        fill = struct.pack("<5IB", 0, 0, 0, SIZE[1], SIZE[0], 0) + bytes(13)
        fill = struct.pack("<HI", DRAW_WHITENESS, len(fill)) + fill
        self.fills = fill * self.BATCH

    def draw(self, link):
        self.displays += 1
        if self.displays > 1:
            w, h = SIZE
            link.message(DRAW_COPY, copy(w, h, self.COLOUR * (w * h)))
            return
        while True:
            link.send(self.fills)
            self.sent += len(self.fills)


@cases.case
def memory_holds():
    """A server that draws faster than can be drawn, and heeds nothing: its
    window cannot be closed, so the display is connected anew."""
    flood = Flood()
    with Scripted(desktop(flood.draw, *SIZE)) as server, \
            Client(server.port, rom=ROM, memory=32) as pc:
        wait_for(lambda: flood.displays == 2, 200, "a new display")
        frame_buffer = frame_buffer_of(pc)
        wait_for(lambda: pc.memory(frame_buffer, 3) == Flood.COLOUR[:3], 60,
                 "its picture")
        cases.equal(pictures(pc), 1, "sessions")
        cases.measure("given up after %.1f MB that the server had sent" %
                      (flood.sent / 1e6))


@cases.case
def tls_of_the_full_rom():
    """What QEMU's own server shows over TLS, by a CA that HTTP has."""
    if not os.path.exists(linked.FULL):
        cases.skip("no full ROM")
    certs = Certs()
    ca_key, key = certs.key("rsa2048", "ca"), certs.key()
    ca = certs.make([("CN", "Test CA")], ca_key, ca=True)
    leaf = certs.make([("CN", "x")], key, (ca, ca_key), san="IP:10.0.2.2")
    port, files = free_port(), {}
    with open(ca) as f:
        files["/ca.pem"] = f.read().encode()
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(
        files["/ca.pem"].decode())).hexdigest()
    with WebServer(files) as web, \
            SpiceGuest("graphics", spice="tls-port=%d,x509-dir=%s" % (
                port, certs.folder(leaf, key, ca))) as guest:
        base = "http://10.0.2.2:%d/" % web.port
        files["/boot"] = ("#!ipxe\nspice spice+tls://10.0.2.2:%d?ca=%sca.pem"
                          "&ca-sha256=%s && echo LEFT ||\nprompt\n" % (
                              port, base, digest)).encode()
        with Client(uri=base + "boot", rom=linked.FULL) as client:
            shown(client, guest, "ipxe-tls")
            cases.check("suite" in client.bios_log(), "it is TLS")
            alive(client, guest)
            client.press("ctrl", "alt", "shift", "esc", hold=0.05)
            client.wait_text("^LEFT", 30)


linked.need()
cases.main()
