#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""The `spice` command in scripts: its status and errors, and that iPXE finds
everything as it was when a session is over. DHCP names a script on TFTP. The
default script's menu."""
import os
import re
import time

from harness import (Client, SpiceGuest, TestServer, cases, free_port, linked,
                     root)
from harness.child import wait_for
from harness.dhcp import REQUEST, Lab
from harness.files import WebServer, vv
from harness.linked import script
from harness.session import pictures

INT15 = 0x15 * 4
VECTORS = 0x400
HUNDRED = 100


def at(port):
    return "spice://10.0.2.2:%d" % port


def leave(client):
    """The hotkey."""
    client.press("ctrl", "alt", "shift", "esc", hold=0.05)


def sessions(client):
    return client.log().count("program started")


@cases.case
def menu():
    """DHCP names nothing: each item of the menu does what it says."""
    disk = os.path.join(root(), "build", "test", "guest.img")
    rom = linked.ROMS[linked.chosen()]
    with Lab() as net, Client(rom=rom, net=net, extra=(
            "-drive", "if=ide,format=raw,snapshot=on,file=" + disk)) as client:
        starts = lambda: client.bios_log().count("Booting from ROM")
        client.wait_text("Boot from disk", 60)
        flat = " ".join(client.text())
        for item in ("Connect to a SPICE server", "Look for the network again",
                     "iPXE shell", "Reboot"):
            cases.check(item in flat, item)
        asked = len(net.dhcp.seen)
        linked.choose(client, "Look for the network again")
        wait_for(lambda: REQUEST in net.dhcp.kinds()[asked:], 30, "DHCP again")
        linked.choose(client, "iPXE shell")
        client.wait_text("^iPXE>", 30)
        client.type("echo SO${net0/ip}\n")
        client.wait_text(r"^SO10\.0\.2\.30", 30)
        client.type("exit\n")
        linked.choose(client, "Connect to a SPICE server")
        client.why("names no SPICE server.*Connect to", 30)
        client.press("f10")
        cases.equal(starts(), 1, "starts")
        linked.choose(client, "Reboot")
        wait_for(lambda: starts() == 2, 60, "the BIOS again")
        linked.choose(client, "Boot from disk")
        client.wait_serial("^ready", 60)
        cases.equal(starts(), 2, "starts")


@cases.case
def failure_is_a_status():
    lines = ["spice %s && echo GOOD || echo BAD" % at(free_port()),
             "spice spice://nohost.invalid:5900 || echo NONAME",
             "spice nonsense || echo NONSENSE", "prompt --key 0x20 HALF",
             "spice --help ||", "spice a b || echo TOOMANY", "echo END",
             "prompt"]
    with Client(**script(*lines)) as client:
        client.wait_text("^HALF", 90)
        for wanted in ("SPICE server refused connection", "^BAD",
                       "^NONAME", "Not a usable SPICE URI", "^NONSENSE"):
            client.wait_text(wanted, 1)
        cases.check("GOOD" not in "".join(client.text()), "no success")
        client.press("spc")
        client.wait_text("^END", 30)
        for wanted in (r"\[-p\|--password <password>\]", "^TOOMANY"):
            client.wait_text(wanted, 1)


def rtc(client):
    """Whether the RTC interrupts 1024 times a second, and what of the second
    interrupt controller is masked."""
    client.stop()
    client.hmp("o /b 0x70 0x8b")
    enabled = int(client.hmp("i /b 0x71").split("=")[1], 16) & 0x40
    client.hmp("o /b 0x70 0x0d")
    masked = re.search(r"pic1: .*imr=(\w+)", client.hmp("info pic")).group(1)
    client.cont()
    return enabled, masked


def processor(client):
    """CR0 and CR4; not the bit that is clear in a call of the BIOS."""
    words = dict(re.findall(r"(CR[04])=(\w+)", client.hmp("info registers")))
    return int(words["CR0"], 16) & ~1, int(words["CR4"], 16)


