#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Where the PXE program, and the ROM, take the server's URI from: the command
line, options of the DHCP answer, and which of them wins."""
import struct

from harness import Client, Filter, SpiceGuest, cases
from harness.files import WebServer, vv
from harness.pxe import Chained, uri


def told(before, command=""):
    """command: settings may stand there alone."""
    with SpiceGuest("graphics") as guest, \
            Chained(command, before.replace("URI", uri(guest))) as client:
        cases.same(client.wait_picture(guest.screendump, 60, "pxe-told"))


cases.add("uri_in_root_path", told, "set root-path URI\n")
cases.add("uri_in_site_option", told,
          "set root-path nfs:/somewhere\nset 224:string URI\n",
          "keymap=de on-end=menu")
cases.add("root_path_comes_first", told,
          "set root-path URI\nset 224:string spice://10.0.2.2:1\n")


@cases.case
def command_line_comes_first():
    """A long one, behind a setting, whose end counts."""
    command = ("keymap=de %s?" + ("title=" + "x" * 70 + "&") * 9 +
               "password=abc")
    with SpiceGuest("graphics", password="abc") as guest, \
            Chained(command % uri(guest),
                    "set root-path spice://10.0.2.2:1\n") as client:
        cases.same(client.wait_picture(guest.screendump, 60, "pxe-command"))


@cases.case
def command_line_that_is_too_long():
    """Nothing of it is taken."""
    with Chained("spice://10.0.2.2:1?host-subject=" + "x" * 1600) as client:
        client.why("The command line names ..a line of more than 1533 "
                   "characters.*, which cannot")


@cases.case
def command_line_that_cannot_be_used():
    """It is not DHCP that is blamed."""
    with Chained("spice://10.0.2.2:0") as client:
        client.why('The command line names "spice://10.0.2.2:0", which cannot')


@cases.case
def no_uri_anywhere():
    """The program is the boot file itself; the form is what is left."""
    with Chained(uri="spice.pxe") as client:
        client.why("names no SPICE server. Type which")


class DhcpOptions:
    """Adds options to each DHCP answer that passes by: Filter(edit=)."""

    def __init__(self, *options):
        self.more = b"".join(bytes([code, len(text)]) + text.encode()
                             for code, text in options)

    @staticmethod
    def sum16(data):
        total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        return ~total & 0xffff

    def __call__(self, frame):
        ip, udp = frame[14:34], frame[34:42]
        if frame[12:14] != b"\x08\0" or ip[0] != 0x45 or ip[9] != 17 or \
                udp[:4] != b"\0\x43\0\x44":
            return frame
        at, options = 240, frame[42:]
        while options[at] != 255:
            at += 2 + options[at + 1] if options[at] else 1
        body = options[:at] + self.more + b"\xff"
        udp = udp[:4] + struct.pack(">HH", 8 + len(body), 0)
        ip = ip[:2] + struct.pack(">H", 28 + len(body)) + ip[4:10] + \
            b"\0\0" + ip[12:]
        ip = ip[:10] + struct.pack(">H", self.sum16(ip)) + ip[12:]
        return frame[:14] + ip + udp + body


def dhcp(make, *options):
    """A DHCP server that names the server by options; make starts the PC."""
    with SpiceGuest("graphics") as guest:
        edit = DhcpOptions(*((code, text.replace("URI", uri(guest)))
                             for code, text in options))
        with Filter(edit=edit) as net, make(net) as client:
            cases.same(client.wait_picture(guest.screendump, 60, "pxe-dhcp"))


def as_boot_file(net):
    return Chained(uri="spice.pxe", net=net)


def as_rom(net):
    return Client(net=net)


for _name, _make in (("pxe", as_boot_file), ("rom", as_rom)):
    cases.add("dhcp_root_path_" + _name, dhcp, _make, (17, "URI"))
    cases.add("dhcp_site_option_" + _name, dhcp, _make, (17, "/nfs/root"),
              (224, "URI"))


@cases.case
def dhcp_site_option_folder():
    """A folder of .vv files, in which the PC's own has the card's address."""
    with SpiceGuest("graphics", password="abc") as guest, \
            WebServer({"/desks/52:54:00:12:34:56.vv": vv(
                host="10.0.2.2", port=guest.port, password="abc")}) as web:
        edit = DhcpOptions((224, "http://10.0.2.2:%d/desks/" % web.port))
        with Filter(edit=edit) as net, Client(net=net) as client:
            cases.same(client.wait_picture(guest.screendump, 60, "pxe-folder"))


cases.main()
