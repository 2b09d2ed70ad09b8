#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""First inputs for fuzz_session, fuzz_display and fuzz_main that chance does
not find: what takes a long time, a whole link, just so much memory, a virtual
machine that moves.

    seeds_session.py FOLDER          writes a file for each, by its name
"""
import os
import struct
import sys

import seeds_text

# session.h: flags of an input, more of them, kinds and flags of a record.
LINK_FIRST, FEW, LATE, NEVER, DISPLAY_LINK, CONNECT_LATE, TWO, OTHERS = (
    1 << i for i in range(8))
WITH_TLS, WAITS, CLOCK = 1, 24, 64
STREAM, MESSAGE, INPUT, CLOSED, TIME, OPENED, OWNER, ZEROS = range(8)
LAZY, IN_YIELD = 4, 8
MAIN, DISPLAY, INPUTS = 0, 1, 2
SECOND = 128            # the second display

# Messages.
PING, CHANNELS_LIST, MAIN_INIT, MARK = 4, 104, 103, 102
MIGRATE_BEGIN, MIGRATE_CANCEL, MIGRATE_END = 101, 102, 112
SURFACE, MONITORS, FILL, STROKE = 314, 317, 302, 310
STREAM_CREATE, STREAM_DATA = 122, 123


def record(slot, kind, body=b"", how=0):
    """One record of an input."""
    return struct.pack("<BH", slot | how | kind << 4, len(body)) + body


def message(slot, number, body=b"", how=0):
    """A whole message."""
    return record(slot, MESSAGE, struct.pack("<H", number) + body, how)


def seconds(count):
    """Time passes, in steps of a second; at most 63."""
    return record(MAIN, TIME, bytes((count,)))


def reply(slot, error=0, common=11):
    """The answer to a link, with a key of 1024 bits that nobody has."""
    key = (bytes.fromhex("30819f300d06092a864886f70d010101050003818d00"
                         "30818902818100") + bytes(range(129, 256))
           + b"\xc1" + bytes.fromhex("0203010001"))
    return record(slot, STREAM, b"REDQ" + struct.pack("<4I", 2, 2, 186, error)
                  + key + struct.pack("<5I", 1, 1, 178, common, 15))


def link(slot):
    """A whole link."""
    return reply(slot) + record(slot, STREAM, bytes(4))


def sasl(*texts, through=()):
    """A main channel's link with SASL: the list of mechanisms, what the server
    says then, and that it is through by these."""
    out = reply(MAIN, 0, 13)
    for number, text in enumerate(texts):
        out += record(MAIN, STREAM, struct.pack("<I", len(text)) + text
                      + (bytes((number in through,)) if number else b""))
    return out


def sasl_inputs():
    """{name: records} of links with SASL."""
    out = {"sasl-none": sasl(b"GSSAPI"), "sasl-cut": sasl(),
           "sasl-long": reply(MAIN, 0, 13) + record(
               MAIN, STREAM, struct.pack("<I", 5000)),
           "sasl-plain": sasl(b"PLAIN", b"", through=(1,))}
    for name, says in (
            ("SCRAM-SHA-256", seeds_text.scram(
                "SCRAM-SHA-256", 16 * "07", "user", b"password")),
            ("SCRAM-SHA-1", seeds_text.scram(
                "SCRAM-SHA-1", 16 * "07", "user", b"password")),
            ("DIGEST-MD5", seeds_text.digest(
                16 * "07", password="password", host="server"))):
        listed = name.encode()
        first, proof = (text + b"\0" for text in says)
        for result in range(2):
            # What follows the result is main's own link.
            out[f"{name}-{result}"] = sasl(
                listed, first, proof, through=(2,)) + record(
                    MAIN, STREAM, struct.pack("<I", result)) + record(
                        MAIN, STREAM, bytes(4))
        out[f"{name}-empty"] = sasl(listed, first, proof, b"", through=(3,))
        out[f"{name}-early"] = sasl(listed, first, through=(1,))
        out[f"{name}-wrong"] = sasl(listed, first, first, through=(2,))
        out[f"{name}-no"] = sasl(listed, b"x")
        out[f"{name}-weak"] = sasl(listed, first.replace(b"=4096", b"=1"))
    return out


def surface(width=32, height=32, number=0, slot=DISPLAY):
    """An xRGB surface."""
    return message(slot, SURFACE, struct.pack("<5I", number, width, height,
                                              32, 1))


def fill(size, how=0, slot=DISPLAY):
    """The primary surface is filled."""
    return message(slot, FILL, struct.pack(
        "<IiiiiBBIHBiiI", 0, 0, 0, size, size, 0, 1, 255, 8, 0, 0, 0, 0), how)


def dashed(start_x, start_y, end_x, end_y, dash):
    """A line onto the primary surface, of 28 pixels squared, in dashes."""
    head = struct.pack("<IiiiiB", 0, 0, 0, 28, 28, 0)
    path_at = len(head) + 19
    path = struct.pack("<IBIiiii", 1, 9, 2, *(
        16 * n for n in (start_x, start_y, end_x, end_y)))
    return message(DISPLAY, STROKE, head + struct.pack(
        "<IBBIBIHH", path_at, 8, 2, path_at + len(path), 1, 0xffffff, 8, 8)
        + path + struct.pack("<ii", 16 * dash, 16 * dash))


def marked(slot=DISPLAY):
    """A surface, something on it, and the word that it is there."""
    return surface(slot=slot) + fill(32, slot=slot) + message(slot, MARK)


def frame(data, time=0, how=0):
    """A frame of video of stream 1."""
    return message(DISPLAY, STREAM_DATA,
                   struct.pack("<III", 1, time, len(data)) + data, how)


def video(width, height, dest):
    """Stream 1, whose frames are shown in the square @dest."""
    return message(DISPLAY, STREAM_CREATE, struct.pack(
        "<IIBBQIIIIiiiiB", 0, 1, 1, 1, 0, width, height, width, height,
        0, 0, dest, dest, 0))


def jpeg_head(width, height):
    """As much of a JPEG as says how large it is."""
    return (bytes.fromhex("ffd8ffc0001108") + struct.pack(">HH", height, width)
            + bytes.fromhex("03012200021101031101ffda000c03010002000300003f00"
                            "00ffd9"))


def wrong(slot=DISPLAY):
    """A surface whose number cannot be."""
    return message(slot, SURFACE, struct.pack("<5I", 1 << 30, 1, 1, 32, 1))


def moves(host):
    """The virtual machine is about to go to @host."""
    return message(MAIN, MIGRATE_BEGIN, struct.pack(
        "<HHIIII", 5930, 0xffff, len(host) + 1, 20, 0, 0) + host + bytes(1))


def move_inputs():
    """{name: (flags, more flags, records)} of a machine that moves."""
    init = message(MAIN, MAIN_INIT, bytes(32))
    over = record(MAIN, OWNER, bytes((4,)))
    # "a" has a way there, "b" none.
    out = {f"move-{host}-{what}": (0, 0, moves(host.encode()) + tail)
           for host in "ab" for what, tail in (
               ("end", message(MAIN, MIGRATE_END)),
               ("cancel", message(MAIN, MIGRATE_CANCEL)
                + message(MAIN, MIGRATE_END)))}
    out["move-end-only"] = 0, 0, message(MAIN, MIGRATE_END)
    out["move-closed"] = 0, 0, record(MAIN, CLOSED) + over
    out["move-there"] = LINK_FIRST, WAITS, link(MAIN) + init + over + init
    out["move-there-up"] = 0, WAITS, init + over + message(
        MAIN, CHANNELS_LIST, struct.pack("<I", 1) + bytes((2, 0)))
    out["move-there-never"] = LINK_FIRST, WAITS, link(MAIN) + seconds(40)
    out["refused-told"] = 0, 0, record(MAIN, OWNER, bytes((5,)))
    # Where memory ends: the host's name, an answer.
    for count in range(12):
        out[f"move-memory-{count}"] = FEW, count, moves(b"a")
    return out


WRONG = wrong()
MANY_PINGS = record(MAIN, STREAM, struct.pack("<HIIQ", PING, 12, 7, 7) * 3600)


def inputs():
    """{name: (flags, more flags, records)}"""
    listed = struct.pack("<I", 1) + bytes((3, 0))
    mended = seconds(1) + link(DISPLAY) + marked()
    refused = b"".join(seconds(1) + record(DISPLAY, OPENED)
                       + record(DISPLAY, CLOSED) for _ in range(20))
    heads = struct.pack("<HH", 2, 2) + b"".join(
        struct.pack("<7I", n, 0, 16, 16, 16 * n, 0, 0) for n in range(2))
    out = {
        # Patience.
        "no-entropy": (LINK_FIRST | LATE | NEVER, 0, reply(MAIN) + seconds(30)),
        "no-result": (LINK_FIRST, 0, reply(MAIN) + seconds(30)),
        "no-display": (LINK_FIRST, 0, link(MAIN) + message(
            MAIN, MAIN_INIT, bytes(32)) + message(
                MAIN, CHANNELS_LIST, listed) + seconds(30)),
        "no-list": (LINK_FIRST, 0, link(MAIN) + message(
            MAIN, MAIN_INIT, bytes(32)) + seconds(30)),
        "no-life": (0, CLOCK, marked() + seconds(2) + message(
            MAIN, CHANNELS_LIST, listed) + seconds(40)),
        "no-life-2": (0, CLOCK, marked() + seconds(2) + message(
            MAIN, CHANNELS_LIST, listed) + seconds(20) + seconds(20)),
        "no-connection": (LINK_FIRST | CONNECT_LATE, 0,
                          seconds(40) + seconds(40)),
        # Without TLS after all.
        "need-plain": (LINK_FIRST, WITH_TLS, reply(MAIN, 6) + seconds(1)
                       + link(MAIN)),
        "need-plain-display": (DISPLAY_LINK, WITH_TLS, reply(DISPLAY, 6)
                               + seconds(1) + link(DISPLAY) + marked()),
        # A display that is connected anew.
        "mended": (0, 0, marked() + WRONG + mended),
        "mended-often": (0, 0, marked() + (WRONG + mended) * 7),
        "mended-never": (0, 0, marked() + WRONG + refused),
        "mended-silent": (0, 0, marked() + WRONG + seconds(1)
                          + record(DISPLAY, OPENED) + seconds(40)
                          + seconds(40)),
        "closed-mending": (0, 0, marked() + WRONG + record(DISPLAY, CLOSED)
                           + seconds(2)),
        # A second display that is given up, looked at or not.
        "second-lost": (TWO, 0, marked() + marked(SECOND) + (
            wrong(SECOND) + seconds(1) + link(SECOND) + marked(SECOND)) * 7),
        "second-lost-shown": (TWO, 0, marked() + marked(SECOND) + record(
            DISPLAY, OWNER, b"\2") + (wrong(SECOND) + seconds(1) + link(SECOND)
                                      + marked(SECOND)) * 7),
        "second-refused": (TWO, 0, marked() + marked(SECOND) + wrong(SECOND)
                           + seconds(1) + reply(SECOND, 1) + seconds(2)),
        "second-closed": (TWO, 0, marked() + marked(SECOND)
                          + record(SECOND, CLOSED) + seconds(2)),
        # The line.
        "long-ping": (0, CLOCK, record(MAIN, STREAM, struct.pack(
            "<HIIQ", PING, 256012, 7, 7)) + seconds(1) + record(
                MAIN, ZEROS, struct.pack("<H", 16000))),
        "slow-line": (0, 32, record(MAIN, STREAM, struct.pack(
            "<HIIQ", PING, 256012, 7, 7)) + seconds(1) + record(
                MAIN, ZEROS, struct.pack("<H", 8000)) + seconds(9) + record(
                    MAIN, ZEROS, struct.pack("<H", 8000))),
        "pings": (0, 0, MANY_PINGS),
        "keys": (0, 0, record(INPUTS, INPUT, bytes((0, 30, 0, 0)) * 16000)),
        # More displays than there are slots.
        "displays": (LINK_FIRST, 0, link(MAIN) + message(
            MAIN, MAIN_INIT, bytes(32)) + message(
                MAIN, CHANNELS_LIST, struct.pack("<I", 16) + b"".join(
                    bytes((2, n)) for n in range(16)))),
        "heads": (0, 0, marked() + message(DISPLAY, MONITORS, heads)
                  + record(DISPLAY, OWNER, b"\2") * 4 + surface(8, 8)),
        "heads-others": (OTHERS, 0, marked() + message(DISPLAY, MONITORS, heads)
                         + record(DISPLAY, OWNER, b"\2") * 3),
        # Video.
        "frames-late": (0, CLOCK, marked() + video(32, 32, 32) + seconds(9)
                        + frame(jpeg_head(32, 32), 0, LAZY)
                        + frame(jpeg_head(32, 32), 1, LAZY)
                        + message(DISPLAY, MARK, b"", LAZY)
                        + frame(jpeg_head(32, 32), 2)),
        "frame-large": (0, CLOCK, marked() + video(2000, 2000, 16)
                        + frame(jpeg_head(2000, 2000))),
        "frame-large-later": (0, CLOCK, marked() + video(2000, 2000, 16)
                              + frame(jpeg_head(2000, 2000), 1000)
                              + seconds(3)),
        "frames-long": (0, CLOCK, marked() + video(32, 32, 32) + b"".join(
            frame(jpeg_head(32, 32) + bytes(20000), 900 + n)
            for n in range(3))),
        "video-unknown": (OTHERS, 0, marked() + message(
            DISPLAY, STREAM_CREATE, struct.pack(
                "<IIBBQIIIIiiiiB", 0, 1, 1, 4, 0, 8, 8, 8, 8, 0, 0, 8, 8, 0))),
        # Long work, in the middle of which time comes.
        "tick-in-work": (0, CLOCK, surface(400, 400) + fill(400, IN_YIELD)
                         + seconds(1)),
    }
    # Dashes whose ends are exact, of long lines.
    for x, y in ((3, 4), (-5, 12), (20, -21)):
        out[f"dashed-{x}-{y}"] = 0, 0, surface() + b"".join(
            dashed(14 - x * n, 14 - y * n, 14 + x * n, 14 + y * n, 1)
            for n in (9, 500))
    out.update(move_inputs())
    out["sasl-closed"] = (LINK_FIRST | OTHERS, 0, reply(MAIN, 0, 13)
                          + record(MAIN, CLOSED))
    for name, records in sasl_inputs().items():
        out[name] = LINK_FIRST | OTHERS, 0, records
        out[name + "-no-entropy"] = LINK_FIRST | OTHERS | NEVER, 0, records
        out[name + "-late"] = (LINK_FIRST | OTHERS | NEVER | LATE, 0, records)
    scram = sasl_inputs()["SCRAM-SHA-1-0"]
    for count in range(12):
        out[f"sasl-memory-{count}"] = (LINK_FIRST | OTHERS | FEW, count, scram)
    # Just so much memory, at each step of a display's life.
    life = (surface(8, 8, 1) + video(8, 8, 8) + frame(jpeg_head(8, 8), 0)
            + MANY_PINGS[:1000])
    for count in range(40):
        out[f"memory-{count}"] = FEW, count, life
        out[f"memory-ask-{count}"] = FEW, count, marked() + seconds(2)
    return out


def main():
    """Writes the files."""
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, (flags, more, records) in inputs().items():
        with open(os.path.join(folder, "hand-" + name), "wb") as file:
            file.write(bytes((flags, more)) + records)


if __name__ == "__main__":
    main()
