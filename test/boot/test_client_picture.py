#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The booted PC's monitor shows the server's own picture, in every pixel."""
import time

from harness import Client, SpiceGuest, TestServer, Xspice, cases


def shown(client, truth, name, timeout=60):
    """The monitor shows truth(), centred in black where it is larger."""
    def want():
        picture = truth()
        screen = client.screendump()
        if screen.w >= picture.w and screen.h >= picture.h:
            return picture.centred_in(screen.w, screen.h)
        return picture
    cases.same(client.wait_picture(want, timeout, name))


def x_truth(x):
    """The X screen with its pointer laid over."""
    return lambda: x.picture().with_cursor(x.cursor())


def desktop(seed):
    """An Xspice server with a pointer that shows (X's own root has none until
    one is set)."""
    # never the encodings for slow lines, whatever it takes ours for
    x = Xspice(options={"SpiceJpegWanCompression": "never",
                        "SpiceZlibGlzWanCompression": "never"})
    x.call("xtool", "shape", "argb")
    if seed:
        x.run("xtool", "desktop", seed)
    return x


@cases.case
def qemu_text():
    with SpiceGuest("text") as guest:
        time.sleep(1)
        guest.stop()
        with Client(guest.port) as client:
            shown(client, guest.screendump, "qemu-text")


@cases.case
def qemu_graphics():
    with SpiceGuest("graphics") as guest:
        with Client(guest.port) as client:
            shown(client, guest.screendump, "qemu-graphics")


def seeds(compression, first):
    """A sample of the scenes from numbers, in one session (test_seeds.py has
    hundreds)."""
    with TestServer("seed-%d" % first, compression=compression,
                    args=["--size", "640x480"]) as server, \
            Client(server.port, {"compression": compression}) as client:
        for n in range(6):
            if n:
                server.say("scene seed-%d" % (first + n))
            want = server.truth(60, n + 1)
            shown(client, lambda: want, "seed-%d" % (first + n))


cases.add("seeds_glz", seeds, "glz", 0)
cases.add("seeds_quic", seeds, "quic", 6)


@cases.case
def cirrus_24_bits():
    with SpiceGuest("graphics") as guest:
        with Client(guest.port, vga="cirrus") as client:
            shown(client, guest.screendump, "cirrus")
            cases.check("picture 800x600, mode 800x600x24" in client.log(),
                        client.log()[-3:])


def corner(client, picture, low):
    """The part of a larger picture that the screen shows at its upper left
    or (low) its lower right."""
    screen = client.screendump()
    cases.check(screen.w < picture.w and screen.h < picture.h,
                "the screen is smaller")
    return picture.crop(picture.w - screen.w if low else 0,
                        picture.h - screen.h if low else 0,
                        screen.w, screen.h)


def view(client, x, low, name):
    """A picture larger than every mode: the view follows the pointer."""
    for _ in range(30):
        client.move(127 if low else -127, 127 if low else -127)
        time.sleep(0.03)
    cases.same(client.wait_picture(
        lambda: corner(client, x_truth(x)(), low), 60, name))


def xspice(compression):
    """The client is there first; windows move, scroll, redraw; the size
    changes, to odd ones and to one larger than every mode."""
    with desktop(0) as x:
        with Client(x.port, {"compression": compression},
                    memory=512) as client:
            shown(client, x_truth(x), "x-%s-empty" % compression)
            x.run("xtool", "desktop", "3")
            churn = x.run("xtool", "churn", "7", "5")
            end = time.monotonic() + 90
            while "done" not in churn.log() and time.monotonic() < end:
                time.sleep(0.2)
            cases.check("done" in churn.log(), "churn is done")
            shown(client, x_truth(x), "x-%s-drawn" % compression)
            x.resize(641, 479)
            shown(client, x_truth(x), "x-%s-odd" % compression)
            x.resize(3200, 2400)
            view(client, x, False, "x-%s-large-left" % compression)
            view(client, x, True, "x-%s-large-right" % compression)
            x.resize(1024, 768)
            shown(client, x_truth(x), "x-%s-back" % compression)
            cases.equal(client.log().count("first picture shown"), 1,
                        "sessions")


for mode in ("lz", "glz", "quic", "off"):
    cases.add("xspice_" + mode, xspice, mode)


@cases.case
def xspice_sizes():
    with desktop(5) as x:
        with Client(x.port) as client:
            shown(client, x_truth(x), "sizes-first")
            for size in ((800, 600), (900, 700), (1366, 768), (1920, 1080)):
                x.resize(*size)
                shown(client, x_truth(x), "sizes-%dx%d" % size)


cases.main()
