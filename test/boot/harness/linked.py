# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The form linked into iPXE: one of its ROMs in the place of the stand-alone
one, for the same tests.

LINKED=full (or compact) in the environment chooses the ROM for a test that
runs over either; else each test has the one that is named in it.
"""
import functools
import glob
import os
import re
import runpy
import subprocess
import sys

from . import cases
from .child import root, scratch, wait_for
from .client import Client
from .machine import Machine

ROM = os.path.join(root(), "bin", "ipxe-8086100e.rom")
FULL = os.path.join(root(), "bin", "ipxe-8086100e-full.rom")
ROMS = {"compact": ROM, "full": FULL}
COPIES = os.path.join(root(), "build", "linked")
COPY = os.path.join(COPIES, "compact")

# What the compact ROM leaves out (ipxe-glue/linked/instead/), by the cases of
# other test programs that want it.
NOT_COMPACT = {
    "server_goes_and_comes": "no grey picture",
    "moves_between_hosts": "no session waits at the other host",
    "on_the_pc": "no SASL",
}


def need(rom=ROM):
    """Leave the test program, with a line, where it cannot be built."""
    there = os.environ.get("IPXE_SRC") or os.path.isdir(
        os.path.join(root(), "build", "src", "ipxe"))
    if not there or not os.path.exists(rom):
        print("skip linked_form no iPXE sources here (IPXE_SRC=)")
        sys.exit(0)


def chosen(usual="compact"):
    """The name of the ROM that is tested."""
    return os.environ.get("LINKED") or usual


def script(*lines, usual="compact"):
    """Client's arguments for a PC that has such a script from DHCP."""
    folder = scratch("tftp-")
    with open(os.path.join(folder, "test.ipxe"), "w") as file:
        file.write("#!ipxe\n" + "\n".join(lines) + "\n")
    return {"uri": "test.ipxe", "tftp": folder, "rom": ROMS[chosen(usual)]}


@functools.lru_cache(None)
def symbol(rom, name):
    """Where the linker put that object of a ROM, by the ROM's name."""
    made = max(glob.glob(os.path.join(
        COPIES, rom, "bin", "8086100e--*.%s.tmp" %
        ("rom" if rom == "compact" else "lkrn"))), key=os.path.getmtime)
    listing = subprocess.run(["nm", made], stdout=subprocess.PIPE, check=True,
                             universal_newlines=True).stdout
    return int(re.search(r"^(\w+) \w %s$" % name, listing, re.M).group(1), 16)


def segment_base(client):
    """Where iPXE has moved itself to: its data segment's base, by the table in
    use, which is SeaBIOS's now and then."""
    table = int(re.search(r"GDT= *(\w+)", client.hmp("info registers"))
                .group(1), 16)
    entry = client.memory(table + 0x10, 8)
    return entry[2] | entry[3] << 8 | entry[4] << 16 | entry[7] << 24


def heap_used(client, rom):
    """Bytes in use of iPXE's own heap, as its malloc() counts them, and how
    many TCP connections are among that: each is kept for four minutes after its
    end."""
    base = wait_for(lambda: segment_base(client), 20, "iPXE's segments")
    client.stop()

    def word(at):
        return int.from_bytes(client.memory((base + at) & 0xffffffff, 4),
                              "little")
    used = word(symbol(rom, "heap") + 20)  # struct heap: usedmem
    head, count = symbol(rom, "tcp_conns"), 0
    at = word(head)
    while at != head and count < 1000:
        at, count = word(at), count + 1
    client.cont()
    return used, count


def chosen_item(client):
    """The row of the default script's menu that Enter would choose, which is
    red; "" where there is none."""
    cells = client.memory(0xb8000, 80 * 25 * 2)
    for at in range(0, len(cells), 160):
        row = cells[at:at + 160]
        if any(colour & 0x70 == 0x40 for colour in row[1::2]):
            return row[::2].decode("cp437").strip()
    return ""


def choose(client, item, timeout=60):
    """Wait for the menu, and choose that item: one key at a time, and the next
    when the screen shows what the last one did, for a keyboard holds few."""
    wait_for(lambda: chosen_item(client), timeout, "the menu")
    while item not in chosen_item(client):
        before = chosen_item(client)
        client.press("down")
        wait_for(lambda: chosen_item(client) != before, timeout, "key down")
    client.press("ret")
    wait_for(lambda: item not in chosen_item(client), timeout, "key Enter")


class LinkedClient:
    """What the default script needs of a person: its menu's first item leads
    to where the stand-alone program begins, its last one, after that, to where
    that one leaves to. No test sees the menu itself."""

    FIRST, LAST = "Connect to a SPICE server", "Boot from disk"

    @staticmethod
    def is_item(line):
        """Is that of the menu, half drawn, too? The form's is in its frame."""
        return "Connect to" in line and "\u2500 Connect to" not in line

    @staticmethod
    def text(client):
        screen = Machine.text(client)
        if not any(LinkedClient.is_item(line) for line in screen):
            return screen
        choose(client, LinkedClient.LAST if "program started" in
               client.bios_log() else LinkedClient.FIRST)
        return [""] * len(screen)


def same_tests(name, usual="compact", only=()):
    """Run the test program of that name (without .py) over a linked ROM; of
    its cases `only` those, where that is said."""
    rom = chosen(usual)
    need(ROMS[rom])
    Client.ROM, Client.LINKED = ROMS[rom], True
    Client.text = LinkedClient.text
    cases.choose(only, NOT_COMPACT if rom == "compact" else {})
    runpy.run_path(os.path.join(root(), "test", "boot", name + ".py"),
                   run_name="__main__")
