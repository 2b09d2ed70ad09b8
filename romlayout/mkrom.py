#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Pack an option ROM: an image a PCI id, then the payload; see rom/rom.h. The
payload is a program of ours, or a kernel as it is (kernel/).

The same input gives the same bytes with the same Python and zlib.
"""
import argparse
import struct
import sys
import zlib

import mkrom_stock

IMAGE_LIMIT = 118 * 1024  # the BIOS's window; firmware.md has the measurement
IMAGE = 0x20              # struct rom_image
IMAGE_HEADER = struct.Struct("<8sIIIIHBB")
PAYLOAD_HEADER = struct.Struct("<8sIIIIIIII")
LAST_IMAGE = 0x80
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


def make_images(loader, ids, payload):
    """One image for each of @ids, (vendor, device); the last says so."""
    loader = padded(loader, 512)
    if loader[IMAGE:IMAGE + 8] != b"SPICEROM":
        fail("the loader has no struct rom_image")
    if len(loader) > IMAGE_LIMIT:
        fail("the image has %d bytes, %d are the most"
             % (len(loader), IMAGE_LIMIT))
    images = b""
    for i, names in enumerate(ids):
        header = IMAGE_HEADER.pack(
            b"SPICEROM", len(payload), zlib.crc32(payload),
            len(ids) * len(loader), len(images), 0, 0, 0)
        images += make_image(loader, names, header, i == len(ids) - 1)
    return images


def make_image(loader, names, header, last):
    image = bytearray(loader)
    blocks = len(image) // 512
    pci, pnp = struct.unpack_from("<HH", image, 0x18)
    image[2] = blocks
    struct.pack_into("<HH", image, pci + 4, *names)
    struct.pack_into("<H", image, pci + 0x10, blocks)
    image[pci + 0x15] = LAST_IMAGE if last else 0
    balance(image, pnp, pnp + 32, pnp + 9)
    image[IMAGE:IMAGE + len(header)] = header
    balance(image, 0, len(image), IMAGE + len(header) - 1)
    return bytes(image)


def read(name):
    try:
        with open(name, "rb") as f:
            return f.read()
    except OSError as error:
        fail("%s: %s" % (name, error.strerror))


def stock_and_ids(name, pci):
    """The stock ROM's image to carry, and the cards' ids."""
    try:
        ids = mkrom_stock.parse_ids(pci) if pci else None
    except mkrom_stock.StockError as error:
        fail(str(error))
    if not name:
        return b"", ids
    try:
        return mkrom_stock.choose(read(name), ids)
    except mkrom_stock.StockError as error:
        fail("%s %s" % (name, error))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--loader", required=True, help="flat binary")
    parser.add_argument("--program", help="ELF file")
    parser.add_argument("--kernel", help="in its place, with the loader for "
                        "it: a bzImage")
    parser.add_argument("--stock", help="a ROM with the card's UNDI driver")
    parser.add_argument("--pci", metavar="VVVV:DDDD[,VVVV:DDDD...]",
                        help="the stock ROM's own if nothing is said")
    parser.add_argument("output", help="a file, or a folder with a / behind "
                        "it for spice-VVVVDDDD.rom")
    args = parser.parse_args()
    if not args.stock and not args.pci:
        fail("neither a stock ROM nor a PCI id is given")
    if bool(args.program) == bool(args.kernel):
        fail("a program or a kernel is needed, not both")

    stock, ids = stock_and_ids(args.stock, args.pci)
    output = args.output
    if output.endswith("/"):
        output += "spice-%04x%04x.rom" % ids[0]
    payload = read(args.kernel) if args.kernel else \
        make_payload(read(args.program), stock)
    images = make_images(read(args.loader), ids, payload)
    try:
        with open(output, "wb") as f:
            f.write(padded(images + payload, 512))
    except OSError as error:
        fail("%s: %s" % (output, error.strerror))
    print("%s: %d image%s of %d, payload %d bytes"
          % (output, len(ids), "s" * (len(ids) > 1),
             len(images) // len(ids), len(payload)))


if __name__ == "__main__":
    main()
