# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A cable with IPv6 on it: routers, DHCPv6 and name servers as a test wants.

    names = Names6("2001:db8:1::53", {"desk.test": ("2001:db8:1::2", None)})
    with Lab6(ra=ra(dns=[names.at]), names6=[names]) as net, ...

TCP goes to QEMU's user network, where this host is 2001:db8:1::2 (its ::1)
and 10.0.2.2. All that is in here may be changed at any time.
"""
import socket
import struct

from .dhcp import DhcpServer, Lab, checksum

PREFIX = "2001:db8:1::"
HOST6 = PREFIX + "2"
ROUTER = "fe80::2"
ROUTER_MAC = bytes.fromhex("525600000002")  # of QEMU's user network
ALL_NODES, ALL_NODES_MAC = "ff02::1", bytes.fromhex("333300000001")
IPV6 = b"\x86\xdd"
TCP, UDP, ICMP = 6, 17, 58
FRAGMENT = 44
UNREACHABLE, TOO_BIG, RS, RA, NS, NA = 1, 2, 133, 134, 135, 136


def ip6(text):
    return socket.inet_pton(socket.AF_INET6, text)


def text6(address):
    return socket.inet_ntop(socket.AF_INET6, address)


def packet6(proto, source, to, payload, hops=255):
    """An IPv6 packet; fills in the payload's checksum."""
    at = {TCP: 16, UDP: 6, ICMP: 2}[proto]
    payload = payload[:at] + b"\0\0" + payload[at + 2:]
    total = checksum(ip6(source) + ip6(to) + struct.pack(
        ">II", len(payload), proto) + payload)
    payload = payload[:at] + struct.pack(">H", total) + payload[at + 2:]
    return struct.pack(">IHBB", 6 << 28, len(payload), proto, hops) + \
        ip6(source) + ip6(to) + payload


def dns_names(names):
    return b"".join(b"".join(bytes([len(part)]) + part.encode()
                             for part in name.split(".")) + b"\0"
                    for name in names)


def prefix(address=PREFIX, valid=86400, preferred=14400, flags=0xc0):
    return struct.pack(">BBBBIII", 3, 4, 64, flags, valid, preferred, 0) + \
        ip6(address)


def ra(prefixes=None, lifetime=1800, flags=0, mtu=None, dns=(),
       dns_life=600, domains=()):
    """A router advertisement's bytes."""
    body = struct.pack(">BBHBBHII", RA, 0, 0, 64, flags, lifetime, 0, 0)
    body += b"\1\1" + ROUTER_MAC
    body += b"".join([prefix()] if prefixes is None else prefixes)
    if mtu:
        body += struct.pack(">BBHI", 5, 1, 0, mtu)
    if dns:
        body += struct.pack(">BBHI", 25, 1 + 2 * len(dns), 0, dns_life)
        body += b"".join(ip6(a) for a in dns)
    if domains:
        text = dns_names(domains)
        text += b"\0" * (-len(text) % 8)
        body += struct.pack(">BBHI", 31, 1 + len(text) // 8, 0, 600) + text
    return body


class Names6:
    """A name server at an address of either kind. names: {name: (IPv6 or
    None, IPv4 or None)}; questions: (name, type) that it was asked; silent:
    types that it does not answer."""

    def __init__(self, at, names, silent=()):
        self.at = self.ip = at
        self.names, self.silent, self.questions = names, silent, []
        self.mac = b"\x52\x55\x03\0\0" + bytes([at.encode()[-1]])

    def answer(self, p):
        name, at = [], 12
        while p[at]:
            name.append(p[at + 1:at + 1 + p[at]].decode())
            at += 1 + p[at]
        name, kind = ".".join(name), struct.unpack(">H", p[at + 1:at + 3])[0]
        self.questions.append((name, kind))
        if kind in self.silent:
            return None
        six, four = self.names.get(name, (None, None))
        data = b""
        if kind == 28 and six:
            data = ip6(six)
        if kind == 1 and four:
            data = socket.inet_aton(four)
        code = 0 if name in self.names else 3
        answer = p[:2] + bytes([0x81, 0x80 | code]) + struct.pack(
            ">HHHH", 1, bool(data), 0, 0) + p[12:at + 5]
        if data:
            answer += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60,
                                                len(data)) + data
        return answer


