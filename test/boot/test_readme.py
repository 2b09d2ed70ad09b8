#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""What README.md tells people to type, run as it stands there: its lines for
QEMU, iPXE, dnsmasq and libvirt, and its table of cards. Only addresses and
ports are put in place of those it names."""
import os
import re
import shlex
import shutil
import xml.etree.ElementTree as xml

from harness import Client, Machine, SpiceGuest, cases, root
from harness.dhcp import Dnsmasq, Lab, ip
from harness.pxe import Chained
from harness.session import wait_pictures

with open(os.path.join(root(), "README.md")) as _file:
    README = _file.read()
# Blocks of indented lines, by what they begin with.
BLOCKS = [re.sub(r"(?m)^    ", "", block)
          for block in re.findall(r"(?m)(?:^    .*\n)+", README)]
HOST = "192.168.122.1:5900"
CARDS = re.findall(r"^\| `([^`|]+)` \| `([^`|]+)` \| ([0-9a-f:]{9}) \| "
                   r"`(bin/[^`]+)` \|$", README, re.M)


def block(begins, has):
    return next(b for b in BLOCKS if b.startswith(begins) and has in b)


def here(text, guest):
    return text.replace(HOST, "10.0.2.2:%d" % guest.port)


class AsWritten(Client):
    """A PC started by a command line of README's."""

    def __init__(self, line):
        words = shlex.split(line.replace("\\\n", " "))
        cases.equal(words[0], "qemu-system-x86_64", "the command")
        self.words = words[1:]
        super().__init__(extra=["-vga", "std"] + self.words)

    def _network(self, nic, romfile, net):
        return []


def from_root(line):
    """QEMU runs in the test's folder, like README's in the tree's."""
    return line.replace("=bin", "=" + os.path.join(root(), "bin"))


@cases.case
def qemu_with_our_rom():
    line = block("qemu-system-x86_64", "romfile=")
    with SpiceGuest("graphics") as guest, \
            AsWritten(from_root(line).replace(
                "10.0.2.2:5930", "10.0.2.2:%d" % guest.port)) as client:
        wait_pictures(client, 1)


@cases.case
def qemu_with_its_own_rom():
    with AsWritten(from_root(block("qemu-system-x86_64", "tftp="))) as client:
        client.why("names no SPICE server. Type which")


@cases.case
def ipxe_script():
    line = block("chain tftp:", "spice.pxe").strip()
    with SpiceGuest("graphics") as guest, Chained(before=here(
            line, guest).replace("192.168.122.1", "10.0.2.2") + "\n") as client:
        wait_pictures(client, 1)


class BootServer(Dnsmasq):
    """README's lines; its TFTP is QEMU's here."""

    def __init__(self, lines):
        super().__init__(["--dhcp-range=10.0.2.60,10.0.2.60,255.255.255.0,1h",
                          "--dhcp-option=3,10.0.2.2"] +
                         ["--" + line for line in lines])

    def message(self, m, kind, address):
        answer = super().message(m, kind, address)
        return answer[:20] + ip("10.0.2.2") + answer[24:]


def dnsmasq(lines, make):
    if not shutil.which("dnsmasq"):
        cases.skip("no dnsmasq")
    with SpiceGuest("graphics") as guest, \
            BootServer([here(line, guest) for line in lines]) as dhcp, \
            Lab(dhcp) as net, make(net) as client:
        wait_pictures(client, 1)


@cases.case
def dnsmasq_for_the_rom():
    line = re.search(r"`(dhcp-boot=spice://[^`]+)`", README).group(1)
    dnsmasq([line], lambda net: Client(net=net))


@cases.case
def dnsmasq_for_the_program():
    lines = block("enable-tftp", "224").split()
    dnsmasq([line for line in lines if "tftp" not in line],
            lambda net: Chained(uri=None, net=net))


@cases.case
def libvirt_xml():
    """Well formed, and its ROM is built; libvirt itself is not asked."""
    interface = xml.fromstring(block("<interface", "rom"))
    cases.equal(interface.find("model").get("type"), "e1000", "the card")
    cases.check(os.path.basename(interface.find("rom").get("file")) in
                os.listdir(os.path.join(root(), "bin")), "the ROM")
    for text in re.findall(r"`(<(?:bootp|tftp) [^`]+)`", README):
        cases.check(xml.fromstring(text).attrib, text)


@cases.case
def cards():
    """Every card of the table is QEMU's by that name, with that id."""
    cases.check(len(CARDS) >= 11, "%d cards" % len(CARDS))
    cases.equal({os.path.basename(row[3]) for row in CARDS},
                {f for f in os.listdir(os.path.join(root(), "bin"))
                 if re.fullmatch(r"spice-[a-z][a-z0-9_]+\.rom", f)}, "ROMs")
    for device, _, pci, rom in CARDS:
        with Machine(nic=device, romfile=os.path.join(root(), rom),
                     paused=True, net="later") as pc:
            cases.check("PCI device " + pci in pc.hmp("info pci"), device)


cases.main()
