#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The peers themselves, without our client: is what they show true?

The reference client (spicy-screenshot) must see what xwd, a screendump and the
test server's canvas say; the guest must report what QEMU was told to type. A
failure here means that the other machine tests' failures mean nothing.
"""
import os
import subprocess
import sys
import time

from harness import (Picture, Speaker, SpiceGuest, Tap, TestServer, Xspice,
                     cases, compare, free_port, root, spicy_screenshot)
from harness.child import port_open, wait_for
from harness.listener import connect
from harness.server import scenes, twin


def same_as_reference(peer, truth, name):
    cases.check(truth.colours() > 8, "the picture is nearly blank")
    cases.same(compare(spicy_screenshot(peer.port), truth, name))


@cases.case
def peers_compare():
    """The comparison itself finds one wrong pixel, and says where."""
    one = Picture(5, 4, bytes(60))
    two = Picture(5, 4, bytes(30) + b"\0\7\0" + bytes(27))
    cases.check(compare(one, one) is None, "equal pictures differ")
    found = compare(one, two)
    cases.equal((found.pixels, found.box), (1, (0, 2, 1, 1)), "difference")
    cases.check("have 000000, want 000700" in str(found), str(found))
    big = one.centred_in(8, 7)
    cases.equal((big.w, big.h, big.rgb.count(0)), (8, 7, 168), "centred")


@cases.case
def peers_xspice():
    with Xspice(compression="glz") as x:
        desktop = x.run("xtool", "desktop")
        wait_for(lambda: "done" in desktop.log(), 15, "desktop")
        same_as_reference(x, x.picture(), "peers-xspice")
        x.resize(901, 677)
        x.call("xtool", "photo")
        picture = x.picture()
        cases.equal((picture.w, picture.h), (901, 677), "size")
        same_as_reference(x, picture, "peers-xspice-odd")


@cases.case
def peers_xspice_pointer():
    with Xspice() as x:
        x.call("xtool", "shape", "argb")
        x.call("xtool", "warp", 150, 160)
        cursor = x.cursor()
        cases.equal((cursor.w, cursor.h, cursor.x, cursor.y),
                    (33, 29, 150, 160), "pointer")
        cases.equal(x.pointer()[:2], (150, 160), "place")
        plain = x.picture()
        shown = plain.with_cursor(cursor)
        found = compare(plain, shown)
        cases.check(found and found.pixels > 300, "pointer not laid over")
        left, top, w, h = found.box
        cases.check(left >= 143 and top >= 149 and left + w <= 176 and
                    top + h <= 178, "pointer at %r" % (found.box,))


def guest_screen(show):
    with SpiceGuest(show=show, compression="lz") as guest:
        guest.stop()
        same_as_reference(guest, guest.screendump(), "peers-guest-" + show)


@cases.case
def peers_guest_text():
    guest_screen("text")


@cases.case
def peers_guest_graphics():
    guest_screen("graphics")


@cases.case
def peers_guest_input():
    with SpiceGuest() as guest:
        cases.equal(guest.locks(), 0, "locks at the start")
        guest.press("a")
        guest.press("pause")
        guest.press("ctrl", "alt", "delete")
        guest.press("caps_lock")
        wait_for(lambda: guest.locks() == 4 and len(guest.keys()) >= 18, 5,
                 "Caps Lock in the guest")
        cases.equal(bytes(guest.keys()).hex(" "),
                    "1e 9e e1 1d 45 e1 9d c5 1d 38 e0 53 e0 d3 b8 9d 3a ba",
                    "scancodes")
        guest.move(5, -7)
        guest.click("right")
        wait_for(lambda: len(guest.packets()) >= 3, 5, "mouse packets")
        cases.equal(guest.packets(), [(0, 5, -7), (2, 0, 0), (0, 0, 0)],
                    "packets")


@cases.case
def peers_password():
    with TestServer("copies", password="sesame",
                    args=["--draw-first"]) as server:
        truth = server.truth()
        cases.same(compare(spicy_screenshot(server.port, "sesame"), truth))


def server_scenes(compression):
    """Each scene, drawn before the reference client joins."""
    bad = []
    for name in scenes():
        if twin(name) != name:
            continue  # the server cannot render it
        with TestServer(name, compression=compression,
                        args=["--draw-first"]) as server:
            truth = server.truth()
            found = compare(spicy_screenshot(server.port), truth,
                            "peers-" + name)
        if found:
            bad.append("%s: %s" % (name, found))
    cases.check(not bad, "\n".join(bad))


@cases.case
def peers_server_scenes():
    server_scenes("lz")


@cases.case
def peers_tap():
    """The tap passes all on and sees the messages of both directions."""
    with TestServer("photo", compression="quic",
                    args=["--draw-first"]) as server:
        truth = server.truth()
        with Tap(server.port) as tap:
            cases.same(compare(spicy_screenshot(tap.port), truth))
            cases.check(tap.wait("main", True, 104), "no ATTACH_CHANNELS")
            cases.check(tap.wait("display", True, 101), "no DISPLAY_INIT")
            cases.check(tap.find("display", False, 304), "no DRAW_COPY")
            cases.equal(tap.find("main", False)[0].type, 103, "main INIT")
            tap.delay_s = 0.3
            start = time.monotonic()
            cases.same(compare(spicy_screenshot(tap.port), truth))
            cases.check(time.monotonic() - start > 1, "no delay")


@cases.case
def peers_listener():
    """When it has ended nobody hangs on it, and its port can be had again; no
    other program of the tests is given that meanwhile."""
    with Speaker(b"hello") as server:
        client = connect(server.port)
        client.sendall(b"words")
        cases.equal(client.recv(5), b"hello", "said")
        wait_for(lambda: server.heard == b"words", 10, "what was heard")
    cases.equal(client.recv(1), b"", "the end of it")
    cases.check(not port_open(server.port), "its port is closed")
    with Speaker(b"again", server.port) as server:
        cases.equal(connect(server.port).recv(5), b"again", "said")
    ours = [free_port() for _ in range(50)]
    other = subprocess.run(
        [sys.executable, "-c", "from harness import free_port\n"
         "for _ in range(50): print(free_port())"], check=True, timeout=60,
        env=dict(os.environ, PYTHONPATH=os.path.join(root(), "test", "boot")),
        stdout=subprocess.PIPE).stdout.decode().split()
    cases.equal(len(set(ours) | set(map(int, other))), 100, "ports")


cases.main()
