#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The images beside the ROM, each started its own way; the ROM on machines
with less room for it; its size; and that no name of ours is one of iPXE's."""
import collections
import glob
import os
import re
import shutil
import subprocess
import sys
import time

from harness import Client, Machine, SpiceGuest, cases, linked, root, scratch
from harness.child import wait_for

STOCK = os.path.join(root(), "build", "stock", "pxe-e1000.rom")
LIMIT = 120832  # SeaBIOS starts no larger ROM (on q35 with xhci and virtio)


def image(name):
    path = os.path.join(root(), "bin", name)
    if not os.path.exists(path):
        cases.skip("%s is not built (make ipxe)" % name)
    return path


def desktop(name, **machine):
    """A PC of that make comes to the guest's picture."""
    with SpiceGuest("graphics") as guest:
        with Machine(bootfile="spice://10.0.2.2:%d" % guest.port,
                     **machine) as pc:
            cases.same(pc.wait_picture(guest.screendump, 90, "image-" + name))


@cases.case
def rom_size():
    size = os.path.getsize(linked.ROM)
    cases.measure("the ROM for 8086:100e has %d bytes of %d" % (size, LIMIT))
    cases.check(size <= LIMIT, "%d bytes" % size)


@cases.case
def unpacks_apart():
    """What iPXE keeps at its low memory's end while it unpacks itself is a page
    from the 16-bit code that has run by then, or QEMU takes 10 s for it."""
    at = lambda name: linked.symbol("compact", name)
    after = at("_text16_memsz") - at("_text16_early_memsz")
    state = at("_data16_memsz") - at("sizeof__lzma_dec") - 0x60
    cases.check(after + state >= 0x1000, "%d bytes apart" % (after + state))


@cases.case
def made_of_no_place():
    """No object says where it was made, for iPXE numbers its builds by all of
    them (`make ipxe-twice` compares whole images)."""
    places = {root(), os.path.realpath(root())}
    if os.environ.get("IPXE_SRC"):
        places |= {os.path.abspath(os.environ["IPXE_SRC"]),
                   os.path.realpath(os.environ["IPXE_SRC"])}
    for rom in linked.ROMS:
        copy = os.path.join(linked.COPIES, rom, "bin", "blib.a")
        with open(copy, "rb") as file:
            objects = file.read()
        cases.check(len(objects) > 1 << 20, copy + " is one")
        for place in places:
            cases.check(place.encode() not in objects,
                        "%s says %s" % (copy, place))


@cases.case
def other_sources():
    """A copy is of the sources that are named now, also where those that were
    named before are newer, and had more; else it is kept."""
    at = scratch("sources-")
    copy = os.path.join(at, "linked", "full")

    def prepare(name):
        subprocess.run([os.path.join(root(), "ipxe-glue", "linked", "prepare"),
                        os.path.join(at, name), "full", at], check=True)

    for name, age in ("new", 1), ("old", 100):
        src = os.path.join(at, name, "src")
        os.makedirs(src)
        for file, text in (("Makefile", "VERSION_MAJOR = 2\n"), ("x.c", name),
                           (name + ".c", "")):
            with open(os.path.join(src, file), "w") as out:
                out.write(text)
            when = time.time() - age * 1000
            os.utime(os.path.join(src, file), (when, when))
    for name in "new", "old", "old":
        prepare(name)
        with open(os.path.join(copy, "x.c")) as file:
            cases.equal(file.read(), name, "its file")
    cases.check(not os.path.exists(os.path.join(copy, "new.c")), "is gone")
    made = os.path.join(copy, "bin", "made")
    for version, stays in ("2\n", True), ("3\n", False):
        open(made, "w").close()
        with open(os.path.join(at, "old", "src", "Makefile"), "w") as file:
            file.write("VERSION_MAJOR = " + version)
        prepare("old")
        cases.equal(os.path.exists(made), stays, "what was made")


@cases.case
def budgets():
    """`make size`: no part has more room than the forecast gives it."""
    done = subprocess.run([sys.executable, os.path.join(
        root(), "ipxe-glue", "linked", "size.py")], stdout=subprocess.PIPE,
        universal_newlines=True)
    for line in done.stdout.splitlines():
        cases.note(line)
    cases.equal(done.returncode, 0, "exit status: " + done.stdout)


@cases.case
def rom_on_q35():
    """Where the BIOS has least room: xhci, USB, and a disk of virtio-scsi."""
    desktop("q35", machine="q35", romfile=linked.ROM,
            usb=("usb-kbd", "usb-mouse"), extra=(
                "-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=d0",
                "-drive", "if=none,id=d0,format=raw,snapshot=on,file=" +
                os.path.join(root(), "build", "test", "guest.img")))


def by_kernel(name):
    """As -kernel, which wants the boot order's first place for itself."""
    kernel = image(name)
    with SpiceGuest("graphics") as guest:
        with Machine(nic=None, extra=(
                "-kernel", kernel, "-device", "e1000,netdev=n0,romfile=",
                "-netdev", "user,id=n0,bootfile=spice://10.0.2.2:%d"
                % guest.port)) as pc:
            cases.same(pc.wait_picture(guest.screendump, 90,
                                       "image-" + name))


