#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 600
"""100 mouse events a second for ten seconds, while the picture is still and
while all of it is redrawn: what goes over the wire, how long it takes, and that
not a step is lost. The server's view of it is what test/server prints."""
import collections
import random
import statistics
import threading
import time

from harness import Client, Tap, TestServer, cases
from harness.child import wait_for

EVENTS, SECONDS = 1000, 10.0
MOTION, POSITION, MOTION_ACK = 111, 112, 111  # SPICE_MSG[C]_INPUTS_MOUSE_*
BUNCH = 4               # SPICE_INPUT_MOTION_ACK_BUNCH
UNACKED_MAX = 2 * BUNCH  # how many we let be under way
SIZE = 1280, 800
# Not how quick it has to be: on a busy machine only a hang takes longer.
WORST_S = 15.0


def steps(seed):
    """Relative motions that stay inside the screen: a walk around its middle
    that ends elsewhere. The client's place is not known before."""
    rng = random.Random(seed)
    x = y = 0
    for _ in range(EVENTS):
        dx, dy = rng.randint(-9, 9), rng.randint(-9, 9)
        if not -300 < x + dx < 300:
            dx = -dx
        if not -200 < y + dy < 200:
            dy = -dy
        x, y = x + dx, y + dy
        yield dx, dy


def numbers(lines, head):
    """The numbers of the server's lines that begin with head."""
    return [[int(n, 16 if n == f[-1] else 10) for n in f[1:]]
            for f in (line.split() for line in lines) if f[0] == head]


class Redraw:
    """Whole pictures, one after the other, until told to stop."""

    def __init__(self, server):
        self.server, self.going, self.count = server, True, 0
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        drawn = sum(1 for t in self.server.lines if t.startswith("drawn"))
        while self.going:
            self.server.say("scene photo")
            self.count += 1
            self.server.wait("drawn", 60, drawn + self.count)

    def end(self):
        self.going = False
        self.thread.join()


def send(client, seed):
    """The events at their rate: [(time sent, sum x, sum y), ...]"""
    sent, x, y, start = [], 0, 0, time.monotonic()
    for i, (dx, dy) in enumerate(steps(seed)):
        time.sleep(max(0, start + i * SECONDS / EVENTS - time.monotonic()))
        x, y = x + dx, y + dy
        sent.append((time.monotonic(), x, y))
        client.move(dx, dy)
    return sent


def sums(messages, mode, origin):
    """[(time, x, y), ...]: how far the pointer had come with each message.
    Tap keeps the body: SERVER mode dx, dy; CLIENT mode the place itself."""
    result, x, y = [], 0, 0
    for m in messages:
        a = int.from_bytes(m.body[0:4], "little", signed=True)
        b = int.from_bytes(m.body[4:8], "little", signed=True)
        if mode == "server":
            x, y = x + a, y + b
        else:
            x, y = a - origin[0], b - origin[1]
        result.append((m.time, x, y))
    return result


def delays(sent, wired):
    """Seconds from each event to the first message that has it in: the one
    whose sum is that of the event or of a later one, found in order."""
    at = collections.defaultdict(list)
    for i, (_, x, y) in enumerate(sent):
        at[x, y].append(i)
    result, last = [], -1
    for when, x, y in wired:
        later = [i for i in at[x, y] if i > last and sent[i][0] <= when]
        if not later:
            continue  # half of an event: QEMU's mouse packets hold a step of
            # the wheel, a button or one axis's rest
        result += [when - sent[i][0] for i in range(last + 1, later[0] + 1)]
        last = later[0]
    cases.equal(last, len(sent) - 1, "the last event that is on the wire")
    return result


def windows_kept(tap, up, since):
    """Never more under way than two bunches, as the wire's order shows. The
    server's answers are seen here before the client has them."""
    unacked = most = 0
    for m in sorted(tap.find("inputs", since=since), key=lambda m: m.time):
        if m.up and m.type == up:
            unacked += 1
            most = max(most, unacked)
        elif not m.up and m.type == MOTION_ACK:
            unacked -= BUNCH
    cases.check(most <= UNACKED_MAX, "%d motions without an answer" % most)
    return most


