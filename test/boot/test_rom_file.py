#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""ROM files: tools/rom-inspect finds nothing wrong with good ones, and each
fault in a damaged one; romlayout/mkrom.py gives the same file twice."""
import glob
import os
import re
import struct
import subprocess
import sys

from harness import cases, root, scratch

FOLDER = scratch("romfile-")
INSPECT = os.path.join(root(), "tools/rom-inspect")
E1000 = os.path.join(root(), "bin/spice-e1000.rom")
EEPRO100 = os.path.join(root(), "bin/spice-eepro100.rom")
TEST = os.path.join(root(), "build/test/boot/rom_program.rom")
# Ours, also those that somebody made with `make rom`, and the tests' own.
BUILT = sorted(glob.glob(os.path.join(root(), "bin/*.rom")) +
               glob.glob(os.path.join(root(), "build/test/boot/*.rom")))
# The cards that there is a ROM for, each with all its PCI ids.
CARDS = {"e1000": ["8086:100e"], "e1000e": ["8086:10d3"],
         "virtio": ["1af4:1000", "1af4:1041"], "rtl8139": ["10ec:8139"],
         "pcnet": ["1022:2000"], "ne2k_pci": ["10ec:8029"],
         "vmxnet3": ["15ad:07b0"],
         "eepro100": ["8086:1229", "8086:1209", "8086:2449"]}


def inspect(path):
    """Exit status, standard output, sentences on standard error."""
    done = subprocess.run([sys.executable, INSPECT, path], text=True,
                          capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr.splitlines()


def read(path):
    with open(path, "rb") as f:
        return f.read()


def good(path):
    status, text, faults = inspect(path)
    cases.equal(faults, [], "faults")
    cases.equal(status, 0, "exit status")
    for line in text.splitlines():
        cases.note(line)


for _path in BUILT:
    cases.add("good_" + os.path.basename(_path)[:-len(".rom")], good, _path)


@cases.case
def every_card_has_its_ids():
    for card, ids in CARDS.items():
        _, text, _ = inspect(os.path.join(root(), "bin/spice-%s.rom" % card))
        have = re.findall(r"^  PCI card +(\S+)$", text, re.M)
        cases.equal(have, ids, card)
        cases.equal(len(re.findall(r"^ payload at", text, re.M)), 1,
                    "payloads of " + card)


@cases.case
def good_stock_roms():
    """iPXE's own; the one for ne2k names no card (QEMU patches it in)."""
    roms = glob.glob(os.path.join(root(), "build/stock/pxe-*.rom"))
    cases.check(len(roms) >= 5, "only %d stock ROMs" % len(roms))
    for path in roms:
        _, _, faults = inspect(path)
        want = [path + ": the PCI data structure names no card: 0000:0000"]
        cases.equal(faults, want if "ne2k" in path else [], path)


GOOD = read(E1000)
MANY = read(EEPRO100)
PCI, PNP = struct.unpack_from("<HH", GOOD, 0x18)
IMAGE = GOOD[2] * 512
PAYLOAD_AT, IMAGE_AT, BUS_DEVFN = 0x30, 0x34, 0x38  # struct rom_image


def patched(offset, new, balance=True, good=GOOD):
    """A good ROM with other bytes; the image's sum may be made right again."""
    data = bytearray(good)
    data[offset:offset + len(new)] = new
    start = offset - offset % IMAGE
    end = start + IMAGE
    if balance and data[start:start + 2] == b"\x55\xaa":
        data[end - 1] = (data[end - 1] - sum(data[start:end])) & 0xff
    return bytes(data)


def many(offset, new):
    """The ROM with three images, with other bytes."""
    return patched(offset, new, good=MANY)


def bad(name, data, *sentences):
    """These faults, in this order, and no other."""
    path = os.path.join(FOLDER, name + ".rom")
    with open(path, "wb") as f:
        f.write(data)
    status, _, faults = inspect(path)
    cases.equal(status, 1, "exit status")
    cases.equal(len(faults), len(sentences), "number of faults in %r" % faults)
    for have, want in zip(faults, sentences):
        cases.check(want in have, "%r is not in %r" % (want, have))


