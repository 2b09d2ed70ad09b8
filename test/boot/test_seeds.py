#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""Scenes from numbers (test/server/scenes_seed.c), hundreds of them in a few
sessions: at each scene's marker the client's picture has the sum of the
server's own canvas (where images come as JPEG, it is as near to that as JPEG
is), and no sanitizer says a word. At the end: a table of what was drawn, with
what.

    test_seeds.py NAME...                 as every test
    test_seeds.py --range A B [OPTION]... scenes A to B - 1 with the test
                                          server's options; saves pictures
                                          of those that differ
"""
import os
import subprocess
import sys

from harness import (Child, Picture, TestServer, cases, compare, refshot, root,
                     scratch)
from harness.child import HarnessError, wait_for

SHOT = os.path.join(root(), "build", "test", "spice-shot-asan")
REFSHOT = os.path.join(root(), "build", "test", "refshot")
SIZE = "320x240"

# As in test_scenes.py: JPEG loses something, the server's canvas nothing. Here
# some scenes are nothing but noise and edges.
LOSSY_MEAN, LOSSY_MEDIAN = 16, 7
FORMATS = ["a1", "a8", "555", "565", "argb", "xrgb"]

# Columns of "cell" lines, enum chan_cell.
COLUMNS = ["no-brush", "solid", "pattern", "mask", "clip", "nearest", "smooth",
           "surface", *("from-" + f for f in FORMATS),
           *("onto-" + f for f in FORMATS)]

totals = {}
cells = {}


class Watcher:
    """A client that tells the sum of its picture at each marker."""

    def __init__(self, command):
        self.child = Child(command, os.path.join(scratch("seeds-"), "log"))

    def sums(self):
        return [line.split()[2] for line in self.child.log().splitlines()
                if line.startswith("marker ")]

    def sum(self, n):
        """The n-th one, from 0."""
        def look():
            have = self.sums()
            if len(have) <= n and not self.child.alive():
                raise HarnessError("the client ended: "
                                   + self.child.log()[-500:])
            return have[n] if len(have) > n else None
        return wait_for(look, 30, "marker %d" % (n + 1), step=0.002)

    def counts(self):
        self.child.wait(20)
        for line in self.child.log().splitlines():
            word = line.split()
            if word[:1] == ["count"] and len(word) == 4:
                key = (word[1], word[2])
                totals[key] = totals.get(key, 0) + int(word[3])
            if word[:1] == ["cell"]:
                row = cells.setdefault(int(word[1]), [0] * len(COLUMNS))
                for i, n in enumerate(word[2:]):
                    row[i] += int(n)


def asked(compression):
    """What the client asks for: it has no words for the server's own mind."""
    return "server" if compression.startswith("auto") else compression


def client(port, n, compression, path="/dev/null"):
    return Watcher([SHOT, "--counts", "--markers", str(n), "--wait-ms",
                    "600000", "spice://127.0.0.1:%d?compression=%s"
                    % (port, asked(compression)), path])


def reference(port, n, compression):
    return Watcher([REFSHOT, str(port), str(n)])


def session(who, seeds, compression, args):
    """Let `who` draw along: [(the server's sum, the client's)] a scene."""
    seeds = list(seeds)
    out = []
    with TestServer("seed-%d" % seeds[0], compression=compression,
                    args=["--size", SIZE, *args]) as server:
        watcher = who(server.port, len(seeds), compression)
        try:
            for i, seed in enumerate(seeds):
                if i:
                    server.say("scene seed-%d" % seed)
                line = server.wait("drawn", 30, i + 1)
                out.append((line.split()[3], watcher.sum(i)))
            watcher.counts()
        finally:
            watcher.child.end()
    return out


def show(seed, compression, args):
    """The scene by itself, to look at; True if it differs there, too."""
    path = os.path.join(scratch(), "shot.ppm")
    with TestServer("seed-%d" % seed, compression=compression,
                    args=["--size", SIZE, *args]) as server:
        subprocess.run(
            [SHOT, "--until-marker", "ff00ff", "--wait-ms", "15000",
             "spice://127.0.0.1:%d?compression=%s"
             % (server.port, asked(compression)), path],
            check=True, timeout=60)
        return compare(Picture.read(path), server.truth(),
                       "seed-%d-%s" % (seed, compression))


def exact(seeds, compression, *args):
    bad = [seed for seed, (want, have)
           in zip(seeds, session(client, seeds, compression, args))
           if want != have]
    for seed in bad[:3]:
        cases.note("seed %d: %s" % (seed, show(seed, compression, args)))
    cases.equal(bad, [], "seeds that differ")


def of_reference(seeds, compression, *args):
    """Is the reference client's picture the server's?"""
    bad = [seed for seed, (want, have)
           in zip(seeds, session(reference, seeds, compression, args))
           if want != have]
    cases.equal(bad, [], "seeds where the reference differs")


