#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Turns the small recorded streams into first inputs for fuzz_codec_*.

    seeds_codec.py WHAT FOLDER       WHAT is lz, glz, zlib_glz, quic ...

The packs began with these; worth a run when there are new vectors.
"""
import os
import sys

VECTORS = os.path.join(os.path.dirname(__file__), "..", "vectors", "small")
# The index's name for a codec: target, number of the kind in it, bytes of the
# header that the target makes by itself.
CODECS = {"lz": ("lz", 0, 28), "lz_plt": ("lz", 1, 28), "glz": ("glz", 0, 33),
          "quic": ("quic", 0, 20), "zglz": ("zlib_glz", 0, 2),
          "lz4": ("lz4", 0, 2), "jpeg": ("jpeg", 0, 2),
          "jpeg_alpha": ("jpeg_alpha", 0, 2)}
MAX_BYTES = 20000


def seed(line):
    """(target, input) of a line of the index; None where it does not fit."""
    words = dict(word.split("=", 1) for word in line.split())
    codec, width, height = (words["codec"], int(words["width"]),
                            int(words["height"]))
    target, number, header = CODECS[codec]
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
    payload = data[header:]
    head = bytes((number, kind, flags, width - 1, height - 1,
                  len(payload) & 255, len(payload) >> 8, last))
    return target, head + payload


def variants(data):
    """An input, with gaps, and with what can go wrong around a decoder."""
    yield data
    yield data[:2] + bytes((data[2] | 4,)) + data[3:]
    for flag in (32, 64):
        for which in range(4):
            yield (data[:2] + bytes((data[2] | flag, data[3],
                                     data[4] | which << 6)) + data[5:])


def main():
    """Writes files for each stream, and one with all of them in order."""
    what, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(VECTORS, "index.txt"), encoding="ascii") as index:
        made = [seed(line) for line in index]
    if what == "lz":  # its third kind
        made += [("lz", b"\2" + data[1:]) for target, data in
                 filter(None, made) if target == "jpeg_alpha"]
    inputs = [data for target, data in filter(None, made) if target == what]
    whole = b"".join(inputs)
    inputs = [v for data in inputs for v in variants(data)]
    for number, data in enumerate(inputs + [whole]):
        with open(os.path.join(folder, f"stream{number}"), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
