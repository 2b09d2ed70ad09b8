#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""What TLS costs the client, as figures: handshakes (full, resumed) and records
by key and suite, processor time of the bare PC's own objects (bin/tls-bench).

    test/bench/bench_tls.py [HANDSHAKES [MIB]]

And whole redraws in raw bitmaps on a PC in QEMU, without TLS and over it, with
and without AES-NI.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "boot"))
from harness import Client, Scripted, root, scratch
from harness.certs import Certs, TlsFront
from harness.child import wait_for
from harness.scripted import desktop
from harness.speed import SIZE, Redraws, frame_buffer_of

# Key of the server, suite.
ROWS = [("rsa2048", "ECDHE-RSA-AES128-GCM-SHA256"),
        ("rsa2048", "ECDHE-RSA-AES256-GCM-SHA384"),
        ("rsa2048", "ECDHE-RSA-CHACHA20-POLY1305"),
        ("rsa4096", "ECDHE-RSA-CHACHA20-POLY1305"),
        ("p256", "ECDHE-ECDSA-CHACHA20-POLY1305")]


class Feeder(TlsFront):
    """Sends so many zeros to whoever says anything."""

    mib = 1

    def talk(self, tls):
        try:
            while tls.recv(16):
                tls.sendall(bytes(int(self.mib) << 20))
            tls.unwrap()  # else OpenSSL forgets the session
        except OSError:
            pass


def session(name, tls, cpu):
    """The best of three times four redraws; the server's side is Python's."""
    certs = Certs()
    ca_key = certs.key("rsa2048", "ca")
    ca = certs.make([("CN", "CA")], ca_key, ca=True)
    key = certs.key("rsa2048")
    cert = certs.make([("CN", "x")], key, (ca, ca_key), san="IP:10.0.2.2")
    folder, redraws = scratch("tftp-"), Redraws(4)
    with Scripted(desktop(redraws.draw, *SIZE)) as server, \
            TlsFront(cert, key, behind=server.port) as front:
        with open(ca) as pem, \
                open(os.path.join(folder, "desk.vv"), "w") as vv:
            vv.write("[virt-viewer]\ntype=spice\nhost=10.0.2.2\n"
                     "compression=off\nca=%s\n%s=%d\n" % (
                         pem.read().replace("\n", "\\n"),
                         "tls-port" if tls else "port",
                         front.port if tls else server.port))
        with Client(uri="desk.vv", tftp=folder, cpu=cpu) as pc:
            wait_for(lambda: "first picture shown" in pc.log(), 60,
                     "first picture")
            frame_buffer = frame_buffer_of(pc)
            best = max(redraws.bytes / redraws.seconds(pc, frame_buffer, 60)
                       for _ in range(3))
    print("%-40s %.1f MB/s" % (name, best / 1e6), flush=True)


def main():
    count, mib = (sys.argv[1:] + ["10", "300"][len(sys.argv) - 1:])[:2]
    certs = Certs()
    for kind, suite in ROWS:
        ca_key = certs.key(kind, "ca")
        ca = certs.make([("CN", "CA")], ca_key, ca=True)
        key = certs.key(kind)
        cert = certs.make([("CN", "127.0.0.1")], key, (ca, ca_key),
                          san="IP:127.0.0.1")
        with Feeder(cert, key, ciphers=suite) as server:
            server.mib = mib
            done = subprocess.run(
                [os.path.join(root(), "bin", "tls-bench"), str(server.port),
                 ca, count, mib], stdout=subprocess.PIPE, timeout=600)
        print("%-8s %-30s %s" % (kind, suite, done.stdout.decode().strip()),
              flush=True)
    session("redraws, no TLS", False, None)
    session("redraws, TLS, no AES-NI: ChaCha20", True, None)
    session("redraws, no TLS, -cpu max", False, "max")
    session("redraws, TLS, AES-NI (-cpu max)", True, "max")


if __name__ == "__main__":
    main()
