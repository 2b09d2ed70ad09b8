#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""What takes the room in the compact ROM: size.py [--objects FOLDER].

By folder: bytes in the image, and what they come to compressed by themselves
(iPXE's ROM is LZMA with a filter for jumps; together it is a little less, since
folders share a dictionary). The budgets are the README's forecast; exit status
1 when one is exceeded or the ROM is larger than what SeaBIOS starts.
"""
import collections
import glob
import lzma
import os
import re
import struct
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
COPY = os.path.join(TOP, "build", "linked", "compact")
LIMIT = 120832

# Compressed bytes that each part may have. iPXE is all that is not ours.
BUDGET = collections.OrderedDict((
    ("spice/chan", 14800), ("spice/codec", 16200), ("spice/draw", 11450),
    ("spice/pix", 3500), ("spice/tls", 650), ("vga", 5150), ("kbd", 3200),
    ("ipxe-glue", 12650), ("ipxe-glue/linked", 5050),
    ("ipxe-glue/linked/instead", 1350), ("romlayout", 1600), ("iPXE", 48950)))

# Ours come as spice_*, because iPXE has objects of these names (ipxe.mk).
WRAPPED = "uri", "entropy"

LINE = re.compile(r"^ (\.\S+)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) "
                  r"bin/blib\.a\((.+)\.o\)$")


def homes():
    """Object name: the folder its source is in."""
    found = {}
    for top in ("spice", "vga", "kbd", "ipxe-glue", "romlayout"):
        for path in glob.glob(os.path.join(TOP, top, "**", "*.[cS]"),
                              recursive=True):
            name = os.path.splitext(os.path.basename(path))[0]
            folder = os.path.dirname(os.path.relpath(path, TOP))
            if name not in WRAPPED:
                found.setdefault(name, folder)
            found["spice_" + name] = folder
    for path in glob.glob(os.path.join(COPY, "spice-wrap", "br_*.c")):
        found[os.path.splitext(os.path.basename(path))[0]] = "BearSSL"
    return found


def folder_of(name, found):
    home = found.get(name, "iPXE")
    if name.startswith("br_"):
        return "BearSSL"
    if home.startswith("romlayout"):
        return "romlayout"
    return home


def sections(data):
    """The ELF image's loaded sections: (address, bytes)."""
    offset, = struct.unpack_from("<I", data, 32)
    size, count = struct.unpack_from("<HH", data, 46)
    for i in range(count):
        kind, flags, addr, at, n = struct.unpack_from(
            "<IIIII", data, offset + i * size + 4)
        if kind == 1 and flags & 2:
            yield addr, data[at:at + n]


def inputs(text):
    """(address, bytes, object) of all that was linked and has a place."""
    text = text[text.index("Linker script and memory map"):]
    text = re.sub(r"\n (\.\S+)\n\s+0x", r"\n \1 0x", text)
    for line in text.splitlines():
        match = LINE.match(line)
        if match and not (match.group(1) or "").startswith(
                (".debug", ".comment", ".note", ".bss", ".stack", ".einfo")):
            yield (int(match.group(2), 16), int(match.group(3), 16),
                   match.group(4))


def packed(data):
    return len(lzma.compress(data, lzma.FORMAT_RAW, filters=[
        {"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 9}]))


def main():
    rom = os.path.join(TOP, "bin", "ipxe-8086100e.rom")
    # The newest: other ones were linked of other parts once.
    maps = sorted(glob.glob(os.path.join(
        COPY, "bin", "8086100e--*.rom.tmp.map")), key=os.path.getmtime)
    if not maps or not os.path.exists(rom):
        print("size: no ROM: make ipxe-rom IPXE_SRC=...")
        return 1
    with open(maps[-1], errors="replace") as file:
        text = file.read()
    with open(maps[-1][:-4], "rb") as file:
        loaded = [s for s in sections(file.read()) if s[1]]
    # .textdata is the largest; the 16-bit parts' addresses overlap with it.
    base, image = max(loaded, key=lambda s: len(s[1]))
    want = sys.argv[2] if sys.argv[1:2] == ["--objects"] else None
    found, parts = homes(), collections.defaultdict(bytearray)
    for addr, n, name in inputs(text):
        if n and base <= addr and addr + n <= base + len(image):
            folder = folder_of(name, found)
            if want and folder != want:
                continue
            parts[name if want else folder] += image[
                addr - base:addr - base + n]
    return report(parts, want, os.path.getsize(rom), len(image))


def report(parts, want, rom, whole):
    bad, total = False, 0
    print("%-24s %8s %10s %8s" % ("", "bytes", "compressed", "budget"))
    names = sorted(parts, key=lambda p: -len(parts[p]))
    for name in names:
        n = packed(bytes(parts[name]))
        total += n
        limit = None if want else BUDGET.get(name, 0)
        over = limit is not None and n > limit
        bad |= over
        print("%-24s %8d %10d %8s%s" % (
            name, len(parts[name]), n, limit if limit is not None else "",
            "  over its budget" if over else ""))
    if want:
        return 0
    print("%-24s %8d %10d %8d" % ("sum", sum(map(len, parts.values())), total,
                                  sum(BUDGET.values())))
    print("the ROM: %d bytes of %d, %d left" % (rom, LIMIT, LIMIT - rom))
    return bad or rom > LIMIT


if __name__ == "__main__":
    sys.exit(main())
