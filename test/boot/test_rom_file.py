#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""ROM files: tools/rom-inspect finds nothing wrong with good ones, and each
fault in a damaged one; romlayout/mkrom.py gives the same file twice."""
import glob
import os
import struct
import subprocess
import sys

from harness import cases, root, scratch

FOLDER = scratch("romfile-")
INSPECT = os.path.join(root(), "tools/rom-inspect")
ROMS = {"spice": os.path.join(root(), "bin/spice-e1000.rom"),
        "test": os.path.join(root(), "build/test/boot/rom_program.rom")}


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


for _name, _path in ROMS.items():
    cases.add("good_" + _name, good, _path)


@cases.case
def good_stock_roms():
    """iPXE's own; the one for ne2k names no card (QEMU patches it in)."""
    roms = glob.glob(os.path.join(root(), "build/stock/pxe-*.rom"))
    cases.check(len(roms) >= 5, "only %d stock ROMs" % len(roms))
    for path in roms:
        _, _, faults = inspect(path)
        want = [path + ": the PCI data structure names no card: 0000:0000"]
        cases.equal(faults, want if "ne2k" in path else [], path)


GOOD = read(ROMS["spice"])
PCI, PNP = struct.unpack_from("<HH", GOOD, 0x18)
IMAGE = GOOD[2] * 512


def patched(offset, new, balance=True):
    """GOOD with other bytes; the image's sum may be made right again."""
    data = bytearray(GOOD)
    data[offset:offset + len(new)] = new
    if balance and offset < IMAGE:
        data[IMAGE - 1] = (data[IMAGE - 1] - sum(data[:IMAGE])) & 0xff
    return bytes(data)


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
        ("pnp_signature", patched(PNP, b"$PnX"), "begins with '$PnX'"),
        ("pnp_sum", patched(PNP + 4, b"\x02"), "the PnP header sums to"),
        ("pnp_boot", patched(PNP + 26, b"\xff\xfe"), "header sums to",
         "the boot entry 0xfeff is not in the image"),
        ("ran_already", patched(0x30, b"\x18"), "read from a running PC"),
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
    cases.check(read(paths[0]) == read(ROMS["test"]), "make's differs")


@cases.case
def image_is_small():
    cases.check(IMAGE <= 16 * 1024, "the image has %d bytes" % IMAGE)
    print("## image %d bytes, file %d" % (IMAGE, len(GOOD)))


cases.main()
