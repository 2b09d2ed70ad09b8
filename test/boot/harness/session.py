# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""What tests of networks want to know of the booted PC (Client) and its
session with a SpiceGuest."""
import os

from . import cases
from .child import root, wait_for
from .machine import Machine

PROGRAM = os.path.join(root(), "build", "test", "boot", "undi_program.rom")


def shown(client, guest, name, timeout=60):
    def want():
        a, b = guest.screendump(), client.screendump()
        return a.centred_in(max(a.w, b.w), max(a.h, b.h))
    cases.same(client.wait_picture(want, timeout, name))


def pictures(client):
    """How many sessions have shown a picture."""
    return client.log().count("first picture shown")


def wait_pictures(client, n, timeout=60):
    wait_for(lambda: pictures(client) >= n, timeout, "picture %d" % n)


def alive(client, guest):
    """A key goes through the session and arrives."""
    before = len(guest.keys())
    client.press("a")
    wait_for(lambda: len(guest.keys()) >= before + 2, 20, "a key")


def program(net, bootfile, **more):
    """A PC that runs undi_program.c."""
    net.dhcp.bootfile = bootfile
    return Machine(net=net, romfile=PROGRAM, memory=64, **more)


def said(pc, text):
    cases.check(text in pc.bios_log(), "the log has no %r: %s" % (
        text, pc.bios_log()[-1500:]))
