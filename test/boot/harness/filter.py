# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A bad network between a PC's card and QEMU's user networking.

    with Filter(seed=1, down=Rules(lose=0.02), up=Rules(lose=0.02)) as net, \\
         Client(x.port, net=net) as client:

Every Ethernet frame passes through here and may be lost, doubled, kept back
behind later ones, delayed, corrupted or cut short. Numbers are shares of the
frames; the same seed and the same frames meet the same fate.

One QEMU holds both ends: its card speaks to one connection of ours, its user
network to the other. TCP carries the frames, so none is lost but by a rule.
"""
import heapq
import os
import random
import selectors
import socket
import struct
import threading
import time

from .child import HarnessError

ETHERNET = 14           # bytes of its header
HEADS = 40              # of IPv4 and TCP, without options
REORDER_S = (0.002, 0.02)
QUEUE_MAX = 1 << 19     # bytes; with more under way we read no further


class Rules:
    """What happens to the frames of one direction.

    lose, double, reorder, corrupt, truncate: shares of the frames, 0 to 1;
    delay_s: seconds for each; jitter_s: up to so many more, in order.
    """

    def __init__(self, lose=0.0, double=0.0, reorder=0.0, corrupt=0.0,
                 truncate=0.0, delay_s=0.0, jitter_s=0.0):
        self.lose, self.double, self.reorder = lose, double, reorder
        self.corrupt, self.truncate = corrupt, truncate
        self.delay_s, self.jitter_s = delay_s, jitter_s


class _Way:
    """One direction: bytes in, frames held until they are due, bytes out."""

    def __init__(self, source, sink, rules, rng, passing, edit=None):
        self.source, self.sink, self.rules, self.rng = source, sink, rules, rng
        self.passing, self.edit = passing, edit
        self.parts, self.out = bytearray(), bytearray()
        self.held, self.held_bytes, self.number = [], 0, 0
        self.last_due = 0.0
        self.counts = dict.fromkeys(
            ("frames", "lost", "doubled", "reordered", "corrupted",
             "corrupted-head", "truncated", "delayed", "cut"), 0)

    def full(self):
        return self.held_bytes + len(self.out) > QUEUE_MAX

    def feed(self, data, cut):
        """Take what QEMU sent: frames, each behind its length."""
        self.parts += data
        at = 0
        while len(self.parts) - at >= 4:
            size = struct.unpack_from(">I", self.parts, at)[0]
            if len(self.parts) - at < 4 + size:
                break
            frame = self.passing(bytes(self.parts[at + 4:at + 4 + size]))
            if frame:
                self.judge(frame, cut)
            at += 4 + size
        del self.parts[:at]

    def hit(self, what, share):
        """Does it befall this frame?"""
        if self.rng.random() >= share:
            return False
        self.counts[what] += 1
        return True

    def judge(self, frame, cut):
        self.counts["frames"] += 1
        if self.edit:
            frame = self.edit(frame)
        rules = self.rules
        if cut:
            self.counts["cut"] += 1
            return
        if self.hit("lost", rules.lose):
            return
        copies = 2 if self.hit("doubled", rules.double) else 1
        late = self.hit("reordered", rules.reorder)
        if self.rng.random() < rules.corrupt:
            frame = self.corrupt(frame)
        if self.hit("truncated", rules.truncate):
            frame = frame[:self.rng.randrange(ETHERNET, len(frame))]
        for _ in range(copies):
            self.hold(frame, late)

    def corrupt(self, frame):
        """One byte of an IP packet becomes another: half of them in its
        headers. The Ethernet header and ARP have no check but the frame's own,
        which a real card has made sure of and QEMU's cards do not have. A
        single byte never gets past a sum of 16 bits; more might, one time in
        65,536."""
        end = self.ip_end(frame)
        if not end:
            return frame
        head = self.rng.random() < 0.5
        if head:
            end = min(end, ETHERNET + HEADS)
        at = self.rng.randrange(ETHERNET, end)
        self.counts["corrupted"] += 1
        self.counts["corrupted-head"] += at < ETHERNET + HEADS
        byte = frame[at] ^ self.rng.randrange(1, 256)
        return frame[:at] + bytes([byte]) + frame[at + 1:]

    @staticmethod
    def ip_end(frame):
        """Where the IP packet in it ends; 0: it is none."""
        if frame[12:14] == b"\x08\x00":
            size = struct.unpack_from(">H", frame, ETHERNET + 2)[0]
        elif frame[12:14] == b"\x86\xdd":
            size = 40 + struct.unpack_from(">H", frame, ETHERNET + 4)[0]
        else:
            return 0
        return min(len(frame), ETHERNET + size)

    def add(self, frame, delay_s):
        """A frame that nobody has sent, past all rules."""
        self.number += 1
        self.held_bytes += len(frame)
        heapq.heappush(self.held, (time.monotonic() + delay_s, self.number,
                                   frame))

    def hold(self, frame, late):
        due = time.monotonic() + self.rules.delay_s
        self.counts["delayed"] += self.rules.delay_s > 0
        if self.rules.jitter_s:
            due += self.rng.uniform(0, self.rules.jitter_s)
        if late:
            due += self.rng.uniform(*REORDER_S)
        else:
            due = self.last_due = max(due, self.last_due)
        self.number += 1
        self.held_bytes += len(frame)
        heapq.heappush(self.held, (due, self.number, frame))

    def release(self, now):
        """Frames that are due go out. Seconds until the next, or None."""
        while self.held and self.held[0][0] <= now:
            frame = heapq.heappop(self.held)[2]
            self.held_bytes -= len(frame)
            self.out += struct.pack(">I", len(frame)) + frame
        return self.held[0][0] - now if self.held else None


class Filter:
    """The network of a Machine(net=...), between its card and the user net.

    seed: of the random numbers; down: Rules to the PC, up: from it; each may
    be changed at any time (filter.down = Rules(...)). edit: a function that
    each frame to the PC goes through first.
    """

    def __init__(self, seed=1, down=None, up=None, edit=None):
        self.edit = edit
        self.rules = {"down": down or Rules(), "up": up or Rules()}
        self.seed = seed
        self.is_cut = self.ending = False
        self.ways = {}
        self.why = None
        self.lock, self.added = threading.Lock(), []
        self.listeners = []
        for _ in range(2):
            sock = socket.socket()
            sock.bind(("127.0.0.1", 0))
            sock.listen(1)
            sock.settimeout(20)
            self.listeners.append(sock)
        self.wake_r, self.wake_w = os.pipe()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def backend(self, name, user_options):
        """QEMU's arguments: the network `name` for the card."""
        card, net = [s.getsockname()[1] for s in self.listeners]
        return ["-netdev", "socket,id=%s,connect=127.0.0.1:%d" % (name, card),
                "-netdev", "user,id=u0" + user_options,
                "-netdev", "socket,id=s0,connect=127.0.0.1:%d" % net,
                "-netdev", "hubport,hubid=0,id=h0,netdev=u0",
                "-netdev", "hubport,hubid=0,id=h1,netdev=s0"]

    def set(self, down=None, up=None):
        """Other rules from now on; None: none."""
        self.rules = {"down": down or Rules(), "up": up or Rules()}
        for name, way in self.ways.items():
            way.rules = self.rules[name]

    def cut(self, on=True):
        """Nothing passes, and nobody is told."""
        self.is_cut = on

    def passing(self, way, frame):
        """Each frame before the rules; what goes on instead, None nothing.
        For who inherits."""
        return frame

    def add(self, way, frame, delay_s=0.0):
        """Put a frame of one's own on the way, from any thread."""
        with self.lock:
            self.added.append((way, frame, delay_s))
        os.write(self.wake_w, b"x")

    def counts(self, way=None):
        """{what: frames} of "down" or "up", or of both."""
        ways = [self.ways[way]] if way else list(self.ways.values())
        return {what: sum(w.counts[what] for w in ways)
                for what in ways[0].counts} if ways else {}

    def __str__(self):
        return "; ".join(name + ": " + ", ".join(
            "%d %s" % (n, what) for what, n in way.counts.items() if n)
            for name, way in self.ways.items())

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.end()

    def end(self):
        self.ending = True
        os.write(self.wake_w, b"x")
        self.thread.join(5)
        for sock in self.listeners:
            sock.close()
        if self.why:
            raise HarnessError("filter: " + self.why)

    def _run(self):
        try:
            card, net = self._joined()
        except OSError:
            return  # no QEMU has come
        try:
            self._pass(card, net)
        except OSError:
            pass  # QEMU has gone
        except Exception as error:  # shown by end()
            self.why = repr(error)
        card.close()
        net.close()

    def _joined(self):
        """QEMU's two connections."""
        socks = []
        for listener in self.listeners:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setblocking(False)
            socks.append(sock)
        return socks

    def _pass(self, card, net):
        for name, source, sink in (("down", net, card), ("up", card, net)):
            rng = random.Random("%s-%s" % (self.seed, name))
            self.ways[name] = _Way(
                source, sink, self.rules[name], rng,
                lambda frame, way=name: self.passing(way, frame),
                self.edit if name == "down" else None)
        selector = selectors.DefaultSelector()
        selector.register(self.wake_r, selectors.EVENT_READ)
        wait = None
        while not self.ending:
            self._watch(selector, (card, net))
            for key, ready in selector.select(wait):
                if key.fileobj == self.wake_r:
                    os.read(self.wake_r, 64)
                elif ready & selectors.EVENT_READ:
                    self._read(key.fileobj)
            with self.lock:
                for way, frame, delay_s in self.added:
                    self.ways[way].add(frame, delay_s)
                self.added.clear()
            wait = self._write()
        selector.close()

    def _watch(self, selector, socks):
        """Read what has room, write what has something."""
        for sock in socks:
            events = 0
            for way in self.ways.values():
                if way.source is sock and not way.full():
                    events |= selectors.EVENT_READ
                if way.sink is sock and way.out:
                    events |= selectors.EVENT_WRITE
            known = selector.get_map().get(sock.fileno())
            if known and known.events == events:
                continue
            if known:
                selector.unregister(sock)
            if events:
                selector.register(sock, events)

    def _read(self, sock):
        way = next(w for w in self.ways.values() if w.source is sock)
        try:
            data = sock.recv(1 << 16)
        except BlockingIOError:
            return
        if not data:
            raise OSError("closed")
        way.feed(data, self.is_cut)

    def _write(self):
        """Send what is due; seconds until something else is."""
        now, wait = time.monotonic(), None
        for way in self.ways.values():
            due = way.release(now)
            if due is not None:
                wait = due if wait is None else min(wait, due)
            if way.out:
                try:
                    del way.out[:way.sink.send(way.out)]
                except BlockingIOError:
                    pass
        return wait
