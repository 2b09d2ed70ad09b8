# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""DHCP and name servers that do as a test says, on a PC's own cable.

    with Lab() as net, Client(port, net=net) as client:
        net.dhcp.lease, net.dhcp.t1 = 60, 3
        net.dhcp.address = "10.0.2.31"      # the next renewal gets a NAK

Everything else (TCP, above all) goes to QEMU's user network, which has the
gateway and this host at 10.0.2.2 and takes any address in 10.0.2.0/24. All
that is in here may be changed at any time.
"""
import os
import socket
import struct
import time

from .child import Child, free_port, scratch
from .filter import Filter

BROADCAST = b"\xff" * 6
COOKIE = b"\x63\x82\x53\x63"
DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE = 1, 2, 3, 4, 5, 6, 7
PXE = (60, 93, 94, 97)  # options without which a server for PXE is silent
GATEWAY, GATEWAY_MAC = "10.0.2.2", bytes.fromhex("52550a000202")  # QEMU's
ICMP, TCP, UDP = 1, 6, 17


def ip(text):
    return socket.inet_aton(text)


def checksum(data):
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(proto, source, to, payload):
    """An IPv4 packet."""
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64,
                       proto, 0, ip(source), ip(to))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def udp(source, sport, to, dport, payload):
    """An IPv4 packet."""
    return packet(UDP, source, to, struct.pack(
        ">HHHH", sport, dport, 8 + len(payload), 0) + payload)


def unreachable(source, p, code=1):
    """The ICMP packet that says so of a packet: 1, its host."""
    body = struct.pack(">BBHI", 3, code, 0, 0) + p[:(p[0] & 15) * 4 + 8]
    body = body[:2] + struct.pack(">H", checksum(body)) + body[4:]
    return packet(ICMP, source, socket.inet_ntoa(p[12:16]), body)


def readdressed(p, at, address):
    """A TCP packet with another address at 12 (from) or 16 (to)."""
    p, new = bytearray(p), ip(address)
    for sum_at in 10, (p[0] & 15) * 4 + 16:
        old = bytes(b ^ 0xff for b in p[sum_at:sum_at + 2])
        gone = bytes(b ^ 0xff for b in p[at:at + 4])
        p[sum_at:sum_at + 2] = struct.pack(">H", checksum(old + gone + new))
    p[at:at + 4] = new
    return bytes(p)


def option(code, value):
    """An option, in parts if it is long (RFC 3396)."""
    parts = [value[i:i + 255] for i in range(0, len(value), 255)] or [b""]
    return b"".join(bytes([code, len(part)]) + part for part in parts)


def read_options(field):
    """{code: value} of a field of options."""
    found, at = {}, 0
    while at < len(field) and field[at] != 255:
        if field[at] == 0:
            at += 1
            continue
        value = field[at + 2:at + 2 + field[at + 1]]
        found[field[at]] = found.get(field[at], b"") + value
        at += 2 + field[at + 1]
    return found


class Message:
    """A client's DHCP message: kind, options, time, ciaddr, secs, xid, mac;
    broadcast: not sent to a server's own address."""

    def __init__(self, packet, payload):
        self.time = time.monotonic()
        self.raw = payload
        self.options = read_options(payload[240:])
        self.kind = self.options[53][0]
        self.xid, self.mac = payload[4:8], payload[28:34]
        self.secs = struct.unpack(">H", payload[8:10])[0]
        self.ciaddr = socket.inet_ntoa(payload[12:16])
        self.broadcast = packet[16:20] == b"\xff" * 4

    def asked(self):
        """The address that it wants to have or to keep."""
        if 50 in self.options:
            return socket.inet_ntoa(self.options[50])
        return self.ciaddr

    def __repr__(self):
        return "<%d of %s, %s%s>" % (
            self.kind, self.ciaddr, "to all" if self.broadcast else "unicast",
            ", wants " + self.asked() if self.asked() != "0.0.0.0" else "")


