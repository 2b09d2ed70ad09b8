# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The other end of test/boot/undi_program.c, and how its results are read."""
import os
import time
import zlib

from .listener import Listener

BURST = 1 << 18


class Server(Listener):
    """Answers "get", "put" and "burst", see undi_program.c; results as tuples
    (verb, bytes, sums equal, seconds)."""

    def __init__(self):
        self.data = os.urandom(1 << 20)
        self.results = []
        super().__init__(self.serve)

    def serve(self, conn):
        conn.settimeout(60)
        start = time.monotonic()
        try:
            with conn, conn.makefile("rb") as lines:
                verb, size = lines.readline().decode().split()
                crc = getattr(self, verb)(conn, lines, int(size))
                good = lines.readline().strip() == b"%08x" % crc
            self.results.append((verb, int(size), good,
                                 time.monotonic() - start))
        except (OSError, ValueError) as error:
            self.results.append(("left", str(error), False, 0))

    def get(self, conn, _lines, size, piece=1 << 20, pause=0):
        crc = 0
        while size:
            part = self.data[:min(size, piece)]
            crc = zlib.crc32(part, crc)
            conn.sendall(part)
            size -= len(part)
            time.sleep(pause)
        return crc

    def burst(self, conn, lines, size):
        return self.get(conn, lines, size, BURST, 0.3)

    @staticmethod
    def put(_conn, lines, size):
        return zlib.crc32(lines.read(size))

    def good(self, verb):
        """How many of these have gone well."""
        return sum(1 for r in self.results if r[0] == verb and r[2])


def number(machine, name, timeout=60):
    return int(machine.logged(name, timeout))


def cpu_seconds(pid):
    """Processor time of a process."""
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
