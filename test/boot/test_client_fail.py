#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""What can go wrong says so on the booted PC's screen, in its own sentence,
and is tried again until the cause is gone; the form and passwords."""
import time

from harness import (Client, Speaker, SpiceGuest, Tap, TestServer, cases,
                     free_port)
from harness.child import wait_for


def shown(client, guest, name, timeout=60):
    cases.same(client.wait_picture(
        lambda: guest.screendump().centred_in(
            *[max(a, b) for a, b in zip(
                (guest.screendump().w, guest.screendump().h),
                (client.screendump().w, client.screendump().h))]),
        timeout, name))


@cases.case
def no_dhcp():
    with SpiceGuest("graphics") as guest, \
            Client(guest.port, net="later") as client:
        client.why("No DHCP server answered", 60)
        client.dhcp_on()
        shown(client, guest, "no-dhcp", 90)


@cases.case
def refused():
    port = free_port()
    with Client(port) as client:
        client.why(r"10\.0\.2\.2:%d refused the connection" % port)
        client.why("Trying again in")
        with SpiceGuest("graphics", port=port) as guest:
            shown(client, guest, "refused", 90)


@cases.case
def not_spice():
    with Speaker(b"SSH-2.0-OpenSSH_9.2\r\n") as ssh:
        client = Client(ssh.port)
        with client:
            client.why("at 10.0.2.2:%d is an SSH server, not" % ssh.port)
            ssh.end()
            with SpiceGuest("graphics", port=ssh.port) as guest:
                shown(client, guest, "not-spice", 90)


@cases.case
def silent():
    with Speaker(b"") as mute, Client(mute.port) as client:
        client.why("took the connection but says nothing", 60)
        mute.end()
        with SpiceGuest("graphics", port=mute.port) as guest:
            shown(client, guest, "silent", 90)


@cases.case
def server_closes():
    with SpiceGuest("graphics") as guest, Tap(guest.port) as tap, \
            Client(tap.port) as client:
        shown(client, guest, "closes-before")
        tap.refuse()
        tap.cut()
        client.why("closed the session|was lost|broke off")
        client.why(r"10\.0\.2\.2:\d+, spice-test-")
        tap.refuse(False)
        shown(client, guest, "closes-after", 60)


@cases.case
def server_ends():
    """The virtual machine is switched off, and on again: same port."""
    port = free_port()
    with Client(port) as client:
        for turn in ("first", "again"):
            with SpiceGuest("graphics", port=port) as guest:
                shown(client, guest, "ends-" + turn, 90)
            client.why(r"10\.0\.2\.2:%d (closed the session|refused)" % port)
            cases.equal(len([line for line in client.log()
                             if "closed the session" in line]),
                        1 if turn == "first" else 2, "sentences")


@cases.case
def server_kicks():
    """It throws the client out and lives on: the picture comes back."""
    with TestServer("fills") as server, Client(server.port) as client:
        cases.same(client.wait_picture(server.truth(60), 20, "kick-before"))
        server.say("kick")
        server.wait("kicked")
        client.why("closed the session")
        cases.same(client.wait_picture(server.truth(), 30, "kick-after"))


@cases.case
def wrong_password_then_changed():
    """What the URI gives is tried again, without anybody typing."""
    with TestServer("fills", password="right") as server, \
            Client(uri="spice://10.0.2.2:%d?password=abc" % server.port) \
            as client:
        client.why("refused the password", 60)
        server.say("password abc")
        cases.same(client.wait_picture(lambda: server.truth(60), 60,
                                       "password-changed"))
        cases.check(not any("abc" in line for line in client.log()),
                    "no password in the log")


@cases.case
def password_expires():
    """A session begun with it goes on; the next is refused, until somebody
    has it renewed."""
    with SpiceGuest("graphics", password="abc") as guest, \
            Tap(guest.port) as tap, \
            Client(tap.port, {"password": "abc"}) as client:
        shown(client, guest, "expires-before")
        guest.qmp.command("expire_password", protocol="spice", time="now")
        tap.cut()
        client.why("took this password before and refuses it now: it has "
                   "expired", 30)
        guest.qmp.command("expire_password", protocol="spice", time="never")
        shown(client, guest, "expires-after", 60)


def copies(client, word):
    """How often it stands in the PC's memory."""
    return client.memory(0, 64 << 20).count(word.encode())


def password(cpu):
    """Asked for when the server wants one; a wrong one, then the right. Of the
    wrong one nothing is left then, of the right one nothing in the end."""
    with SpiceGuest("graphics", password="Right1!") as guest, \
            Client(guest.port, cpu=cpu, memory=64) as client:
        client.why("asks for a password")
        client.type("wrong-9\n")
        client.why("refused the password")
        client.type("Right1!\n")
        shown(client, guest, "password-" + cpu)
        cases.check(not any("Right1" in line for line in client.log()),
                    "no password in the log")
        cases.equal(copies(client, "wrong-9"), 0, "copies of the wrong one")
        client.press("ctrl", "alt", "shift", "esc")
        client.wait_text("Connect to")
        client.press("f10")
        client.wait_text("No bootable device|Booting from", 30)
        cases.equal(copies(client, "Right1!"), 0, "copies once we are gone")