class DhcpServer:
    """address: what the PC gets (None: a proxy, that has none to give);
    lease, t1, t2: seconds, None: not said; silent: says nothing; options:
    {code: bytes}; bootfile: option 67, or in the field "file" (in_field);
    needs: options without which a message is ignored; delay_s: of answers;
    wrong: what to do with a REQUEST for another address: "nak", or "ack" the
    one it shall have; answers: kinds of messages that are answered; spare:
    addresses that are given after a DECLINE.

    seen: every message that came by, whoever it was for.
    """

    def __init__(self, at="10.0.2.1", address="10.0.2.30", lease=3600,
                 t1=None, t2=None, bootfile=None, options=None, needs=(),
                 delay_s=0.0, wrong="nak", silent=False, in_field=False,
                 gateway="10.0.2.2", dns=()):
        self.ip, self.address, self.lease = at, address, lease
        self.t1, self.t2, self.bootfile = t1, t2, bootfile
        self.options, self.needs, self.delay_s = options or {}, needs, delay_s
        self.wrong, self.silent, self.in_field = wrong, silent, in_field
        self.gateway, self.dns = gateway, dns
        self.answers, self.spare = (DISCOVER, REQUEST), []
        self.mac = b"\x52\x55\x01" + ip(at)[1:]
        self.seen = []

    def kinds(self):
        return [m.kind for m in self.seen]

    def renewals(self):
        """REQUESTs of a client that has an address."""
        return [m for m in self.seen
                if m.kind == REQUEST and m.ciaddr != "0.0.0.0"]

    def answer_to(self, m):
        """(kind, address) of the answer; None for none."""
        if m.kind == DECLINE and self.spare:
            self.address = self.spare.pop(0)
        if self.silent or m.kind not in self.answers or \
                any(code not in m.options for code in self.needs):
            return None
        if m.kind == DISCOVER:
            return OFFER, self.address or "0.0.0.0"
        if self.address is None or m.options.get(54, ip(self.ip)) != \
                ip(self.ip):
            return None
        if m.asked() != self.address and self.wrong == "nak":
            return NAK, "0.0.0.0"
        return ACK, self.address

    def message(self, m, kind, address):
        """The answer's bytes."""
        values = {53: bytes([kind]), 54: ip(self.ip)}
        if kind == NAK:
            values[56] = b"not here"
        elif self.address:
            values.update({1: ip("255.255.255.0")})
            for code, seconds in (51, self.lease), (58, self.t1), (
                    59, self.t2):
                if seconds is not None:
                    values[code] = struct.pack(">I", seconds)
            if self.gateway:
                values[3] = ip(self.gateway)
            if self.dns:
                values[6] = b"".join(ip(a) for a in self.dns)
        file = b""
        if self.bootfile and self.in_field:
            file = self.bootfile.encode()
        elif self.bootfile:
            values[67] = self.bootfile.encode()
        if kind != NAK:
            values.update(self.options)
        ciaddr = ip(m.ciaddr) if kind == ACK else b"\0" * 4
        head = b"\x02\x01\x06\0" + m.xid + m.raw[8:12] + ciaddr
        head += ip(address) + ip(self.ip) + b"\0" * 4
        head += m.mac + b"\0" * 10 + b"\0" * 64 + file.ljust(128, b"\0")
        return head + COOKIE + b"".join(
            option(c, v) for c, v in values.items()) + b"\xff"


