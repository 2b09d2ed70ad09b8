#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""Videos, several displays, and a display that breaks: spice-shot against real
servers, and a PC with a video on its screen."""
import os
import signal
import struct
import threading
import time

from harness import (Child, Machine, Picture, SpiceGuest, Tap, TestServer,
                     Xspice, cases, compare, refshot, root, scratch)
from harness.child import wait_for

SHOT = os.path.join(root(), "bin", "spice-shot")
MARKER = "ff00ff"


class Shot:
    """spice-shot, started: it draws along until it is due."""

    def __init__(self, port, *options, query=""):
        self.dir = scratch("display-")
        self.file = os.path.join(self.dir, "shot.ppm")
        self.child = Child([SHOT, "--counts", "--verbose"] + list(options) +
                           ["spice://127.0.0.1:%d%s" % (port, query),
                            self.file], os.path.join(self.dir, "log"))

    def picture(self, timeout=60):
        status = self.child.wait(timeout)
        cases.equal(status, 0, "exit status; it said: %s" % self.child.log())
        return Picture.read(self.file)

    def _answers(self):
        return [line for line in self.child.log().splitlines()
                if line in ("saved", "not saved")]

    def now(self):
        """What it shows at this moment, None without a picture; it goes on."""
        wait_for(self.child.log, 20, "a line of the log")
        count = len(self._answers())
        self.child.popen.send_signal(signal.SIGUSR1)
        wait_for(lambda: len(self._answers()) > count, 20, "an answer",
                 step=0.01)
        if self._answers()[count] == "saved":
            return Picture.read(self.file)
        return None

    def until_same(self, want, name, timeout=30):
        """Wait until it shows want(); None, or how they differ in the end."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            have = self.now()
            if have and have == want():
                return None
            time.sleep(0.1)
        have = self.now()
        return compare(have, want(), name) if have else "no picture"

    def counts(self):
        """The last that it has printed."""
        lines = [line.split() for line in self.child.log().splitlines()]
        return {"%s %s" % (w[1], w[2]): int(w[3])
                for w in lines if w and w[0] == "count"}


def played(shot):
    """Its counts, which are those of a video that went well."""
    counts = shot.counts()
    cases.note({k: v for k, v in counts.items() if k.startswith("video")})
    for kind in ("streams", "frames", "reports"):
        cases.check(counts["video " + kind], "there were " + kind)
    cases.equal(counts["video bad"], 0, "damaged frames")
    return counts


# ---- the frame that stands on the screen is the reference client's ----

# Two JPEG decoders that round differently: so many levels at most, on average.
JPEG_MOST, JPEG_MEAN = 8, 0.6


def close_to(have, want):
    cases.equal((have.w, have.h), (want.w, want.h), "size")
    off = [abs(a - b) for a, b in zip(have.rgb, want.rgb)]
    cases.note("levels off: %d at most, %.2f on average"
               % (max(off), sum(off) / len(off)))
    cases.check(max(off) <= JPEG_MOST and sum(off) <= JPEG_MEAN * len(off),
                "the frame is the reference client's")


def frame(scene, kind):
    """Both clients at the same time, each with a server of its own."""
    args = ["--streaming", "all"]
    want = []
    with TestServer(scene, args=args) as one, \
            TestServer(scene, args=args) as two:
        other = threading.Thread(
            target=lambda: want.append(refshot(two.port, MARKER)))
        other.start()
        shot = Shot(one.port, "--until-marker", MARKER, "--wait-ms", "20000")
        have = shot.picture()
        other.join()
    counts = played(shot)
    if kind:
        cases.check(counts["video " + kind], "some frames " + kind)
    cases.check(want, "the reference client has a picture")
    close_to(have, want[0])


for _scene, _kind in (("video-odd", "straight"), ("video-larger", "scaled"),
                      ("video-smaller", "scaled"), ("video-under", None),
                      ("video-grows", None), ("video-16", "straight")):
    cases.add(_scene.replace("-", "_"), frame, _scene, _kind)


@cases.case
def video_ended():
    """When it is over, the server's own picture stands there."""
    with TestServer("ended-under", args=["--streaming", "all"]) as server:
        shot = Shot(server.port, "--until-marker", MARKER,
                    "--wait-ms", "20000")
        have = shot.picture()
        played(shot)
        cases.same(compare(have, server.truth(), "video-ended"))


# Longer than any of these takes; what is waited for ends them.
ALONG = ("--wait-ms", "600000")


def xspice_video(mode):
    with Xspice(options={"SpiceStreamingVideo": mode}) as x:
        shot = Shot(x.port, *ALONG)
        cases.same(shot.until_same(x.picture, "video-before"))
        video = x.run("xtool", "video", "320", "240", "4")
        wait_for(lambda: "done" in video.log(), 60, "the video's end")
        # The server sends the last frame without a loss, in its own time.
        cases.same(shot.until_same(x.picture, "video-" + mode))
        played(shot)
        shot.child.end()


