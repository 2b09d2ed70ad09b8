#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""`make rom`: a ROM for a card of which somebody has a network boot ROM. What
cannot work is refused with a sentence; what comes out boots."""
import os
import struct
import subprocess
import sys

from harness import Client, Machine, SpiceGuest, cases, root, scratch

FOLDER = scratch("rommake-")
LAST = 0x80
CODE_EFI, CODE_MROM = 3, 0xff


def stock(name):
    with open(os.path.join(root(), "build/stock/pxe-%s.rom" % name),
              "rb") as f:
        return bytearray(f.read())


def saved(name, data):
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def mkrom(path, ids, output):
    """Exit status and what it said."""
    done = subprocess.run(
        [sys.executable, "romlayout/mkrom.py", "--pci", ids,
         "--loader", "build/fw/loader.bin", "--program",
         "build/fw/program.elf", "--stock", path, output],
        cwd=root(), text=True, timeout=60, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def inspect(path):
    """The ids of its images; anything wrong fails the case."""
    done = subprocess.run(
        [sys.executable, os.path.join(root(), "tools/rom-inspect"), path],
        text=True, timeout=60, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    cases.equal(done.returncode, 0, done.stdout)
    return [line.split()[-1] for line in done.stdout.splitlines()
            if line.startswith("  PCI card")]


# --- ROMs that somebody could have ---

E1000 = stock("e1000")
PCI = struct.unpack_from("<H", E1000, 0x18)[0]
UNDI = struct.unpack_from("<H", E1000, 0x16)[0]


def changed(offset, new, data=E1000):
    data = bytearray(data)
    data[offset:offset + len(new)] = new
    return bytes(data)


def small(code, last=0):
    """An image of 512 bytes for something else than a PC's BIOS."""
    image = bytearray(512)
    image[:3] = b"\x55\xaa\x01"
    struct.pack_into("<H", image, 0x18, 0x1c)
    struct.pack_into("<4sHHHHB3xHHBB", image, 0x1c, b"PCIR", 0x8086, 0x100e,
                     0, 0x18, 0, 1, 1, code, last)
    return bytes(image)


def not_last(data):
    pci = struct.unpack_from("<H", data, 0x18)[0]
    return changed(pci + 21, b"\0", data)


