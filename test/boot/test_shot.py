#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""spice-shot, the client on a workstation, against real servers: the picture
it saves is the server's own, in every pixel."""
import os
import resource
import signal
import subprocess
import time

from harness import (Child, Picture, Speaker, SpiceGuest, Tap, TestServer,
                     Xspice, cases, compare, free_port, root, scratch)
from harness.child import wait_for

SHOT = os.path.join(root(), "bin", "spice-shot")


class Shot:
    """spice-shot, started: it draws along until it is due."""

    def __init__(self, uri, *options):
        self.dir = scratch("shot-")
        self.file = os.path.join(self.dir, "shot.ppm")
        self.child = Child([SHOT, "--counts"] + list(options) +
                           [uri, self.file], os.path.join(self.dir, "log"))

    def status(self, timeout=40):
        return self.child.wait(timeout)

    def picture(self, timeout=40):
        status = self.status(timeout)
        cases.equal(status, 0, "exit status; it said: %s" % self.child.log())
        return Picture.read(self.file)

    def counts(self):
        """{"image 101": 5, ...}"""
        lines = [line.split() for line in self.child.log().splitlines()]
        return {"%s %s" % (w[1], w[2]): int(w[3])
                for w in lines if w and w[0] == "count"}


def uri(port, **keys):
    text = "&".join("%s=%s" % kv for kv in sorted(keys.items()))
    return "spice://127.0.0.1:%d%s%s" % (port, "?" if text else "", text)


def shows(guest, name, *options):
    """The picture saved is the guest's."""
    cases.patiently(lambda ms: compare(
        Shot(uri(guest.port), "--wait-ms", str(ms), *options).picture(),
        guest.screendump(), name))


@cases.case
def qemu_text():
    with SpiceGuest("text") as guest:
        time.sleep(1)
        guest.stop()
        shows(guest, "shot-qemu-text")


@cases.case
def qemu_graphics():
    with SpiceGuest("graphics") as guest:
        time.sleep(1)
        shows(guest, "shot-qemu-graphics")


def drawn_along(compression, kinds):
    """The client is there first; windows move, scroll and redraw."""
    with Xspice() as x:
        shot = Shot(uri(x.port, compression=compression), "--wait-ms", "9000")
        time.sleep(1.0)
        desktop = x.run("xtool", "desktop", "3")
        churn = x.run("xtool", "churn", "7", "4")
        deadline = time.monotonic() + 20
        while "done" not in churn.log() and time.monotonic() < deadline:
            time.sleep(0.1)
        cases.check("done" in churn.log(), "churn is done: " + churn.log())
        cases.check("done" in desktop.log(), "desktop is drawn")
        have = shot.picture()
        cases.same(compare(have, x.picture(), "shot-" + compression))
        counts = shot.counts()
        cases.note(counts)
        for kind in kinds:
            cases.check(counts.get(kind), "%s was decoded" % kind)


for name, kinds in (("lz", ["image 101", "draw 4", "draw 2", "draw 0"]),
                    ("glz", ["image 102"]),
                    ("quic", ["image 1"]),
                    ("off", ["image 0", "bitmap 8"])):
    cases.add("xspice_" + name, drawn_along, name, kinds)


@cases.case
def password_right():
    with SpiceGuest("graphics", password="s3cret word") as guest:
        time.sleep(1)
        shows(guest, "shot-password", "--password", "s3cret word")


def refused(text, port, *options):
    shot = Shot(uri(port), *options)
    cases.equal(shot.status(), 1, "exit status")
    cases.check(text in shot.child.log(), "it said: " + shot.child.log())
    cases.check(not os.path.exists(shot.file), "no picture is left")


@cases.case
def password_wrong():
    with SpiceGuest("text", password="right") as guest:
        refused("refused the password", guest.port, "--password", "wrong")
        refused("asks for a password", guest.port)


@cases.case
def nobody_listens():
    refused("refused the connection", free_port())


@cases.case
def name_and_address():
    """What the name was found to be is said."""
    shot = Shot("spice://localhost:%d" % free_port())
    cases.equal(shot.status(), 1, "exit status")
    cases.matches(shot.child.log(), r"\(localhost is (127\.0\.0\.1|::1)\.\)")


@cases.case
def port_as_an_option():
    """The URI need not say what an option says."""
    shot = Shot("spice://127.0.0.1", "--port", str(free_port()))
    cases.equal(shot.status(), 1, "exit status")
    cases.check("refused the connection" in shot.child.log(),
                "it said: " + shot.child.log())


def told(words, text):
    """Of a server that says these words."""
    with Speaker(words) as server:
        refused(text, server.port)


@cases.case
def not_a_server():
    told(b"SSH-2.0-OpenSSH_9.2p1\r\n", "not a SPICE server")


@cases.case
def silent_server():
    told(b"", "says nothing")


@cases.case
def other_version():
    told(b"REDQ\x03\0\0\0\0\0\0\0\xb2\0\0\0", "speaks version 3 of SPICE")


