#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 240
"""Xspice, with surfaces and caches on, driven by x11perf: the client is
there from the start, and in the middle of each test, when x11perf is stopped,
its picture is xwd's.

    test_x11perf.py --all [TEST]...     every drawing test that x11perf has
"""
import os
import re
import signal
import subprocess
import sys
import time

from harness import Child, Picture, Xspice, cases, compare, \
    root, scratch
from harness.child import need, wait_for

SHOT = os.path.join(root(), "bin", "spice-shot")

# What draws in ways of its own; the rest of the list are sizes of these.
SOME = """dot rect100 osrect100 tilerect100 bigtilerect100 eschertilerect500
    seg100c2 ddseg100 hseg100 line100 dline100 worect100 dcircle100 wcircle100
    fcpcircle100 triangle100 oddtiletrap100 aatrap100 aa1trap100
    addaatrapezoid100 complex100 64poly100complex ftext f24itext16 aa10text
    a24text rgb24text crgb24text scroll100 scroll500 copywinwin500
    copypixwin100 copywinpix100 copypixpix500 copyplane100 putimage500
    putimagexy100 shmput500 compwinwin500 comppixwin10 comppixwin500
    magpixwin500 minpixwin100 popup umove circulate""".split()
# Not: wide dashed ones, a minute each in Xspice; what reads or draws nothing.
NOT_DRAWN = re.compile("wdd?[cel]|shmget|getimage|noop|pointer|prop|gc$|all$|v1|display|"
                       "sync|pack|repeat|time|pause|range|labels|fg|bg|clips|"
                       "ddbg|rop|pm|depth|vclass|reps|subs|su|bs")


# Which x11perf does not do: it crashes, or their fonts are not there.
ENDS_EARLY = {"aa4trap1", "aa4trap10", "aa4trap100", "aa4trap300", "tr10text",
              "tr24text", "polytext", "tr10itext", "tr24itext"}
DRAWS_WITHIN = 20  # seconds

# What Xspice's driver draws with, and the client's counts of it. It has no
# COMPOSITE, whatever the client can.
USED = [("FILL", "draw 2"), ("COPY", "draw 4"), ("COPY_BITS", "draw 0"),
        ("SURFACE", "image 104"), ("FROM_CACHE", "image 103"),
        ("off-screen", "op off-screen")]


def every():
    """All drawing tests, from x11perf's usage."""
    done = subprocess.run([need("x11perf")], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=20)
    names = re.findall(r"^ +-(\S+)", done.stdout.decode(), re.M)
    return [n for n in names if not NOT_DRAWN.match(n)]


class Along:
    """spice-shot, that saves whenever it is asked."""

    def __init__(self, port, *options):
        self.path = os.path.join(scratch("x11perf-"), "shot.ppm")
        self.child = Child([SHOT, "--counts", "--wait-ms", "3600000", *options,
                            "spice://127.0.0.1:%d" % port, self.path],
                           self.path + ".log")
        self.saved = 0

    def picture(self):
        self.child.popen.send_signal(signal.SIGUSR1)
        self.saved += 1
        wait_for(lambda: self.child.log().count("saved\n") >= self.saved, 10,
                 "a saved picture", step=0.01)
        return Picture.read(self.path)

    def counts(self):
        """The last ones: {"draw 18": 5, ...}"""
        words = [line.split() for line in self.child.log().splitlines()]
        return {"%s %s" % (w[1], w[2]): int(w[3])
                for w in words if w[:1] == ["count"]}


def perf(x, along, test):
    return Child([need("x11perf"), "-sync", "-repeat", "100000", "-reps", "20",
                  "-" + test], along.path + ".perf", env=x.env)


def go_on(child):
    if child.alive():
        child.popen.send_signal(signal.SIGCONT)


def drawn(x, child, test, blank):
    """Let x11perf draw until that can be seen, and stop it: None, or what came
    instead.

    blank: the screens of blanks().
    """
    end = time.monotonic() + DRAWS_WITHIN
    while not time.sleep(0.3) and child.alive():
        child.popen.send_signal(signal.SIGSTOP)
        if x.picture() not in blank:
            return None
        if time.monotonic() > end:
            return "draws nothing"
        go_on(child)
    if test in ENDS_EARLY:
        cases.note("x11perf does not do " + test)
        return None
    return "x11perf ended, status %s: %s" % (
        child.wait(5), child.log().splitlines()[-1:])


def stopped(x, along, test, blank):
    """In the middle of the test: None or how the pictures differ."""
    wait_for(lambda: x.picture() == blank[0], 10, "the last window to go")
    child = perf(x, along, test)
    try:
        wrong = drawn(x, child, test, blank)
        if wrong or not child.alive():
            return wrong
        end = time.monotonic() + 10
        while True:
            time.sleep(0.05)
            want = x.picture()
            differ = compare(along.picture(), want, "x11perf-" + test)
            if not differ or time.monotonic() > end:
                return differ
    finally:
        go_on(child)
        child.end(0.0)


def blanks(x, along):
    """The screen without a window, and with x11perf's own empty one."""
    root_alone = x.picture()
    child = perf(x, along, "noop")
    try:
        wait_for(lambda: x.picture() != root_alone, 10, "x11perf's window")
        return [root_alone, x.picture()]
    finally:
        child.end(0.0)


def run(tests):
    bad, used = [], {}
    with Xspice(options={"EnableSurfaces": "True", "EnableImageCache": "True",
                         "EnableFallbackCache": "True"}) as x:
        cases.check("Offscreen Surfaces: Enabled" in x.log(), "surfaces")
        along = Along(x.port)
        try:
            blank = blanks(x, along)
            for test in tests:
                differ = stopped(x, along, test, blank)
                if differ:
                    bad.append("%s: %s" % (test, differ))
                    cases.note(bad[-1])
            along.picture()
            used = along.counts()
        finally:
            along.child.end()
    for name, key in USED:
        cases.measure("%-10s %7d" % (name, used.get(key, 0)))
        cases.check(used.get(key), name + " was never sent")
    cases.equal(bad, [], "tests that differ")


cases.add("some", run, SOME)

if __name__ == "__main__" and sys.argv[1:2] == ["--all"]:
    run(sys.argv[2:] or every())
    sys.exit(0)

cases.main()
