#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Turns the small recorded streams into first inputs for fuzz_codec.

    seeds_codec.py FOLDER
"""
import os
import sys

VECTORS = os.path.join(os.path.dirname(__file__), "..", "vectors", "small")
KIND = {"lz": 1, "lz_plt": 2, "glz": 3, "quic": 4, "zglz": 5, "lz4": 6,
        "jpeg": 7, "jpeg_alpha": 8}
HEADER = {"lz": 28, "lz_plt": 28, "glz": 33, "quic": 20, "zglz": 2, "lz4": 2,
          "jpeg": 2, "jpeg_alpha": 2}
MAX_BYTES = 20000


def seed(line):
    """(codec, input) of a line of the index; None where it does not fit."""
    words = dict(word.split("=", 1) for word in line.split())
    codec, width, height = (words["codec"], int(words["width"]),
                            int(words["height"]))
    with open(os.path.join(VECTORS, words["file"]), "rb") as file:
        data = file.read()
    if width > 256 or height > 64 or len(data) > MAX_BYTES:
        return None
    kind = {"glz": data[8] & 15, "quic": data[8],
            "lz4": data[1] - 6}.get(codec, data[11])
    last = data[32] if codec == "glz" else 0
    size = int(words.get("glz_size", words.get("jpeg_size", 0)))
    if codec in ("zglz", "jpeg_alpha"):
        kind, last = size & 255, size >> 8
    flags = int(words.get("top_down", 1)) | 2
    payload = data[HEADER[codec]:]
    head = bytes((KIND[codec], kind, flags, width - 1, height - 1,
                  len(payload) & 255, len(payload) >> 8,
                  last))
    return codec, head + payload


def main():
    """Writes a file for each stream, and one with all of the dictionary."""
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    glz = zglz = b""
    with open(os.path.join(VECTORS, "index.txt"), encoding="ascii") as index:
        for number, line in enumerate(index):
            made = seed(line)
            if not made:
                continue
            if made[0] == "glz":
                glz += made[1]
            if made[0] == "zglz":
                zglz += made[1]
            with open(os.path.join(folder, f"seed{number}"), "wb") as file:
                file.write(made[1])
    with open(os.path.join(folder, "seed-glz"), "wb") as file:
        file.write(glz)
    with open(os.path.join(folder, "seed-zglz"), "wb") as file:
        file.write(zglz)


if __name__ == "__main__":
    main()
