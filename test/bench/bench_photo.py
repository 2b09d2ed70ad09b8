#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Decoders on a photo-like picture of 1920x1080, which the test server encodes:
records each encoding in a folder, then runs bin/spice-bench there.

    bench_photo.py [REPS]
"""
import os
import struct
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "test", "boot"))
from harness import Tap, TestServer, scratch  # noqa: E402

WIDTH, HEIGHT = 1920, 1080
MARKER = "ff00ff"
DRAW_COPY = 304

# A name: what the client asks for, more of the server, the image's type, bytes
# of a size before the payload's own.
ENCODINGS = {
    "lz": ("lz", (), 101, 0), "glz0": ("glz", (), 102, 0),
    "zglz0": ("glz", ("--wan", "always"), 107, 4),
    "quic": ("quic", (), 1, 0), "lz4": ("lz4", (), 109, 0),
    "jpeg": ("quic", ("--wan", "always"), 105, 0),
}


def payload(body, kind, skip):
    """The image's bytes of a DRAW_COPY without a clip, and its other size."""
    at = struct.unpack_from("<I", body, 21)[0]
    _, found, _, width, height = struct.unpack_from("<QBBII", body, at)
    if (found, width, height) != (kind, WIDTH, HEIGHT):
        return None
    at += 18
    other = struct.unpack_from("<I", body, at)[0]
    size = struct.unpack_from("<I", body, at + skip)[0]
    at += skip + 4
    return body[at:at + size], other


def record(folder, name):
    """One encoding of the picture."""
    asked, more, kind, skip = ENCODINGS[name]
    with TestServer("photo", args=("--size", f"{WIDTH}x{HEIGHT}") + more) \
            as server, Tap(server.port, keep=1 << 24) as tap:
        subprocess.run(
            ["bin/spice-shot", "--until-marker", MARKER, "--wait-ms", "60000",
             f"spice://127.0.0.1:{tap.port}?compression={asked}",
             os.path.join(folder, "shot.ppm")], check=True, timeout=120,
            stdout=subprocess.DEVNULL)
        found = [payload(m.body, kind, skip)
                 for m in tap.find("display", False, DRAW_COPY)
                 if m.size > 1000]
    # A short one is the black screen before it: no gain, no encoding.
    found = [one for one in filter(None, found) if len(one[0]) > 100000]
    if not found:
        print(f"# the server sent no {name}", file=sys.stderr)
        return
    data, other = found[0]
    for codec in (name, "mjpeg0") if name == "jpeg" else (name,):
        path = os.path.join(folder, "photo." + codec)
        with open(path, "wb") as file:
            file.write(data)
        with open(path + ".txt", "w", encoding="ascii") as file:
            file.write(f"codec={codec} image=photo width={WIDTH} "
                       f"height={HEIGHT} bytes={len(data)} out=BGRX8888 "
                       f"glz_size={other}\n")


def main():
    """Records, measures."""
    os.chdir(ROOT)
    folder = scratch("photo-")
    for name in ENCODINGS:
        record(folder, name)
    reps = sys.argv[1] if len(sys.argv) > 1 else "11"
    subprocess.run(["bin/spice-bench", folder, reps], check=True)


if __name__ == "__main__":
    main()