class Lab6(Lab):
    """ra: bytes of an advertisement, None: no router speaks; v4: whether IPv4
    passes; dhcp6: {option: bytes} of DHCPv6 replies, None: silent; names6:
    name servers with IPv6 addresses; refuse: {address: (type, code)}: ICMPv6
    instead of what answers there; mtu: of the way up, told by "too
    big".

    sent: of each TCP packet up (source, to, bytes, flags); ports: of the last;
    fragments: how many (the user network knows none).
    """

    def __init__(self, ra=None, v4=True, dhcp6=None, names6=(), refuse=None,
                 mtu=None, **more):
        self.ra, self.v4, self.dhcp6 = ra, v4, dhcp6
        self.names6, self.refuse = list(names6), refuse or {}
        self.mtu, self.mtus_told = mtu, []
        self.sent, self.requests6, self.ports = [], [], b""
        self.fragments = 0
        super().__init__(more.pop("dhcp", None) or DhcpServer(), **more)

    def backend(self, name, user_options):
        args = super().backend(name, user_options)
        return [a + ",ipv6-prefix=%s,ipv6-prefixlen=64,ipv6-host=%s,"
                "ipv6-dns=%s3" % (PREFIX, HOST6, PREFIX)
                if a.startswith("user,") else a for a in args]

    def send6(self, proto, source, to, payload, mac=ROUTER_MAC, hops=255):
        """Put a packet on the cable to the PC."""
        self.send(mac, IPV6, packet6(proto, source, to, payload, hops),
                  ALL_NODES_MAC if to == ALL_NODES else None)

    def advertise(self):
        self.send6(ICMP, ROUTER, ALL_NODES, self.ra)

    def icmp(self, kind, code, number, packet):
        """An error about a packet, from the router."""
        self.send6(ICMP, ROUTER, text6(packet[8:24]), struct.pack(
            ">BBHI", kind, code, 0, number) + packet[:1232])

    def passing(self, way, frame):
        six = frame[12:14] == IPV6
        if way == "down":
            mine = six and frame[20] == ICMP and frame[54] == RA
            if mine or not (six or self.v4):
                return None
            return super().passing(way, frame)
        self.client_mac = frame[6:12]
        if not six:
            return super().passing(way, frame) if self.v4 else None
        return frame if self.up6(frame, frame[14:]) else None

    def up6(self, frame, p):
        """Whether a frame goes on to the user network."""
        source, to, body = text6(p[8:24]), text6(p[24:40]), p[40:]
        if p[6] == ICMP and body[0] == RS:
            if self.ra:
                self.advertise()
            return False
        if p[6] == ICMP and body[0] == NS:
            return not self.solicited(source, text6(body[8:24]))
        if p[6] == UDP and struct.unpack(">H", body[2:4])[0] == 547:
            self.on_dhcp6(source, body[8:])
            return False
        for server in self.names6:
            if p[6] == UDP and to == server.at:
                answer = server.answer(body[8:])
                if answer:
                    self.send6(UDP, to, source, struct.pack(
                        ">HHHH", 53, struct.unpack(">H", body[:2])[0],
                        8 + len(answer), 0) + answer, server.mac, 64)
                return False
        self.fragments += p[6] == FRAGMENT
        return p[6] != TCP or self.on_tcp(source, to, p)

    def on_tcp(self, source, to, p):
        size = 40 + struct.unpack(">H", p[4:6])[0]
        self.sent.append((source, to, size, p[53]))
        self.ports = p[40:44]
        if to in self.refuse:
            self.icmp(*self.refuse[to], 0, p)
            return False
        if self.mtu and size > self.mtu:
            self.mtus_told.append(size)
            self.icmp(TOO_BIG, 0, self.mtu, p)
            return False
        return True

    def solicited(self, source, target):
        """Whether one of our servers is looked for, and answers."""
        for server in self.names6:
            if server.at == target and source != "::":
                self.send6(ICMP, target, source, struct.pack(
                    ">BBHI", NA, 0, 0, 0x60000000) + ip6(target) + b"\2\1" +
                    server.mac, server.mac)
                return True
        return False

    def on_dhcp6(self, source, p):
        self.requests6.append(p)
        if self.dhcp6 is None:
            return
        answer = b"\7" + p[1:4] + b"\0\2\0\4\0\3\0\1"
        at = 4
        while at + 4 <= len(p):  # a client that has a name is told it
            code, n = struct.unpack_from(">HH", p, at)
            if code == 1:
                answer += p[at:at + 4 + n]
            at += 4 + n
        for code, value in self.dhcp6.items():
            answer += struct.pack(">HH", code, len(value)) + value
        self.send6(UDP, ROUTER, source, struct.pack(
            ">HHHH", 547, 546, 8 + len(answer), 0) + answer)
