#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 800
"""The PXE program under real PXE stacks: iPXE's ROMs, old and new, and its
undionly.kpxe over one of them; and under what is left of such a stack when some
of it is hidden (pxe_stub.S)."""
import os
import struct
import zlib

from harness import Listener, SpiceGuest, cases, root
from harness.child import wait_for
from harness.pxe import PROGRAM, Chained, Web, fetched, read, uri

TEST_PROGRAM = os.path.join(root(), "build/test/boot/undi_program.pxe")
STUB = os.path.join(root(), "build/test/boot/pxe_stub.bin")

# iPXE's version, the folder with its ROMs, the one with its undionly.kpxe.
STACKS = (("2019", "pxe/2019-rom", "pxe/2019"),
          ("1.21", "stock", "pxe/1.21"),
          ("2.0", "pxe/2.0-rom", "pxe/2.0"))


def session(name, says="PXE stack: !PXE on its stack", **chained):
    """The desktop in every pixel, a key, and back to the script, which goes on
    over the network."""
    web = Web()
    with SpiceGuest("graphics") as guest, \
            Chained(uri(guest), web=web, **chained) as client:
        cases.same(client.wait_picture(guest.screendump, 60, "pxe-" + name))
        cases.check(says in client.log(), says)
        wait_for(lambda: "inputs: up" in client.log(), 10, "inputs channel")
        client.press("a", hold=0.05)
        wait_for(lambda: bytes(guest.keys()).hex() == "1e9e", 5, "the key")
        at = {line: t for t, line in client.times()}
        cases.measure("%-14s network up %4.2f s, first picture %4.2f s" % (
            name, at["network is up"], at["first picture shown"]))
        client.leave()
        web.wait("ok")


def rom_session(version, folder, nic, device, *says):
    session("rom-%s-%s" % (version, nic), *says, nic=device,
            stock=fetched(folder, "pxe-%s.rom" % nic))


def undionly_session(version, folder):
    session("undionly-" + version,
            undionly=fetched(folder, "undionly.kpxe"))


for _version, _roms, _kpxe in STACKS:
    cases.add("rom_" + _version, rom_session, _version, _roms, "e1000",
              "e1000")
    cases.add("undionly_" + _version, undionly_session, _version, _kpxe)
cases.add("rom_1.21_virtio", rom_session, "1.21", "stock", "virtio",
          "virtio-net-pci,disable-legacy=on")
# Its receiver is taken from iPXE's driver, and given back.
cases.add("rom_1.21_eepro100", rom_session, "1.21", "stock", "eepro100",
          "i82557b", "UNDI: Intel 8255x, its receiver is ours")


# ---- other stacks ----

