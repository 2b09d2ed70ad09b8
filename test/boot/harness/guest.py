# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A virtual machine to be looked at by SPICE, booting test/boot/guest."""
import os

from .child import HarnessError, free_port, port_open, root, wait_for
from .machine import Machine

# The byte of the boot sector that chooses what the guest shows.
MODE_AT = 0x1fd
MODES = {"text": 0, "graphics": 1}


class SpiceGuest(Machine):
    """A QEMU machine that is a SPICE server on 127.0.0.1.

    show: "text" (VGA text screen) or "graphics" (800x600, 32 bits);
    password: None for no ticket; compression: QEMU's image-compression (off,
    lz, glz, quic, auto_lz, auto_glz); tablet: add a usb-tablet, with which
    the server offers CLIENT mouse mode; vga: "std" or "qxl";
    spice: more options of -spice (of which JPEG is none: on a busy machine a
    line looks slow, and pictures would come in JPEG); port: None for a free one;
    incoming: a port where it waits to be migrated to (the same otherwise).

    serial() has a line for each scancode ("K 1e"), mouse packet
    ("M b dx dy") and change of the lock state ("L xx").
    """

    def __init__(self, show="text", password=None, compression=None,
                 tablet=False, vga="std", spice="", port=None, extra=(),
                 memory=32, incoming=None, **more):
        self.port = port or free_port()
        image = os.path.join(root(), "build", "test", "guest.img")
        if not os.path.exists(image):
            raise HarnessError("build/test/guest.img is not built")
        with open(image, "rb") as f:
            data = bytearray(f.read())
        data[MODE_AT] = MODES[show]
        from .child import scratch
        disk = os.path.join(scratch("guest-"), "disk.img")
        with open(disk, "wb") as f:
            f.write(data)
        server = "port=%d,addr=127.0.0.1,jpeg-wan-compression=never" % self.port
        args = []
        if password is None:
            server += ",disable-ticketing=on"
        else:
            args += ["-object", "secret,id=ticket0,data=" + password]
            server += ",password-secret=ticket0"
        if compression:
            server += ",image-compression=" + compression
        if spice:
            server += "," + spice
        args += ["-spice", server]
        if tablet:
            args += ["-device", "qemu-xhci", "-device", "usb-tablet"]
        if incoming:
            args += ["-incoming", "tcp:127.0.0.1:%d" % incoming]
        super().__init__(memory=memory, vga=vga, nic=None, disk=disk,
                         extra=args + list(extra), **more)
        wait_for(lambda: port_open(self.port), 20, "SPICE port of QEMU")
        if not incoming:
            self.wait_serial("^ready", 60)

    def tell(self, **where):
        """Tell clients where the machine is about to move
        (client_migrate_info's arguments)."""
        self.qmp.command("client_migrate_info", protocol="spice", **where)

    def migrate(self, to):
        """Move to the machine that waits at port `to`."""
        self.qmp.command("migrate", uri="tcp:127.0.0.1:%d" % to)
        wait_for(lambda: self.qmp.command("query-migrate").get("status")
                 == "completed", 60, "migration")

    def keys(self):
        """Scancode bytes received so far, as one list of numbers."""
        return [int(line.split()[1], 16)
                for line in self._lines() if line.startswith("K ")]

    def packets(self):
        """Mouse packets so far: (buttons, dx, dy), dy downwards."""
        return [tuple(int(f) for f in line.split()[1:])
                for line in self._lines() if line.startswith("M ")]

    def locks(self):
        """The last lock state it saw: 1 Scroll, 2 Num, 4 Caps; or None."""
        seen = [int(line.split()[1], 16)
                for line in self._lines() if line.startswith("L ")]
        return seen[-1] if seen else None

    def _lines(self):
        text = self.serial()
        return text[:text.rfind("\n") + 1].replace("\r", "").splitlines()
