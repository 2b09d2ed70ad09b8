#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 900
"""A network that loses, doubles, reorders, delays, corrupts and cuts frames:
the final picture is the server's own, every key arrives once and in order, and
a session that breaks comes back by itself."""
import time

from harness import Client, Filter, Rules, Xspice, cases
from harness.child import wait_for
from harness.keys import BY_NAME

KEYS = "the quick brown fox jumps over the lazy dog 0123456789"
# A server that has found the network slow would send other, lossy images.
LOSSLESS = {"SpiceJpegWanCompression": "never",
            "SpiceZlibGlzWanCompression": "never"}
# With the network as bad as that, from power-on to the first picture.
START_S = 120
END_S = 120

BAD = {
    "lost": Rules(lose=0.02),
    "doubled": Rules(double=0.05),
    "reordered": Rules(reorder=0.05),
    "delayed": Rules(delay_s=0.015, jitter_s=0.01),
    "corrupted": Rules(corrupt=0.01),
    "truncated": Rules(truncate=0.01),
    "all": Rules(lose=0.01, double=0.02, reorder=0.02, corrupt=0.01,
                 truncate=0.005, delay_s=0.015, jitter_s=0.01),
}


# X's number of a key is its scancode and eight.
LETTERS = {BY_NAME["spc" if k == " " else k].make[0] + 8: k for k in KEYS}


def pressed(events):
    """The letters that went down, and those that came up, in order."""
    down, up = ["".join(LETTERS.get(int(e[2]), "?") for e in events
                        if e[:2] == ["key", way]) for way in ("down", "up")]
    return down, up


def arrived(events, text):
    """Each key has come once, in order."""
    events.wait(lambda e: len(pressed(e)[1]) >= len(text), 90, "keys")
    time.sleep(1)
    cases.equal(pressed(events.all()), (text, text), "keys")


def wait_session(client, timeout):
    wait_for(lambda: "first picture shown" in client.log(), timeout,
             "first picture")
    wait_for(lambda: "inputs: up" in client.log(), timeout, "inputs channel")


def final_picture(x, client, name):
    cases.same(client.wait_picture(
        lambda: x.picture().with_cursor(x.cursor()), END_S, name))


def bad(name, rules, hit):
    """A desktop at work, seen through it."""
    with Xspice(size=(800, 600), options=LOSSLESS) as x, \
            Filter(seed=7, down=rules, up=rules) as net, \
            Client(x.port, net=net) as client:
        x.call("xtool", "shape", "argb")
        x.repeat(False)
        events = x.events(grab_root=True)
        wait_session(client, START_S)
        churn = x.run("xtool", "churn", "5", "4")
        client.type(KEYS)
        arrived(events, KEYS)
        wait_for(lambda: "done" in churn.log(), 60, "churn")
        final_picture(x, client, "bad-" + name)
        sessions = client.log().count("first picture shown")
        at = {line: t for t, line in client.times()}
        cases.measure("%-9s first picture after %5.1f s, %d session(s); %s" % (
            name, at["first picture shown"], sessions, net))
        for way in "down", "up":
            for what in hit:
                cases.check(net.counts(way)[what] > 0,
                            "%s %s: %s" % (way, what, net))
        down = net.counts("down")
        cases.check(down["corrupted"] > down["corrupted-head"] or
                    not rules.corrupt, "pictures were corrupted: %s" % net)


HIT = {name: (name,) for name in BAD}
HIT["corrupted"] = ("corrupted", "corrupted-head")
HIT["all"] = ("lost", "doubled", "reordered", "delayed", "corrupted",
              "truncated")
for bad_name in BAD:
    cases.add("frames_" + bad_name, bad, bad_name, BAD[bad_name],
              HIT[bad_name])


@cases.case
def cut_for_five_seconds():
    """Nothing passes for five seconds in the middle of the drawing; what is
    typed meanwhile is not lost either."""
    with Xspice(size=(800, 600), options=LOSSLESS) as x, \
            Filter() as net, \
            Client(x.port, net=net) as client:
        x.repeat(False)
        events = x.events(grab_root=True)
        x.call("xtool", "shape", "argb")
        wait_session(client, 60)
        churn = x.run("xtool", "churn", "9", "4")
        time.sleep(1)
        net.cut()
        start = time.monotonic()
        client.type(KEYS[:20])
        time.sleep(max(0, start + 5 - time.monotonic()))
        cases.check(net.counts()["cut"] > 0, "frames were cut: %s" % net)
        net.cut(False)
        back = time.monotonic()
        events.wait(lambda e: len(pressed(e)[1]) >= 20, 60, "keys")
        cases.measure("cut for 5 s: the first keys %.1f s after its end" % (
            time.monotonic() - back))
        client.type(KEYS[20:])
        arrived(events, KEYS)
        wait_for(lambda: "done" in churn.log(), 60, "churn")
        final_picture(x, client, "cut")
        cases.equal(client.log().count("first picture shown"), 1, "sessions")
        # Nobody answered: for all we knew it was the card that had gone deaf.
        cases.check("UNDI: silent, opened again" in client.log(),
                    "the card was opened again")


cases.main()
