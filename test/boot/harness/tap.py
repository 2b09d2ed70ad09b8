# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A TCP forwarder between a SPICE client and its server that looks inside.

It notes every SPICE message of both directions with the time it passed, and
can slow, stop, cut or refuse connections. TLS passes unread.
"""
import os
import selectors
import socket
import struct
import threading
import time

from .child import free_port, until

CHANNELS = {1: "main", 2: "display", 3: "inputs", 4: "cursor", 5: "playback",
            6: "record", 9: "usbredir", 10: "port", 11: "webdav"}
KEY_DOWN, KEY_UP, KEY_SCANCODE = 101, 102, 104  # inputs, from the client
AUTH_SELECTION, MINI_HEADER = 1 << 0, 1 << 3  # common capabilities


class Message:
    """One message on the wire.

    time: monotonic seconds when its last byte passed; channel: its name;
    up: from the client; type: number; size: of the body; body: its first
    bytes (at most Tap.keep).
    """

    def __init__(self, when, channel, up, number, size, body):
        self.time, self.channel, self.up = when, channel, up
        self.type, self.size, self.body = number, size, body

    def __repr__(self):
        return "<%s %s %d, %d bytes>" % (
            self.channel, "up" if self.up else "down", self.type, self.size)


class _Parser:
    """Follows one direction of one channel; fed with bytes.

    States: link header (16 bytes) -> link body -> ticket part (client 4 + 128
    bytes or 128, server 4) -> messages. Loses nothing but its sight: what is
    not SPICE stops the parser, never the forwarding.
    """

    def __init__(self, link, up, emit, keep):
        self.link, self.up, self.emit, self.keep = link, up, emit, keep
        self.buffer = bytearray()
        self.want = 16
        self.step = self._link_header
        self.skip = self.type = 0

    def feed(self, data):
        while data and self.step:
            if self.skip:
                n = min(self.skip, len(data))
                data = data[n:]
                self.skip -= n
                if not self.skip:
                    self._message_done()
                continue
            n = min(self.want - len(self.buffer), len(data))
            self.buffer += data[:n]
            data = data[n:]
            if len(self.buffer) == self.want:
                taken = bytes(self.buffer)
                self.buffer.clear()
                self.step(taken)

    def _next(self, step, want):
        self.step, self.want = step, want

    def _link_header(self, data):
        magic, _, _, size = struct.unpack("<4sIII", data)
        if magic != b"REDQ" or size > 4096:
            self.step = None
            return
        self._next(self._link_body, size)

    def _link_body(self, data):
        if self.up:
            channel, ident, words, _, at = struct.unpack("<BBIII", data[4:18])
            self.link.channel = CHANNELS.get(channel, str(channel))
            if ident:
                self.link.channel += str(ident)
            caps = struct.unpack("<I", data[at:at + 4])[0] if words else 0
            self.link.caps = caps
            auth = 4 if caps & AUTH_SELECTION else 0
            self._next(self._ticket, auth + 128)
        else:
            self._next(self._ticket, 4)

    def _ticket(self, data):
        if not self.up:
            self.link.result = struct.unpack("<I", data)[0]
        self._header()

    def _header(self):
        mini = self.link.caps & MINI_HEADER
        self._next(self._head, 6 if mini else 18)

    def _head(self, data):
        if len(data) == 6:
            self.type, self.size = struct.unpack("<HI", data)
        else:
            _, self.type, self.size, _ = struct.unpack("<QHII", data)
        self.body = b""
        n = min(self.size, self.keep)
        if n:
            self._next(self._body, n)
        else:
            self._body(b"")

    def _body(self, data):
        self.body = data
        self.skip = self.size - len(data)
        if not self.skip:
            self._message_done()

    def _message_done(self):
        self.emit(Message(time.monotonic(), self.link.channel, self.up,
                          self.type, self.size, self.body))
        self._header()


class _Link:
    """A connection through the tap: two sockets, two parsers."""

    def __init__(self, client, server, emit, keep):
        self.client, self.server = client, server
        self.channel, self.caps, self.result = "?", 0, None
        self.parser = {client: _Parser(self, True, emit, keep),
                       server: _Parser(self, False, emit, keep)}
        self.held = {client: [], server: []}
        self.opened = time.monotonic()
        self.bytes_up = self.bytes_down = 0

    def other(self, sock):
        return self.server if sock is self.client else self.client


class Tap:
    """Listen on a free port of 127.0.0.1 (or `port`) and forward to `target`.

    Attributes: port; messages: all Message seen, in order; links: open
    connections; opened: how many there have been.
    delay_s: seconds every byte of both directions waits.
    keep: how many bytes of a message's body are kept.
    rate: None, or how many bytes a second all connections bring together.
    spoil: None, or spoil(link, type, left, data) -> data for what comes from
        the server; `left` bytes of the message of `type` follow behind data.
    """

    spoil = None
    rate = None
    free_at = 0.0  # when the line takes the next bytes at that rate

    def __init__(self, target, port=None, delay_s=0.0, keep=64):
        self.target, self.delay_s, self.keep = target, delay_s, keep
        self.messages, self.links, self.opened = [], [], 0
        self.refusing = self.stopped = False
        self.lock = threading.RLock()
        self.selector = selectors.DefaultSelector()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port or free_port()))
        self.listener.listen(16)
        self.port = self.listener.getsockname()[1]
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.wake_r, self.wake_w = os.pipe()
        self.selector.register(self.wake_r, selectors.EVENT_READ)
        self.ending = False
        self.thread = threading.Thread(target=self._loop, daemon=True)
        self.thread.start()

    # --- what a test tells it ---

    def cut(self, channel=None):
        """Close connections at once: all, or a channel's."""
        with self.lock:
            for link in list(self.links):
                if channel is None or link.channel == channel:
                    self._close(link)

    def refuse(self, on=True):
        """Close every new connection as soon as it comes."""
        self.refusing = on

    def stop(self, on=True):
        """Stop reading both directions: a network that went silent."""
        self.stopped = on
        os.write(self.wake_w, b"x")

    def end(self):
        self.ending = True
        os.write(self.wake_w, b"x")
        self.thread.join(5)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.end()

    # --- what a test asks it ---

    def find(self, channel=None, up=None, type=None, since=0.0):
        """Messages seen of that kind; None: any."""
        with self.lock:
            return [m for m in self.messages if m.time >= since and
                    channel in (None, m.channel) and up in (None, m.up) and
                    type in (None, m.type)]

    def wait(self, channel, up, type, since=0.0, timeout=10):
        """The first such message, as soon as it passes; None if it does not.
        """
        end = until(timeout)
        while time.monotonic() < end:
            found = self.find(channel, up, type, since)
            if found:
                return found[0]
            time.sleep(0.001)
        return None

    def counts(self, channel, up=False):
        """{message type: how many} of a channel's direction."""
        result = {}
        for m in self.find(channel, up):
            result[m.type] = result.get(m.type, 0) + 1
        return result

    # --- the forwarding ---

    def _emit(self, message):
        with self.lock:
            self.messages.append(message)

    def _accept(self):
        client, _ = self.listener.accept()
        if self.refusing:
            client.close()
            return
        server = socket.socket()
        try:
            server.connect(("127.0.0.1", self.target))
        except OSError:
            client.close()
            server.close()
            return
        link = _Link(client, server, self._emit, self.keep)
        for sock in (client, server):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setblocking(False)
            self.selector.register(sock, selectors.EVENT_READ, link)
        with self.lock:
            self.links.append(link)
            self.opened += 1

    def _close(self, link):
        with self.lock:
            if link not in self.links:
                return
            self.links.remove(link)
            for sock in (link.client, link.server):
                try:
                    self.selector.unregister(sock)
                except (KeyError, ValueError):
                    pass
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                sock.close()

    def _read(self, link, sock):
        try:
            data = sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            link.held[sock].append((time.monotonic() + self.delay_s, None))
            self._silence(link, sock)
            return
        if sock is link.client:
            link.bytes_up += len(data)
        else:
            link.bytes_down += len(data)
        parser = link.parser[sock]
        parser.feed(data)
        if self.spoil and sock is link.server:
            data = self.spoil(link, parser.type, parser.skip, data)
        link.held[sock].append((time.monotonic() + self.delay_s, data))

    def _silence(self, link, sock):
        try:
            self.selector.unregister(sock)
        except (KeyError, ValueError):
            pass

    def _send_due(self, link):
        """Pass on what is due; seconds until the next, or None."""
        nearest = None
        for sock, queue in link.held.items():
            while queue:
                wait = queue[0][0] - time.monotonic()
                if wait > 0:
                    nearest = min(wait, nearest or wait)
                    break
                data = queue[0][1]
                if data is None:
                    self._close(link)
                    return None
                slowed = self.rate and sock is link.server
                wait = self.free_at - time.monotonic()
                if slowed and wait > 0:
                    nearest = min(wait, nearest or wait)
                    break
                try:
                    n = link.other(sock).send(data[:4096] if slowed else data)
                except BlockingIOError:
                    nearest = min(0.002, nearest or 0.002)
                    break
                except OSError:
                    self._close(link)
                    return None
                if slowed:
                    self.free_at = time.monotonic() + n / self.rate
                if n < len(data):
                    queue[0] = (queue[0][0], data[n:])
                else:
                    queue.pop(0)
        return nearest

    def _full(self, link, sock):
        """True when so much waits that reading on would only pile up."""
        return sum(len(d) for _, d in link.held[sock] if d) > (1 << 20)

    def _loop(self):
        wait = None
        while not self.ending:
            for key, _ in self.selector.select(wait):
                if key.fileobj is self.listener:
                    self._accept()
                elif key.fileobj == self.wake_r:
                    os.read(self.wake_r, 64)
                elif self.stopped or self._full(key.data, key.fileobj):
                    time.sleep(0.002)
                else:
                    with self.lock:
                        if key.data in self.links:
                            self._read(key.data, key.fileobj)
            wait = None
            if not self.stopped:
                for link in list(self.links):
                    due = self._send_due(link)
                    if due is not None:
                        wait = min(due, wait or due)
        self.cut()
        self.listener.close()