class Dnsmasq(DhcpServer):
    """The real one on this host's loopback; we are the relay between it and
    the cable. args: its own options. Its answers go to the PC as they are."""

    RELAY = "127.0.0.2"  # it answers to this, at its own port

    def __init__(self, args):
        super().__init__()
        self.port = free_port()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.sock.bind((self.RELAY, self.port))
        self.sock.settimeout(2)
        folder = scratch("dnsmasq-")
        self.child = Child(
            ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
             "--port=0", "--interface=lo", "--bind-interfaces", "--no-ping",
             "--log-dhcp", "--log-facility=-", "--user=root",
             "--dhcp-authoritative",
             "--dhcp-alternate-port=%d,%d" % (self.port, self.port + 1),
             "--pid-file=" + os.path.join(folder, "pid"),
             "--dhcp-leasefile=" + os.path.join(folder, "leases")] +
            list(args), os.path.join(folder, "dnsmasq.log"))
        time.sleep(0.5)
        self.child.check()

    @staticmethod
    def without(m, code):
        """A message's bytes without an option, from another PC."""
        options = {c: v for c, v in m.options.items() if c != code}
        return m.raw[:28] + b"\x52\x54\0\0\0\x99" + m.raw[34:240] + \
            b"".join(option(c, v) for c, v in options.items()
                     if c != 61) + b"\xff"

    def answer_bytes(self, payload):
        """What it says to a message that came in by us; None: nothing."""
        end = payload.rindex(b"\xff")
        payload = payload[:24] + ip(self.RELAY) + payload[28:end] + option(
            118, ip("10.0.2.0")) + b"\xff"
        self.sock.sendto(payload, ("127.0.0.1", self.port))
        try:
            return self.sock.recv(2048)
        except socket.timeout:
            return None

    def answer_to(self, m):
        self.last = self.answer_bytes(m.raw)
        return (read_options(self.last[240:])[53][0], "") if self.last \
            else None

    def message(self, m, kind, address):
        return self.last[:24] + b"\0" * 4 + self.last[28:]

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.child.end(2.0)
        self.sock.close()


class NameServer:
    """says: "yes" (names: {name: address}), "silent", "servfail" or
    "refused"; ttl: of its answers. questions: the names that it was asked."""

    def __init__(self, at, names=None, says="yes", ttl=60):
        self.ip, self.names, self.says, self.ttl = at, names or {}, says, ttl
        self.mac = b"\x52\x55\x02" + ip(at)[1:]
        self.questions = []

    def answer(self, p):
        name, at = [], 12
        while p[at]:
            name.append(p[at + 1:at + 1 + p[at]].decode())
            at += 1 + p[at]
        name = ".".join(name)
        kind = struct.unpack(">H", p[at + 1:at + 3])[0]
        self.questions.append(name)
        question = p[12:at + 5]
        code = {"servfail": 2, "refused": 5}.get(self.says)
        if self.says == "silent":
            return None
        if code is None:
            code = 0 if name in self.names else 3
        found = code == 0 and kind == 1
        answer = p[:2] + bytes([0x81, 0x80 | code]) + struct.pack(
            ">HHHH", 1, found, 0, 0) + question
        if found:
            answer += b"\xc0\x0c\0\x01\0\x01" + struct.pack(
                ">IH", self.ttl, 4) + ip(self.names[name])
        return answer


