#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""First inputs for fuzz_display: what the test server's scenes draw.

    seeds_draw.py FOLDER SCENE[,SCENE...] [COMPRESSION [OPTION...]]

A file for each operation of the scenes (seed-7; seed-0..60), with the surfaces
that are there before it. Needs build/test/spice-test-server and bin/spice-shot.
"""
import os
import struct
import sys

import seeds_session as session

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "boot"))
from harness import Child, Tap, TestServer, scratch  # noqa: E402

WIDTH, HEIGHT = 160, 120
OTHERS = session.OTHERS
FIRST_DRAW, LAST_DRAW, COPY_BITS, COMPOSITE = 302, 313, 104, 318
SURFACE_DESTROY = 315
ROOM = 60000            # a pack's entry has at most 65,535 bytes


def scenes(text):
    """The names of scenes."""
    for name in text.split(","):
        if ".." in name:
            first, end = name[len("seed-"):].split("..")
            yield from (f"seed-{n}" for n in range(int(first), int(end)))
        else:
            yield name


def record(names, compression, options):
    """The messages of the display channel."""
    size = f"{WIDTH}x{HEIGHT}"
    with TestServer(names[0], compression=compression,
                    args=["--size", size, *options]) as server, \
            Tap(server.port, keep=ROOM) as tap:
        shot = Child(["bin/spice-shot", "--markers", str(len(names)),
                      "--wait-ms", "60000",
                      f"spice://127.0.0.1:{tap.port}?compression=server",
                      "/dev/null"],
                     os.path.join(scratch("seeds-"), "log"))
        for number, name in enumerate(names):
            if number:
                server.say(f"scene {name}")
            server.wait("drawn", 30, number + 1)
        shot.wait(60)
        return [m for m in tap.messages
                if m.channel == "display" and not m.up and m.size < ROOM]


def filled(surface):
    """A surface filled with a colour that is seen through."""
    return session.message(session.DISPLAY, session.FILL, struct.pack(
        "<IiiiiBBIHBiiI", surface, 0, 0, HEIGHT, WIDTH, 0, 1, 0xa0604080, 8,
        0, 0, 0, 0))


def operators(message):
    """A COMPOSITE with every operator, with and without component alpha."""
    body = message.body
    at = 21 + (4 + 16 * struct.unpack_from("<I", body, 21)[0]
               if body[20] else 0)
    for operator in range(64):
        yield (body[:at] + bytes((operator, body[at + 1], body[at + 2]
                                  ^ operator << 2 & 4)) + body[at + 3:])


def inputs(messages):
    """Bytes of inputs."""
    surfaces = {}
    for m in messages:
        said = session.message(session.DISPLAY, m.type, m.body)
        number = struct.unpack_from("<I", m.body)[0] if m.body else 0
        if m.type == session.SURFACE:
            surfaces[number] = said
        elif m.type == SURFACE_DESTROY:
            surfaces.pop(number, None)
        elif (m.type in (COPY_BITS, COMPOSITE)
              or FIRST_DRAW <= m.type <= LAST_DRAW):
            head = bytes((OTHERS, 0)) + b"".join(surfaces.values())
            yield head + said
            if m.type == COMPOSITE:
                for body in operators(m):
                    yield head + filled(number) + session.message(session.DISPLAY, m.type, body)


def main():
    """Writes the files."""
    folder, names, compression, *options = sys.argv[1:] + ["off"] * (
        len(sys.argv) < 4)
    os.makedirs(folder, exist_ok=True)
    names = list(scenes(names))
    found = inputs(record(names, compression, options))
    for number, data in enumerate(found):
        name = f"draw-{names[0]}-{compression}-{number}"
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