@cases.case
def server_ends_after_drawing():
    """The last picture counts."""
    with TestServer("photo") as server:
        shot = Shot(uri(server.port), "--wait-ms", "30000")
        want = server.truth()
        time.sleep(1)
        server.say("kick")
        start = time.monotonic()
        have = shot.picture()
        cases.check(time.monotonic() - start < 10, "it does not wait on")
        cases.same(compare(have, want, "shot-kicked"))


def ends_early(tap, begun, text):
    """Cut every connection once begun() is true: no picture, and why."""
    shot = Shot(uri(tap.port), "--wait-ms", "30000")
    wait_for(begun, 10, "the session's beginning")
    tap.refuse()
    tap.cut()
    cases.equal(shot.status(), 1, "exit status")
    cases.check(text in shot.child.log(), "it said: " + shot.child.log())
    cases.check(not os.path.exists(shot.file), "no picture is left")


@cases.case
def server_ends_before_any_picture():
    """Before and after the link; the delay keeps the picture away."""
    with TestServer("none") as server:
        for what in ("link", "MAIN_INIT"):
            with Tap(server.port, delay_s=0.4) as tap:
                begun = (lambda t=tap: t.opened) if what == "link" else \
                    (lambda t=tap: t.find("main", False, 103))
                ends_early(tap, begun, "127.0.0.1:%d" % tap.port)


@cases.case
def bad_uri():
    for text, why in (("vnc://x:1", "spice://"), ("spice://h", "no port"),
                      ("spice://h:1?x=2", "key"),
                      ("spice://h:99999", "port")):
        done = subprocess.run([SHOT, text, "/dev/null"],
                              stderr=subprocess.PIPE, timeout=10)
        cases.equal(done.returncode, 2, text)
        cases.check(why in done.stderr.decode(), done.stderr.decode())


def limited():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


@cases.case
def nowhere_to_save():
    """Exit status 0 only when a picture was saved; half a one is none."""
    with TestServer("fills") as server:
        whole = os.path.join(scratch("shot-"), "shot.ppm")
        for file, options, said in (
                ("/dev/full", (), "No space left on device"),
                ("/dev/full", ("--markers", "1"), "No space left on device"),
                (whole, (), "File too large"),
                ("/nonexistent/x", (), "No such file or directory")):
            done = subprocess.run(
                [SHOT, "--wait-ms", "1", *options, uri(server.port), file],
                stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, timeout=40,
                preexec_fn=limited)
            cases.equal(done.returncode, 1, "exit status")
            cases.equal(done.stderr.decode(), "spice-shot: %s: %s\n" %
                        (file, said), "what it said")
        cases.check(not os.path.exists(whole), "no half picture is left")
        for number in (signal.SIGINT, signal.SIGTERM):
            with Tap(server.port) as tap:
                shot = Shot(uri(tap.port), "--wait-ms", "60000")
                # Whole: libspice-server crashes now and then when a client
                # goes whose channels are just being connected.
                wait_for(lambda t=tap: t.find("main", False, 103) and
                         t.find("display", False, 314) and
                         t.find("cursor", False, 101) and
                         t.find("inputs", False, 101), 20,
                         "the session's beginning")
                shot.child.popen.send_signal(number)
                cases.check(shot.status(20) != 0, "exit status when ended")
            cases.check(not os.path.exists(shot.file), "no picture is left")


@cases.case
def wrong_arguments():
    """Each is named, before anything is connected to."""
    port = free_port()
    for arguments, said in (
            ((), "usage"), ((uri(port),), "usage"),
            (("--nothing", uri(port), "x"), "usage"),
            (("--wait-ms", "x", uri(port), "x"), "x is not a number"),
            (("--ca", "/none", uri(port), "x"), "/none: No such file"),
            (("/none.vv", "x"), "/none.vv: No such file"),
            (("/", "x"), "/: Is a directory"),
            (("--proxy", "ftp://x", uri(port), "x"), "proxy= is not http://"),
            (("--secure-channels", "mian", uri(port), "x"),
             "secure-channels= is neither all nor a list"),
            (("--host-subject", "x" * 2000, uri(port), "x"),
             "host-subject= is too long"),
            (("--ca-sha256", "12", uri(port), "x"),
             "ca-sha256= is not 64 hexadecimal digits")):
        done = subprocess.run([SHOT, *arguments], stderr=subprocess.PIPE,
                              timeout=10)
        cases.equal(done.returncode, 2, "exit status of %s" % (arguments,))
        cases.check(said in done.stderr.decode(), done.stderr.decode())
    done = subprocess.run([SHOT, "--help"], stdout=subprocess.PIPE, timeout=10)
    cases.equal(done.returncode, 0, "exit status of --help")
    for option in ("--ca", "--host-subject", "--proxy", "--secure-channels"):
        cases.check(option + " " in done.stdout.decode(), option)


cases.main()
