#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""The port on UNDI and lwIP, on a booted PC: test/boot/undi_program.c runs in
the client's place and does what the DHCP boot file name says, against a server
here (reached as 10.0.2.2)."""
import os
import re
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import Filter, cases  # noqa: E402
from harness.child import free_port, root, wait_for  # noqa: E402
from harness.machine import Machine  # noqa: E402
from harness.undi import Server, cpu_seconds, number  # noqa: E402

ROM = os.path.join(root(), "build", "test", "boot", "undi_program.rom")


def run(*steps, port=0, **machine):
    """A PC whose program does these steps."""
    return Machine(romfile=ROM, memory=64,
                   bootfile="undi:%d/%s" % (port, "/".join(steps)), **machine)


@cases.case
def dhcp_gives_address_and_boot_file():
    with run() as pc:
        cases.equal(pc.logged("address"), "10.0.2.15/24", "address")
        cases.equal(pc.logged("gateway"), "10.0.2.2", "gateway")
        cases.equal(pc.logged("dns"), "10.0.2.3", "name server")
        cases.equal(pc.logged("bootfile"), "undi:0/", "boot file")
        card = pc.logged("card")
        cases.check(card.startswith("Intel 8086:100e 52:54:00:12:34:56"), card)
        for name in "loaded-us", "main-us":
            print("## %s %d ms" % (name[:-3], number(pc, name) // 1000))


@cases.case
def bulk_download_arrives_whole():
    server = Server()
    with run("get=16", port=server.port) as pc:
        cases.equal(number(pc, "get-rc", 120), 0, "end")
        size, us = number(pc, "get-bytes"), number(pc, "get-us")
        cases.equal(size, 16 << 20, "bytes")
        cases.equal(server.good("get"), 1, "good sums")
        print("## TCP download %.1f MB/s" % (size / us))


class Flight(Filter):
    """Sees how much the server has under way at most. hold_s: a handshake on a
    busy machine takes so long."""

    hold_s = 0.0

    def __init__(self, **more):
        self.acked, self.most = None, 0
        super().__init__(**more)

    def passing(self, way, frame):
        if frame[12:14] != b"\x08\0" or frame[23] != 6:
            return frame
        size, tcp = struct.unpack(">H", frame[16:18])[0], frame[34:]
        seq, ack, head, flags = struct.unpack_from(">IIBB", tcp, 4)
        if way == "up":
            self.acked = ack
        elif flags & 2:
            self.add("down", frame, self.hold_s)
            return None
        elif self.acked:
            end = seq + size - 20 - (head >> 4) * 4
            self.most = max(self.most, (end - self.acked) & 0xffffffff)
        return frame


def in_flight(hold_s, least, most, **rules):
    """What a server on our wire has under way."""
    server = Server()
    with Flight(**rules) as net:
        net.hold_s = hold_s
        with run("get=1", "get=1", port=server.port, net=net) as pc:
            cases.equal(number(pc, "get-rc", 120), 0, "end")
            wait_for(lambda: server.good("get") == 2, 60, "both")
        cases.check(least < net.most <= most, "%d bytes under way" % net.most)


NEAR_BYTES = 14 * 1440
cases.add("near_server_has_little_under_way", in_flight, 0, 0, NEAR_BYTES)
cases.add("slow_handshake_makes_no_server_far", in_flight, 0.05, 0, NEAR_BYTES)


@cases.case
def bursts_arrive_whole():
    """Pictures come as bursts. How long one takes is printed, not judged."""
    server = Server()
    with run("burst=8", port=server.port) as pc:
        cases.equal(number(pc, "burst-rc", 120), 0, "end")
        mean = number(pc, "burst-mean-us")
        print("## burst of 256 KiB: mean %d ms, longest %d ms" % (
            mean // 1000, number(pc, "burst-longest-us") // 1000))
        cases.equal(server.good("burst"), 1, "good sums")


@cases.case
def upload_arrives_whole():
    server = Server()
    with run("put=4", port=server.port) as pc:
        cases.equal(number(pc, "put-rc", 120), 0, "end")
        us = number(pc, "put-us")
        cases.equal(server.good("put"), 1, "good sums")
        print("## TCP upload %.1f MB/s" % ((4 << 20) / us))


@cases.case
def eight_connections_at_once():
    server = Server()
    with run("many=8", port=server.port) as pc:
        cases.equal(number(pc, "many-good", 120), 8, "whole ones")
        cases.equal(server.good("get"), 8, "good sums")


@cases.case
def a_slow_reader_holds_the_server():
    server = Server()
    with run("slow=2", port=server.port) as pc:
        held = number(pc, "slow-held", 120)
        cases.check(1000 < held <= 65535, "%d bytes without consuming" % held)
        cases.equal(number(pc, "slow-rc", 120), 0, "end")
        cases.equal(server.good("get"), 1, "good sums")


@cases.case
def closing_early_harms_nobody():
    """More closes in the middle of a download than there are slots."""
    server = Server()
    with run("leave=20", "get=1", port=server.port) as pc:
        cases.equal(number(pc, "leave", 120), 20, "left")
        cases.equal(number(pc, "get-rc", 120), 0, "end of the one behind")
        cases.equal(server.good("get"), 1, "good sums")


@cases.case
def refused():
    with run("refused=%d" % free_port()) as pc:
        cases.equal(number(pc, "refused-rc"), -111, "ECONNREFUSED")


@cases.case
def name_not_found():
    with run("noname", netdev="dns=10.0.2.3") as pc:
        cases.check(number(pc, "noname-rc") in (-2, -11), "ENOENT or EAGAIN")
        cases.note("rc %d" % number(pc, "noname-rc"))


@cases.case
def host_does_not_answer():
    with run("nohost") as pc:
        cases.equal(number(pc, "nohost-rc"), -113, "EHOSTUNREACH")


@cases.case
def no_dhcp_then_dhcp():
    with run(net="later") as pc:
        cases.equal(number(pc, "phase-rc"), -110, "ETIMEDOUT")
        pc.dhcp_on()
        cases.equal(pc.logged("address", 30), "10.0.2.15/24", "address")


@cases.case
def no_link_then_link():
    """The cable is out at first."""
    with run(paused=True) as pc:
        pc.link(False, "n0")
        pc.cont()
        cases.equal(number(pc, "phase-rc"), -100, "ENETDOWN")
        pc.link(True, "n0")
        cases.equal(pc.logged("address", 30), "10.0.2.15/24", "address")


@cases.case
def full_heap_does_not_touch_the_driver():
    """What E820 gives us is ours alone: the driver's memory is not in it."""
    server = Server()
    with run("pattern=2", port=server.port) as pc:
        cases.equal(number(pc, "pattern-bad", 120), 0, "changed words")
        cases.check(number(pc, "pattern-mib") > 30, "a heap to speak of")
        cases.equal(server.good("get"), 1, "good sums")


