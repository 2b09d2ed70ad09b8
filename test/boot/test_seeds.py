#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""Scenes from numbers (test/server/scenes_seed.c), hundreds of them in a few
sessions: at each scene's marker the client's picture has the sum of the
server's own canvas (where images come as JPEG, the reference client's
picture), and no sanitizer says a word. At the end: a table of what was drawn,
with what; no cell that a server can send is zero.

    test_seeds.py NAME...                 as every test
    test_seeds.py --range A B [OPTION]... scenes A to B - 1 with the test
                                          server's options; saves pictures
                                          of those that differ. First OPTION:
                                          the compression; `ref` after it: the
                                          reference client; `jpeg` alone: as
                                          JPEG, ours and the reference's
"""
import hashlib
import os
import subprocess
import sys

from harness import (Child, Picture, Tap, TestServer, cases, compare, refshot,
                     root, scratch)
from harness.child import HarnessError, wait_for

SHOT = os.path.join(root(), "build", "test", "spice-shot-asan")
REFSHOT = os.path.join(root(), "build", "test", "refshot")
SIZE = "320x240"

MARKER = "ff00ff"  # a server's first
DRAWINGS = 300  # the first number of those messages of the display channel
JPEG_TRIES = 20
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
        return wait_for(look, 60, "marker %d" % (n + 1), step=0.002)

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


def client(port, n, compression, path):
    return Watcher([SHOT, "--counts", "--markers", str(n), "--wait-ms",
                    "600000", "spice://127.0.0.1:%d?compression=%s"
                    % (port, asked(compression)), path])


def reference(port, n, compression, path):
    return Watcher([REFSHOT, str(port), str(n)])


def session(who, seeds, compression, args):
    """Let `who` draw along: [(the server's sum, the client's)] a scene. Of our
    client the picture itself is kept where it is another."""
    seeds = list(seeds)
    out = []
    path = os.path.join(scratch(), "shot.ppm")
    rate = [int(word[5:]) for word in args if word.startswith("rate=")]
    with TestServer("seed-%d" % seeds[0], compression=compression,
                    args=["--size", SIZE, *(w for w in args
                                            if "=" not in w)]) as server, \
         Tap(server.port) as tap:
        tap.rate = rate[0] if rate else None
        watcher = who(tap.port if rate else server.port, len(seeds),
                      compression, path)
        try:
            for i, seed in enumerate(seeds):
                if i:
                    server.say("scene seed-%d" % seed)
                want = server.wait("drawn", 60, i + 1).split()[3]
                have = watcher.sum(i)
                out.append((want, have))
                if want != have and who == client:
                    cases.note("as it was then: %s" % compare(
                        Picture.read(path), Picture.read(server.truth_path),
                        "then-%d-%s" % (seed, compression)))
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


def sent_as_jpeg(seed, look):
    """A scene's picture by look(port), and a sum of all that came for it."""
    with TestServer("seed-%d" % seed, compression="quic",
                    args=["--size", SIZE, "--wan", "always"]) as server, \
         Tap(server.port, keep=1 << 24) as tap:
        have = look(tap.port)
        sent = hashlib.sha256()
        for m in tap.find("display", False):
            if m.type >= DRAWINGS:
                sent.update(b"%d %d " % (m.type, m.size) + m.body)
        return sent.digest(), have


def by_us(port):
    path = os.path.join(scratch(), "shot.ppm")
    watcher = client(port, 1, "quic", path)
    try:
        watcher.sum(0)
        watcher.counts()
    finally:
        watcher.child.end()
    return Picture.read(path)


def by_reference(port):
    return refshot(port, MARKER, 60)


def as_jpeg(seed):
    """The difference between two correct decoders, ours and the reference's:
    none is expected, as both of them do what libjpeg does to the last bit.

    The server is free to send what an operation lies on without loss before
    it, as far as its queue is: pictures are compared of those who were sent
    the same bytes. Returns False where they never were.
    """
    ours, theirs = {}, {}
    for _ in range(JPEG_TRIES):
        sent, have = sent_as_jpeg(seed, by_us)
        ours[sent] = have
        sent, have = sent_as_jpeg(seed, by_reference)
        theirs[sent] = have
        for sent in ours.keys() & theirs.keys():
            return compare(ours[sent], theirs[sent], "seed-%d-jpeg" % seed)
    return False


