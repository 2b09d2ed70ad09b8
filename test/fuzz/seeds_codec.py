#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Turns the small recorded streams into first inputs for fuzz_codec.

    seeds_codec.py FOLDER
"""
import os
import sys

VECTORS = os.path.join(os.path.dirname(__file__), "..", "vectors", "small")
KIND = {"lz": 1, "lz_plt": 2, "glz": 3, "quic": 4}
HEADER = {"lz": 28, "lz_plt": 28, "glz": 33, "quic": 20}
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
    kind = {"glz": data[8] & 15, "quic": data[8]}.get(codec, data[11])
    flags = int(words.get("top_down", 1)) | 2
    payload = data[HEADER[codec]:]
    head = bytes((KIND[codec], kind, flags, width - 1, height - 1,
                  len(payload) & 255, len(payload) >> 8,
                  data[32] if codec == "glz" else 0))
    return codec, head + payload


def main():
    """Writes a file for each stream, and one with all of the dictionary."""
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    glz = b""
    with open(os.path.join(VECTORS, "index.txt"), encoding="ascii") as index:
        for number, line in enumerate(index):
            made = seed(line)
            if not made:
                continue
            if made[0] == "glz":
                glz += made[1]
            with open(os.path.join(folder, f"seed{number}"), "wb") as file:
                file.write(made[1])
    with open(os.path.join(folder, "seed-glz"), "wb") as file:
        file.write(glz)


if __name__ == "__main__":
    main()
