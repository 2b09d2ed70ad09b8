# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Finds in somebody's network boot ROM the image whose UNDI driver we carry.

That is an image for a PC's BIOS with a PXE ROM id structure (PXE 2.1, 3.1).
What makes a ROM useless to us is a StockError, a sentence for the person who
named the file.
"""
import collections
import re
import struct

SIGNATURE = b"\x55\xaa"
HEADER_BYTES = 0x1a
PCI_BYTES = 0x18
UNDI_BYTES = 22
CODE_PC = 0
CODE_MROM = 0xff          # iPXE's: what belongs to the image before it
LAST_IMAGE = 0x80
LIMIT = 128 * 1024        # rm_low_scratch() has that always
NO_CARD = (0, 0)          # iPXE's ROM for all kinds of NE2000

Image = collections.namedtuple("Image", "data code ids")


class StockError(Exception):
    """Why a ROM cannot be used."""


def name_of(ids):
    return "%04x:%04x" % ids


def parse_ids(text):
    """[(vendor, device), ...] of "vvvv:dddd,vvvv:dddd"."""
    ids = []
    for name in text.split(","):
        if not re.fullmatch("[0-9a-fA-F]{4}:[0-9a-fA-F]{4}", name):
            raise StockError("%r is no PCI id: four hexadecimal digits of the "
                             "vendor, a colon, four of the device, as `lspci "
                             "-nn` shows them; several with commas between"
                             % name)
        vendor, device = (int(part, 16) for part in name.split(":"))
        if vendor in (0, 0xffff) or device == 0xffff:
            raise StockError("no card has the PCI id %s" % name)
        if (vendor, device) in ids:
            raise StockError("the PCI id %s is there twice" % name)
        ids.append((vendor, device))
    return ids


def images_of(rom):
    """The images of a ROM file, as Image, with every id that each names."""
    if rom[:2] != SIGNATURE:
        raise StockError("is no option ROM: it begins with %s, not 55aa"
                         % (rom[:2].hex() or "nothing"))
    images, start, last = [], 0, False
    while not last:
        head = rom[start:start + HEADER_BYTES]
        if len(head) < HEADER_BYTES or head[:2] != SIGNATURE:
            raise StockError("is cut short: there should be another image at "
                             "%#x" % start)
        image, last = image_at(rom, start)
        images.append(image)
        start += len(image.data)
    return images


def image_at(rom, start):
    """An Image, and whether it is the last."""
    pci = struct.unpack_from("<H", rom, start + 0x18)[0]
    data = rom[start + pci:start + pci + PCI_BYTES]
    if not pci or len(data) < PCI_BYTES or data[:4] != b"PCIR":
        raise StockError("is no PCI card's ROM: its image at %#x has no PCI "
                         "data structure" % start)
    vendor, device, others, _, revision = struct.unpack_from("<HHHHB", data, 4)
    blocks, code, last = struct.unpack_from("<HxxBB", data, 16)
    if code == CODE_PC:
        blocks = max(blocks, rom[start + 2])
    if not blocks or start + blocks * 512 > len(rom):
        raise StockError("is cut short: its image at %#x has %d bytes, the "
                         "file ends after %d" % (start, blocks * 512,
                                                 len(rom) - start))
    ids = {(vendor, device)}
    if revision >= 3 and others:
        ids |= {(vendor, other) for other in words(data=rom, at=start + pci +
                                                   others)}
    return (Image(rom[start:start + blocks * 512], code, ids),
            bool(last & LAST_IMAGE))


def words(data, at):
    """16-bit words up to one that is 0."""
    while at + 2 <= len(data):
        word = struct.unpack_from("<H", data, at)[0]
        if not word:
            return
        yield word
        at += 2


def has_undi(image):
    """Does it have a PXE ROM id structure? A wrong one is a StockError."""
    at = struct.unpack_from("<H", image, 0x16)[0]
    undi = image[at:at + UNDI_BYTES]
    if not at or len(undi) < UNDI_BYTES or undi[:4] != b"UNDI":
        return False
    if sum(image[at:at + undi[4]]) & 0xff:
        raise StockError("is damaged: the checksum of its PXE ROM id "
                         "structure is wrong")
    loader = struct.unpack_from("<H", undi, 10)[0]
    if not 0 < loader < len(image):
        raise StockError("is damaged: its UNDI loader %#x is not in the image"
                         % loader)
    return True


def undi_image(rom):
    """The first Image with an UNDI driver."""
    images = images_of(rom)
    for i, image in enumerate(images):
        if image.code != CODE_PC or not has_undi(image.data):
            continue
        if any(other.code == CODE_MROM for other in images[i + 1:i + 2]):
            raise StockError("is an iPXE .mrom: its driver finds itself only "
                             "in the card's own ROM; build the .rom of iPXE")
        if len(image.data) > LIMIT:
            raise StockError("is too big: the image with the UNDI driver has "
                             "%d bytes, %d are the most" % (len(image.data),
                                                            LIMIT))
        return image
    if all(image.code != CODE_PC for image in images):
        raise StockError("has no image for a PC's BIOS (only for EFI or other "
                         "machines)")
    raise StockError("has no PXE ROM id structure: it is no network boot ROM, "
                     "or one whose UNDI driver cannot be loaded alone")


def choose(rom, ids):
    """The image to carry, and the ids to name.

    @rom: the file's bytes; @ids: what the cards are, None for what the ROM
    itself says. iPXE's ROMs name one card of all those their driver knows, so
    one of several ids has to be the ROM's own and the others are believed.
    """
    image = undi_image(rom)
    own = sorted(image.ids - {NO_CARD})
    if not ids:
        ids = [struct.unpack_from("<HH", image.data, struct.unpack_from(
            "<H", image.data, 0x18)[0] + 4)]
        if NO_CARD in ids:
            raise StockError("names no card; say which PCI id yours has")
    elif own and not image.ids & set(ids):
        names = ",".join(map(name_of, own[:8]))
        raise StockError("is for %s, not for %s; if its driver knows both, "
                         "give both ids" % (names, ",".join(map(name_of,
                                                                ids))))
    return image.data, ids