def behind_stub(mode, program=None):
    program = program or read(PROGRAM)
    program += bytes(-len(program) % 512)
    stub = bytearray(read(STUB))
    struct.pack_into("<HH", stub, 4, mode, len(program) // 512)
    return bytes(stub) + program


def other_stack(mode, how):
    """Without iPXE's calls there is no command line, but the DHCP answer."""
    web = Web()
    with SpiceGuest("graphics") as guest, \
            Chained("spice://10.0.2.2:1", "set root-path %s\n" % uri(guest),
                    behind_stub(mode), web=web) as client:
        cases.same(client.wait_picture(guest.screendump, 60,
                                       "pxe-other-%d" % mode))
        cases.check("PXE stack: " + how in client.log(), how)
        client.leave()
        web.wait("ok")


cases.add("other_stack_pxe", other_stack, 0, "!PXE on its stack")
cases.add("other_stack_pxenv", other_stack, 1, "PXENV+ in ES:BX")
cases.add("other_stack_old", other_stack, 3, "PXENV+ in ES:BX")


@cases.case
def stack_found_by_int_1a():
    with SpiceGuest("graphics") as guest, \
            Chained(uri(guest), program=behind_stub(2)) as client:
        cases.same(client.wait_picture(guest.screendump, 60, "pxe-1a"))
        cases.check("PXE stack: PXENV+ by INT 1Ah" in client.log(), "1Ah")


def no_stack(mode):
    web = Web()
    with Chained(program=behind_stub(mode), web=web) as client:
        client.why("The network card could not be started")
        client.press("f10")
        web.wait("ok")


cases.add("no_stack", no_stack, 4)
cases.add("stack_with_a_wrong_sum", no_stack, 5)


# ---- what it must not start with ----

@cases.case
def damaged_file():
    web = Web()
    program = bytearray(read(PROGRAM))
    program[len(program) // 2] ^= 1
    with Chained(program=bytes(program), web=web) as client:
        client.why("ipxe-spice: the program is damaged")
        web.wait("bad")


@cases.case
def too_little_memory():
    web = Web()
    with Chained(web=web, memory=10) as client:
        client.why("ipxe-spice: too little memory is free")
        web.wait("bad")


@cases.case
def too_little_conventional_memory():
    with Chained(program=behind_stub(6)) as client:
        client.why("ipxe-spice: the PXE stack leaves too little below 640")


# ---- the stack's memory, and the file ----

class Bulk(Listener):
    """Answers "get N" with N bytes; .served counts whole ones."""

    def __init__(self):
        self.served = 0
        super().__init__(self.serve)

    def serve(self, conn):
        with conn.makefile("rb") as lines:
            size = int(lines.readline().split()[1])
            data = os.urandom(size)
            conn.sendall(data)
            self.served += lines.readline().strip() == \
                b"%08x" % zlib.crc32(data)


def full_heap(undionly):
    """What we count as ours is filled, and the network goes on; then the stack
    itself does."""
    web, bulk = Web(), Bulk()
    with Chained("undi:%d/pattern=2" % bulk.port, program=read(TEST_PROGRAM),
                 undionly=undionly and fetched(undionly, "undionly.kpxe"),
                 web=web, memory=64) as client:
        cases.equal(client.logged("pattern-bad", 120), "0", "changed words")
        cases.check(int(client.logged("pattern-mib")) > 30, "a heap")
        cases.equal(bulk.served, 1, "good sums")
        web.wait("ok")


cases.add("full_heap_does_not_touch_the_rom", full_heap, None)
for _version, _, _kpxe in STACKS:
    cases.add("full_heap_does_not_touch_undionly_" + _version, full_heap, _kpxe)


@cases.case
def idle_leaves_the_processor_alone():
    """undionly.kpxe names no interrupt whose line could be looked at."""
    with Chained("undi:0/idle=6000", program=read(TEST_PROGRAM), memory=64,
                 undionly=fetched("pxe/2019", "undionly.kpxe")) as client:
        halts = int(client.logged("idle-halts", 60))
        # The clock wakes it 128 times a second.
        cases.check(6 * 64 < halts < 10000, "%d halts in 6 s" % halts)


IMAGE = struct.Struct("<8sIIII")    # romlayout/pxe/pxe.h


@cases.case
def file_is_what_a_stack_takes():
    data = read(PROGRAM)
    cases.measure("spice.pxe has %d bytes" % len(data))
    cases.check(len(data) <= 500 * 1024, "it fits below any stack")
    op, offset, segment = struct.unpack_from("<BHH", data)
    magic, image, payload, crc, end = IMAGE.unpack_from(data, 8)
    cases.equal((op, segment), (0xea, 0), "far jump to segment 0")
    cases.check(0x7c00 < offset < 0x7c00 + image, "into the image")
    cases.equal(magic, b"SPICEPXE", "magic")
    cases.equal(image + payload, len(data), "length")
    cases.equal(zlib.crc32(data[image:]), crc, "CRC")
    magic, at, packed, load, size, memory, entry, _, stock = \
        struct.unpack_from("<8s8I", data, image)
    cases.equal(magic, b"SPICEPAY", "payload's magic")
    program = zlib.decompress(data[image + at:image + at + packed], -15)
    cases.equal(len(program), size, "unpacked")
    cases.equal((load, entry, stock), (8 << 20, 8 << 20, 0), "program")
    cases.equal(load + memory, end, "memory")


@cases.case
def the_program_is_the_roms():
    rom = read(os.path.join(root(), "bin/spice-e1000.rom"))
    pay = rom.index(b"SPICEPAY")
    pxe = read(PROGRAM)
    mine = pxe.index(b"SPICEPAY")
    at, packed = struct.unpack_from("<II", rom, pay + 8)
    cases.check(packed > 50000, "a program")
    cases.check(rom[pay + at:pay + at + packed] ==
                pxe[mine + at:mine + at + packed], "the same program")


cases.main()