def long_image(size):
    """The e1000's, made longer with nothing."""
    data = changed(PCI + 16, struct.pack("<H", size // 512))
    return data + bytes(size - len(data))


def refused(name, data, ids, sentence):
    path = saved(name + ".rom", data) if data is not None else "/nowhere.rom"
    output = os.path.join(FOLDER, name + ".out")
    status, text = mkrom(path, ids, output)
    cases.equal(status, 1, "exit status")
    cases.equal(len(text.splitlines()), 1, "lines of %r" % text)
    cases.check(sentence in text, "%r is not in %r" % (sentence, text))
    cases.check(not os.path.exists(output), "there is a ROM all the same")


ID = "8086:100e"
for _row in (
        ("missing", None, ID, "/nowhere.rom: No such file"),
        ("empty", b"", ID, "is no option ROM: it begins with nothing"),
        ("text", b"not a ROM", ID, "is no option ROM: it begins with 6e6f"),
        ("cut", E1000[:5000], ID, "is cut short: its image at 0x0 has"),
        ("cut_early", E1000[:20], ID, "is cut short"),
        ("no_pcir", changed(PCI, b"X"), ID, "no PCI data structure"),
        ("isa", changed(0x18, b"\0\0"), ID, "no PCI data structure"),
        ("none_follows", not_last(E1000), ID, "should be another image at"),
        ("empty_image", changed(PCI + 16, b"\0\0", changed(2, b"\0")), ID,
         "has 0 bytes"),
        ("no_undi", changed(0x16, b"\0\0"), ID, "no PXE ROM id structure"),
        ("no_undi_there", changed(UNDI, b"X"), ID, "no PXE ROM id structure"),
        ("undi_outside", changed(0x16, b"\xff\xff", stock("pcnet")),
         "1022:2000", "no PXE ROM id structure"),
        ("undi_sum", changed(UNDI + 14, b"\1"), ID, "checksum of its PXE"),
        ("undi_loader", changed(UNDI + 5, bytes(
            [(E1000[UNDI + 5] + sum(E1000[UNDI + 10:UNDI + 12])) & 0xff]),
            changed(UNDI + 10, b"\0\0")), ID, "its UNDI loader 0x0 is not"),
        ("efi_only", small(CODE_EFI, LAST), ID, "only for EFI"),
        ("mrom", not_last(E1000) + small(CODE_MROM, LAST), ID, ".mrom"),
        ("too_big", long_image(129 * 1024), ID, "is too big"),
        ("other_card", E1000, "8086:100f", "is for 8086:100e, not for 8086:1"),
        ("no_card", stock("ne2k_pci"), "", "names no card"),
        ("id_short", E1000, "8086:10e", "'8086:10e' is no PCI id"),
        ("id_list", E1000, "8086:100e,", "'' is no PCI id"),
        ("id_none", E1000, "ffff:ffff", "no card has the PCI id"),
        ("id_twice", E1000, "8086:100e,8086:100E", "is there twice")):
    cases.add("refused_" + _row[0], refused, *_row)


@cases.case
def own_id_and_name():
    """Nothing said: the stock ROM's own card, a name made of that."""
    status, text = mkrom(saved("own.rom", E1000), "", FOLDER + "/")
    cases.equal(status, 0, text)
    cases.equal(inspect(os.path.join(FOLDER, "spice-8086100e.rom")), [ID],
                "ids")


@cases.case
def listed_id():
    """An id in the device list is the ROM's own, too."""
    at = PCI + struct.unpack_from("<H", E1000, PCI + 8)[0]
    data = changed(at, struct.pack("<HHH", 0x100e, 0x100f, 0))
    data = changed(6, bytes([(E1000[6] - sum(data)) & 0xff]), data)
    output = os.path.join(FOLDER, "listed.rom")
    status, text = mkrom(saved("list.rom", data), "8086:100f", output)
    cases.equal(status, 0, text)
    cases.equal(inspect(output), ["8086:100f"], "ids")


def make(**variables):
    """`make rom`: exit status and its last line."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-s", "rom"] + ["%s=%s" % kv for kv in variables.items()],
        cwd=root(), text=True, timeout=120, env=env, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


@cases.case
def make_says_what_it_needs():
    status, text = make(ID=ID)
    cases.check(status != 0 and "STOCK=file.rom" in text, text)


def shows_desktop(machine, guest, name):
    cases.same(machine.wait_picture(guest.screendump, 60, name))


@cases.case
def made_of_a_file_with_efi_boots():
    """A ROM like those with an EFI driver; the card's id is not its own."""
    path = saved("both.rom", small(CODE_EFI) + bytes(stock("eepro100")))
    output = os.path.join(FOLDER, "made.rom")
    status, text = make(STOCK=path, ID="8086:1229,8086:2449", OUT=output)
    cases.equal(status, 0, text)
    cases.equal(inspect(output), ["8086:1229", "8086:2449"], "ids")
    with SpiceGuest("graphics") as guest, \
            Client(guest.port, rom=output, nic="i82801") as client:
        shows_desktop(client, guest, "made")


@cases.case
def qemu_writes_its_cards_id_into_ours():
    """As QEMU's own ROM file: it then puts the card's id into the first image
    and balances the sum. Nobody may trip over that."""
    folder = scratch("qemu-roms-")
    os.symlink(os.path.join(root(), "bin/spice-eepro100.rom"),
               os.path.join(folder, "pxe-eepro100.rom"))
    with SpiceGuest("graphics") as guest, \
            Machine(nic="i82550", extra=["-L", folder],
                    bootfile="spice://10.0.2.2:%d" % guest.port) as machine:
        shows_desktop(machine, guest, "patched-id")
        cases.check("first picture shown" in machine.bios_log(),
                    "another ROM showed that")


cases.main()