def all_is_as_it_was(rom):
    lines = ("echo ONE", "prompt --key 0x20 TWO",
             "spice %s && echo THREE || echo BAD", "echo FOUR",
             "prompt --key 0x20 FIVE", "spice %s && echo SIX", "prompt")
    with SpiceGuest("graphics") as guest, Client(**dict(script(
            *(line.replace("%s", at(guest.port)) for line in lines)),
            rom=linked.ROMS[rom])) as client:
        client.wait_text("TWO", 60)
        vector, base = client.memory(INT15, 4), client.memory(0x413, 2)
        vectors, registers = client.memory(0, VECTORS), processor(client)
        # What gathers random bytes has let the RTC go by then.
        wait_for(lambda: rtc(client)[0] == 0, 20, "the RTC")
        clock = rtc(client)
        client.press("spc")
        cases.same(client.wait_picture(guest.screendump, 60, "command-first"))
        cases.check(client.memory(INT15, 4) != vector, "a hook while it runs")
        cases.check(rtc(client) != clock, "the RTC interrupts while it runs")
        leave(client)
        client.wait_text("FIVE", 20)
        for text in ("^ONE", "^THREE", "^FOUR"):
            client.wait_text(text, 1)
        changed = [hex(i // 4) for i, (old, new) in enumerate(
            zip(vectors, client.memory(0, VECTORS))) if old != new]
        cases.equal(changed, [], "interrupt vectors")
        cases.equal(processor(client), registers, "CR0, CR4")
        cases.equal(client.memory(0x413, 2), base, "base memory")
        cases.equal(rtc(client), clock, "the RTC")
        client.press("spc")
        cases.same(client.wait_picture(guest.screendump, 60, "command-second"))
        leave(client)
        client.wait_text("^SIX", 20)


for _rom in linked.ROMS:
    cases.add("all_is_as_it_was_" + _rom, all_is_as_it_was, _rom)


@cases.case
def settings_and_password():
    with SpiceGuest("graphics", password="fool") as guest, \
            Client(**script("set spice/uri " + at(guest.port),
                            "spice || echo REFUSED",
                            "set spice/password fool", "spice && echo ONE",
                            "clear spice/password", "set password fool",
                            "spice && echo TWO", "clear password",
                            "login", "spice && echo THREE",
                            "spice --password bad || echo BAD",
                            "prompt")) as client:
        for count in (1, 2, 3):
            if count == 3:  # iPXE's own form: no name, a password
                client.wait_text("Password", 30)
                client.type("\tfool\n")
            wait_for(lambda: client.log().count("first picture shown") ==
                     count, 60, "session %d" % count)
            leave(client)
        client.wait_text("^BAD", 60)
        for text in ("SPICE password refused", "^THREE"):
            client.wait_text(text, 1)


def settled(client, rom):
    """linked.heap_used(), once packets that are on their way have come."""
    time.sleep(5)
    return linked.heap_used(client, rom)


def a_hundred_leak_nothing(rom):
    """Each with a picture, ended by the server, and as many that fail: all our
    memory is there again each time, and of iPXE's own heap nothing is in use but
    what it keeps of each connection for a while. In the full ROM every other
    one is by a .vv file from HTTP."""
    with TestServer("fills") as server, WebServer(
            {"/desk.vv": vv(host="10.0.2.2", port=server.port)}) as web:
        ways = [at(server.port)]
        if rom == "full":
            ways.append("http://10.0.2.2:%d/desk.vv" % web.port)
        last = HUNDRED // len(ways)
        looks = 1, 2, 4, 8, last
        loop = ["set n:int32 0", ":again", "inc n"]
        for way in ways:
            loop += ["spice %s ||" % at(free_port()), "spice %s ||" % way]
        loop += ["iseq ${n} %d && prompt --key 0x20 AFTER%d ||" % (n, n)
                 for n in looks] + ["iseq ${n} %d || goto again" % last]
        with Client(**dict(script(*loop), rom=linked.ROMS[rom], memory=64)) \
                as client:
            used = []
            for count in range(1, HUNDRED + 1):
                wait_for(lambda: pictures(client) == count, 60,
                         "session %d" % count)
                server.say("kick")
                n, more = divmod(count, len(ways))
                if n in looks and not more:
                    client.wait_text(r"AFTER%d\b" % n, 60)
                    used.append(settled(client, rom))
                    client.press("spc")
        cases.equal(sessions(client), 2 * HUNDRED, "sessions")
        free = set(re.findall(r"memory: (\d+) KiB are free",
                              client.bios_log()))
        cases.equal(len(free), 1, "amounts of free memory: %s" % free)
        # Whoever hangs up first keeps a connection: that differs.
        (one, kept1), (end, kept) = used[0], used[-1]
        two, kept2 = max(used[1:-1], key=lambda look: look[1])
        each = (two - one) // max(kept2 - kept1, 1)
        cases.measure("iPXE's heap: %d bytes in use after a session, %d after a "
                      "hundred, with %d and %d connections of %d bytes" % (
                          one, end, kept1, kept, each))
        cases.check(kept2 > kept1 or kept == kept1, "connections are seen")
        rest = end - kept * each - (one - kept1 * each)
        cases.check(rest < HUNDRED, "%d bytes more are in use" % rest)


for _rom in linked.ROMS:
    cases.add("a_hundred_leak_nothing_" + _rom, a_hundred_leak_nothing, _rom)


linked.need()
cases.main()
