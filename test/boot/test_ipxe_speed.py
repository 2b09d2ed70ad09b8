#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 600
"""A session of raw bitmaps through the linked client against iPXE's own HTTP
download in the same PC, one after the other: at least 0.8 of it. The best of
several turns of each counts, for other work on this machine only takes away.
The compact ROM; LINKED=full: the full one."""
from harness import Client, Scripted, cases, linked
from harness.child import wait_for
from harness.scripted import desktop
from harness.speed import MIB, SIZE, Files, Redraws, frame_buffer_of

LEAST = 0.8
FILE_MIB, TIMES, ROUNDS = 24, 3, 3
REDRAWS = 8
ROM = linked.ROMS[linked.chosen()]


class Downloads(Files):
    """The boot script: some downloads, then a session."""

    def __init__(self, spice_port):
        super().__init__(None, FILE_MIB * MIB, TIMES)
        self.spice_port = spice_port

    def body(self, path):
        if path != "/boot":
            return super().body(path)
        base = "http://10.0.2.2:%d" % self.port
        lines = ["#!ipxe"]
        for i in range(self.times):
            lines += ["imgfetch --name d %s/data%d" % (base, i), "imgfree d"]
        lines += ["imgfetch %s/done" % base,
                  "spice spice://10.0.2.2:%d?compression=off" %
                  self.spice_port]
        return ["\n".join(lines + [""]).encode()]


def turn():
    """One PC: ([bytes a second of a download], [of redraws])"""
    redraws = Redraws(REDRAWS)
    with Scripted(desktop(redraws.draw, *SIZE)) as server:
        files = Downloads(server.port)
        try:
            with Client(uri=files.boot_file(), rom=ROM) as pc:
                took = wait_for(files.seconds, 150, "downloads")
                wait_for(lambda: "first picture shown" in pc.log(), 60,
                         "first picture")
                frame_buffer = frame_buffer_of(pc)
                return ([FILE_MIB * MIB / s for s in took],
                        [redraws.bytes / redraws.seconds(pc, frame_buffer, 60)
                         for _ in range(TIMES)])
        finally:
            files.end()


@cases.case
def beside_http():
    theirs, ours = [], []
    for _ in range(ROUNDS):
        for total, some in zip((theirs, ours), turn()):
            total += some
        ratio = max(ours) / max(theirs)
        if ratio >= LEAST:
            break
    cases.measure("redraws %.1f MB/s, iPXE's HTTP %.1f MB/s, ratio %.2f "
                  "(best of %d each)" % (max(ours) / 1e6, max(theirs) / 1e6,
                                         ratio, len(ours)))
    cases.check(ratio >= LEAST, "%s and %s" % (ours, theirs))


linked.need()
cases.main()
