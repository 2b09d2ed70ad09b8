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
import time

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


def script(*lines):
    """A web server with a script of these, for a PC on a Lab."""
    return WebServer({"/boot": ("#!ipxe\n" + "\n".join(lines)).encode()})


def boot(web):
    return "http://10.0.2.2:%d/boot" % web.port


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
def address_by_hand():
    """What a person or a script sets is as good as DHCP's: nobody is asked."""
    with SpiceGuest("graphics") as guest, \
            Lab(DhcpServer(silent=True)) as net, \
            Client(rom=ROM, net=net) as client:
        linked.choose(client, "iPXE shell", 120)
        client.wait_text("^iPXE>", 20)
        asked = len(net.dhcp.seen)
        for line in "set net0/ip 10.0.2.40", \
                "set net0/netmask 255.255.255.0", "ifopen net0", \
                "spice spice://10.0.2.2:%d" % guest.port:
            client.type(line + "\n")
        wait_pictures(client, 1, 90)
        cases.check("Network: 10.0.2.40/24" in client.log(), client.log())
        cases.equal(len(net.dhcp.seen), asked, "DHCP's messages")
        shown(client, guest, "ipxe-by-hand")
        alive(client, guest)


@cases.case
def renewal_fails_once():
    """One round of questions that nobody answers is followed by another one
    before the lease's end. When nobody answers until then, that is the end;
    with an answer it begins anew."""
    with SpiceGuest("graphics") as guest, \
            Lab(DhcpServer(lease=44)) as net, \
            Client(guest.port, rom=ROM, net=net) as client:
        wait_pictures(client, 1)
        net.dhcp.silent, before = True, len(net.dhcp.seen)

        def rounds():
            return len({m.xid for m in net.dhcp.seen[before:]})
        wait_for(lambda: rounds() >= 2, 90, "another round")
        net.dhcp.lease, net.dhcp.silent = 8, False
        wait_for(lambda: REQUEST in net.dhcp.kinds()[before:], 60, "an answer")
        alive(client, guest)
        cases.equal(pictures(client), 1, "sessions")
        net.dhcp.silent = True
        wait_for(lambda: any("address" in line and "lost" in line
                             for line in client.log()), 60, "the lease's end")
        net.dhcp.silent = False
        wait_pictures(client, 2, 90)
        alive(client, guest)


@cases.case
def short_sessions_renew():
    """Sessions that are shorter than half a lease, one after the other."""
    def soon_over(link):
        time.sleep(2)
        link.reset()
    with Scripted(desktop(soon_over)) as server, \
            script(":again", "spice spice://10.0.2.2:%d ||" % server.port,
                   "goto again") as web, \
            Lab(DhcpServer(lease=16)) as net, \
            Client(uri=boot(web), rom=ROM, net=net) as client:
        wait_pictures(client, 1)
        before = net.dhcp.kinds().count(REQUEST)
        wait_for(lambda: net.dhcp.kinds().count(REQUEST) >= before + 2, 60,
                 "renewals")
        cases.check(pictures(client) >= 3, "%d sessions" % pictures(client))
        times = [m.time for m in net.dhcp.seen if m.kind == REQUEST]
        cases.check(times[-1] - times[-2] < 16, "renewed before its end")


@cases.case
def left_before_a_picture():
    """A machine that is not there is not waited for long; from one that does
    not answer Ctrl+C leads back to the script, as everywhere in iPXE."""
    with script("spice spice://10.0.2.99:5900 ||",
                "spice spice://10.0.2.98:5900 || echo LEFT", "prompt") as web, \
            Lab() as net:
        net.hosts = {"10.0.2.98": "mute", "10.0.2.99": "absent"}
        with Client(uri=boot(web), rom=ROM, net=net) as client:
            wait_for(lambda: client.log().count("program started") == 2, 120,
                     "the second of two")
            wait_for(lambda: any("10.0.2.98" in line
                                 for line in client.text()), 20, "its screen")
            client.press("ctrl", "c")
            client.wait_text("^LEFT", 10)
            screen = "\n".join(client.text())
            cases.check("SPICE server unreachable" in screen, screen)
            cases.check("Left before there was a picture" in screen, screen)


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
            said = "Network: 2001:db8:1:0:5054:ff:fe12:3456/64, gateway " \
                "fe80::2" if alone else "IPv6: fec0::5054:ff:fe12:3456/64"
            cases.check(any(line.startswith(said) for line in client.log()),
                        client.log())
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
