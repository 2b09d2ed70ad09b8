#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Keys and mouse of the booted PC arrive at the other end."""
import re
import statistics
import time

from harness import Client, SpiceGuest, Tap, Xspice, cases
from harness.child import wait_for
from harness.keys import BY_NAME, KEYS
from harness.picture import wait_same

INPUTS = "inputs"
KEY_DOWN = 101


def desktop(client, timeout=60):
    """The session is up and shows its picture."""
    wait_for(lambda: "first picture shown" in client.log(), timeout,
             "first picture")
    wait_for(lambda: "inputs: up" in client.log(), timeout, "inputs channel")


@cases.case
def x_keys():
    """104 keys as the same key events in an X program; Pause is Xspice's own
    fault (it makes Control and Num Lock of it)."""
    with Xspice() as x, Client(x.port) as client:
        desktop(client)
        x.repeat(False)
        events = x.events()
        for key in KEYS:
            if key.name == "pause":
                continue
            events.clear()
            client.press(key.name, hold=0.03)
            if key.name.endswith("_lock"):
                # off again, for the keys that follow
                time.sleep(0.05)
                client.press(key.name, hold=0.03)
            n = 4 if key.name.endswith("_lock") else 2
            got = events.wait(
                lambda e, n=n: len([k for k in e if k[0] == "key"]) >= n,
                5, "X events of " + key.name)
            got = [(k[1], k[3]) for k in got if k[0] == "key"]
            cases.equal(got, [("down", key.keysym), ("up", key.keysym)] *
                        (n // 2), key.name)


# A PS/2 keyboard, QEMU's own in the guest too, wraps PrintScreen in these.
FAKE_SHIFTS = re.compile(b"\xe0[\x2a\xaa\x36\xb6]")


def bytes_after(guest, before, count, what):
    return bytes(wait_for(
        lambda: len(guest.keys()) >= before + count and
        guest.keys()[before:], 5, what))


@cases.case
def guest_keys():
    """All 105 as raw scancodes in a guest, by press and release."""
    fake = {"print": 4}
    with SpiceGuest("text") as guest, Client(guest.port) as client:
        desktop(client)
        for key in KEYS:
            before = len(guest.keys())
            client.press(key.name, hold=0.03)
            want = key.make + key.release
            got = bytes_after(guest, before,
                              len(want) + fake.get(key.name, 0), key.name)
            cases.equal(FAKE_SHIFTS.sub(b"", got).hex(), want.hex(), key.name)
            if key.name.endswith("_lock"):
                client.press(key.name, hold=0.03)
                bytes_after(guest, before, 2 * len(want), key.name)


@cases.case
def guest_combinations():
    """Ctrl+Break, Alt+SysRq, Ctrl+Alt+Del; the PC does not reboot."""
    with SpiceGuest("text") as guest, Client(guest.port) as client:
        desktop(client)
        for names, want in (
                (("ctrl", "pause"), "1d e0 46 e0 c6 9d"),
                # QEMU's keyboards lift and press Alt once more around it
                (("alt", "print"), "38 54 d4 b8"),
                (("ctrl", "alt", "delete"), "1d 38 e0 53 e0 d3 b8 9d")):
            before = len(guest.keys())
            client.press(*names, hold=0.1)
            want = bytes.fromhex(want.replace(" ", ""))
            got = bytes_after(guest, before, len(want), "+".join(names))
            time.sleep(0.3)
            got = bytes(guest.keys()[before:])
            cases.check(want in got, "%s: %s" % ("+".join(names), got.hex()))
        cases.equal(client.bios_log().count("program started"), 1,
                    "starts of the client PC")


@cases.case
def guest_autorepeat():
    with SpiceGuest("text") as guest, Client(guest.port) as client:
        desktop(client)
        before = len(guest.keys())
        for _ in range(5):
            client.key("a", True)
            time.sleep(0.04)
        client.key("a", False)
        got = bytes_after(guest, before, 6, "repeats")
        cases.equal(got.hex(), "1e" * 5 + "9e", "autorepeat")


@cases.case
def guest_leds():
    """The keyboard's lights follow the guest's lock state."""
    with SpiceGuest("text") as guest, \
            Client(guest.port, trace=["ps2_set_ledstate"]) as client:
        desktop(client)

        def lights():
            found = re.findall(r"ledstate (?:0x)?([0-9a-f]+)",
                               client.child.log())
            return int(found[-1], 16) if found else None
        before = guest.locks() or 0
        for name, bit in (("caps_lock", 4), ("num_lock", 2),
                          ("scroll_lock", 1)):
            client.press(name, hold=0.05)
            before ^= bit
            wait_for(lambda: guest.locks() == before, 5,
                     "the guest's " + name)
            wait_for(lambda: lights() == before, 8, name + " light")


@cases.case
def guest_leds_after_pause():
    """Pause must not switch the Num Lock light, whatever the server says."""
    with SpiceGuest("text") as guest, \
            Client(guest.port, trace=["ps2_set_ledstate"]) as client:
        desktop(client)
        time.sleep(3)

        def lights():
            found = re.findall(r"ledstate (?:0x)?([0-9a-f]+)",
                               client.child.log())
            return int(found[-1], 16) if found else None
        for name in ("pause", "ctrl-pause"):
            was = lights()
            client.press(*name.split("-"), hold=0.05)
            time.sleep(4)
            cases.equal(lights(), was, "lights after " + name)


@cases.case
def usb_keyboard():
    """What SeaBIOS knows of a USB keyboard arrives."""
    with SpiceGuest("text") as guest, \
            Client(guest.port, usb=["usb-kbd"]) as client:
        desktop(client)
        missing = []
        for key in KEYS:
            before = len(guest.keys())
            client.press(key.name, hold=0.12)
            time.sleep(0.12)
            want = key.make + key.release
            try:
                got = bytes_after(guest, before, len(want), key.name)
            except Exception:
                missing.append(key.name)
                continue
            if key.name not in ("print", "pause"):
                cases.equal(got[-1:].hex(), want[-1:].hex(), key.name)
        cases.note("SeaBIOS's USB driver lacks: %s" % " ".join(missing))
        cases.check(set(missing) <= {"less", "compose", "pause", "print",
                                     "meta_l", "meta_r"}, missing)


@cases.case
def mouse_client_mode():
    """Positions: X's pointer goes where ours is drawn; clicks and a drag."""
    with Xspice() as x, Client(x.port) as client:
        desktop(client)
        x.call("xtool", "shape", "argb")
        wait_for(lambda: "mouse mode: client" in client.log(), 10,
                 "client mouse mode")
        events = x.events()
        for _ in range(20):
            client.move(-120, -120)
            time.sleep(0.01)
        wait_for(lambda: x.pointer()[:2] == (0, 0), 5, "pointer at 0, 0")
        for dx, dy in ((100, 50), (37, 11), (-20, 100), (1, 1)):
            before = x.pointer()
            client.move(dx, dy)
            want = (before[0] + dx, before[1] + dy)
            wait_for(lambda w=want: x.pointer()[:2] == w, 5,
                     "pointer at %d, %d" % want)
        for number, name in ((1, "left"), (2, "middle"), (3, "right")):
            events.clear()
            client.click(name)
            got = events.wait(lambda e: len(
                [b for b in e if b[0] == "button"]) >= 2, 5, name)
            got = [(b[1], int(b[2])) for b in got if b[0] == "button"]
            cases.equal(got, [("down", number), ("up", number)], name)
        events.clear()
        at = x.pointer()[:2]
        client.button("left", True)
        client.move(60, 30)
        time.sleep(0.1)
        client.button("left", False)
        got = events.wait(lambda e: any(
            b[:3] == ["button", "up", "1"] for b in e), 5, "drag")
        ends = [(b[1], int(b[3]), int(b[4])) for b in got
                if b[0] == "button"]
        cases.equal(ends, [("down",) + at,
                           ("up", at[0] + 60, at[1] + 30)], "drag")
        cases.same(wait_same(
            client.screendump,
            lambda: x.picture().with_cursor(x.cursor()), 10, "pointer"))


@cases.case
def mouse_server_mode():
    """Relative motion and buttons in a guest without a tablet."""
    with SpiceGuest("text") as guest, Client(guest.port) as client:
        desktop(client)
        time.sleep(0.5)
        for dx, dy in ((10, 5), (-7, 20), (100, -60)):
            before = guest.packets()
            client.move(dx, dy)

            def moved():
                new = guest.packets()[len(before):]
                return (sum(p[1] for p in new), sum(p[2] for p in new))
            wait_for(lambda d=(dx, dy): moved() == d, 5,
                     "motion %d, %d" % (dx, dy))
        for name, bit in (("left", 1), ("right", 2), ("middle", 4)):
            before = len(guest.packets())
            client.click(name)
            wait_for(lambda b=before: len(guest.packets()) >= b + 2, 5, name)
            got = [p[0] & 7 for p in guest.packets()[before:]]
            cases.equal((got[0], got[-1]), (bit, 0), name)


@cases.case
def mouse_server_mode_drag():
    """Every packet of a drag has its button, none after the release has."""
    with SpiceGuest("text") as guest, Client(guest.port) as client:
        desktop(client)
        time.sleep(0.5)
        for name, bit in (("left", 1), ("right", 2)):
            start = len(guest.packets())
            client.button(name, True)
            for _ in range(10):
                client.move(6, -3)
                time.sleep(0.03)
            wait_for(lambda s=start: sum(p[1] for p in guest.packets()[s:])
                     == 60, 5, name + " drag")
            held = guest.packets()[start:]
            client.button(name, False)
            wait_for(lambda: guest.packets()[-1][0] & 7 == 0, 5, "release")
            released = len(guest.packets())
            client.move(9, 9)
            wait_for(lambda r=released: sum(
                p[1] for p in guest.packets()[r:]) == 9, 5, "motion")
            cases.equal([p[0] & 7 for p in held], [bit] * len(held), name)
            cases.equal(sum(p[2] for p in held), -30, "way down")
            cases.check(len(held) > 3, "packets: %s" % held)
            cases.equal({p[0] & 7 for p in guest.packets()[released:]}, {0},
                        "buttons after " + name)


def latencies(client, tap, n, pause):
    """Seconds from a key's press (QMP) to KEY_DOWN on the wire."""
    result = []
    for i in range(n):
        key = BY_NAME["abcdefghij"[i % 10]]
        start = time.monotonic()
        client.key(key.name, True)
        message = tap.wait(INPUTS, True, KEY_DOWN, since=start, timeout=5)
        client.key(key.name, False)
        cases.check(message, "KEY_DOWN %d came" % i)
        result.append(message.time - start)
        time.sleep(pause)
    return result


def report(what, values):
    values = sorted(v * 1000 for v in values)
    cases.measure("key to wire, %s: median %.1f ms, worst %.1f ms of %d" % (
        what, statistics.median(values), values[-1], len(values)))
    return values


@cases.case
def key_latency():
    """Idle, and while full-screen photos in QUIC are being decoded."""
    slow = {"SpiceJpegWanCompression": "never",
            "SpiceZlibGlzWanCompression": "never"}
    with Xspice(size=(1920, 1080), options=slow) as x, Tap(x.port) as tap, \
            Client(tap.port, {"compression": "quic"}) as client:
        desktop(client)
        time.sleep(1)
        report("idle", latencies(client, tap, 20, 0.1))
        busy = []
        for seed in range(6):
            x.call("xtool", "photo", seed + 1)
            # the photo is on its way or being decoded now
            busy += latencies(client, tap, 5, 0.02)
        values = report("during QUIC photos", busy)
        cases.check(values[-1] < 1000, "no key waits for a picture")


cases.main()