def entropy(cpu):
    """Nobody waits for it longer than for DHCP."""
    with run("entropy", cpu=cpu) as pc:
        cases.equal(number(pc, "entropy-at-once"), 0, "entropy, after DHCP")
        cases.equal(number(pc, "entropy-rc"), 0, "entropy")
        first = pc.logged("entropy-bytes")
        print("## entropy on %s after %d ms" % (
            cpu, number(pc, "entropy-us") // 1000))
    with run("entropy", cpu=cpu) as pc:
        cases.check(pc.logged("entropy-bytes") != first, "the same twice")


cases.add("entropy_without_rdrand", entropy, "qemu64")
cases.add("entropy_with_rdrand", entropy, "max")


@cases.case
def clock_keeps_time():
    with run("clock=40") as pc:
        have = number(pc, "clock-us")
        want = 40 * 54925
        # A busy host may lose one of the BIOS's ticks.
        cases.check(-want // 50 < have - want < want // 50 + 55000,
                    "%d us by our clock, %d by the BIOS's" % (have, want))


@cases.case
def idle_leaves_the_processor_alone():
    with run("refused=%d" % free_port(), "idle=6000") as pc:
        pc.logged("refused-rc")
        time.sleep(1)
        pid = pc.child.popen.pid
        before, start = cpu_seconds(pid), time.monotonic()
        time.sleep(3)
        share = (cpu_seconds(pid) - before) / (time.monotonic() - start)
        print("## idle: %d %% of a core in TCG" % (100 * share))
        halts = number(pc, "idle-halts", 30)
        # The clock wakes it 128 times a second.
        cases.check(halts > 6 * 64, "%d halts in 6 s" % halts)
        cases.check(share < 0.5, "%d %% of a core" % (100 * share))


@cases.case
def leaves_to_the_next_boot_device():
    with run() as pc:
        end = time.monotonic() + 60
        while "program_main returned 0" not in pc.bios_log():
            cases.check(time.monotonic() < end, "did not return")
            time.sleep(0.1)
        pc.wait_text("No bootable device", 30)


@cases.case
def reboots():
    with run("exit=1") as pc:
        pc.logged("exit")
        end = time.monotonic() + 60
        while len(re.findall(r"bootfile undi", pc.bios_log())) < 2:
            cases.check(time.monotonic() < end, "did not start again")
            time.sleep(0.1)


@cases.case
def powers_off():
    with run("exit=2") as pc:
        pc.logged("exit")
        end = time.monotonic() + 60
        while pc.alive():
            cases.check(time.monotonic() < end, "still on")
            time.sleep(0.1)


cases.main()
