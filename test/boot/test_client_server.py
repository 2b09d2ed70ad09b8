#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""The booted PC against our own server (test/server): pointers of every kind,
a screen of 15 bits, lights, and a tablet that comes and goes."""
import re
import time
from types import SimpleNamespace

from harness import Client, Picture, TestServer, cases
from harness.child import wait_for
from harness.keys import BY_NAME

U32 = 0xffffffff
AT = (100, 120)  # where the cursor scenes put the hot spot


def up(client):
    """The session shows its picture and takes keys."""
    for line in ("first picture shown", "inputs: up", "cursor: up"):
        wait_for(lambda line=line: line in client.log(), 60, line)


# --- the pointers that test/server/scenes_cursor.c makes, once more ---

def mix(seed, x, y):
    v = (seed * 0x9e3779b1 + x * 0x85ebca6b + y * 0xc2b2ae35) & U32
    v ^= v >> 15
    v = v * 0x2c1b3c6d & U32
    v ^= v >> 12
    v = v * 0x297a2d39 & U32
    return v ^ v >> 15


def photo(seed, x, y):
    """draw.c's content `photo`: red, green, blue."""
    noise = mix(seed, x, y)
    wave = (x * x // 53 + y * y // 31 + seed * 40) & 511
    r = wave if wave < 256 else 511 - wave
    g = (x * 2 + y + seed * 17) & 255
    b = 64 + ((x ^ y) & 127) + (noise & 7)
    return r if r < 8 else r - (noise >> 8 & 7), g, b


def alpha(w, h, x, y):
    """A pixel of the alpha pointer: premultiplied ARGB."""
    x, y = 4 * x, 4 * y
    a = (x * 5 + y * 3 + 3) & 255
    r, g, b = (c * a // 255 for c in photo(3, x, y))
    return a << 24 | r << 16 | g << 8 | b


def shape(w, h, x, y):
    return x <= y and x + y < w + h // 2


def mono(w, h, x, y):
    """Black or white in the shape; outside what is below, or inverted."""
    xor = x < y // 2 or x == w - 1
    if shape(w, h, x, y):
        return 0xffffffff if xor else 0xff000000
    return "invert" if xor else 0


def colour(w, h, x, y):
    return 0xff000000 | 0xf0c040 + x * 3 if shape(w, h, x, y) else 0


def pointer(kind, w, h, at):
    """As Xspice.cursor() gives one, and the pixels to invert."""
    pixels = [kind(w, h, i % w, i // w) for i in range(w * h)]
    return SimpleNamespace(
        x=at[0], y=at[1], w=w, h=h, xhot=w // 4, yhot=h // 3,
        argb=[0 if p == "invert" else p for p in pixels],
        inverts=[i for i, p in enumerate(pixels) if p == "invert"])


def laid_over(picture, cursor):
    """What the monitor shows of a picture with such a pointer."""
    rgb = bytearray(picture.with_cursor(cursor).rgb)
    for i in cursor.inverts:
        x = cursor.x - cursor.xhot + i % cursor.w
        y = cursor.y - cursor.yhot + i // cursor.w
        at = 3 * (y * picture.w + x)
        for part in range(at, at + 3):
            rgb[part] ^= 255
    return Picture(picture.w, picture.h, rgb)


def pointer_shown(server, client, scene, n, shown):
    """Draw a scene, the n-th; the monitor shows it and that pointer."""
    server.say("scene " + scene)
    truth = server.truth(20, n)
    want = laid_over(truth, pointer(*shown)) if shown else truth
    cases.check(bool(shown) == (want != truth), "the pointer is seen")
    cases.same(client.wait_picture(want, 20, "server-%d-%s" % (n, scene)))


def cursor(scene, *shown):
    """The scene's picture, in every pixel, with that pointer over it.

    Not as the first scene: libspice-server forgets where SET put the pointer
    when the cursor channel comes later.
    """
    with TestServer("fills") as server, Client(server.port) as client:
        up(client)
        pointer_shown(server, client, scene, 2, shown)


for _scene, _shown in (
        ("alpha", (alpha, 33, 29, AT)), ("mono", (mono, 32, 32, AT)),
        ("mono-odd", (mono, 21, 19, AT)), ("colour", (colour, 32, 32, AT)),
        ("move", (alpha, 33, 29, (301, 277))),
        ("edge", (alpha, 33, 29, (797, 560))), ("hide", ()),
        ("kept", (alpha, 24, 30, (200, 120)))):
    cases.add("cursor_" + _scene.replace("-", "_"), cursor,
              "cursor-" + _scene, *_shown)


@cases.case
def cursor_goes_and_comes():
    """Scenes in one session: the shape changes, hides, comes again."""
    with TestServer("fills") as server, Client(server.port) as client:
        up(client)
        for n, (scene, shown) in enumerate((
                ("cursor-mono", (mono, 32, 32, AT)), ("cursor-hide", ()),
                ("cursor-colour", (colour, 32, 32, AT)),
                ("cursor-kept", (alpha, 24, 30, (200, 120))),
                ("cursor-kept", (alpha, 24, 30, (200, 120)))), 2):
            pointer_shown(server, client, scene, n, shown)


def screen_of_15_bits(scene):
    with TestServer(scene, args=["--format", "555"]) as server, \
            Client(server.port) as client:
        cases.same(client.wait_picture(server.truth(60), 20,
                                       "server-555-" + scene))


for _scene in ("fills", "copies", "scroll"):
    cases.add("screen_555_" + _scene, screen_of_15_bits, _scene)


@cases.case
def lights():
    """The keyboard's lights are what the server says."""
    with TestServer("fills") as server, \
            Client(server.port, trace=["ps2_set_ledstate"]) as client:
        up(client)

        def lit():
            found = re.findall(r"ledstate (?:0x)?([0-9a-f]+)",
                               client.child.log())
            return int(found[-1], 16) if found else None
        for leds in (7, 2, 4, 1, 0):
            server.say("leds %d" % leds)
            wait_for(lambda leds=leds: lit() == leds, 5, "lights %d" % leds)


def after(server, before, *begins):
    """The server's lines since then that begin so."""
    return [line for line in server.lines[before:] if line.startswith(begins)]


@cases.case
def keys():
    """One byte of a scancode a line; press and release."""
    with TestServer("fills") as server, Client(server.port) as client:
        up(client)
        for name in ("a", "ret", "f12", "right", "ctrl_r", "pause"):
            before = len(server.lines)
            key = BY_NAME[name]
            client.press(name, hold=0.05)
            want = ["key %02x" % byte for byte in key.make + key.release]
            wait_for(lambda b=before, n=len(want):
                     len(after(server, b, "key")) >= n, 5, name)
            time.sleep(0.1)
            cases.equal(after(server, before, "key"), want, name)


def motions(server, before):
    """The sum of what was told, and the last buttons."""
    lines = [[int(word, 16 if i == 3 else 10)
              for i, word in enumerate(line.split()[1:])]
             for line in after(server, before, "motion")]
    return (sum(m[0] for m in lines), sum(m[1] for m in lines),
            lines[-1][3] if lines else None)


def moved(server, client, dx, dy):
    """SERVER mode: relative motion comes, and no position."""
    before = len(server.lines)
    client.move(dx, dy)
    wait_for(lambda: motions(server, before)[:2] == (dx, dy), 20,
             "motion %d, %d" % (dx, dy))
    cases.equal(after(server, before, "pos"), [], "positions")


def placed(server, client, dx, dy, x, y):
    """CLIENT mode: the position comes, and no motion."""
    before = len(server.lines)
    client.move(dx, dy)
    wait_for(lambda: after(server, before, "pos %d %d " % (x, y)), 20,
             "position %d, %d" % (x, y))
    cases.equal(after(server, before, "motion"), [], "motions")


def clicked(server, client, name, want):
    """A click's lines: a press is told as a movement of nothing."""
    before = len(server.lines)
    client.click(name)
    wait_for(lambda: "buttons 0" in after(server, before, "buttons"), 20, name)
    cases.equal(server.lines[before:], want, name)


def modes(client):
    return [line for line in client.log() if line.startswith("mouse mode")]


@cases.case
def drag_in_server_mode():
    """Clicks; then every motion between press and release has the button."""
    with TestServer("fills") as server, Client(server.port) as client:
        up(client)
        moved(server, client, 12, -7)
        for name, bit in (("left", 1), ("right", 2), ("middle", 4)):
            clicked(server, client, name,
                    ["motion 0 0 0 %x" % bit, "buttons 0"])
        before = len(server.lines)
        client.button("left", True)
        for _ in range(10):
            client.move(6, 3)
            time.sleep(0.03)
        client.button("left", False)
        wait_for(lambda: after(server, before, "buttons"), 5, "release")
        cases.equal(motions(server, before), (60, 30, 1), "drag")
        cases.equal({line.split()[4] for line in
                     after(server, before, "motion")}, {"1"}, "buttons")
        moved(server, client, 5, 5)
        cases.equal(motions(server, before)[2], 0, "buttons afterwards")


@cases.case
def tablet_comes_and_goes():
    """The mouse's mode changes in mid-session, and with it what is sent."""
    with TestServer("fills") as server, Client(server.port) as client:
        up(client)
        moved(server, client, 30, 20)
        for turn in (1, 2):
            said = len(modes(client))
            server.say("tablet on")
            wait_for(lambda n=said: modes(client)[n:] ==
                     ["mouse mode: client"], 20, "client mode %d" % turn)
            # What the mouse still has of these would be added to the next.
            before = len(server.lines)
            for _ in range(20):
                client.move(-120, -120)
                time.sleep(0.01)
            wait_for(lambda n=before: after(server, n, "pos 0 0 "), 20,
                     "the corner")
            time.sleep(1)
            placed(server, client, 50, 40, 50, 40)
            placed(server, client, -9, 30, 41, 70)
            clicked(server, client, "left", ["wheel 0 1", "buttons 0"])
            said = len(modes(client))
            server.say("tablet off")
            wait_for(lambda n=said: modes(client)[n:] ==
                     ["mouse mode: server"], 20, "server mode %d" % turn)
            moved(server, client, 15, -10)


cases.main()
