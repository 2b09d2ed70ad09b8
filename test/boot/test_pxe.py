#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 1200
"""The PXE program under real PXE stacks: iPXE's ROMs, old and new, and its
undionly.kpxe over one of them; and under what is left of such a stack when some
of it is hidden (pxe_stub.S)."""
import http.server
import os
import socket
import struct
import threading
import zlib

from harness import Client, Filter, SpiceGuest, cases, root, scratch
from harness.child import wait_for

PROGRAM = os.path.join(root(), "bin/spice.pxe")
TEST_PROGRAM = os.path.join(root(), "build/test/boot/undi_program.pxe")
STUB = os.path.join(root(), "build/test/boot/pxe_stub.bin")

# iPXE's version, the folder with its ROMs, the one with its undionly.kpxe.
STACKS = (("2019", "pxe/2019-rom", "pxe/2019"),
          ("1.21", "stock", "pxe/1.21"),
          ("2.0", "pxe/2.0-rom", "pxe/2.0"))


def read(path):
    with open(path, "rb") as f:
        return f.read()


def fetched(folder, name):
    path = os.path.join(root(), "build", folder, name)
    if not os.path.exists(path):
        cases.skip("the set-up found no %s/%s" % (folder, name))
    return path


class Web:
    """Serves any name; what was asked for is in .asked."""

    def __init__(self):
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                body = b"#!ipxe\necho %s\nshell\n" % self.path.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def wait(self, name, timeout=40):
        wait_for(lambda: self.asked, timeout, "HTTP from iPXE")
        cases.equal(self.asked, ["/" + name], "asked by HTTP")


class Chained(Client):
    """A PC whose stock iPXE ROM runs a script that chains a program.

    command: its command line; before: more of the script; program: its bytes;
    undionly: a kpxe to go through first; web: is asked for /ok or /bad after
    the program has returned.
    """

    def __init__(self, command="", before="", program=None, undionly=None,
                 web=None, stock=None, **more):
        files = {"spice.pxe": program or read(PROGRAM)}
        script = "#!ipxe\n"
        if undionly:
            files["undionly.kpxe"] = read(undionly)
            script += ("iseq ${net0/chip} undionly || chain undionly.kpxe\n"
                       "iseq ${net0/chip} undionly || shell\n")
        script += before
        script += "chain spice.pxe %s && goto ok || goto bad\n" % command
        for way in "ok", "bad":
            script += ":%s\n" % way
            if web:
                script += "chain http://10.0.2.2:%d/%s\n" % (web.port, way)
            script += "shell\n"
        files["boot.ipxe"] = script.encode()
        folder = scratch("tftp-")
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        more.setdefault("uri", "boot.ipxe")
        super().__init__(rom=stock or fetched("stock", "pxe-e1000.rom"),
                         tftp=folder, **more)

    def leave(self):
        """From a session: by the form and F10."""
        self.press("ctrl", "alt", "shift", "esc")
        self.why("F10 leave")
        self.press("f10")


def uri(guest):
    return "spice://10.0.2.2:%d" % guest.port


def session(name, **chained):
    """The desktop in every pixel, a key, and back to the script, which goes on
    over the network."""
    web = Web()
    with SpiceGuest("graphics") as guest, \
            Chained(uri(guest), web=web, **chained) as client:
        cases.same(client.wait_picture(guest.screendump, 60, "pxe-" + name))
        cases.check("PXE stack: !PXE on its stack" in client.log(), "!PXE")
        wait_for(lambda: "inputs: up" in client.log(), 10, "inputs channel")
        client.press("a", hold=0.05)
        wait_for(lambda: bytes(guest.keys()).hex() == "1e9e", 5, "the key")
        at = {line: t for t, line in client.times()}
        cases.measure("%-14s network up %4.2f s, first picture %4.2f s" % (
            name, at["network is up"], at["first picture shown"]))
        client.leave()
        web.wait("ok")


def rom_session(version, folder, nic, device):
    session("rom-%s-%s" % (version, nic), nic=device,
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


# ---- where the URI comes from ----

def told(before, command=""):
    with SpiceGuest("graphics") as guest, \
            Chained(command, before.replace("URI", uri(guest))) as client:
        cases.same(client.wait_picture(guest.screendump, 60, "pxe-told"))


cases.add("uri_in_root_path", told, "set root-path URI\n")
cases.add("uri_in_site_option", told,
          "set root-path nfs:/somewhere\nset 224:string URI\n")
cases.add("root_path_comes_first", told,
          "set root-path URI\nset 224:string spice://10.0.2.2:1\n")


@cases.case
def command_line_comes_first():
    with SpiceGuest("graphics") as guest, \
            Chained(uri(guest), "set root-path spice://10.0.2.2:1\n") as client:
        cases.same(client.wait_picture(guest.screendump, 60, "pxe-command"))


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

class Bulk:
    """Answers "get N" with N bytes; .served counts whole ones."""

    def __init__(self):
        self.served = 0
        self.sock = socket.socket()
        self.sock.bind(("127.0.0.1", 0))
        self.sock.listen(4)
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            conn, _ = self.sock.accept()
            with conn, conn.makefile("rb") as lines:
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
        cases.check(6000 // 4 < halts < 10000, "%d halts in 6 s" % halts)


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