class Lab(Filter):
    """The cable (Machine's net=). dhcp: the first of dhcps; names: name
    servers, by the order of their addresses in 10.0.2.0/24.

    gateway_mac: change it, and the gateway has another Ethernet address.
    hosts: {address: what it is}: "here" (this host by another address),
    "absent" (answers no ARP), "unreachable" (the gateway says so), "mute",
    "probes" (asks for the address as well when the PC does) or "asked" (a
    switch does, of the PC alone).
    """

    def __init__(self, dhcp=None, *more, names=(), **rules):
        self.dhcps = [dhcp or DhcpServer()] + list(more)
        self.dhcp, self.names = self.dhcps[0], list(names)
        if self.names and not self.dhcp.dns:
            self.dhcp.dns = [n.ip for n in self.names]
        self.gateway_mac = GATEWAY_MAC
        self.client_mac, self.arps = b"", []
        self.hosts, self.ports = {}, {}
        super().__init__(**rules)

    def backend(self, name, user_options):
        """As Filter's; Client's boot file name is what our server names."""
        options = user_options.split(",")
        for option in options:
            if option.startswith("bootfile=") and \
                    not any(d.bootfile for d in self.dhcps):
                self.dhcp.bootfile = option[len("bootfile="):]
        return super().backend(name, "".join(
            "," + option for option in options if option.startswith("tftp=")))

    def send(self, mac, kind, payload, to=None, delay_s=0.0):
        """Put a frame on the cable to the PC."""
        frame = (to or self.client_mac) + mac + kind + payload
        self.add("down", frame.ljust(60, b"\0"), delay_s)

    def arp(self, code, mac, address, to=b"\0" * 6, of="0.0.0.0", all=False):
        """Send an ARP request (1) or reply (2) to the PC, or to all."""
        self.send(mac, b"\x08\x06", b"\0\x01\x08\0\x06\x04" + struct.pack(
            ">H", code) + mac + ip(address) + to + ip(of),
            BROADCAST if all else None)

    # --- what comes by ---

    def passing(self, way, frame):
        kind, p = frame[12:14], frame[14:]
        if way == "down":
            if frame[6:12] == GATEWAY_MAC:
                frame = frame.replace(GATEWAY_MAC, self.gateway_mac)
            return self._from_host(frame, p) if self.ports else frame
        self.client_mac = frame[6:12]
        if kind == b"\x08\x06" and self._arp(p):
            return None
        if kind == b"\x08\0" and p[9] == TCP and \
                socket.inet_ntoa(p[16:20]) in self.hosts:
            return self._to_host(frame, p)
        if kind == b"\x08\0" and p[9] == UDP:
            head = (p[0] & 15) * 4
            port = struct.unpack(">H", p[head + 2:head + 4])[0]
            if port == 67:
                self._dhcp(p, p[head + 8:])
                return None
            if port == 53 and self._dns(p, head):
                return None
        if frame[:6] == self.gateway_mac:
            return GATEWAY_MAC + frame[6:]
        return frame if frame[:6] == BROADCAST else None

    def _arp(self, p):
        """Whether it is about one of our servers, which answers."""
        self.arps.append(p)
        for server in self.dhcps + self.names:
            if p[6:8] == b"\0\x01" and p[24:28] == ip(server.ip):
                self.arp(2, server.mac, server.ip, p[8:14],
                         socket.inet_ntoa(p[14:18]))
                return True
        address = socket.inet_ntoa(p[24:28])
        if self.hosts.get(address, "absent") == "absent" or p[7] != 1:
            return address in self.hosts
        if self.hosts[address] in ("probes", "asked"):
            self.arp(1, self.gateway_mac, "0.0.0.0", of=address,
                     all=self.hosts[address] == "probes")
            return True
        self.arp(2, self.gateway_mac, address, p[8:14],
                 socket.inet_ntoa(p[14:18]))
        return True

    def _to_host(self, frame, p):
        """A packet to one of our hosts: what goes on instead."""
        address = socket.inet_ntoa(p[16:20])
        if self.hosts[address] == "unreachable":
            self.send(self.gateway_mac, b"\x08\0", unreachable(GATEWAY, p))
        if self.hosts[address] != "here":
            return None
        at = (p[0] & 15) * 4
        self.ports[p[at:at + 2]] = address
        return GATEWAY_MAC + frame[6:14] + readdressed(p, 16, GATEWAY)

    def _from_host(self, frame, p):
        """A packet to the PC; one of our hosts may have sent it."""
        at = (p[0] & 15) * 4
        if frame[12:14] != b"\x08\0" or p[9] != TCP or \
                p[at + 2:at + 4] not in self.ports:
            return frame
        return frame[:14] + readdressed(p, 12, self.ports[p[at + 2:at + 4]])

    def _dhcp(self, packet, payload):
        m = Message(packet, payload)
        for server in self.dhcps:
            server.seen.append(m)
            answer = server.answer_to(m)
            if not answer or not (m.broadcast or
                                  packet[16:20] == ip(server.ip)):
                continue
            to = m.ciaddr if answer[0] == ACK and m.ciaddr != "0.0.0.0" \
                else "255.255.255.255"
            self.send(server.mac, b"\x08\0", udp(
                server.ip, 67, to, 68, server.message(m, *answer)),
                delay_s=server.delay_s)

    def _dns(self, p, head):
        for server in self.names:
            if p[16:20] == ip(server.ip):
                answer = server.answer(p[head + 8:])
                if answer:
                    sport = struct.unpack(">H", p[head:head + 2])[0]
                    self.send(server.mac, b"\x08\0", udp(
                        server.ip, 53, socket.inet_ntoa(p[12:16]), sport,
                        answer))
                return True
        return False
