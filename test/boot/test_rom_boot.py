#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The frame of romlayout/ on a booted PC: rom_program.c says what it finds, and
ends in every way there is. Behind it waits a disk, whose boot sector tells that
the BIOS went on, and whether it has its conventional memory back."""
import os
import re
import struct
import time

from harness import Machine, cases, root, scratch

ROM = os.path.join(root(), "build/test/boot/rom_program.rom")
FOLDER = scratch("rom-")

# What the boot sector prints to the debug port, and its code: the text, then
# the word at 0040:0013 as two raw bytes.
NEXT = b"next boot device "


def boot_sector():
    code = bytes([
        0xfc,                    # cld
        0x31, 0xc0,              # xor ax, ax
        0x8e, 0xd8,              # mov ds, ax
        0xba, 0x02, 0x04,        # mov dx, 402h
        0xb9, len(NEXT), 0x00,   # mov cx, length
        0xbe, 0x19, 0x7c,        # mov si, text
        0xf3, 0x6e,              # rep outsb
        0xb9, 0x02, 0x00,        # mov cx, 2
        0xbe, 0x13, 0x04,        # mov si, 413h
        0xf3, 0x6e,              # rep outsb
        0xf4]) + NEXT            # hlt
    path = os.path.join(FOLDER, "next.img")
    with open(path, "wb") as f:
        f.write(code.ljust(510, b"\0") + b"\x55\xaa" + bytes(512 * 2047))
    return path


DISK = boot_sector()


def pc(rom=ROM, **more):
    more.setdefault("memory", 64)
    return Machine(romfile=rom, disk=DISK, **more)


def wait_log(machine, pattern, timeout=60):
    """Wait for a regular expression in the debug port's text."""
    end = time.monotonic() + timeout
    while True:
        log = machine.bios_log()
        found = re.search(pattern, log, re.M | re.S)
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError("no %r on the debug port in %g s, but\n%s"
                                 % (pattern, timeout, log[-800:]))
        machine.child.check()
        time.sleep(0.1)


def base_after(machine, timeout=60):
    """Wait for the boot sector; KiB of conventional memory it found."""
    found = wait_log(machine, re.escape(NEXT.decode()) + "(..)", timeout)
    return struct.unpack("<H", found.group(1).encode("latin-1"))[0]


def results(machine):
    """Wait until the program waits; its lines."""
    wait_log(machine, "^waiting$")
    return re.findall(r"^(ok|not ok) (\S+) (\S+)$", machine.bios_log(), re.M)


def frame(**more):
    with pc(**more) as machine:
        lines = results(machine)
    for _, name, value in lines:
        if name in ("info_tsc", "int_many"):
            cases.note("%s: %d%s TSC ticks" % (
                name, int(value, 16), " Ki" if name == "info_tsc" else ""))
    lacking = ["int10_mode"] if more.get("vga") == "none" else []
    cases.equal([(n, v) for verdict, n, v in lines
                 if verdict != "ok" and n not in lacking], [],
                "what failed, and its value")
    cases.check(len(lines) >= 40, "%d results only" % len(lines))


cases.add("frame_pc_64M", frame)
cases.add("frame_q35_64M", lambda: frame(machine="q35"))
cases.add("frame_q35_usb_5G", lambda: frame(
    machine="q35", memory=5120, usb=["usb-kbd"]))
cases.add("frame_cpu_max", lambda: frame(cpu="max"))
cases.add("frame_no_vga", lambda: frame(machine="q35", vga="none"))


def end(key, pattern):
    """Press a key: the screen tells, the debug port too, and all stands."""
    with pc() as machine:
        results(machine)
        machine.type(key)
        machine.wait_text(pattern)
        cases.check(re.search(pattern, machine.bios_log()),
                    "not on the debug port")
        cases.check("HLT=1" in machine.hmp("info registers"), "it runs on")
        cases.check(NEXT.decode() not in machine.bios_log(), "it went on")


for _key, _pattern in (
        ("d", r"halted: exception 0 \(division\) at 008[0-9a-f]{5} "),
        ("u", r"halted: exception 6 \(invalid instruction\) at 008"),
        ("g", r"halted: exception 13 \(protection\) at 008[0-9a-f]{5} "
              r"code 7f8"),
        ("v", r"halted: exception 6 \(invalid instruction\) at 008"),
        ("s", r"halted: the stack has overflowed"),
        ("p", r"halted: the test wants it"),
        ("a", r"halted: the program called abort"),
        ("h", r"halted: heap_free\(\) was given what is not in use")):
    cases.add("end_" + _key, end, _key, _pattern)


@cases.case
def dump_has_registers():
    with pc() as machine:
        results(machine)
        machine.type("d")
        machine.wait_text(r"^eax 00000007 ebx [0-9a-f]{8} .*edx 00000000$")
        machine.wait_text(r"^stack:\n([0-9a-f]{8} ?){8}$")


@cases.case
def return_to_bios():
    with pc() as machine:
        lines = dict((n, v) for _, n, v in results(machine))
        machine.type("r")
        base = base_after(machine)
        cases.check("program_main returned 42" in machine.bios_log(),
                    "it was not that")
    lowered = int(lines["int12_base_memory"], 16) & 0xffff
    cases.equal(base, 639, "KiB of base memory afterwards")
    cases.equal(lowered, 639 - 256, "KiB while the program ran")


def changed(name, change):
    """A copy of the ROM with something done to its bytes."""
    with open(ROM, "rb") as f:
        data = bytearray(f.read())
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as f:
        f.write(change(data) or data)
    return path


def refused(rom, pattern, **more):
    """The loader says why not, and the BIOS goes on."""
    with pc(rom, **more) as machine:
        machine.wait_text(pattern)
        cases.equal(base_after(machine), 639, "KiB of base memory")


@cases.case
def damaged_payload():
    def change(data):
        data[len(data) // 2] ^= 1
    refused(changed("damaged.rom", change), "ipxe-spice: the program is "
            "damaged: its CRC is [0-9a-f]{8}, not [0-9a-f]{8}$")


@cases.case
def cut_payload():
    refused(changed("cut.rom", lambda data: data[:65536]),
            "ipxe-spice: the ROM is [0-9]+ bytes long, the card shows 65536")


@cases.case
def no_card():
    """As -option-rom starts it; such an image has no payload behind it."""
    image = changed("image.rom", lambda data: data[:data[2] * 512])
    with Machine(memory=64, nic=None, disk=DISK,
                 extra=["-option-rom", image, "-boot", "n"]) as machine:
        machine.wait_text("ipxe-spice: not started as the ROM of a network card")
        cases.equal(base_after(machine), 639, "KiB of base memory")


cases.main()
