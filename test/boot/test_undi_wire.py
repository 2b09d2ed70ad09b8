#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 300
"""The port on UNDI and lwIP against a network made here, frame by frame: what
QEMU's user networking cannot do. ARP, DHCP with options, DNS with every kind
of answer, ICMP, and a TCP server that is 30 ms away and scales its window."""
import os
import re
import socket
import struct
import sys
import threading
import time
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import cases, free_port  # noqa: E402
from harness.child import root  # noqa: E402
from harness.machine import Machine  # noqa: E402

ROM = os.path.join(root(), "build", "test", "boot", "undi_program.rom")
MAC = bytes.fromhex("525500000001")
CLIENT, GATEWAY, SERVER = "10.0.2.130", "10.0.2.129", "10.0.2.2"
MASK = "255.255.255.128"  # the server is behind the gateway
DELAY = 0.03
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def ip(text):
    return socket.inet_aton(text)


def checksum(data):
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ip_packet(proto, source, to, payload):
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64,
                       proto, 0, ip(source), ip(to))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


class Wire:
    """Everything on the other end of the PC's cable.

    bootfile: option 67; lease: seconds; dns: "yes" (server.test.example is
    SERVER, nothing else exists), "servfail", "silent".
    """

    def __init__(self, bootfile, lease=3600, dns="yes"):
        self.bootfile, self.lease, self.dns = bootfile, lease, dns
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.peer = "127.0.0.1", free_port()
        self.requests = []      # DHCP: (type, parameter request list)
        self.questions = []     # DNS names
        self.syn_options = b""
        self.windows = []       # of the client, scaled
        self.flows = {}
        self.client_mac = b""
        self.data = os.urandom(1 << 20)
        threading.Thread(target=self.run, daemon=True).start()

    def args(self):
        """QEMU's end of the cable."""
        return ["-netdev", "socket,id=n0,udp=127.0.0.1:%d,localaddr="
                "127.0.0.1:%d" % (self.sock.getsockname()[1], self.peer[1]),
                "-device", "e1000,netdev=n0,bootindex=0,romfile=" + ROM]

    def run(self):
        while True:
            frame = self.sock.recv(2048)
            self.client_mac = frame[6:12]
            kind = frame[12:14]
            if kind == b"\x08\x06":
                self.arp(frame[14:])
            elif kind == b"\x08\x00":
                self.ip(frame[14:])

    def send(self, kind, payload):
        frame = self.client_mac + MAC + kind + payload
        self.sock.sendto(frame.ljust(60, b"\0"), self.peer)

    def send_ip(self, proto, source, payload, to=CLIENT):
        self.send(b"\x08\x00", ip_packet(proto, source, to, payload))

    def arp(self, p):
        if p[6:8] == b"\0\x01" and p[24:28] == ip(GATEWAY):
            self.send(b"\x08\x06", p[:6] + b"\0\x02" + MAC + p[24:28] +
                      p[8:14] + p[14:18])

    def ip(self, p):
        head = (p[0] & 15) * 4
        p = p[:struct.unpack(">H", p[2:4])[0]]
        to = socket.inet_ntoa(p[16:20])
        body = p[head:]
        if p[9] == 17:
            self.udp(to, body)
        elif p[9] == 6 and to == SERVER:
            self.tcp(body)
        elif p[9] == 6:  # ICMP host unreachable, from the gateway
            icmp = b"\x03\x01\0\0\0\0\0\0" + p[:head + 8]
            icmp = icmp[:2] + struct.pack(">H", checksum(icmp)) + icmp[4:]
            self.send_ip(1, GATEWAY, icmp)

    def udp(self, to, p):
        source, port = struct.unpack(">HH", p[:4])
        if port == 67:
            self.dhcp(p[8:])
        elif port == 53 and self.dns != "silent":
            answer = self.answer(p[8:])
            self.send_ip(17, to, struct.pack(">HHHH", 53, source,
                                             8 + len(answer), 0) + answer)

    # --- DHCP ---

    def dhcp(self, p):
        options, at = {}, 240
        while at < len(p) and p[at] != 255:
            if p[at] == 0:
                at += 1
                continue
            options[p[at]] = p[at + 2:at + 2 + p[at + 1]]
            at += 2 + p[at + 1]
        kind = options[53][0]
        self.requests.append((kind, options.get(55, b"")))
        if kind not in (1, 3):
            return

        def option(code, value):
            return bytes([code, len(value)]) + value
        answer = option(53, b"\x02" if kind == 1 else b"\x05")
        answer += option(54, ip(GATEWAY)) + option(1, ip(MASK))
        answer += option(3, ip(GATEWAY)) + option(6, ip(GATEWAY))
        answer += option(51, struct.pack(">I", self.lease))
        answer += option(67, self.bootfile.encode())
        answer += option(15, b"test.example") + b"\xff"
        body = (b"\x02\x01\x06\0" + p[4:8] + b"\0" * 8 + ip(CLIENT) +
                ip(GATEWAY) + b"\0" * 4 + p[28:44] + b"\0" * 192 +
                b"\x63\x82\x53\x63" + answer)
        self.send_ip(17, GATEWAY, struct.pack(">HHHH", 67, 68, 8 + len(body),
                                              0) + body, "255.255.255.255")

    # --- DNS ---

    def answer(self, p):
        name, at = [], 12
        while p[at]:
            name.append(p[at + 1:at + 1 + p[at]].decode())
            at += 1 + p[at]
        name = ".".join(name)
        question = p[12:at + 5]
        is_v4 = question[-4:-2] == b"\0\x01"
        if is_v4:
            self.questions.append(name)
        if self.dns == "servfail":
            return p[:2] + b"\x81\x82\0\x01\0\0\0\0\0\0" + question
        if name != "server.test.example":
            return p[:2] + b"\x81\x83\0\x01\0\0\0\0\0\0" + question
        if not is_v4:
            return p[:2] + b"\x81\x80\0\x01\0\0\0\0\0\0" + question
        return (p[:2] + b"\x81\x80\0\x01\0\x01\0\0\0\0" + question +
                b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04" + ip(SERVER))

    # --- TCP: answers "get BYTES", loses nothing, 30 ms late ---

    def tcp_send(self, flow, flags, payload=b"", options=b""):
        head = struct.pack(">HHIIBBHHH", flow["port"], flow["their"],
                           flow["seq"] & 0xffffffff, flow["ack"],
                           (20 + len(options)) << 2, flags, 65535, 0, 0)
        pseudo = ip(SERVER) + ip(CLIENT) + struct.pack(
            ">HH", 6, len(head) + len(options) + len(payload))
        segment = head + options + payload
        total = checksum(pseudo + segment)
        segment = segment[:16] + struct.pack(">H", total) + segment[18:]
        self.send_ip(6, SERVER, segment)
        flow["seq"] += len(payload) + bool(flags & (SYN | FIN))

    def later(self, function, *args):
        timer = threading.Timer(DELAY, function, args)
        timer.daemon = True
        timer.start()

    def tcp(self, p):
        their, port, seq, ack, offset, flags, window = struct.unpack(
            ">HHIIBBH", p[:16])
        head = (offset >> 4) * 4
        payload = p[head:]
        if flags & SYN:
            self.syn_options = p[20:head]
            flow = {"their": their, "port": port, "seq": 1000, "ack": seq + 1,
                    "line": b"", "acked": 1001, "window": 0, "todo": 0,
                    "crc": 0, "lock": threading.Lock()}
            self.flows[their] = flow
            self.later(self.tcp_send, flow, SYN | ACK, b"",
                       b"\x02\x04\x05\xb4\x01\x03\x03\x07")
            return
        flow = self.flows.get(their)
        if not flow or flags & RST:
            return
        with flow["lock"]:
            shift = self.options().get(3, b"\0")[0]
            flow["window"] = window << shift
            self.windows.append(window << shift)
            flow["acked"] = max(flow["acked"], ack)
            if payload and seq == flow["ack"]:
                flow["ack"] += len(payload)
                flow["line"] += payload
                self.request(flow)
            if flags & FIN:
                flow["ack"] += 1
                self.tcp_send(flow, ACK)
        self.later(self.push, flow)

    def request(self, flow):
        while b"\n" in flow["line"]:
            line, flow["line"] = flow["line"].split(b"\n", 1)
            if line.startswith(b"get "):
                flow["todo"] = int(line[4:])
            else:
                flow["good"] = line == b"%08x" % flow["crc"]
                self.tcp_send(flow, FIN | ACK)

    def push(self, flow):
        """Send what the window allows, slowly enough for the card."""
        with flow["lock"]:
            while flow["todo"] and (flow["seq"] - flow["acked"] + 1460
                                    <= flow["window"]):
                part = self.data[:min(1460, flow["todo"])]
                flow["crc"] = zlib.crc32(part, flow["crc"])
                flow["todo"] -= len(part)
                self.tcp_send(flow, ACK | PSH, part)
                time.sleep(0.0005)

    def options(self):
        """TCP options of the client's SYN: {kind: value}."""
        found, at = {}, 0
        while at < len(self.syn_options) and self.syn_options[at]:
            if self.syn_options[at] == 1:
                at += 1
                continue
            size = self.syn_options[at + 1]
            found[self.syn_options[at]] = self.syn_options[at + 2:at + size]
            at += size
        return found


def run(wire):
    return Machine(nic=None, net="none", memory=64, extra=wire.args())


@cases.case
def options_67_and_15_are_asked_for_and_taken():
    wire = Wire("undi:5930/name=1")
    with run(wire) as pc:
        cases.equal(pc.logged("bootfile"), wire.bootfile, "boot file")
        cases.equal(pc.logged("address"), CLIENT + "/25", "address")
        cases.equal(pc.logged("resolved"), SERVER, "server.test.example")
        for kind, wanted in wire.requests:
            cases.check(67 in wanted and 15 in wanted and 3 in wanted,
                        "request list %r in message %d" % (wanted, kind))
        cases.equal(wire.questions, ["server.test.example"], "names asked")


@cases.case
def far_server_gets_the_whole_window():
    wire = Wire("undi:5930/get=2")
    wire.data = wire.data[:1460]  # the same segment again and again
    with run(wire) as pc:
        cases.equal(pc.logged("get-rc"), "0", "end")
        cases.equal(int(pc.logged("get-bytes")), 2 << 20, "bytes")
        cases.check(all(f.get("good") for f in wire.flows.values()), "sums")
        options = wire.options()
        cases.equal(options.get(2), b"\x05\xb4", "MSS")
        cases.check(3 in options, "window scaling offered")
        cases.check(4 in options, "SACK offered")
        cases.check(max(wire.windows) >= 256 << 10,
                    "window at most %d" % max(wire.windows))
        print("## window %d KiB, 30 ms away: %.1f MB/s" % (
            max(wire.windows) >> 10,
            (2 << 20) / int(pc.logged("get-us"))))


@cases.case
def icmp_says_unreachable():
    with run(Wire("undi:5930/nohost")) as pc:
        cases.equal(pc.logged("nohost-rc"), "-113", "EHOSTUNREACH")
        took = re.search(r"\[ *([\d.]+)\] nohost-rc", pc.bios_log())
        begun = re.search(r"\[ *([\d.]+)\] resolved 10.0.2.77", pc.bios_log())
        cases.check(float(took.group(1)) - float(begun.group(1)) < 3,
                    "waited in spite of ICMP")


def lookup(dns, rc):
    wire = Wire("undi:5930/noname", dns=dns)
    with run(wire) as pc:
        cases.equal(pc.logged("noname-rc"), str(rc), "rc")


cases.add("name_that_does_not_exist", lookup, "yes", -2)
cases.add("name_server_cannot_tell", lookup, "servfail", -11)
cases.add("name_server_is_silent", lookup, "silent", -11)


@cases.case
def short_lease_is_renewed():
    wire = Wire("undi:5930/idle=9000/get=1", lease=6)
    wire.data = wire.data[:1460]
    with run(wire) as pc:
        cases.equal(pc.logged("get-rc"), "0", "a connection after 9 s")
        kinds = [kind for kind, _ in wire.requests]
        cases.equal(kinds.count(1), 1, "discovers")
        cases.check(kinds.count(3) >= 3, "requests: %r" % kinds)


cases.main()
