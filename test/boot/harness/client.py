# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The PC under test: our ROM in its card, DHCP naming the server."""
import os
import re
import time

from .child import HarnessError, root, until
from .machine import Machine


# The band that ipxe-glue/client_bar.c draws.
BAR_ROWS = 7
BAR_ROW_PX = 20
BAR_BACK = (0x18, 0x28, 0x48)


def bar_row(shot, top, font):
    """The text of a row whose glyphs begin at line `top`, centred."""
    lines = []
    for y in range(top, top + 16):
        row = shot.rgb[3 * shot.w * y:3 * shot.w * (y + 1)]
        lines.append([row[i] == 255 for i in range(0, len(row), 3)])
    lit = [x for x in range(shot.w) if any(line[x] for line in lines)]
    if not lit:
        return ""
    for n in range((shot.w - 2 * lit[0]) // 8 - 2,
                   (shot.w - 2 * lit[0]) // 8 + 3):
        left = (shot.w - 8 * n) // 2
        cells = [font.get(bytes(
            sum(line[x + i] << (7 - i) for i in range(8)) for line in lines))
            for x in range(left, left + 8 * n, 8)]
        if left <= lit[0] and None not in cells:
            return "".join(cells).strip()
    return "?"


class Client(Machine):
    """Boot a PC with our ROM.

    server: port on this host's loopback that DHCP names (None: no boot file
    name); keys: of the URI ({"compression": "glz"}); uri: the whole boot file
    name instead; more: as Machine.
    """

    ROM = os.path.join(root(), "bin", "spice-e1000.rom")
    LINKED = False  # is that iPXE's own build (linked.same_tests)?

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

    def font(self):
        """The VGA BIOS's font of 8x16, by its bytes a character."""
        rom = self.memory(0xc0000, 0x10000)
        at = rom.find(bytes.fromhex("000010386cc6c6fec6c6c6c600000000"))
        if at < 65 * 16:
            raise HarnessError("the VGA BIOS has no font that is known")
        at -= 65 * 16
        return {rom[at + 16 * c:at + 16 * c + 16]: chr(c)
                for c in range(0x7e, 0x1f, -1)}

    def bar(self, shot=None):
        """The rows of text in the band across a grey picture ([]: none)."""
        shot = shot or self.screendump()
        top = (shot.h - BAR_ROWS * BAR_ROW_PX) // 2
        if shot.h == 400 or shot.pixel(0, top) != BAR_BACK:
            return []
        font = self.font()
        return [bar_row(shot, top + row * BAR_ROW_PX + 2, font)
                for row in range(BAR_ROWS)]

    def why(self, pattern, timeout=40):
        """Wait for a sentence on the text screen, or in the band across the
        grey picture; it may wrap."""
        end = until(timeout)
        while True:
            shot = self.screendump()
            lines = self.text() if shot.h == 400 else self.bar(shot)
            flat = re.sub(r"\s+", " ", " ".join(lines))
            if re.search(pattern, flat):
                return flat
            if time.monotonic() > end:
                raise HarnessError("no %r on the screen: %s" % (pattern, flat))
            time.sleep(0.1)