def settled(server, head):
    """The server's lines of that kind, once no more come."""
    have = -1
    while have != len(numbers(server.lines, head)):
        have = len(numbers(server.lines, head))
        time.sleep(1)
    return numbers(server.lines, head)


def arrived(wired, place):
    """Wait until the last message on the wire is of that place, or for long."""
    end = time.monotonic() + WORST_S
    while time.monotonic() < end:
        if [step[1:] for step in wired()[-1:]] == [place]:
            return
        time.sleep(0.2)


def middle(client, server, mode):
    """The pointer goes to the screen's middle; where the server has it."""
    if mode == "server":
        return 0, 0
    for _ in range(20):
        client.move(-120, -120)
        time.sleep(0.02)
    for _ in range(8):
        client.move(SIZE[0] // 16, SIZE[1] // 16)
        time.sleep(0.02)
    want = [SIZE[0] // 2, SIZE[1] // 2]
    wait_for(lambda: settled(server, "pos")[-1][:2] == want, 10, "the middle")
    return want


def load(mode, busy):
    head, up = ("motion", MOTION) if mode == "server" else ("pos", POSITION)
    args = ["--size", "%dx%d" % SIZE]
    with TestServer("copies", compression="off", args=args + (
            ["--tablet"] if mode == "client" else [])) as server, \
            Tap(server.port) as tap, \
            Client(tap.port, {"compression": "off"}) as client:
        wait_for(lambda: "first picture shown" in client.log(), 60,
                 "first picture")
        wait_for(lambda: "mouse mode: " + mode in client.log() or
                 mode == "server" and "inputs: up" in client.log(), 20,
                 "mouse mode " + mode)
        origin = middle(client, server, mode)
        time.sleep(1)
        before = len(numbers(server.lines, head))
        redraw = Redraw(server) if busy else None
        since = time.monotonic()
        try:
            sent = send(client, 11)
        finally:
            if redraw:
                redraw.end()
        # A segment that is lost is sent again a second later, or two.
        arrived(lambda: sums(tap.find("inputs", True, up, since), mode,
                             origin), sent[-1][1:])
        got = settled(server, head)[before:]
        messages = tap.find("inputs", True, up, since)
        wired = sums(messages, mode, origin)

        cases.equal(wired[-1][1:], sent[-1][1:], "the way on the wire")
        if mode == "server":
            have = tuple(sum(g[i] for g in got) for i in (0, 1))
        else:
            have = tuple(got[-1][i] - origin[i] for i in (0, 1))
        cases.equal(have, sent[-1][1:], "the way at the server")
        most = windows_kept(tap, up, since)
        took = sorted(d * 1000 for d in delays(sent, wired))
        span = sent[-1][0] - sent[0][0]
        cases.measure(
            "%s mode, %s: %.0f events/s, %.0f messages/s, at most %d "
            "unanswered; event to wire: median %.1f ms, 99 %% %.1f ms, worst "
            "%.1f ms" % (mode, "%d redraws of %d x %d" % (
                (redraw.count,) + SIZE) if busy else "idle",
                len(sent) / span, len(messages) / span, most,
                statistics.median(took), took[len(took) * 99 // 100],
                took[-1]))
        cases.check(took[-1] < WORST_S * 1000, "a step waited %d ms" %
                    took[-1])
        if redraw:
            cases.check(redraw.count >= 3, "%d redraws" % redraw.count)
            cases.same(client.wait_picture(
                lambda: server.truth(count=redraw.count + 1), 60,
                "input-load"))


for _mode in ("server", "client"):
    cases.add("mouse_%s_idle" % _mode, load, _mode, False)
    cases.add("mouse_%s_redraw" % _mode, load, _mode, True)

cases.main()
