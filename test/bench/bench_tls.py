#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""What TLS costs the client, as figures: handshakes and records by key and
suite, processor time of the bare PC's own objects (bin/tls-bench).

    test/bench/bench_tls.py [HANDSHAKES [MIB]]
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "boot"))
from harness import root
from harness.certs import Certs, TlsFront

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
        except OSError:
            pass


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


main()