def jpeg(seeds):
    found = [(seed, as_jpeg(seed)) for seed in seeds]
    cases.equal([(seed, str(bad)) for seed, bad in found if bad], [],
                "seeds that differ")
    never = [seed for seed, bad in found if bad is False]
    cases.note("never the same bytes for both: %s" % never)
    cases.check(len(never) <= len(found) // 8, "nearly all are compared")


# Of each kind of operation (message number less 300): what its message has,
# and the formats that it is drawn on.
A1, A8, HALF, WHOLE = ["a1"], ["a8"], ["555", "565"], ["argb", "xrgb"]
PARTS = {
    (0, "COPY_BITS"): ("clip", A8 + HALF + WHOLE),
    (2, "FILL"): ("brush mask clip", A8 + HALF + WHOLE),
    (3, "OPAQUE"): ("brush scale mask clip source", A8 + HALF + WHOLE),
    (4, "COPY"): ("scale mask clip source", A8 + HALF + WHOLE),
    (5, "BLEND"): ("scale mask clip source", A8 + HALF + WHOLE),
    (6, "BLACKNESS"): ("mask clip", A8 + HALF + WHOLE),
    (7, "WHITENESS"): ("mask clip", A8 + HALF + WHOLE),
    (8, "INVERS"): ("mask clip", A8 + HALF + WHOLE),
    (9, "ROP3"): ("brush scale mask clip source", HALF + WHOLE),
    (10, "STROKE"): ("brush clip", A8 + HALF + WHOLE),
    (11, "TEXT"): ("brush clip", A1 + A8 + HALF + WHOLE),
    (12, "TRANSPARENT"): ("nearest clip source", A8 + HALF + WHOLE),
    (13, "ALPHA_BLEND"): ("nearest clip source", A1 + A8 + HALF + WHOLE),
    (18, "COMPOSITE"): ("mask clip source", A8 + HALF + WHOLE),
}
COLUMNS_OF = {"brush": ["no-brush", "solid", "pattern"],
              "scale": ["nearest", "smooth"], "nearest": ["nearest"],
              "source": ["surface", *("from-" + f for f in FORMATS)]}

# What no server sends, and why; of columns that are not in an operation's
# message that is the reason.
AS_IT_IS = "between depths libspice-server's canvas ends itself"
CANNOT = {
    ("ROP3", "no-brush"): "libspice-server's canvas has no such ROP3",
    ("ROP3", "from-a8"): "its ROP3 takes all that has not 32 bits for 16",
    **{(op, "from-a1"): AS_IT_IS
       for op in ("OPAQUE", "COPY", "BLEND", "ROP3", "TRANSPARENT")},
    ("ROP3", "onto-a8"): "the same",
    **{(op, "onto-a1"): "its canvas ends itself, but for TEXT and ALPHA_BLEND"
       for _, op in PARTS if op not in ("TEXT", "ALPHA_BLEND")},
}

# The other counts: kind of thing, its numbers, what they are.
ALSO = [
    ("flags", range(4), "images: plain, CACHE_ME, HIGH_BITS_SET, both"),
    ("alpha", range(4), "ALPHA_BLEND: neither, surface's, source's, both"),
    ("letters", [1, 4, 8], "TEXT: bits"),
    ("operator", [*range(14), *range(0x10, 0x1c), *range(0x20, 0x2c),
                  *range(0x30, 0x3f)], "COMPOSITE: all of pixman's"),
    ("source-filter", range(5), "COMPOSITE: fast to bilinear"),
    ("mask-filter", range(5), "COMPOSITE: fast to bilinear"),
    ("source-repeat", range(4), "COMPOSITE: none, normal, pad, reflect"),
    ("mask-repeat", range(4), "COMPOSITE: none, normal, pad, reflect"),
    ("source-turn", range(4), "COMPOSITE: none, moved, stretched, turned"),
    ("mask-turn", range(4), "COMPOSITE: none, moved, stretched, turned"),
    ("composite", ["component-alpha", "opaque"], "COMPOSITE"),
    ("bitmap", range(1, 11), "1BIT_LE to 8BIT_A"),
]
# What it sends, but cannot render (bits4le of test_scenes). CACHE_REPLACE_ME
# hangs on what was sent as JPEG before, so it is there, too (cache-anew).
NOT_HERE = {("bitmap", 3)}
IMAGES = {0: "BITMAP", 1: "QUIC", 100: "LZ_PLT", 101: "LZ_RGB",
          102: "GLZ_RGB", 103: "FROM_CACHE", 104: "SURFACE", 105: "JPEG",
          106: "FROM_CACHE_LOSSLESS", 107: "ZLIB_GLZ_RGB", 108: "JPEG_ALPHA",
          109: "LZ4"}


def cell_can_come(name, column):
    """Can a server send it?"""
    parts, formats = next(v for (_, n), v in PARTS.items() if n == name)
    columns = [c for p in parts.split() for c in COLUMNS_OF.get(p, [p])]
    columns += ["onto-" + f for f in formats]
    return column in columns and (name, column) not in CANNOT


def table():
    """Print what was drawn, and with what; no cell that can come is zero, and
    none that cannot is not."""
    wrong = []
    cases.measure("%-12s %s" % ("", " ".join("%9s" % c for c in COLUMNS)))
    for kind, name in PARTS:
        row = cells.get(kind, [0] * len(COLUMNS))
        can = [cell_can_come(name, c) for c in COLUMNS]
        cases.measure("%-12s %s" % (name, " ".join(
            "%9s" % (n or ("0" if ok else ".")) for ok, n in zip(can, row))))
        wrong += ["%s %s %d" % (name, c, n)
                  for c, n, ok in zip(COLUMNS, row, can) if ok != bool(n)]
    for number, name in IMAGES.items():
        n = totals.get(("image", str(number)), 0)
        cases.measure("%-12s %d" % (name, n))
        if not n:
            wrong.append(name)
    for kind, numbers, what in ALSO:
        row = [(i, totals.get((kind, str(i)), 0)) for i in numbers
               if (kind, i) not in NOT_HERE]
        cases.measure("%-14s %s (%s)" % (
            kind, " ".join("%s:%d" % pair for pair in row), what))
        wrong += ["%s %s" % (kind, i) for i, n in row if not n]
    cases.check(not wrong, "never seen, or never to be: " + ", ".join(wrong))


SETTINGS = [("off",), ("lz",), ("glz",), ("quic",), ("lz4",), ("auto_lz",),
            ("auto_glz",), ("glz", "--wan", "always"),
            ("off", "--format", "argb"), ("lz", "--format", "argb")]
EACH = 50
# The others of each setting with each format of the screen, a few seeds each.
OTHERS = [setting + ("--format", form)
          for form in ("argb", "555")
          for setting in SETTINGS[:8] if setting + ("--format", form)
          not in SETTINGS]
FEW = 8

for _i, _setting in enumerate(SETTINGS):
    cases.add("seeds_" + "_".join(w.strip("-") for w in _setting), exact,
              range(_i * EACH, (_i + 1) * EACH), *_setting)
for _i, _setting in enumerate(OTHERS):
    cases.add("seeds_" + "_".join(w.strip("-") for w in _setting), exact,
              range(500 + _i * FEW, 500 + (_i + 1) * FEW), *_setting)
cases.add("seeds_jpeg", jpeg, range(0, 16))
# As LZ4 the reference client takes no image of 8 bits of alpha: these have none.
LZ4_SEEDS = [0, 1, 2, 4, 5, 6, 7, 8, 9, 11, 13, 16, 17, 18, 19, 21, 22, 23, 24]
for _compression, _seeds in (("off", range(0, 30)), ("lz", range(0, 30)),
                             ("glz", range(0, 15)), ("quic", range(0, 30)),
                             ("lz4", LZ4_SEEDS)):
    cases.add("reference_" + _compression, of_reference, _seeds, _compression)
cases.add("table", table)

if __name__ == "__main__" and sys.argv[1:2] == ["--range"]:
    first, end = int(sys.argv[2]), int(sys.argv[3])
    options = sys.argv[4:]
    if options == ["jpeg"]:
        wrong = 0
        for number in range(first, end):
            difference = as_jpeg(number)
            if difference is not None:
                print(number, difference or "never the same bytes for both")
                wrong += 1
        print("%d of %d differ" % (wrong, end - first))
        sys.exit(bool(wrong))
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