cases.add("xspice_video_all", xspice_video, "all")
cases.add("xspice_video_filter", xspice_video, "filter")


# ---- the compression that suits the line ----

LZ, AUTO_GLZ = 6, 2
SLOW = 400000  # bytes/s; a slow line has less than 1,250,000


def over(rate, compression):
    """The scene over a line: what was asked for, what it took."""
    with TestServer("repeats") as server, Tap(server.port) as tap:
        tap.rate = rate
        shot = Shot(tap.port, "--until-marker", MARKER, "--wait-ms", "60000",
                    query="?compression=" + compression)
        begun = time.monotonic()
        cases.same(compare(shot.picture(90), server.truth(60), "auto"))
        took = time.monotonic() - begun
        asked = tap.find("display", True, 103)
        down = sum(m.size for m in tap.find("display", False))
    cases.check(asked, "a compression is asked for")
    cases.measure("%-5s %7s bytes/s: %8d bytes of display, %5.2f s, %s" % (
        compression, rate or "all", down, took,
        [line for line in shot.child.log().splitlines() if "line:" in line]))
    return asked[-1].body[0], down, "a slow one" in shot.child.log()


@cases.case
def auto_compression():
    """The fastest on a good line; on a slow one what has fewer bytes."""
    for _ in range(3):
        asked, _, slow = over(None, "auto")
        # This machine may have been too busy to take the PING in time.
        cases.equal(asked, AUTO_GLZ if slow else LZ, "as the line was found")
        if not slow:
            break
    if slow:
        cases.note("the line was never found to be a good one")
    asked, down, slow = over(SLOW, "auto")
    cases.equal((asked, slow), (AUTO_GLZ, True), "on a slow line")
    _, plain, _ = over(SLOW, "lz")
    cases.check(down < plain, "%d bytes and not %d" % (down, plain))


# ---- the compression that was chosen ----

# SPICE_IMAGE_COMPRESSION_*; None: the server is not asked.
CHOICES = {"auto": LZ, "off": 1, "lz": LZ, "glz": 5, "quic": 4, "lz4": 7,
           "server": None}


@cases.case
def compression_chosen():
    """By the URI, and on the command line, which goes first."""
    wrong = []
    with TestServer("fills") as server:
        for name, want in CHOICES.items():
            other = "quic" if name == "glz" else "glz"
            for options, query in (([], "?compression=" + name),
                                   (["--compression", name], ""),
                                   (["--compression", name],
                                    "?compression=" + other)):
                with Tap(server.port) as tap:
                    Shot(tap.port, *options, "--wait-ms", "1",
                         query=query).picture()
                    asked = [m.body[0] for m in tap.find("display", True, 103)]
                if asked != ([] if want is None else [want]):
                    wrong.append((options, query, asked))
    cases.equal(wrong, [], "what else was asked for")


# ---- several displays ----

def second(number):
    """Both are drawn along; the one asked for is its server's."""
    with TestServer("copies", compression="glz",
                    args=["--second", "repeats"]) as server:
        shot = Shot(server.port, "--display", str(number), "--until-marker",
                    MARKER, "--wait-ms", "20000", query="?compression=glz")
        have = shot.picture()
        truth = server.truth()
        server.wait("second")
        if number:
            truth = Picture.read(server.truth_path + ".2")
        cases.same(compare(have, truth, "display-%d" % number))


cases.add("display_0", second, 0)
cases.add("display_1", second, 1)


@cases.case
def two_cards():
    """QEMU with two QXL cards, of which one shows nothing yet; then it is
    lost, with its pointer, and the session goes on."""
    with SpiceGuest("graphics", vga="qxl", extra=["-device", "qxl"]) as guest, \
            Tap(guest.port) as tap:
        shot = Shot(tap.port, *ALONG)
        cases.same(shot.until_same(guest.screendump, "two-cards"))
        for channel in ("display1", "cursor1"):
            cases.check(tap.wait(channel, False, 3), channel + " is there")
            tap.cut(channel)
            given_up = "%s 1: " % channel[:-1]
            wait_for(lambda: given_up in shot.child.log(), 30, given_up)
        cases.same(shot.until_same(guest.screendump, "two-cards-one"))
        shot.child.end()


# ---- a display that breaks ----

class Spoiler:
    """Once told so, breaks one image."""

    def __init__(self):
        self.armed = False

    def __call__(self, link, kind, left, data):
        if self.armed and link.channel == "display" and kind == 304 and \
                left > 1000 and len(data) > 400:
            self.armed = False
            return data[:-300] + b"\xff" * 300
        return data