cases.add("password_with_rdrand", password, "max")
cases.add("password_without_rdrand", password, "qemu64")


@cases.case
def form():
    """No boot file name: host and port are asked for."""
    with SpiceGuest("graphics") as guest, Client() as client:
        client.why("names no SPICE server. Type which one", 90)
        client.wait_text("Connect to")
        client.type("10.0.2.2\t%d\n" % guest.port)
        shown(client, guest, "form")


@cases.case
def form_another_server():
    """F2 while it retries; what is typed replaces what was filled in."""
    with SpiceGuest("graphics") as guest, Client(free_port()) as client:
        client.why("refused the connection")
        client.press("f2")
        client.wait_text("Connect to")
        client.type("10.0.2.2\t%d\n" % guest.port)
        shown(client, guest, "form-another")


@cases.case
def form_mistakes():
    with Client(uri="pxelinux.0") as client:
        client.wait_text("Connect to", 90)
        client.type("\n")
        client.why("Type the server's name")
        client.type("nosuchhost.invalid\t70000\n")
        client.why("A port is a number")
        client.type("\b\b\b\b\b5900\n")
        client.why("knows the host of nosuchhost.invalid|"
                   "No name server answered")


@cases.case
def bad_uri():
    with Client(uri="spice://10.0.2.2:0") as client:
        client.why("cannot be used: its port is not a number", 90)


@cases.case
def other_boot_file():
    """A boot file name that is no SPICE URI is named, not passed over."""
    with Client(uri="pxelinux.0") as client:
        client.why('DHCP names "pxelinux.0", which cannot be used', 90)


@cases.case
def no_secret_is_shown():
    with Client(uri="spice://me:TopSecret@10.0.2.2:5900?"
                "password=TopSecret&foo=1") as client:
        flat = client.why("cannot be used", 90)
        cases.check("TopSecret" not in flat, flat)
        cases.check("TopSecret" not in client.bios_log(), "the log")


@cases.case
def held_enter_is_not_typed():
    """Enter held in the form is no Enter in the session it began."""
    with SpiceGuest("graphics") as guest, Client() as client:
        client.wait_text("Connect to", 90)
        client.type("10.0.2.2\t%d" % guest.port)
        for _ in range(60):
            client.key("ret", True)
            time.sleep(0.05)
        shown(client, guest, "held-enter")
        client.key("ret", False)
        client.press("a", hold=0.05)
        wait_for(lambda: 0x9e in guest.keys(), 5, "the next key")
        cases.equal(bytes(guest.keys()).hex(), "1e9e", "what was typed")


@cases.case
def pushed_off():
    """Two PCs on one server: each pushes the other off, ever less often."""
    with SpiceGuest("text") as guest, Client(guest.port) as one, \
            Client(guest.port) as two:
        time.sleep(25)
        for client in one, two:
            wait_for(lambda: "first picture shown" in client.log(), 60,
                     "its picture")
        sessions = [c.log().count("first picture shown") for c in (one, two)]
        cases.note("sessions in 25 s: %d and %d" % tuple(sessions))
        cases.check(max(sessions) <= 6, "pauses grow: %r" % sessions)


@cases.case
def leave_session_by_hotkey():
    with SpiceGuest("graphics") as guest, Client(guest.port) as client:
        shown(client, guest, "hotkey")
        before = len(guest.keys())
        client.press("ctrl", "alt", "shift", "esc", hold=0.1)
        client.wait_text("Connect to")
        time.sleep(0.5)
        got = bytes(guest.keys()[before:]).hex()
        for released in ("9d", "b8", "aa"):
            cases.check(released in got, "released %s: %s" % (released, got))


@cases.case
def keys_without_a_network():
    """F2 while there is no link and while DHCP is asked; then F10."""
    with Client(net="later") as client:
        client.why("DHCP", 90)
        for link, state in (False, "no link"), (True, "DHCP"):
            client.link(link)
            client.why(state, 60)
            client.press("f2")
            client.wait_text("Connect to")
            client.press("esc")
            client.why("no link|DHCP")
            cases.check("Connect to" not in " ".join(client.text()), "closed")
        client.press("f10")
        client.wait_text("No bootable device|Booting from", 30)


@cases.case
def leave_to_next_device():
    with Client() as client:
        client.wait_text("Connect to", 90)
        client.press("f10")
        client.wait_text("No bootable device|Booting from", 30)


cases.main()
