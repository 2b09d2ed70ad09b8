#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Servers that fail in every way (harness/failures.py), and the client on a
workstation: exit status and sentence."""
import os
import time

from harness import Child, Scripted, SpiceGuest, cases, free_port, root, \
    scratch
from harness import failures, scripted
from harness.files import vv

SHOT = os.path.join(root(), "bin", "spice-shot")
# Nothing that is waited for is over sooner; of it a busy machine may take much.
AT_ONCE_S = 9
SPARE_S = 15


class Shot:
    """spice-shot against one server."""

    def __init__(self, port, *options, host="127.0.0.1", where=None):
        self.dir = scratch("shot-")
        self.started = time.monotonic()
        self.child = Child(
            [SHOT, "--verbose", "--wait-ms", "60000"] + list(options) +
            [where or "spice://%s:%d" % (host, port), os.path.join(self.dir, "ppm")],
            os.path.join(self.dir, "log"))

    def told(self, sentence, within, want=1):
        """It ends in time, with that sentence as its last line."""
        status = self.child.wait(within - (time.monotonic() - self.started))
        said = self.child.log().splitlines()[-1]
        cases.matches(said, r"^spice-shot: .*(%s)" % sentence)
        cases.equal(status, want, "exit status")


def quick(act, sentence, *options):
    with Scripted(act) as server:
        Shot(server.port, *options).told(sentence, AT_ONCE_S)


for _name, _act, _sentence in failures.QUICK + failures.PASSWORD:
    cases.add(_name, quick, _act, _sentence, "--password", "abc")


@cases.case
def refused():
    Shot(free_port()).told("refused the connection", AT_ONCE_S)


@cases.case
def password_has_expired():
    """QEMU's own word for it, which is the one for a wrong password."""
    with SpiceGuest("graphics", password="abc") as guest:
        guest.qmp.command("expire_password", protocol="spice", time="now")
        Shot(guest.port, "--password", "abc").told(
            "refused the password: it is wrong, or has expired", 5)
        where = os.path.join(scratch("vv-"), "desk.vv")
        with open(where, "wb") as file:
            file.write(vv(host="127.0.0.1", port=guest.port, password="abc"))
        Shot(guest.port, where=where).told(
            r"or has expired.* Its .vv file was read \d s ago\.", 5)
        guest.qmp.command("expire_password", protocol="spice", time="never")
        shot = Shot(guest.port, "--password", "abc", "--wait-ms", "1")
        cases.equal(shot.child.wait(20), 0, "exit status once renewed")


@cases.case
def no_name():
    Shot(5900, host="nosuchhost.invalid").told(
        "No name server (knows|answered for) the host of nosuch", 30)


@cases.case
def patience():
    """Servers that go silent, all at once: each is given up in its time, and
    one with nothing to show, but a sign of life when asked, is kept."""
    rows = failures.SLOW + (("falls_silent", failures.falls_silent(),
                             "lost: no answer any more", 30),)
    servers = [Scripted(act) for _, act, _, _ in rows]
    idle = Scripted(scripted.desktop())
    try:
        idles = Shot(idle.port)
        shots = [Shot(server.port) for server in servers]
        for shot, (name, _, sentence, seconds) in zip(shots, rows):
            cases.note(name)
            # Of a session that showed something the last picture is saved.
            shot.told(sentence, seconds + SPARE_S,
                      0 if name == "falls_silent" else 1)
        time.sleep(15)
        cases.check(idles.child.alive(), "idle: " + idles.child.log())
    finally:
        for server in servers + [idle]:
            server.end()


cases.main()
