# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""How fast bytes come to a PC: whole redraws in raw bitmaps to our client, and
files by HTTP to iPXE's undionly.kpxe, over the same stock ROM.

Both are taken from the first byte asked for until the PC has it all: ours
until the last redraw is on the monitor, iPXE's until it asks for the next file.
"""
import http.server
import os
import re
import struct
import threading
import time

from .child import HarnessError, root, scratch, wait_for
from .client import Client
from .machine import Machine
from .scripted import Scripted, desktop

MIB = 1 << 20
SIZE = 1024, 768
DRAW_COPY = 304
PUT = 8                 # SPICE_ROPD_OP_PUT
TOP_DOWN, XRGB32 = 4, 8
COPY_BYTES = 57         # of the message, before the image

# The ROM's name: QEMU's name for the card, its PCI id.
CARDS = {"e1000": ("e1000", "8086:100e"),
         "e1000e": ("e1000e", "8086:10d3"),
         "virtio": ("virtio-net-pci,disable-legacy=on", "1af4:1041"),
         "rtl8139": ("rtl8139", "10ec:8139"),
         "pcnet": ("pcnet", "1022:2000"),
         "eepro100": ("i82557b", "8086:1229"),
         "ne2k_pci": ("ne2k_pci", "10ec:8029"),
         "vmxnet3": ("vmxnet3", "15ad:07b0")}

# iPXE's releases: where the set-up puts undionly.kpxe and the stock ROMs.
RELEASES = {"2019": ("pxe/2019", "pxe/2019-rom"),
            "1.21": ("pxe/1.21", "stock"),
            "2.0": ("pxe/2.0", "pxe/2.0-rom")}


def fetched(release):
    """Whether the set-up got the package that undionly.kpxe is in."""
    return os.path.exists(os.path.join(root(), "build", RELEASES[release][0],
                                       ".pin"))


def undionly_of(release):
    """Path of undionly.kpxe; None when the set-up could not get it."""
    path = os.path.join(root(), "build", RELEASES[release][0],
                        "undionly.kpxe")
    return path if os.path.exists(path) else None


def stock_of(release, card):
    path = os.path.join(root(), "build", RELEASES[release][1],
                        "pxe-%s.rom" % card)
    return path if os.path.exists(path) else None


class Files:
    """An HTTP server: a script that chains undionly.kpxe, to that one a script
    that fetches `times` files of so many bytes.

    asked: [(time, path), ...] of all requests.
    """

    def __init__(self, undionly, size, times):
        self.asked = []
        self.undionly, self.size, self.times = undionly, size, times
        self.data = os.urandom(MIB)
        handler = type("Handler", (_Handler,), {"files": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def boot_file(self):
        return "http://10.0.2.2:%d/boot" % self.port

    def body(self, path):
        """The answer, in pieces."""
        base = "http://10.0.2.2:%d" % self.port
        if path == "/boot" and len(self.asked) == 1:
            script = "#!ipxe\nchain %s/undionly.kpxe\n" % base
        elif path == "/boot":
            script = "#!ipxe\n" + "".join(
                "imgfetch --name d %s/data%d\nimgfree d\n" % (base, i)
                for i in range(self.times)) + "imgfetch %s/done\n" % base
        elif path == "/undionly.kpxe":
            with open(self.undionly, "rb") as f:
                return [f.read()]
        elif path.startswith("/data"):
            return [self.data] * (self.size // MIB)
        else:
            return [b"."]
        return [script.encode()]

    def seconds(self, slow_s=None):
        """What each file took, once all were fetched, or one is under way for
        slow_s; else None."""
        asked = list(self.asked)
        if slow_s and asked and asked[-1][1].startswith("/data") and \
                time.monotonic() - asked[-1][0] > slow_s:
            asked.append((time.monotonic(), "/done"))
        if not asked or asked[-1][1] != "/done":
            return None
        return [after[0] - this[0] for this, after in zip(asked, asked[1:])
                if this[1].startswith("/data")]

    def end(self):
        self.server.shutdown()
        self.server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    files = None

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.files.asked.append((time.monotonic(), self.path))
        body = self.files.body(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(sum(len(p) for p in body)))
        self.end_headers()
        try:
            for part in body:
                self.wfile.write(part)
        except OSError:
            pass  # the PC has gone


def with_id(stock, pci):
    """A copy of a stock ROM whose PCI id is that one: iPXE's for the ne2k_pci
    names no card, and no BIOS runs it."""
    with open(stock, "rb") as f:
        rom = bytearray(f.read())
    at = struct.unpack_from("<H", rom, 0x18)[0] + 4
    struct.pack_into("<HH", rom, at, *(int(n, 16) for n in pci.split(":")))
    rom[6] = (rom[6] - sum(rom[:512 * rom[2]])) & 0xff
    path = os.path.join(scratch("stock-"), "stock.rom")
    with open(path, "wb") as f:
        f.write(rom)
    return path


class NoNetwork(HarnessError):
    """iPXE gave up, and the PC is at its next boot device."""


def gave_up(pc):
    """NoNetwork, once that is so."""
    if any("No bootable device" in line for line in pc.text()):
        raise NoNetwork("iPXE gave up")


def undionly_speed(undionly, stock, nic, mib=8, times=3, patience_s=150,
                   slow_s=None):
    """Download by HTTP: [bytes a second, ...]. slow_s: a file that takes so
    long is the last one, and not waited for: it counts as just done."""
    files = Files(undionly, mib * MIB, times)
    try:
        with Machine(romfile=stock, nic=nic, bootfile=files.boot_file()) as pc:
            try:
                took = wait_for(
                    lambda: files.seconds(slow_s) or gave_up(pc), patience_s,
                    "downloads", step=0.3)
            except HarnessError as error:
                raise type(error)("%s; asked for %s; screen:\n%s" % (
                    error, [path for _, path in files.asked],
                    "\n".join(t for t in pc.text() if t.strip()))) from None
    finally:
        files.end()
    return [mib * MIB / s for s in took]


def copy(w, h, pixels):
    """The body of a DRAW_COPY to 0, 0: pixels (w * h words XRGB), raw."""
    return struct.pack("<5IB", 0, 0, 0, h, w, 0) + \
        struct.pack("<I4IHBB2iI", COPY_BYTES, 0, 0, h, w, PUT, 0, 0, 0, 0, 0) \
        + struct.pack("<QBBII", 0, 0, 0, w, h) + \
        struct.pack("<BBIIII", XRGB32, TOP_DOWN, w, h, 4 * w, 0) + pixels


class Redraws:
    """A SPICE server's desktop: so many full-screen COPYs, then a pixel by
    which they are known to be on the monitor."""

    def __init__(self, count):
        w, h = SIZE
        self.count, self.done = count, 0
        self.picture = copy(w, h, os.urandom(4 * w * h))
        self.bytes = count * (6 + len(self.picture))
        self.more = threading.Semaphore(0)

    def marker(self):
        return struct.pack("<I", 0xff0000 + self.done)

    def draw(self, link):
        while True:
            self.more.acquire()
            for _ in range(self.count):
                link.message(DRAW_COPY, self.picture)
            link.message(DRAW_COPY, copy(8, 8, self.marker() * 64))

    def seconds(self, pc, frame_buffer, patience_s):
        """Send them all; what it took."""
        self.done += 1
        start = time.monotonic()
        self.more.release()
        wait_for(lambda: pc.memory(frame_buffer, 4)[:3] == self.marker()[:3],
                 patience_s, "redraws", step=0.01)
        return time.monotonic() - start


def frame_buffer_of(pc):
    """Address of the standard VGA's memory."""
    return int(re.search(r"VGA controller.*?BAR0:.*? at (0x[0-9a-f]+)",
                         pc.hmp("info pci"), re.S).group(1), 16)


def client_speed(rom, nic, count=4, times=3, patience_s=60):
    """Redraws in raw bitmaps: [bytes a second, ...]."""
    redraws = Redraws(count)
    with Scripted(desktop(redraws.draw, *SIZE)) as server, \
            Client(server.port, {"compression": "off"}, rom=rom,
                   nic=nic) as pc:
        wait_for(lambda: "first picture shown" in pc.log(), 60,
                 "first picture")
        frame_buffer = frame_buffer_of(pc)
        return [redraws.bytes / redraws.seconds(pc, frame_buffer, patience_s)
                for _ in range(times)]
