#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Decoders on a desktop, a photo and a page of text of 1920x1080, which the
test server encodes: records each in each encoding in a folder, runs
bin/spice-bench there and prints what part of memcpy each reaches.

    bench_pictures.py [REPS [FOLDER]]

FOLDER: keep the records there, and do not record again what it holds.
"""
import csv
import os
import struct
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "test", "boot"))
from harness import Tap, TestServer, scratch  # noqa: E402

PICTURES = ("desktop", "photo", "text")
WIDTH, HEIGHT = 1920, 1080
MARKER = "ff00ff"
DRAW_COPY = 304
RUNS = 5

# A codec: what the client asks for, more of the server, the image's type, bytes
# before the payload (its size is the last four; BITMAP's follows from its
# sides). The second image is the first one, scrolled.
ENCODINGS = {
    "bitmap": ("off", (), 0, 18),
    "lz": ("lz", (), 101, 4), "glz": ("glz", (), 102, 4),
    "zglz": ("glz", ("--wan", "always"), 107, 8),
    "quic": ("quic", (), 1, 4), "lz4": ("lz4", (), 109, 4),
    "jpeg": ("quic", ("--wan", "always"), 105, 4),
}
CHAINS = ("glz", "zglz")

# Percent of memcpy (3500 Mpixel/s there) that the reference's decoders reach
# as i686 code, of ZLIB_GLZ with the library's SIMD.
REFERENCE = {
    "desktop": {"quic": 293, "lz": 745, "glz0": 673, "glz1": 536, "zglz0": 458,
                "zglz1": 458, "lz4": 1921, "jpeg": 147, "mjpeg0": 227},
    "photo": {"quic": 49, "lz": 441, "glz0": 367, "glz1": 553, "zglz0": 57,
              "zglz1": 57, "lz4": 629, "jpeg": 134, "mjpeg0": 203},
    "text": {"quic": 422, "lz": 1042, "glz0": 865, "glz1": 870, "zglz0": 706,
             "zglz1": 706, "lz4": 2432, "jpeg": 146, "mjpeg0": 228},
}
REFERENCE_MEMCPY = 3500


def payload(body, kind, skip):
    """The image's bytes of a DRAW_COPY without a clip, and its other size."""
    at = struct.unpack_from("<I", body, 21)[0]
    _, found, _, width, height = struct.unpack_from("<QBBII", body, at)
    if (found, width, height) != (kind, WIDTH, HEIGHT):
        return None
    at += 18
    other = struct.unpack_from("<I", body, at)[0]
    size = WIDTH * HEIGHT * 4 if kind == 0 else \
        struct.unpack_from("<I", body, at + skip - 4)[0]
    return body[at + skip:at + skip + size], other


def write(folder, picture, codec, data, other):
    """One file and its description."""
    path = os.path.join(folder, f"{picture}.{codec}")
    with open(path, "wb") as file:
        file.write(data)
    with open(path + ".txt", "w", encoding="ascii") as file:
        file.write(f"codec={codec} image={picture} width={WIDTH} "
                   f"height={HEIGHT} bytes={len(data)} out=BGRX8888 "
                   f"glz_size={other}\n")


def record(folder, picture, codec):
    """One encoding of a picture and of the same, scrolled."""
    asked, more, kind, skip = ENCODINGS[codec]
    more += ("--size", f"{WIDTH}x{HEIGHT}")
    with TestServer("large-" + picture, args=more) as server, \
            Tap(server.port, keep=1 << 25) as tap:
        subprocess.run(
            ["bin/spice-shot", "--until-marker", MARKER, "--wait-ms", "60000",
             f"spice://127.0.0.1:{tap.port}?compression={asked}",
             os.path.join(folder, "shot.ppm")], check=True, timeout=120,
            stdout=subprocess.DEVNULL)
        found = [payload(m.body, kind, skip)
                 for m in tap.find("display", False, DRAW_COPY)
                 if m.size > 1000]
    # Before them is the black screen.
    found = list(filter(None, found))[-2:]
    if len(found) < 2:
        print(f"# {picture}: the server sends it not as {codec}",
              file=sys.stderr)
        return
    if codec in CHAINS:
        for i, (data, other) in enumerate(found):
            write(folder, picture, f"{codec}{i}", data, other)
        return
    write(folder, picture, codec, *found[0])
    if codec == "jpeg":
        write(folder, picture, "mjpeg0", *found[0])


def run_bench(folder, reps):
    """{(picture, codec): (bytes, Mpixel/s)} of one run."""
    done = subprocess.run(["bin/spice-bench", folder, reps], check=True,
                          stdout=subprocess.PIPE)
    return {(row["image"], row["codec"]):
            (int(row["bytes"]), int(row["pixels"]) * 1000 / int(row["ns"]))
            for row in csv.DictReader(done.stdout.decode().splitlines())
            if row["group"] in ("dec", "mem")}


def middle(values):
    """The median."""
    values = sorted(values)
    return values[len(values) // 2]


def show(runs):
    """A line for each picture and codec: medians of all runs, and parts of
    the same run's two copies."""
    copies = [("frame", "memcpy"), ("frame", "memcpy_ram")]
    for copy in copies:
        print(copy[1], " ".join(f"{run[copy][1]:.0f}" for run in runs))
    for key, (size, _) in runs[0].items():
        picture, codec = key
        if picture not in PICTURES:
            continue
        parts = [100 * middle(run[key][1] / run[copy][1] for run in runs)
                 for copy in copies]
        line = f"{picture:8} {codec:7} {size:8} bytes " \
               f"{middle(run[key][1] for run in runs):6.0f} Mpixel/s " \
               f"{parts[0]:6.1f} {parts[1]:6.1f} % of memcpy, memcpy_ram"
        other = REFERENCE[picture].get(codec)
        if other:
            other *= 100 / REFERENCE_MEMCPY
            line += f", the reference {other:5.1f} %" + \
                "".join(" BELOW" for part in parts if part < other)
        print(line)


def main():
    """Records, measures."""
    os.chdir(ROOT)
    reps = sys.argv[1] if len(sys.argv) > 1 else "11"
    folder = sys.argv[2] if len(sys.argv) > 2 else scratch("pictures-")
    os.makedirs(folder, exist_ok=True)
    for picture in PICTURES:
        for codec in ENCODINGS:
            first = f"{picture}.{codec}" + "0" * (codec in CHAINS)
            if not os.path.exists(os.path.join(folder, first)):
                record(folder, picture, codec)
    show([run_bench(folder, reps) for _ in range(RUNS)])


if __name__ == "__main__":
    main()
