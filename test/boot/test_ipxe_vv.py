#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""What the images inside iPXE have beyond the compact ROM: the command's
options, .vv files as images, tickets by `params`, what went wrong; over the
full ROM."""
from harness import Client, SpiceGuest, TestServer, cases, linked
from harness.certs import Certs, TlsFront
from harness.child import wait_for
from harness.files import WebServer, vv
from harness.proxies import ProxmoxProxy

FULL = linked.FULL


def script(*lines):
    """Client's arguments for a PC that runs such a script."""
    return linked.script(*lines, usual="full")


def leave(client):
    """The hotkey."""
    client.press("ctrl", "alt", "shift", "esc", hold=0.05)


def shown(client, guest, count):
    """The guest's picture, of that session."""
    wait_for(lambda: client.log().count("first picture shown") == count, 90,
             "session %d" % count)
    cases.same(client.wait_picture(guest.screendump, 60, "vv-%d" % count))


@cases.case
def options():
    """All of option.c's, wrong values by name, username from iPXE."""
    with SpiceGuest("graphics", password="fool") as guest:
        at = "spice://10.0.2.2:%d" % guest.port
        with Client(**script(
                "spice --help ||", "prompt --key 0x20 ONE",
                "spice --tls-port 70000 %s || echo PORT" % at,
                "spice --on-end never %s || echo NEVER" % at,
                "spice --nonsense ||", "set password fool",
                "spice --compression lz --title Desk %s && echo TWO" % at,
                "prompt")) as client:
            client.wait_text("ONE", 90)
            flat = " ".join("".join(client.text()).split())
            for name in ("tls-port", "proxy", "ca-sha256", "keymap", "keep"):
                cases.matches(flat, "--" + name)
            client.press("spc")
            shown(client, guest, 1)
            leave(client)
            client.wait_text("^TWO", 30)
            for text in ("--tls-port= is not a number from 1 to 65535",
                         "Not a usable SPICE option", "^PORT",
                         "--on-end= is none of", "^NEVER"):
                client.wait_text(text, 1)


@cases.case
def reasons():
    """The client's own sentence stays on the console, and iPXE's error beside
    it tells the reasons apart: a stranger's certificate, a ticket that a proxy
    does not take, a .vv that is not there, one with a wrong line."""
    certs = Certs()
    key = certs.key()
    cert = certs.make([("CN", "x")], key, san="IP:10.0.2.2")
    proxy = ProxmoxProxy(None, None, seconds=0)
    with TlsFront(cert, key) as front, proxy, WebServer({
            "/401.vv": vv(host=proxy.token, tls_port=proxy.tls_port,
                          password="fool",
                          proxy="http://10.0.2.2:%d" % proxy.port),
            "/wrong.vv": vv(host="10.0.2.2", port="x")}) as web:
        base = "http://10.0.2.2:%d/" % web.port
        tries = [
            ("spice+tls://10.0.2.2:%d" % front.port,
             r"10\.0\.2\.2:\d+.*signed by itself", "SPICE certificate's CA unknown"),
            (base + "401.vv", r"does not take this ticket \(401\)",
             "Not through SPICE proxy"),
            (base + "none.vv", r"/none\.vv could not be fetched: \S+ ",
             r"\.vv file not to be had"),
            (base + "wrong.vv", r"/wrong\.vv cannot be used: line 4: port= is "
             "not a number", r"Not a usable \.vv file"),
            ("spice:/x", r'command line names "spice:/x", which cannot be '
             "used: ", "Not a usable SPICE URI")]
        with Client(**script(
                *("spice %s || prompt --key 0x20 AT%d" % (where, i)
                  for i, (where, _, _) in enumerate(tries)),
                "imgfetch %swrong.vv" % base, "spice wrong.vv || echo LAST",
                "prompt")) as client:
            for i, (_, sentence, error) in enumerate(tries):
                client.wait_text("^AT%d" % i, 90)
                client.why("%s.*Could not show the desktop: %s" %
                           (sentence, error), 1)
                client.press("spc")
            client.wait_text("^LAST", 60)
            client.why(r"The \.vv file cannot be used: line 4: port= ", 1)


