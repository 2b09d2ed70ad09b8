#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Unpacks fuzz_session's kept inputs for the fuzzer, or packs them anew.

    seeds_session.py FOLDER
    seeds_session.py --pack FOLDER

The pack is what test_fuzz_session replays. A good folder to pack is one that
libFuzzer's -merge=1 made of the fuzzer's corpus.
"""
import os
import sys

PACK = os.path.join(os.path.dirname(__file__), "session.pack")


def unpack(folder):
    """Writes a file for each input."""
    os.makedirs(folder, exist_ok=True)
    with open(PACK, "rb") as file:
        pack = file.read()
    at = number = 0
    while at < len(pack):
        size = int.from_bytes(pack[at:at + 2], "little")
        with open(os.path.join(folder, f"seed{number}"), "wb") as file:
            file.write(pack[at + 2:at + 2 + size])
        at += 2 + size
        number += 1


def pack_all(folder):
    """Makes the pack of a folder's files, by their contents' order."""
    inputs = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            inputs.add(file.read())
    with open(PACK, "wb") as file:
        for data in sorted(inputs):
            file.write(len(data).to_bytes(2, "little") + data)


if __name__ == "__main__":
    if sys.argv[1] == "--pack":
        pack_all(sys.argv[2])
    else:
        unpack(sys.argv[1])
