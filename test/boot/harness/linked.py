# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The form linked into iPXE: its ROM in the place of the stand-alone one, for
the same tests."""
import os
import runpy
import sys

from .child import root
from .client import Client
from .machine import Machine

ROM = os.path.join(root(), "bin", "ipxe-8086100e.rom")
FULL = os.path.join(root(), "bin", "ipxe-8086100e-full.rom")
COPY = os.path.join(root(), "build", "linked", "compact")


def need():
    """Leave the test program, with a line, where it cannot be built."""
    there = os.environ.get("IPXE_SRC") or os.path.isdir(
        os.path.join(root(), "build", "src", "ipxe"))
    if not there or not os.path.exists(ROM):
        print("skip linked_form no iPXE sources here (IPXE_SRC=)")
        sys.exit(0)


class LinkedClient:
    """What the default script needs of a person: its menu's first item leads
    to where the stand-alone program begins."""

    ITEM = "Connect to a SPICE server"

    @staticmethod
    def text(client):
        screen = Machine.text(client)
        if any(LinkedClient.ITEM in line for line in screen):
            if not getattr(client, "menu_seen", False):
                client.menu_seen = True
                client.press("ret")
        return screen


def same_tests(name, rom=ROM):
    """Run the test program of that name (without .py) over the linked ROM."""
    need()
    Client.ROM = rom
    Client.text = LinkedClient.text
    runpy.run_path(os.path.join(root(), "test", "boot", name + ".py"),
                   run_name="__main__")
