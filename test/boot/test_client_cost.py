#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""What a session costs in memory. The figures are printed; README.md and
test/README.md have them with what they mean."""
import re

from harness import Client, Xspice, cases
from harness.child import wait_for


def used(client):
    """(KiB in use at most, KiB there)"""
    found = re.findall(r"memory: (\d+) KiB of (\d+) KiB", client.bios_log())
    return max((int(a), int(b)) for a, b in found)


def session(memory, size, compression):
    """A desktop at work in a PC of so much memory, right to the pixel."""
    lossless = {"SpiceJpegWanCompression": "never",
                "SpiceZlibGlzWanCompression": "never"}
    with Xspice(size=size, options=lossless) as x:
        x.call("xtool", "shape", "argb")
        with Client(x.port, {"compression": compression},
                    memory=memory) as client:
            wait_for(lambda: "first picture shown" in client.log(), 60,
                     "first picture")
            x.run("xtool", "desktop", "4")
            for seed in range(6):
                x.call("xtool", "photo", seed + 1)
            churn = x.run("xtool", "churn", "8", "3")
            wait_for(lambda: "done" in churn.log(), 120, "churn")
            cases.same(client.wait_picture(
                lambda: x.picture().with_cursor(x.cursor()), 90,
                "memory-%d" % memory))
            cases.equal(client.log().count("first picture shown"), 1,
                        "sessions")
            cases.check(not any("Too little memory" in line
                                for line in client.log()), client.log())
            have = used(client)
            cases.measure("%d MiB, %dx%d, %s: %d KiB of %d KiB in use" % (
                (memory,) + size + (compression,) + have))


cases.add("memory_64_lz", session, 64, (1024, 768), "lz")
cases.add("memory_64_glz", session, 64, (1024, 768), "glz")
cases.add("memory_64_off", session, 64, (1024, 768), "off")
cases.add("memory_256_lz", session, 256, (1920, 1080), "lz")


@cases.case
def too_little_memory():
    """A picture that does not fit: its own sentence, no crash."""
    with Xspice(size=(3200, 2400)) as x, \
            Client(x.port, memory=32) as client:
        client.why("Too little memory", 60)


cases.main()
