# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The PC under test: our ROM in its card, DHCP naming the server."""
import os
import re
import time

from .child import HarnessError, root
from .machine import Machine


class Client(Machine):
    """Boot a PC with our ROM.

    server: port on this host's loopback that DHCP names (None: no boot file
    name); keys: of the URI ({"compression": "glz"}); uri: the whole boot file
    name instead; more: as Machine.
    """

    ROM = os.path.join(root(), "bin", "spice-e1000.rom")

    def __init__(self, server=None, keys=None, uri=None, rom=None, **more):
        rom = rom or self.ROM
        if not os.path.exists(rom):
            raise HarnessError("%s is not built" % rom)
        if server:
            uri = "spice://10.0.2.2:%d" % server
            if keys:
                uri += "?" + "&".join("%s=%s" % k for k in sorted(
                    keys.items()))
        super().__init__(romfile=rom, bootfile=uri, **more)

    def log(self):
        """Our own lines of the debug port, without the time stamp."""
        return [line for _, line in self.times()]

    def times(self):
        """[(seconds since our first instruction, line), ...]"""
        found = re.findall(r"^\[ *(\d+\.\d+)\] (.*)\n", self.bios_log(), re.M)
        return [(float(t), line) for t, line in found]

    def why(self, pattern, timeout=40):
        """Wait for a sentence on the text screen, which may wrap."""
        end = time.monotonic() + timeout
        while True:
            flat = re.sub(r"\s+", " ", " ".join(self.text()))
            if re.search(pattern, flat):
                return flat
            if time.monotonic() > end:
                raise HarnessError("no %r on the screen: %s" % (pattern, flat))
            time.sleep(0.1)
