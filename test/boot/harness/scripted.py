# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A SPICE server that misbehaves to order: what each connection meets is a
function of the test's, which can be another one for the client's next try.

    def stops_after_the_ticket(link):
        link.hello()
        link.reply()
        link.ticket()
        link.wait()

    with Scripted(stops_after_the_ticket) as server: ...

When the function returns the connection is closed.
"""
import hashlib
import random
import socket
import struct

from .listener import Listener

MAIN, DISPLAY, INPUTS, CURSOR = 1, 2, 3, 4
COMMON_CAPS = 0x0b  # auth selection, ticket, mini header
OK, ERROR, BAD_MAGIC, BAD_DATA, VERSION, NEED_TLS, NEED_PLAIN, DENIED, \
    BAD_SESSION, NO_CHANNEL = range(10)

# Messages, by the names of spice/enums.h.
PING, NOTIFY, WAIT_FOR_CHANNELS = 4, 7, 5
MAIN_INIT, MAIN_CHANNELS_LIST = 103, 104
SURFACE_CREATE, MARK, DRAW_WHITENESS = 314, 102, 307
FORMAT_XRGB = 32


class _Key:
    """An RSA key of 1024 bits, and OAEP with SHA-1, as tickets want it."""

    HEAD = bytes.fromhex("30819f300d06092a864886f70d010101050003818d00"
                         "30818902818100")
    TAIL = bytes.fromhex("0203010001")

    def __init__(self):
        rng = random.SystemRandom()
        while True:
            p, q = self._prime(rng), self._prime(rng)
            self.n = p * q
            if p != q and self.n.bit_length() == 1024:
                break
        self.d = pow(65537, -1, (p - 1) * (q - 1))
        self.der = self.HEAD + self.n.to_bytes(128, "big") + self.TAIL

    @staticmethod
    def _prime(rng):
        while True:
            n = rng.getrandbits(512) | 3 << 510 | 1
            if n % 65537 != 1 and all(n % k for k in range(3, 2000, 2)) and \
                    all(_Key._passes(n, rng.randrange(2, n - 1))
                        for _ in range(8)):
                return n

    @staticmethod
    def _passes(n, base):
        """Miller-Rabin."""
        odd, twos = n - 1, 0
        while odd % 2 == 0:
            odd, twos = odd // 2, twos + 1
        x = pow(base, odd, n)
        if x in (1, n - 1):
            return True
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                return True
        return False

    @staticmethod
    def _mask(seed, n):
        out = b""
        for i in range(n // 20 + 1):
            out += hashlib.sha1(seed + struct.pack(">I", i)).digest()
        return int.from_bytes(out[:n], "big")

    def decrypt(self, block):
        """The ticket's text without its NUL; None when it is none."""
        text = pow(int.from_bytes(block, "big"), self.d, self.n) \
            .to_bytes(128, "big")
        body = int.from_bytes(text[21:], "big")
        seed = (int.from_bytes(text[1:21], "big") ^
                self._mask(text[21:], 20)).to_bytes(20, "big")
        data = (body ^ self._mask(seed, 107)).to_bytes(107, "big")
        rest = data[20:].lstrip(b"\0")
        if text[0] or data[:20] != hashlib.sha1(b"").digest() or \
                rest[:1] != b"\1":
            return None
        return rest[1:].split(b"\0")[0].decode("latin-1")


_key = None


def key():
    """The key of all scripted servers."""
    global _key
    if not _key:
        _key = _Key()
    return _key


class Gone(Exception):
    """The client has closed the connection."""


class Link:
    """One connection. channel: of the client's link message."""

    def __init__(self, conn):
        self.conn, self.channel = conn, None

    def recv(self, n):
        """Exactly n bytes; else Gone."""
        data = b""
        while len(data) < n:
            try:
                more = self.conn.recv(n - len(data))
            except OSError:
                raise Gone from None
            if not more:
                raise Gone
            data += more
        return data

    def send(self, data):
        try:
            self.conn.sendall(data)
        except OSError:
            raise Gone from None

    def wait(self):
        """Until the client goes, reading what it says."""
        while True:
            self.recv(1)

    def reset(self):
        """Close with RST."""
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.conn.close()

    # --- the link ---

    def hello(self):
        """Read the client's first words; the channel's type."""
        magic, _, _, size = struct.unpack("<4sIII", self.recv(16))
        body = self.recv(size)
        if magic != b"REDQ":
            raise Gone
        self.channel = body[4]
        return self.channel

    @staticmethod
    def answer(error=OK, major=2, caps=COMMON_CAPS, size=None):
        """The bytes of a link answer."""
        body = struct.pack("<I", error)
        body += key().der if error == OK else bytes(162)
        body += struct.pack("<IIIII", 1, 1, 178, caps, 0)
        return struct.pack("<4sIII", b"REDQ", major, 2,
                           len(body) if size is None else size) + body

    def reply(self, *args, **named):
        self.send(self.answer(*args, **named))

    def ticket(self):
        """Read mechanism and ticket; the password."""
        self.recv(4)
        return key().decrypt(self.recv(128))

    def result(self, error=OK):
        self.send(struct.pack("<I", error))

    def up(self):
        """The whole link, whatever the password; the channel's type."""
        self.hello()
        self.reply()
        self.ticket()
        self.result()
        return self.channel

    # --- messages ---

    def message(self, kind, body=b"", size=None):
        """Send one; size: what its header claims."""
        self.send(struct.pack("<HI", kind, len(body) if size is None
                              else size) + body)

    def init(self):
        """The main channel's first message."""
        self.message(MAIN_INIT, struct.pack("<8I", 77, 1, 1, 1, 0, 0, 0, 0))

    def channels(self, *kinds):
        self.message(MAIN_CHANNELS_LIST, struct.pack("<I", len(kinds)) +
                     b"".join(bytes([kind, 0]) for kind in kinds))

    def surface(self, width=640, height=480):
        """A primary surface."""
        self.message(SURFACE_CREATE, struct.pack("<5I", 0, width, height,
                                                 FORMAT_XRGB, 1))

    def white(self, width=640, height=480):
        """Draw all of it."""
        self.message(DRAW_WHITENESS, struct.pack(
            "<5IB", 0, 0, 0, height, width, 0) + bytes(13))


def desktop(display=None, width=640, height=480):
    """A function for Scripted: a white desktop, then display(link) on the
    display channel; who is asked for the list of channels gives it."""
    def act(link):
        kind = link.up()
        if kind == MAIN:
            link.init()
            while True:
                number, size = struct.unpack("<HI", link.recv(6))
                link.recv(size)
                if number == 104:
                    link.channels(DISPLAY, INPUTS, CURSOR)
        if kind == DISPLAY:
            link.surface(width, height)
            link.white(width, height)
            link.message(MARK)
            if display:
                display(link)
        link.wait()
    return act


class Scripted(Listener):
    """Listen; act(link) for each connection, in a thread of its own.

    act may be set to another function at any time. Attributes: port, met (the
    channel types of all connections so far).
    """

    def __init__(self, act, port=None):
        key()
        self.act, self.met = act, []
        super().__init__(self._one_link, port)

    def _one_link(self, conn):
        link = Link(conn)
        try:
            self.act(link)
        except Gone:
            pass
        self.met.append(link.channel)
        # FIN, and no RST for what the client still says.
        conn.shutdown(socket.SHUT_WR)
        conn.settimeout(2)
        while conn.recv(4096):
            pass
