#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""What the booted PC does when a session ends: the last picture stays, grey,
with a band that says what happens, and the session comes back by itself."""
import os
import time

from harness import (Client, Picture, SpiceGuest, Tap, TestServer, cases,
                     free_port, spicy_screenshot)
from harness.child import wait_for
from harness.client import BAR_ROW_PX, BAR_ROWS
from harness.picture import compare


def shown(client, guest, name, timeout=60):
    """The guest's picture is on the client's monitor, in its colours."""
    def want():
        guest_shot, shot = guest.screendump(), client.screendump()
        return guest_shot.centred_in(max(guest_shot.w, shot.w),
                                     max(guest_shot.h, shot.h))
    cases.same(client.wait_picture(want, timeout, name))


def greyed(picture):
    """What vga_grey() makes of it."""
    rgb = bytearray(len(picture.rgb))
    r, g, b = picture.rgb[0::3], picture.rgb[1::3], picture.rgb[2::3]
    grey = bytes((2 * r[i] + 5 * g[i] + b[i]) >> 4 for i in range(len(r)))
    rgb[0::3] = rgb[1::3] = rgb[2::3] = grey
    return Picture(picture.w, picture.h, rgb)


def without_bar(picture):
    """The picture, black where the band is."""
    line = 3 * picture.w
    top = (picture.h - BAR_ROWS * BAR_ROW_PX) // 2
    size = BAR_ROWS * BAR_ROW_PX * line
    return Picture(picture.w, picture.h,
                   picture.rgb[:top * line] + bytes(size) +
                   picture.rgb[top * line + size:])


def grey_of(client, before, name):
    """Every pixel but the band's is the grey of what was shown before."""
    shot = client.screendump()
    if os.environ.get("TEST_PNG"):
        shot.save_png(os.path.join(os.environ["TEST_PNG"], name + ".png"))
    cases.same(compare(without_bar(shot), without_bar(greyed(before)), name))


@cases.case
def server_goes_and_comes():
    """Killed, gone over a dropped link, reset, pushed off: one PC, no key."""
    port = free_port()
    with Client(port) as client:
        with SpiceGuest("graphics", port=port) as guest:
            shown(client, guest, "end-before")
            before = guest.screendump()
            client.key("a", True)
            client.key("shift", True)
            wait_for(lambda: {0x1e, 0x2a} <= set(guest.keys()), 10, "keys")
        client.why("closed the session|was lost|broke off|refused")
        grey_of(client, before, "end-killed")
        bar = client.bar()
        cases.check("spice-test" in bar[1], "whose it was: %r" % bar)
        cases.check("F2 menu   F10 leave" in bar[5], "keys: %r" % bar)
        client.key("a", False)
        with SpiceGuest("graphics", port=port) as guest:
            shown(client, guest, "end-killed-back", 90)
            client.key("shift", False)
            client.press("b", hold=0.05)
            wait_for(lambda: 0xb0 in guest.keys(), 10, "the next key")
            # What was held when the old one went is let go (in the BIOS's
            # time or the guest's), and nothing else comes.
            cases.equal(bytes(key for key in guest.keys() if key not in
                              (0xaa, 0x9e)).hex(), "30b0", "what it got")
            # The virtual machine is reset: its session goes on.
            since = len(client.log())
            guest.reset()
            wait_for(lambda: guest.serial().count("ready") > 1, 60, "boot")
            shown(client, guest, "end-reset", 60)
            client.press("c", hold=0.05)
            wait_for(lambda: 0xae in guest.keys(), 20, "a key after it")
            cases.check(not any("closed the session" in line
                                for line in client.log()[since:]),
                        "a reset is no end")
            # Another client pushes it off, and goes.
            spicy_screenshot(guest.port)
            back(client, 3, "closed the session")
            shown(client, guest, "end-kicked-back", 60)
            # The cable is out, and in again.
            before = guest.screendump()
            client.key("a", True)
            wait_for(lambda: guest.keys()[-1:] == [0x1e], 20, "a key held")
            client.link(False)
            client.why("was lost|has no link", 90)
            grey_of(client, before, "end-unplugged")
            client.link(True)
            back(client, 4, "first picture")
            shown(client, guest, "end-unplugged-back", 60)
            wait_for(lambda: guest.keys()[-1:] == [0x9e], 20, "the key let go")
            client.key("a", False)
            client.press("b", hold=0.05)
            wait_for(lambda: guest.keys()[-3:] == [0x9e, 0x30, 0xb0], 20,
                     "the next key")