@cases.case
def vv_by_name():
    """imgfetch, then `spice NAME`; one that asks for it is gone after that."""
    with SpiceGuest("graphics", password="fool") as guest:
        keys = dict(host="10.0.2.2", port=guest.port, password="fool")
        with WebServer({"/desk.vv": vv(**keys),
                        "/once.vv": vv(delete_this_file=1, **keys)}) as web:
            base = "http://10.0.2.2:%d/" % web.port
            with Client(**script(
                    "imgfetch %sdesk.vv" % base, "spice desk.vv && echo ONE",
                    "imgfetch %sonce.vv" % base, "spice once.vv && echo TWO",
                    "imgstat", "spice %sdesk.vv && echo THREE" % base,
                    "prompt")) as client:
                for count in (1, 2, 3):
                    shown(client, guest, count)
                    leave(client)
                client.wait_text("^THREE", 30)
                # Random bytes are gathered once.
                cases.check(client.log().count(
                    "main: waiting for random numbers") <= 1, "waited once")
                flat = "".join(client.text())
                cases.matches(flat, r"desk\.vv : \d+ bytes \[VV\]")
                cases.check("once.vv :" not in flat, "it was wiped")
            cases.equal(web.asked, ["/desk.vv", "/once.vv", "/desk.vv"],
                        "asked for")


@cases.case
def proxmox_by_params():
    """A script asks for a ticket with an API token; again when the server ends
    the session: each ticket has another password."""
    path = "/api2/spiceconfig/nodes/pve1/qemu/100/spiceproxy"
    with SpiceGuest("graphics", password="none") as guest:
        made = []

        def ticket(head, body):
            if head["Authorization"] != "PVEAPIToken=desk@pve!spice=secret" \
                    or body != b"proxy=10.0.2.2":
                return None
            made.append("ticket%d" % len(made))
            guest.qmp.command("set_password", protocol="spice",
                              password=made[-1])
            return vv(host="10.0.2.2", port=guest.port, password=made[-1],
                      delete_this_file=1)
        with WebServer({}, {path: ticket}) as web, Client(**script(
                ":retry", "params",
                "param --header Authorization "
                "PVEAPIToken=desk@pve!spice=secret",
                "param proxy 10.0.2.2",
                "imgfetch --name desk.vv http://10.0.2.2:%d%s##params || "
                "goto retry" % (web.port, path),
                "spice desk.vv || goto retry", "echo LEFT",
                "prompt")) as client:
            shown(client, guest, 1)
            guest.qmp.command("set_password", protocol="spice",
                              password="another", connected="disconnect")
            shown(client, guest, 2)
            leave(client)
            client.wait_text("^LEFT", 30)
        cases.equal(len(made), 2, "tickets")


@cases.case
def default_script():
    """DHCP names a .vv by HTTP; ended, it is fetched anew; left: the menu."""
    with SpiceGuest("graphics", password="fool") as guest:
        data = vv(host="10.0.2.2", port=guest.port, password="fool",
                  delete_this_file=1)
        with WebServer({"/desk.vv": data}) as web, Client(
                uri="http://10.0.2.2:%d/desk.vv" % web.port,
                rom=FULL) as client:
            shown(client, guest, 1)
            guest.qmp.command("set_password", protocol="spice",
                              password="fool", connected="disconnect")
            shown(client, guest, 2)
            cases.equal(web.asked, ["/desk.vv"] * 2, "asked for")
            leave(client)
            client.why("F10", 30)
            client.press("f10")
            client.wait_text("Connect to a SPICE server", 30)


@cases.case
def config():
    """The settings on iPXE's own screen for them: what is typed there counts,
    and each option has its row."""
    with SpiceGuest("graphics") as guest, Client(**script(
            "config spice", "show spice/uri", "spice && echo LEFT",
            "prompt")) as client:
        client.wait_text("tls-port", 90)
        client.press("end")
        client.wait_text("spice/uri:string - SPICE server", 20)
        client.type("spice://10.0.2.2:%d\n" % guest.port)
        flat = " ".join(client.text())
        for name in ("username", "password", "ca-sha256", "proxy", "keymap",
                     "on-end", "secure-channels"):
            cases.check(" %s" % name in flat, name + " is on the screen")
        client.press("ctrl", "x", hold=0.05)
        shown(client, guest, 1)
        leave(client)
        client.wait_text("^LEFT", 30)
        client.wait_text(r"^spice/uri:string = spice://10\.0\.2\.2:%d" %
                         guest.port, 1)


@cases.case
def on_end_next():
    """The default script leaves to the BIOS when the server ends the session of
    a URI that says so: in both ROMs."""
    for rom in (FULL, linked.ROM):
        with TestServer("fills") as server, Client(
                uri="spice://10.0.2.2:%d?on-end=next" % server.port,
                rom=rom) as client:
            wait_for(lambda: "first picture shown" in client.log(), 60,
                     "a picture")
            server.say("kick")
            client.wait_text("No bootable device", 30)


linked.need(FULL)
cases.main()
