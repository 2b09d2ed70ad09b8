#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Pack the PXE program: image, then payload; see romlayout/pxe/pxe.h.

The same input gives the same bytes with the same Python and zlib.
"""
import argparse
import struct
import sys
import zlib

import mkrom

IMAGE = 0x08              # struct pxe_image
IMAGE_HEADER = struct.Struct("<8sIIII")

# What a PXE stack can take: from 7C00h to the end of conventional memory, less
# the stack's own: 578 KiB under iPXE's undionly.kpxe. Others may need more for
# themselves. This is a policy decision.
FILE_LIMIT = 500 * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--loader", required=True, help="flat binary")
    parser.add_argument("--program", required=True, help="ELF file")
    parser.add_argument("output")
    args = parser.parse_args()

    with open(args.loader, "rb") as f:
        image = bytearray(mkrom.padded(f.read(), 16))
    with open(args.program, "rb") as f:
        payload = mkrom.make_payload(f.read(), b"")
    if image[IMAGE:IMAGE + 8] != b"SPICEPXE":
        sys.exit("mkpxe: the loader has no struct pxe_image")
    load, memory = struct.unpack_from("<I4xI", payload, 16)
    IMAGE_HEADER.pack_into(image, IMAGE, b"SPICEPXE", len(image),
                           len(payload), zlib.crc32(payload), load + memory)
    if len(image) + len(payload) > FILE_LIMIT:
        sys.exit("mkpxe: the program has %d bytes, %d are the most"
                 % (len(image) + len(payload), FILE_LIMIT))
    with open(args.output, "wb") as f:
        f.write(image + payload)
    print("%s: image %d, payload %d bytes"
          % (args.output, len(image), len(payload)))


if __name__ == "__main__":
    main()