def back(client, sessions, said):
    """It has said so, and shown the first picture of so many sessions."""
    wait_for(lambda: client.log().count("first picture shown") == sessions and
             any(said in line for line in client.log()), 60, said)


def alive(client, guest, name):
    """The guest's picture is there, and a key arrives there."""
    shown(client, guest, name)
    client.press("b", hold=0.05)
    wait_for(lambda: guest.keys()[-2:] == [0x30, 0xb0], 20, "a key there")


def moves_between_hosts(waits):
    """Migrated between two QEMUs, and told where to: the client follows. Where
    it has had the time, a session waits there, and takes over."""
    ports = [free_port() for _ in range(3)]
    with SpiceGuest("graphics", port=ports[0]) as one, \
            SpiceGuest("graphics", port=ports[1], incoming=ports[2]) as two, \
            Client(ports[0]) as client:
        alive(client, one, "move-before")
        client.key("a", True)
        wait_for(lambda: one.keys()[-1:] == [0x1e], 20, "a key held")
        one.tell(hostname="10.0.2.2", port=ports[1])
        if waits:
            wait_for(lambda: "waiting where it moves" in client.log(), 30,
                     "a session there")
        one.migrate(ports[2])
        back(client, 2, "moved to 10.0.2.2:%d" % ports[1])
        cases.equal("taken over where it moved" in client.log(), waits,
                    "taken over")
        # The key that was held is let go there.
        wait_for(lambda: two.keys()[-1:] == [0x9e], 20, "the key let go")
        client.key("a", False)
        alive(client, two, "move-told")


for _name, _waits in (("moves_between_hosts", True),
                      ("moves_in_a_hurry", False)):
    cases.add(_name, moves_between_hosts, _waits)


@cases.case
def moves_untold():
    """Migrated without a word to the client: the picture stands still; when
    the old host ends, the port that it knows leads to the other one."""
    ports = [free_port() for _ in range(3)]
    with Tap(ports[0]) as tap, Client(tap.port) as client, \
            SpiceGuest("graphics", port=ports[1], incoming=ports[2]) as two:
        with SpiceGuest("graphics", port=ports[0]) as one:
            alive(client, one, "untold-before")
            client.key("a", True)
            wait_for(lambda: one.keys()[-1:] == [0x1e], 20, "a key held")
            one.migrate(ports[2])
            tap.target = ports[1]
        back(client, 2, "closed the session")
        wait_for(lambda: two.keys()[-1:] == [0x9e], 20, "the key let go")
        client.key("a", False)
        alive(client, two, "untold-after")


@cases.case
def pointer_stays():
    """In CLIENT mode the next session's server is told at once where this PC's
    pointer is."""
    with TestServer("fills", args=["--tablet"]) as server, \
            Client(server.port) as client:
        back(client, 1, "mouse mode: client")
        client.move(60, 40)
        places = lambda: [t for t in server.lines if t.startswith("pos ")]
        wait_for(places, 20, "a place")
        time.sleep(1)
        last, told = places()[-1], len(places())
        server.say("kick")
        back(client, 2, "closed the session")
        wait_for(lambda: last in places()[told:], 20, "the same place")


def on_end(what, then, **more):
    """What on-end= has follow, once the server ends the session."""
    with TestServer("fills") as server, \
            Client(server.port, {"on-end": what}, **more) as client:
        back(client, 1, "first picture")
        server.say("kick")
        then(client)


def powered_off(client):
    wait_for(lambda: not client.child.alive(), 20, "power off")
    if not client.LINKED:  # iPXE does not say how
        cases.check("power off by ACPI" in client.log(), "by ACPI")


def rebooted(client):
    wait_for(lambda: client.log().count("network is up") == 2, 30, "reboot")


for _what, _then in (
        ("poweroff", powered_off), ("reboot", rebooted),
        ("menu", lambda client: client.why(
            "(closed the session|was lost).*Connect to")),
        ("next", lambda client: client.wait_text("No bootable device"))):
    cases.add("on_end_" + _what, on_end, _what, _then)


cases.add("on_end_poweroff_q35", lambda: on_end("poweroff", powered_off,
                                                machine="q35"))


cases.main()