def lossy(seeds):
    """Colour as JPEG: as near to the server's canvas as JPEG is."""
    seeds, far = list(seeds), []
    path = os.path.join(scratch(), "shot.ppm")
    with TestServer("seed-%d" % seeds[0], compression="quic",
                    args=["--size", SIZE, "--wan", "always"]) as server:
        watcher = client(server.port, len(seeds), "quic", path)
        try:
            for i, seed in enumerate(seeds):
                if i:
                    server.say("scene seed-%d" % seed)
                server.wait("drawn", 30, i + 1)
                watcher.sum(i)
                have, want = Picture.read(path), Picture.read(server.truth_path)
                off = [abs(a - b) for a, b in zip(have.rgb, want.rgb)]
                mean = sum(off) / len(off)
                median = sorted(off)[len(off) // 2]
                if mean > LOSSY_MEAN or median > LOSSY_MEDIAN:
                    far.append("%d: %.2f levels, median %d"
                               % (seed, mean, median))
            watcher.counts()
        finally:
            watcher.child.end()
    cases.equal(far, [], "seeds that are too far off")


# Kinds of operation (message number less 300), and what they may come with.
A8, HALF, WHOLE = ["a8"], ["555", "565"], ["argb", "xrgb"]
SCALED, BRUSHED = ["nearest", "smooth"], ["no-brush", "solid", "pattern"]


def ways(known, sources=(), surfaces=()):
    return [*known, *("from-" + f for f in sources),
            *("onto-" + f for f in surfaces)]


# What a server can send, and so has to be seen. What is not here: on 1 bit the
# server's canvas ends itself but for TEXT and ALPHA_BLEND, on 8 bits COPY and
# COMPOSITE are drawn, from 8 bits to another depth and from 565 only by
# COMPOSITE; a brush and a mask have those operations that have them;
# TRANSPARENT and ALPHA_BLEND take the nearest pixel always.
WANTED = {
    (0, "COPY_BITS"): ways(["clip"], [], A8 + HALF + WHOLE),
    (2, "FILL"): ways(BRUSHED + ["mask", "clip"], [], A8 + HALF + WHOLE),
    (3, "OPAQUE"): ways(BRUSHED + SCALED + ["mask", "clip", "surface"],
                        HALF + WHOLE, HALF + WHOLE),
    (4, "COPY"): ways(SCALED + ["mask", "clip", "surface"],
                      A8 + HALF + WHOLE, A8 + HALF + WHOLE),
    (5, "BLEND"): ways(SCALED + ["mask", "clip", "surface"],
                       HALF + WHOLE, HALF + WHOLE),
    (6, "BLACKNESS"): ways(["mask", "clip"], [], A8 + HALF + WHOLE),
    (7, "WHITENESS"): ways(["mask", "clip"], [], A8 + HALF + WHOLE),
    (8, "INVERS"): ways(["mask", "clip"], [], A8 + HALF + WHOLE),
    (9, "ROP3"): ways(["solid", "pattern"] + SCALED +
                      ["mask", "clip", "surface"], HALF + WHOLE, HALF + WHOLE),
    (10, "STROKE"): ways(BRUSHED + ["clip"], [], A8 + HALF + WHOLE),
    (11, "TEXT"): ways(BRUSHED + ["clip"], [], ["a1"] + A8 + HALF + WHOLE),
    (12, "TRANSPARENT"): ways(["nearest", "clip", "surface"], HALF + WHOLE,
                              HALF + WHOLE),
    (13, "ALPHA_BLEND"): ways(["nearest", "clip", "surface"],
                              ["a1"] + HALF + WHOLE, ["a1"] + HALF + WHOLE),
    (18, "COMPOSITE"): ways(["mask", "clip", "surface"], A8 + HALF + WHOLE,
                            A8 + HALF + WHOLE),
}
IMAGES = {0: "BITMAP", 1: "QUIC", 100: "LZ_PLT", 101: "LZ_RGB",
          102: "GLZ_RGB", 103: "FROM_CACHE", 104: "SURFACE", 105: "JPEG",
          107: "ZLIB_GLZ_RGB", 109: "LZ4"}


def table():
    """Print what was drawn, and with what; no cell that can come is zero."""
    zeros = []
    cases.measure("%-12s %s" % ("", " ".join("%9s" % c for c in COLUMNS)))
    for (kind, name), wanted in WANTED.items():
        row = cells.get(kind, [0] * len(COLUMNS))
        cases.measure("%-12s %s" % (name, " ".join(
            "%9s" % (n or ("0" if c in wanted else "."))
            for c, n in zip(COLUMNS, row))))
        zeros += ["%s %s" % (name, c) for c, n in zip(COLUMNS, row)
                  if c in wanted and not n]
    for number, name in IMAGES.items():
        n = totals.get(("image", str(number)), 0)
        cases.measure("%-12s %d" % (name, n))
        if not n:
            zeros.append(name)
    cases.check(not zeros, "never seen: " + ", ".join(zeros))


SETTINGS = [("off",), ("lz",), ("glz",), ("quic",), ("lz4",), ("auto_lz",),
            ("auto_glz",), ("glz", "--wan", "always"),
            ("off", "--format", "argb"), ("lz", "--format", "argb")]
EACH = 50

for _i, _setting in enumerate(SETTINGS):
    cases.add("seeds_" + "_".join(w.strip("-") for w in _setting), exact,
              range(_i * EACH, (_i + 1) * EACH), *_setting)
cases.add("seeds_jpeg", lossy, range(0, 20))
cases.add("seeds_555", exact, range(600, 700), "lz", "--format", "555")
cases.add("reference_off", of_reference, range(0, 30), "off")
cases.add("table", table)

if __name__ == "__main__" and sys.argv[1:2] == ["--range"]:
    first, end = int(sys.argv[2]), int(sys.argv[3])
    options = sys.argv[4:]
    compression = options.pop(0) if options else "off"
    who = client
    if options[:1] == ["ref"]:
        who = reference
        options.pop(0)
    pairs = session(who, range(first, end), compression, options)
    bad = [seed for seed, (want, have) in zip(range(first, end), pairs)
           if want != have]
    print("%d of %d differ: %s" % (len(bad), len(pairs), bad))
    if who == client:
        for seed in bad[:int(os.environ.get("SHOW", 0))]:
            print(seed, show(seed, compression, options))
    sys.exit(bool(bad))

cases.main()