@cases.case
def mended():
    """One broken image: the display alone is connected anew."""
    with Xspice(compression="lz") as x, Tap(x.port) as tap:
        tap.spoil = Spoiler()
        shot = Shot(tap.port, *ALONG)
        cases.same(shot.until_same(x.picture, "mended-before"))
        tap.spoil.armed = True
        photo = x.run("xtool", "photo", "5")
        wait_for(lambda: not tap.spoil.armed, 30, "an image to break")
        wait_for(lambda: "whole again" in shot.child.log(), 30,
                 "the display to be whole again")
        photo.wait(60)
        cases.same(shot.until_same(x.picture, "mended"))
        cases.equal((len(tap.find("display", True, 101)),
                     len(tap.find("main", False, 103))), (2, 1),
                    "INITs of the display and of main")
        cases.check("connected anew" in shot.child.log(),
                    "it says so: " + shot.child.log())
        cases.equal(shot.counts()["session mended"], 1, "mended")
        shot.child.end()


# ---- 25 a second ----

DATA, DATA_SIZED, REPORT = 123, 316, 102


def frames_sent(tap):
    return sorted(m.time for kind in (DATA, DATA_SIZED)
                  for m in tap.find("display", False, kind))


def tell_rate(who, size, server, n, sent):
    cases.measure("video %s, %s: %s; %d frames sent, %.1f a second"
                  % (size, who, server.wait("played", 60, n), len(sent),
                     (len(sent) - 1) / (sent[-1] - sent[0])))


def at_25(scene, size):
    with TestServer(scene, args=["--streaming", "all"]) as server, \
            Tap(server.port) as tap:
        shot = Shot(tap.port, "--until-marker", MARKER, "--wait-ms", "60000")
        have = shot.picture(90)
        sent = frames_sent(tap)
        counts = played(shot)
        tell_rate("workstation", size, server, 1, sent)
        cases.measure("decoded and shown %d, late %d, left out %d"
                      % tuple(counts["video " + kind]
                              for kind in ("frames", "late", "dropped")))
        cases.equal(counts["video frames"] + counts["video dropped"],
                    len(sent), "frames shown and left out")
        cases.check(counts["video dropped"] <= len(sent) // 2, "most are shown")
        cases.same(compare(have, server.truth(), "video-25"))


cases.add("video_25", at_25, "video-25", "320x240")
cases.add("video_25_large", at_25, "video-25-large", "640x480")


def reported(tap):
    """What reports add up to: frames that came, late ones among them."""
    sums = [struct.unpack("<8I", m.body)[4:6]
            for m in tap.find("display", True, REPORT)]
    return sum(s[0] for s in sums), sum(s[1] for s in sums)


@cases.case
def pc_video_25():
    """The small one, and one that is more than the PC can do without KVM."""
    with TestServer("video-25", args=["--streaming", "all"]) as server, \
            Tap(server.port) as tap, \
            Machine(romfile="bin/spice-e1000.rom",
                    bootfile="spice://10.0.2.2:%d" % tap.port) as machine:
        for n, size in (1, "320x240"), (2, "640x480"):
            if n == 2:
                server.say("scene video-25-large")
            server.wait("drawn", 90, n)
            cases.same(machine.wait_picture(server.truth(count=n), 30,
                                            "pc-video-25"))
            tell_rate("the PC", size, server, n, frames_sent(tap))
            came, late = reported(tap)
            cases.measure("in reports: %d came, %d of them late"
                          % (came, late))
            cases.check(0 < came <= len(frames_sent(tap)) and late <= came,
                        "reports are true")
            with tap.lock:
                tap.messages.clear()


# ---- the same on a PC ----

def centred(picture, screen):
    """What a screen of that size shows of it; it may not be there yet."""
    if screen.w < picture.w or screen.h < picture.h:
        return picture
    return picture.centred_in(screen.w, screen.h)


@cases.case
def pc():
    """A video on the first display, the second by its key, a broken image."""
    with TestServer("ended", args=["--streaming", "all", "--second",
                                   "copies"]) as server, \
            Tap(server.port) as tap:
        tap.spoil = Spoiler()
        with Machine(romfile="bin/spice-e1000.rom",
                     bootfile="spice://10.0.2.2:%d" % tap.port) as machine:
            cases.check(tap.wait("display", False, 123, timeout=60),
                        "frames come")
            server.wait("drawn", 60)
            cases.same(machine.wait_picture(server.truth(), 20, "pc-video"))
            cases.check(len(tap.find("display", True, 102)) > 2, "reports")

            machine.press("ctrl", "alt", "shift", "n")
            half = Picture.read(server.truth_path + ".2")
            cases.same(machine.wait_picture(
                lambda: centred(half, machine.screendump()), 20, "pc-second"))
            machine.press("ctrl", "alt", "shift", "n")
            cases.same(machine.wait_picture(server.truth(), 20, "pc-first"))

            tap.spoil.armed = True
            server.say("scene photo")
            wait_for(lambda: not tap.spoil.armed, 20, "an image to break")
            server.wait("drawn", count=2)
            cases.same(machine.wait_picture(server.truth(count=2), 20,
                                            "pc-mended"))


cases.main()