cases.add("lkrn_by_kernel", by_kernel, "ipxe.lkrn")
cases.add("lkrn_of_a_card", by_kernel, "ipxe-8086100e.lkrn")


def stays_open(pc):
    """The RTC's interrupt is never shut before the session: a vendor's code
    may want it."""
    wait_for(lambda: "Booting from ROM" in pc.bios_log(), 60, "our turn")
    looks = []
    while "program started" not in pc.bios_log() and len(looks) < 2000:
        looks.append(int(re.search(r"pic1: .*imr=(\w+)", pc.hmp("info pic"))
                         .group(1), 16) & 1)
        time.sleep(0.03)
    cases.check(len(looks) > 10, "looked %d times" % len(looks))
    cases.equal(sum(looks), 0, "shut, of %d times" % len(looks))


def by_pxe(name):
    """Over TFTP by a stock iPXE ROM, which does not know the command in the
    script that both get, and so goes on to our image."""
    folder = scratch("tftp-")
    shutil.copy(image(name), os.path.join(folder, "image"))
    with SpiceGuest("graphics") as guest:
        with open(os.path.join(folder, "test.ipxe"), "w") as file:
            file.write("#!ipxe\nspice spice://10.0.2.2:%d || chain image\n"
                       % guest.port)
        with Machine(bootfile="test.ipxe", tftp=folder,
                     romfile=STOCK) as pc:
            if name.startswith("undionly"):
                stays_open(pc)
            cases.same(pc.wait_picture(guest.screendump, 90,
                                       "image-" + name))


cases.add("ipxe_pxe", by_pxe, "ipxe.pxe")
cases.add("undionly_kpxe", by_pxe, "undionly.kpxe")


@cases.case
def usb_disk():
    desktop("usb", romfile="", disk=image("ipxe.usb"))


@cases.case
def cd():
    desktop("cd", romfile="", extra=("-cdrom", image("ipxe.iso")))


@cases.case
def full_rom():
    """Everything from the ROM BAR: a picture, a key, and, left, the disk."""
    disk = os.path.join(scratch("disk-"), "disk.img")
    shutil.copy(os.path.join(root(), "build", "test", "guest.img"), disk)
    with SpiceGuest("graphics") as guest:
        with Client(guest.port, rom=image("ipxe-8086100e-full.rom"),
                    disk=disk) as pc:
            cases.same(pc.wait_picture(guest.screendump, 90, "full-rom"))
            pc.press("a", hold=0.05)
            wait_for(lambda: guest.keys() == [0x1e, 0x9e], 20, "key")
            pc.press("ctrl", "alt", "shift", "esc", hold=0.05)
            pc.why("F10", 20)
            pc.press("f10")
            linked.choose(pc, "Boot from disk")
            pc.wait_serial("^ready", 60)


def bases(paths):
    return {os.path.splitext(os.path.basename(p))[0] for p in paths}


# On purpose: iPXE's own before a weak one of ours; ours in its file's place.
BOTH = {"bios_console": {"linked_port", "bios_console", "vesafb"},
        "dhcp_command": {"linked_few_options", "dhcp_cmd"}}


def names_are_ours(rom):
    """Of what is compiled into iPXE nothing has the base name of one of its
    sources, or defines what another object defines, weakly or not."""
    copy = os.path.join(linked.COPIES, rom)
    made = subprocess.run(
        ["make", "-rsC", copy, "-f", "spice-client/ipxe-glue/linked/ipxe.mk",
         "SPICE_CONFIG=" + rom, "--eval", "names: ; @echo $(SRCS)", "names"],
        stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout
    ours = bases(made.split())
    theirs = bases(p for top in (
        "arch", "core", "crypto", "drivers", "hci", "image", "interface",
        "libgcc", "net", "tests", "usr", "config")
        for p in glob.glob(os.path.join(copy, top, "**", "*.[cS]"),
                           recursive=True))
    cases.check(len(theirs) > 500, "their sources are seen")
    cases.equal(ours & theirs, set(), "base names")
    listing = subprocess.run(
        ["nm", "-A", "--defined-only", "-g",
         os.path.join(copy, "bin", "blib.a")], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, check=True, universal_newlines=True).stdout
    where = collections.defaultdict(set)
    for line in listing.splitlines():
        place, _, rest = line.partition(".o:")
        where[rest.split()[-1]].add(place.rpartition(":")[2])
    cases.equal(ours - set().union(*where.values()), set(),
                "ours that are not seen")
    twice = {name: objects for name, objects in where.items()
             if len(objects) > 1 and objects & ours
             and objects != BOTH.get(name)}
    cases.check(len(where) > 1000, "symbols are seen")
    cases.equal(twice, {}, "names that are defined twice")


for name in linked.ROMS:
    cases.add("names_are_ours_" + name, names_are_ours, name)


linked.need()
cases.main()
