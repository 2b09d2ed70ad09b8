# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Real peers for whole-machine tests; test/boot/README.md has the overview.

A test imports what it needs from here:

    from harness import Machine, Xspice, compare, cases
"""
from . import cases
from .child import Child, HarnessError, free_port, need, root, scratch
from .machine import Machine
from .client import Client
from .filter import Filter, Rules
from .guest import SpiceGuest
from .listener import Listener, Speaker
from .picture import Picture, compare, wait_same
from .reference import refshot, spicy_screenshot
from .scripted import Scripted
from .server import TestServer
from .tap import Tap
from .xspice import Xspice

__all__ = ["Child", "Client", "Filter", "HarnessError", "Listener", "Machine",
           "Picture", "Rules", "Scripted", "Speaker", "SpiceGuest", "Tap",
           "TestServer", "Xspice", "cases", "compare", "free_port", "need",
           "refshot", "root", "scratch",
           "spicy_screenshot", "wait_same"]
