#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Pack the option ROM: image, then payload; see romlayout/rom/rom.h.

The same input gives the same bytes with the same Python and zlib.
"""
import argparse
import struct
import sys
import zlib

IMAGE_LIMIT = 118 * 1024  # the BIOS's window; firmware.md has the measurement
IMAGE = 0x20              # struct rom_image
IMAGE_HEADER = struct.Struct("<8sIIHBB")
PAYLOAD_HEADER = struct.Struct("<8sIIIIIIII")
PT_LOAD = 1


def fail(text):
    sys.exit("mkrom: " + text)


def program_of(elf):
    """The loadable parts of a 32-bit ELF program, as one piece.

    Returns its address, its bytes, its length in memory, its entry.
    """
    if elf[:6] != b"\x7fELF\x01\x01":
        fail("the program is no 32-bit little-endian ELF file")
    entry, phoff = struct.unpack_from("<II", elf, 24)
    phentsize, phnum = struct.unpack_from("<HH", elf, 42)
    parts = []
    for i in range(phnum):
        kind, offset, vaddr, _, filesz, memsz = struct.unpack_from(
            "<6I", elf, phoff + i * phentsize)
        if kind == PT_LOAD and memsz:
            parts.append((vaddr, elf[offset:offset + filesz], memsz))
    if not parts:
        fail("the program has nothing to load")
    start = min(p[0] for p in parts)
    end = max(p[0] + p[2] for p in parts)
    data = bytearray(max(p[0] + len(p[1]) for p in parts) - start)
    for vaddr, content, _ in parts:
        data[vaddr - start:vaddr - start + len(content)] = content
    return start, bytes(data), end - start, entry


def deflate(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(data) + packer.flush()


def padded(data, multiple):
    return data + bytes(-len(data) % multiple)


def make_payload(elf, stock):
    load, data, memory, entry = program_of(elf)
    memory = -(-memory // 4096) * 4096
    packed = deflate(data)
    body = padded(packed, 16)
    stock_at = PAYLOAD_HEADER.size + len(body)
    header = PAYLOAD_HEADER.pack(
        b"SPICEPAY", PAYLOAD_HEADER.size, len(packed), load, len(data),
        memory, entry, stock_at, len(stock))
    return header + body + stock


def balance(image, start, end, at):
    """Set byte @at so that [start, end) sums to 0."""
    image[at] = 0
    image[at] = -sum(image[start:end]) & 0xff


def make_image(loader, vendor, device, payload):
    image = bytearray(padded(loader, 512))
    if image[IMAGE:IMAGE + 8] != b"SPICEROM":
        fail("the loader has no struct rom_image")
    if len(image) > IMAGE_LIMIT:
        fail("the image has %d bytes, %d are the most"
             % (len(image), IMAGE_LIMIT))
    blocks = len(image) // 512
    pci, pnp = struct.unpack_from("<HH", image, 0x18)
    image[2] = blocks
    struct.pack_into("<HH", image, pci + 4, vendor, device)
    struct.pack_into("<H", image, pci + 0x10, blocks)
    balance(image, pnp, pnp + 32, pnp + 9)
    IMAGE_HEADER.pack_into(image, IMAGE, b"SPICEROM", len(payload),
                           zlib.crc32(payload), 0, 0, 0)
    balance(image, 0, len(image), IMAGE + IMAGE_HEADER.size - 1)
    return bytes(image)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--loader", required=True, help="flat binary")
    parser.add_argument("--program", required=True, help="ELF file")
    parser.add_argument("--stock", help="iPXE's ROM for the same card")
    parser.add_argument("--pci", required=True, metavar="VVVV:DDDD")
    parser.add_argument("output")
    args = parser.parse_args()

    def read(name):
        with open(name, "rb") as f:
            return f.read()

    vendor, device = (int(n, 16) for n in args.pci.split(":"))
    payload = make_payload(read(args.program),
                           read(args.stock) if args.stock else b"")
    image = make_image(read(args.loader), vendor, device, payload)
    with open(args.output, "wb") as f:
        f.write(padded(image + payload, 512))
    print("%s: image %d, payload %d bytes"
          % (args.output, len(image), len(payload)))


if __name__ == "__main__":
    main()