PAYLOAD = IMAGE  # its header: magic, packed at, packed, load, unpacked, ...
for _row in (
        ("empty", b"", "is not in the file, which has 0 bytes"),
        ("no_signature", patched(0, b"\x55\xab"), "begins with 55ab"),
        ("sum", patched(IMAGE // 2, bytes([GOOD[IMAGE // 2] ^ 1]), False),
         "the image sums to"),
        ("image_cut", GOOD[:IMAGE - 512], "the image at 0x0 is not in the"),
        ("no_pci", patched(0x18, b"\0\0"), "has no PCI data structure"),
        ("pci_outside", patched(0x18, b"\0\xff")[:IMAGE],
         "the PCI data structure at 0xff00 is not in the file"),
        ("pci_signature", patched(PCI, b"PCIX"), "begins with 'PCIX'"),
        ("pci_length", patched(PCI + 16, b"\x01\0"),
         "the header says %d bytes, the PCI data structure 512" % IMAGE),
        ("pci_empty", patched(PCI + 16, b"\0\0"), "the image is empty"),
        ("pci_ids", patched(PCI + 4, b"\0\0\0\0"), "names no card",
         "the stock ROM is for another card"),
        ("pci_other_card", patched(PCI + 6, b"\x0f\x10"),
         "the stock ROM is for another card"),
        ("pci_not_last", patched(PCI + 21, b"\0"), "no option ROM image at"),
        ("many_none_last", many(2 * IMAGE + PCI + 21, b"\0"),
         "no option ROM image at %#x, but the one before is not" %
         (3 * IMAGE)),
        ("many_last_too_early", many(IMAGE + PCI + 21, b"\x80"),
         "another image at %#x" % (2 * IMAGE),
         "the images end at %#x, the payload is said" % (2 * IMAGE)),
        ("many_one_id_twice", many(IMAGE + PCI + 6, b"\x29\x12"),
         "2 images are for 8086:1229"),
        ("many_one_sum", patched(IMAGE + 500, b"\xff", False, MANY),
         "the image sums to"),
        ("many_image_place", many(2 * IMAGE + IMAGE_AT, b"\0\0"),
         "the image at %#x says that it is at 0x0" % (2 * IMAGE)),
        ("many_other_payload", many(2 * IMAGE + PAYLOAD_AT, b"\0\0"),
         "the image at %#x has another payload" % (2 * IMAGE)),
        ("many_not_ours", many(IMAGE + 0x20, b"X"),
         "the image at %#x is not ours" % IMAGE),
        ("many_lengths", many(IMAGE + PCI + 16, b"\x01\0"),
         "the header says %d bytes, the PCI data structure 512" % IMAGE),
        ("payload_place", patched(PAYLOAD_AT, b"\0\x40"),
         "the images end at %#x, the payload is said to be at 0x4000" % IMAGE,
         "the payload at 0x4000 is not in the file"),
        ("pnp_signature", patched(PNP, b"$PnX"), "begins with '$PnX'"),
        ("pnp_sum", patched(PNP + 4, b"\x02"), "the PnP header sums to"),
        ("pnp_boot", patched(PNP + 26, b"\xff\xfe"), "header sums to",
         "the boot entry 0xfeff is not in the image"),
        ("ran_already", patched(BUS_DEVFN, b"\x18"), "read from a running PC"),
        ("payload_cut", GOOD[:IMAGE + 5000], "the payload at"),
        ("payload_bit", patched(IMAGE + 40, bytes([GOOD[IMAGE + 40] ^ 1])),
         "the payload's CRC is", "the program"),
        ("payload_magic", patched(PAYLOAD, b"X"), "the payload's CRC is",
         "begins with 'XPICEPAY'"),
        ("program_outside", patched(PAYLOAD + 12, b"\xff\xff\xff"),
         "CRC", "the program is not in the payload"),
        ("program_length", patched(PAYLOAD + 20, b"\x01\x01"), "CRC",
         "the program unpacks to"),
        ("program_entry", patched(PAYLOAD + 28, b"\0\0\0\0"), "CRC",
         "addresses do not fit together"),
        ("program_address", patched(PAYLOAD + 16, b"\0\0\x01\0"), "CRC",
         "addresses do not fit together", "between loader and payload")):
    cases.add("bad_" + _row[0], bad, *_row)


@cases.case
def bad_too_long():
    """An image of 120 KiB: right in itself, and too long for some BIOSes."""
    data = bytearray(GOOD[:IMAGE]) + bytes(120 * 1024 - IMAGE) + GOOD[IMAGE:]
    data[2] = 240
    struct.pack_into("<H", data, PCI + 16, 240)
    struct.pack_into("<I", data, PAYLOAD_AT, 240 * 512)
    data[IMAGE] = -sum(data[:120 * 1024]) & 0xff
    bad("too_long", bytes(data), "some BIOSes have no room")


@cases.case
def same_twice():
    paths = [os.path.join(FOLDER, "twice%d.rom" % i) for i in range(2)]
    for path in paths:
        subprocess.run(
            [sys.executable, "romlayout/mkrom.py", "--pci", "8086:100e",
             "--loader", "build/fw/loader.bin",
             "--program", "build/fw/rom_program.elf",
             "--stock", "build/stock/pxe-e1000.rom", path],
            cwd=root(), check=True, stdout=subprocess.DEVNULL, timeout=60)
    cases.check(read(paths[0]) == read(paths[1]), "the two differ")
    cases.check(read(paths[0]) == read(TEST), "make's differs")


@cases.case
def image_is_small():
    cases.check(IMAGE <= 16 * 1024, "the image has %d bytes" % IMAGE)
    print("## image %d bytes, file %d" % (IMAGE, len(GOOD)))


cases.main()
