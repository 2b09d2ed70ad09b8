#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A fuzzer's kept inputs: one file in packs/ for each target.

    pack.py unpack WHAT FOLDER       the pack's inputs, a file each
    pack.py pack WHAT FOLDER         makes the pack of all files of a folder
    pack.py shrink WHAT FOLDER       makes it of as few of them as run the same
                                     code, and of what the pack has now

FOLDER is a corpus of libFuzzer's. An input that crashed once is added by hand:
it goes into a folder together with what is unpacked, and that is packed.
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(HERE, "..", "..", "build", "fuzz")


def path(what):
    """The pack of a target."""
    return os.path.join(HERE, "packs", what + ".pack")


def unpack(what, folder):
    """Writes a file for each input; none where there is no pack yet."""
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(path(what)):
        return
    with open(path(what), "rb") as file:
        pack = file.read()
    at = number = 0
    while at < len(pack):
        size = int.from_bytes(pack[at:at + 2], "little")
        with open(os.path.join(folder, f"seed{number}"), "wb") as file:
            file.write(pack[at + 2:at + 2 + size])
        at += 2 + size
        number += 1


def pack_all(what, folder):
    """Makes the pack of a folder's files, by their contents' order."""
    inputs = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            inputs.add(file.read())
    os.makedirs(os.path.dirname(path(what)), exist_ok=True)
    with open(path(what), "wb") as file:
        for data in sorted(inputs):
            file.write(len(data).to_bytes(2, "little") + data)


def shrink(what, folder):
    """Packs what the pack has and, of a folder, what runs more code."""
    with tempfile.TemporaryDirectory() as keep:
        unpack(what, keep)
        subprocess.run([os.path.join(BUILD, "fuzz_" + what),
                        "-merge=1", "-use_counters=0", keep, folder], check=True)
        pack_all(what, keep)


def main():
    """The command line."""
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    {"unpack": unpack, "pack": pack_all, "shrink": shrink}[sys.argv[1]](
        *sys.argv[2:])


if __name__ == "__main__":
    main()
