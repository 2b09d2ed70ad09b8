#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""What neither QEMU nor Xspice sends: every scene of our own server.

spice-shot joins first, so that it gets drawing operations, and draws along
until the marker is on its screen; what it saves is the server's own canvas in
every pixel; where images come as JPEG, what the reference client shows. At the
end: a table of all that it decoded and drew, by kind, and none of the kinds
that a server sends may be zero.
"""
import os
import subprocess
import threading

from harness import (Picture, Tap, TestServer, cases, compare, refshot,
                     root, scratch)
from harness.server import scenes, twin

SHOT = os.path.join(root(), "bin", "spice-shot")
FIRST, SECOND = "ff00ff", "ff01ff"  # markers of a server's scenes

# Scenes where another compression makes a difference.
IMAGES = ["copies", "photo", "repeats", "parts", "patterns", "formats",
          "rgba", "palettes", "cache", "cache-anew", "copy-rops", "scale-nearest",
          "scale-smooth", "masks", "surfaces", "surface-chain"]

# JPEG loses something, the server's canvas nothing: between them are at most
# so many levels on average, and in most pixels. The scenes are full of noise
# and single-pixel edges, where JPEG is at its worst. So the truth to the pixel
# is what the reference client shows.
LOSSY_MEAN, LOSSY_MEDIAN = 11, 5
LOSSY_TRIES = 20
DRAWINGS = 300  # the first number of those messages of the display channel

# Kind of thing, its number or name, what it is (spice/enums.h).
WANTED = [
    ("image", "0", "BITMAP"), ("image", "1", "QUIC"),
    ("image", "100", "LZ_PLT"), ("image", "101", "LZ_RGB"),
    ("image", "102", "GLZ_RGB"), ("image", "103", "FROM_CACHE"),
    ("image", "104", "SURFACE"), ("image", "105", "JPEG"),
    ("image", "106", "FROM_CACHE_LOSSLESS"), ("image", "107", "ZLIB_GLZ_RGB"),
    ("image", "108", "JPEG_ALPHA"), ("image", "109", "LZ4"),
    ("bitmap", "1", "1BIT_LE"), ("bitmap", "2", "1BIT_BE"),
    ("bitmap", "3", "4BIT_LE"), ("bitmap", "4", "4BIT_BE"),
    ("bitmap", "5", "8BIT"), ("bitmap", "6", "16BIT"),
    ("bitmap", "7", "24BIT"), ("bitmap", "8", "32BIT"),
    ("bitmap", "9", "RGBA"),
    ("flags", "1", "CACHE_ME"), ("flags", "4", "CACHE_REPLACE_ME"),
    ("draw", "2", "FILL"), ("draw", "4", "COPY"), ("draw", "0", "COPY_BITS"),
    ("draw", "6", "BLACKNESS"), ("draw", "7", "WHITENESS"),
    ("draw", "8", "INVERS"), ("draw", "3", "OPAQUE"), ("draw", "9", "ROP3"),
    ("draw", "10", "STROKE"), ("draw", "11", "TEXT"),
    ("draw", "12", "TRANSPARENT"), ("draw", "13", "ALPHA_BLEND"),
    ("draw", "18", "COMPOSITE"),
    ("brush", "1", "solid"), ("brush", "2", "pattern"),
    ("op", "clipped", ""), ("op", "masked", ""), ("op", "scaled", ""),
    ("op", "rop", "not PUT"), ("op", "palette", ""),
    ("op", "palette-cached", ""), ("op", "off-screen", ""),
]

totals = {}


def shoot(server, path, compression, marker=FIRST, more=()):
    """Let the client draw along; adds to totals.

    server: TestServer or Tap; more: options.
    """
    done = subprocess.run(
        [SHOT, "--counts", "--until-marker", marker, "--wait-ms", "15000",
         *more, "spice://127.0.0.1:%d?compression=%s" % (server.port, compression),
         path],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=60)
    cases.equal(done.returncode, 0, "exit status; it said: %s"
                % done.stderr.decode(errors="replace")[-300:])
    for line in done.stdout.decode().splitlines():
        word = line.split()
        if word[:1] == ["count"] and len(word) == 4:
            key = (word[1], word[2])
            totals[key] = totals.get(key, 0) + int(word[3])
    return Picture.read(path)


def truth_of(name, server):
    """The canvas of this server, or of one that can render the scene."""
    if twin(name) == name:
        return server.truth()
    with TestServer(twin(name), args=["--draw-first"]) as other:
        return other.truth()


def scene(name, compression, *args):
    path = os.path.join(scratch(), "shot.ppm")
    with TestServer(name, compression=compression, args=args) as server:
        have = shoot(server, path, compression)
        want = truth_of(name, server)
    cases.same(compare(have, want, "scene-%s-%s" % (name, compression)))


def lossy_run(name, look):
    """A server's scene as JPEG, looked at by look(server, tap).

    Returns what it was sent (kind and size of each drawing), its picture, and
    the server's canvas.
    """
    with TestServer(name, compression="quic",
                    args=["--wan", "always"]) as server, Tap(server.port) as tap:
        have = look(tap)
        sent = tuple((m.type, m.size) for m in tap.find("display", False)
                     if m.type >= DRAWINGS)
        return sent, have, server.truth()


def lossy(name):
    """Colour as JPEG, alpha as LZ: what a line judged slow gets for QUIC.

    The server is free to send what an operation lies on without loss before
    it, or to draw by itself and send the result, as far as its queue is: so
    pictures are compared only of those who were sent the same.
    """
    path = os.path.join(scratch(), "shot.ppm")
    ours, theirs = {}, {}
    for _ in range(LOSSY_TRIES):
        sent, have, want = lossy_run(name, lambda tap: shoot(tap, path, "quic"))
        cases.equal((have.w, have.h), (want.w, want.h), "size")
        off = sorted(abs(a - b) for a, b in zip(have.rgb, want.rgb))
        mean, median = sum(off) / len(off), off[len(off) // 2]
        cases.note("levels off: %.2f on average, median %d, one in a hundred %d"
                   % (mean, median, off[len(off) * 99 // 100]))
        cases.check(mean <= LOSSY_MEAN and median <= LOSSY_MEDIAN,
                    "%.2f levels off, median %d" % (mean, median))
        ours[sent] = have
        sent, have, _ = lossy_run(name,
                                  lambda tap: refshot(tap.port, FIRST, 60))
        theirs[sent] = have
        both = ours.keys() & theirs.keys()
        if both:
            break
    cases.check(both, "in %d tries the server never sent both the same: %s, %s"
                % (LOSSY_TRIES, [len(sent) for sent in ours],
                   [len(sent) for sent in theirs]))
    for sent in both:
        cases.same(compare(ours[sent], theirs[sent], "scene-%s-jpeg" % name))


def second_scene(first, command, second):
    """A scene, a command, another scene: one session sees it all."""
    path = os.path.join(scratch(), "shot.ppm")
    with TestServer(first, compression="glz") as server:
        def go_on():
            server.wait("drawn")
            for line in command:
                server.say(line)
            server.say("scene " + second)
        talker = threading.Thread(target=go_on)
        talker.start()
        have = shoot(server, path, "glz", SECOND)
        talker.join()
        want = server.truth(count=2)
    cases.same(compare(have, want, "scene-second-" + second))


def flood(name, message, *more):
    """More than a cache holds: the server says what is to be dropped."""
    path = os.path.join(scratch(), "shot.ppm")
    with TestServer(name) as server, Tap(server.port) as tap:
        have = shoot(tap, path, "lz", FIRST, more)
        dropped = len(tap.find("display", False, message))
        cases.note("message %d came %d times" % (message, dropped))
        cases.check(dropped, "message %d never came" % message)
        cases.same(compare(have, server.truth(), "flood-" + name))


def table():
    """Print the counts; a zero among what must work fails."""
    zeros = []
    for kind, number, name in WANTED:
        n = totals.get((kind, number), 0)
        cases.measure("%-7s %-14s %-10s %7d" % (kind, number, name, n))
        if not n:
            zeros.append(name or number)
    cases.check(not zeros, "never seen: " + ", ".join(zeros))


for _name in scenes():
    cases.add("scene_%s_lz" % _name, scene, _name, "lz")
for _compression in ("glz", "quic", "off"):
    for _name in IMAGES:
        cases.add("scene_%s_%s" % (_name, _compression), scene, _name,
                  _compression)
for _name in IMAGES:
    cases.add("scene_%s_lz4" % _name, scene, _name, "lz4")
    cases.add("scene_%s_zlib" % _name, scene, _name, "glz", "--wan", "always")
    cases.add("scene_%s_jpeg" % _name, lossy, _name)
for _name in ("copies", "scroll", "copy-rops", "fills", "formats", "opaque",
              "rop3", "transparent", "alpha-blend", "stroke", "text",
              "composite", "composite-surfaces"):
    cases.add("scene_%s_555" % _name, scene, _name, "lz", "--format", "555")
cases.add("flood_images", flood, "cache-flood", 105, "--memory-mb", "16")
cases.add("flood_palettes", flood, "palette-flood", 107)
cases.add("second_cache", second_scene, "cache", [], "cache")
cases.add("second_repeats", second_scene, "repeats", [], "repeats")
cases.add("second_resized", second_scene, "palettes", ["resize 1001 333"],
          "palettes")
cases.add("second_small", second_scene, "repeats", ["resize 320 200",
                                                    "resize 641 479"], "cache")
cases.add("table", table)
cases.main()
