#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""vga/ and kbd/ on a booted PC: its monitor, its keyboard, its mouse.

The PC runs test/boot/vga_kbd_program.c from an option ROM; commands go in on
COM1, what it has to say comes out on the debug port.
"""
import os
import re
import time

from harness import cases, keys
from harness.child import HarnessError, root, wait_for
from harness.machine import Machine
from harness.picture import Picture, compare

ROM = os.path.join(root(), "build", "test", "boot", "vga_kbd_program.rom")
SALT = 0x123457


class Program(Machine):
    """The PC with our program, ready."""

    def __init__(self, **more):
        super().__init__(romfile=ROM, net="none", **more)
        self.seen = 0
        self.wait_line("ready", 60)

    def lines(self):
        """What the program has said, a list."""
        text = self.bios_log()
        # A line that has no end yet is none.
        return [line[2:] for line in text.split("\n")[:-1]
                if line.startswith("T ")]

    def fresh(self):
        """What it has said since the last fresh() or wait_line()."""
        lines = self.lines()
        new, self.seen = lines[self.seen:], len(lines)
        return new

    def wait_line(self, pattern, timeout=20):
        """Wait for a line; return all lines up to it and its match."""
        regex = re.compile(pattern + "$")

        def look():
            lines = self.lines()
            for i in range(self.seen, len(lines)):
                match = regex.match(lines[i])
                if match:
                    before = lines[self.seen:i]
                    self.seen = i + 1
                    return before, match
            self.child.check()
            return None
        return wait_for(look, timeout, "line %r from the program" % pattern)

    def do(self, command, timeout=20):
        """Run a command; what it said before it was done."""
        self.serial_send(command.encode() + b"\n")
        return self.wait_line("done " + command.split()[0], timeout)[0]

    def graphics(self, w, h):
        """Show a picture; (screen width, height, bits a pixel)."""
        said = [s for s in self.do("graphics %d %d" % (w, h))
                if s.startswith("graphics ")]
        match = re.match(r"graphics (-?\d+) (\d+)x(\d+) (\d+)$", said[0])
        cases.equal(match.group(1), "0", "vga_graphics")
        return tuple(int(n) for n in match.groups()[1:])


# One PC for all cases with the same hardware.
_machines = {}


def machine(**more):
    name = repr(sorted(more.items()))
    if name not in _machines or not _machines[name].alive():
        for other in list(_machines):
            _machines.pop(other).quit()
        _machines[name] = Program(**more)
    _machines[name].fresh()
    return _machines[name]


# ---- The picture ----

def colour(x, y, salt=0):
    return (x * 65599 + y * 1021 + (x ^ y) * 7 + salt) & 0xffffff


def picture(w, h, left=0, top=0, salt=0):
    """The part of w * h pixels at left, top of what the program paints."""
    rgb = bytearray()
    for y in range(top, top + h):
        row = y * 1021 + salt
        rgb += b"".join(
            ((x * 65599 + row + (x ^ y) * 7) & 0xffffff).to_bytes(3, "big")
            for x in range(left, left + w))
    return Picture(w, h, rgb)


def with_shape(base, w, h, left, top):
    """base with the program's pointer laid over it, its corner there."""
    rgb = bytearray(base.rgb)
    for i in range(w * h):
        x, y = left + i % w, top + i // w
        if not (0 <= x < base.w and 0 <= y < base.h):
            continue
        at = 3 * (y * base.w + x)
        a = i * 37 & 255
        for k, s in enumerate((a // 2, a // 3, a)):
            d = rgb[at + k]
            if i % 5 == 0:
                rgb[at + k] = 255 - d
            else:
                rgb[at + k] = min(255, s + (2 * d * (255 - a) + 255) // 510)
    return Picture(base.w, base.h, rgb)


def with_part(base, other, left, top):
    """base with another picture's pixels at left, top."""
    rgb = bytearray(base.rgb)
    for y in range(other.h):
        at = 3 * ((top + y) * base.w + left)
        rgb[at:at + 3 * other.w] = other.row(y)
    return Picture(base.w, base.h, rgb)


def shows(pc, want, name):
    cases.same(compare(pc.screendump(), want, "vga_kbd_" + name))


def screen_case(vga, bpp):
    """Modes, dirty rectangles and the pointer on that graphics card."""
    pc = machine(vga=vga)
    cases.equal(pc.graphics(1024, 768), (1024, 768, bpp), "mode")
    base = picture(1024, 768)
    shows(pc, base, vga + "_exact")

    # Odd edges, so that 24 bits have to be put together.
    pc.do("dirty 101 33 218 47")
    base = with_part(base, picture(117, 14, 101, 33, SALT), 101, 33)
    shows(pc, base, vga + "_dirty")

    # A pointer of 33x21 in the picture and over each corner.
    pc.do("shape 33 21 3 5")
    for x, y in ((500, 300), (507, 302), (0, 0), (1023, 0), (0, 767),
                 (1023, 767), (150, 40)):
        pc.do("move %d %d" % (x, y))
        shows(pc, with_shape(base, 33, 21, x - 3, y - 5), vga + "_pointer")
    pc.do("dirty 140 30 170 50")
    base = with_part(base, picture(30, 20, 140, 30, 2 * SALT), 140, 30)
    shows(pc, with_shape(base, 33, 21, 147, 35), vga + "_pointer_dirty")

    # Smaller than every mode at hand: centred. Odd, so that halves round.
    w, h, depth = pc.graphics(721, 399)
    cases.equal((w, h, depth), (800, 600, bpp), "mode for 721x399")
    want = picture(721, 399).centred_in(w, h)
    left, top = (w - 721) // 2, (h - 399) // 2
    shows(pc, with_shape(want, 33, 21, left + 147, top + 35), vga + "_centred")
    pc.do("text")
    cases.equal(pc.graphics(640, 480), (640, 480, bpp), "mode after text")
    shows(pc, picture(640, 480), vga + "_after_text")


def optional_card(vga):
    """A card that QEMU may lack here, or its VGA BIOS."""
    try:
        machine(vga=vga)
    except HarnessError as error:
        cases.skip("no such card: %s" % str(error).split("\n")[0])
    screen_case(vga, 32)


cases.add("screen_std", screen_case, "std", 32)
cases.add("screen_cirrus", screen_case, "cirrus", 24)
for card in ("qxl", "virtio", "vmware"):
    cases.add("screen_" + card, optional_card, card)


@cases.case
def screen_larger_than_all():
    pc = machine(vga="std")
    cases.equal(pc.graphics(3200, 2400), (2560, 1600, 32), "mode")
    shows(pc, picture(2560, 1600), "crop")
    pc.do("shape 5 5 0 0")
    said = pc.do("move 3199 2399")
    cases.equal(said, ["view -640 -800"], "view")
    want = picture(2560, 1600, 640, 800)
    shows(pc, with_shape(want, 5, 5, 2559, 1599), "crop_follow")
    cases.equal(pc.do("move 1600 1200"), ["view -640 -800"], "view in it")
    cases.equal(pc.do("move 0 0"), ["view 0 0"], "view back")


@cases.case
def screen_none():
    """A PC without a graphics card: an error, and all else goes on."""
    pc = machine(vga="none")
    said = pc.do("graphics 640 480")
    cases.equal(said, ["graphics -19 0x0 0"], "graphics")
    pc.do("text")
    cases.equal(typed(pc, 2, ("x", True), ("x", False)),
                ["key 2d", "key ad"], "keys")


@cases.case
def screen_big_pointer():
    pc = machine(vga="std")
    pc.graphics(640, 480)
    pc.do("shape 256 256 128 128")
    pc.do("move 300 200")
    shows(pc, with_shape(picture(640, 480), 256, 256, 172, 72), "big_pointer")


@cases.case
def screen_text():
    pc = machine(vga="std")
    pc.graphics(640, 480)
    pc.do("text")
    screen = pc.text()
    cases.equal(screen[5][10:20], "┌─ Grüße ─", "frame")
    cases.equal(screen[7][10:24], "│ ½ ≤ π → ?   ", "line")
    cases.equal(screen[10][10:50], "└" + "─" * 38 + "┘", "frame's end")
    cell = pc.memory(0xb8000 + 2 * (5 * 80 + 10), 2)
    cases.equal(cell[1], 0x4f, "attribute")
    cases.equal(pc.memory(0x450, 2), bytes([22, 7]), "cursor")


@cases.case
def screen_speed():
    """How long a present of everything takes (TCG; a measurement)."""
    for vga in ("std", "cirrus"):
        pc = machine(vga=vga)
        w, h, bpp = pc.graphics(1024, 768)
        said = pc.do("bench 50", 60)
        ticks = int(said[-1].split()[1])
        print("## present %dx%d at %d bpp: %.1f ms"
              % (w, h, bpp, ticks * 54.9 / 50), flush=True)
        cases.check(ticks < 50 * 5, "a present takes more than a quarter of "
                    "a second")


# ---- The keyboard ----

def line_of(code):
    """What the program says of those bytes."""
    return "key %x" % int.from_bytes(code, "little")


@cases.case
def keys_all_105():
    pc = machine(vga="std")
    bad = []
    for key in keys.KEYS:
        pc.key(key.name, True)
        pc.key(key.name, False)
        want = [line_of(key.make), line_of(key.release)]
        got = []
        try:
            wait_for(lambda: got.extend(pc.fresh()) or len(got) >= 2, 3,
                     key.name)
        except HarnessError:
            pass
        if got != want:
            bad.append("%s: %s" % (key.name, got))
    cases.equal(bad, [], "keys")


def typed(pc, count, *steps):
    """Send (qcode, down) steps; the first `count` lines that come."""
    for qcode, down in steps:
        pc.key(qcode, down)
    got = []
    wait_for(lambda: got.extend(pc.fresh()) or len(got) >= count, 5,
             "%d key events" % count)
    time.sleep(0.2)
    return got + pc.fresh()


@cases.case
def keys_ctrl_break():
    pc = machine(vga="std")
    cases.equal(typed(pc, 4, ("ctrl", True), ("pause", True),
                      ("pause", False), ("ctrl", False)),
                ["key 1d", "key 46e0", "key c6e0", "key 9d"], "lines")


def without_alt_pairs(lines):
    """Quirk, QEMU 7.2: its keyboard sends Alt up and down again (B8 38) next
    to SysRq. The program passes on what comes."""
    text = " ".join(s[4:] for s in lines)
    return text.replace("b8 38 ", "")


@cases.case
def keys_alt_sysrq():
    pc = machine(vga="std")
    lines = typed(pc, 4, ("alt", True), ("print", True),
                  ("print", False), ("alt", False))
    cases.equal(without_alt_pairs(lines), "38 54 d4 b8", "keys")
    # Alt goes up while PrintScreen is held: its release has the other name.
    lines = typed(pc, 4, ("alt", True), ("print", True),
                  ("alt", False), ("print", False))
    cases.equal(without_alt_pairs(lines), "38 54 b8 d4", "Alt up first")


@cases.case
def keys_repeat():
    pc = machine(vga="std")
    cases.equal(typed(pc, 4, ("left", True), ("left", True), ("left", True),
                      ("left", False)),
                ["key 4be0", "key 4be0 repeat", "key 4be0 repeat",
                 "key cbe0"], "lines")


@cases.case
def keys_ctrl_alt_del():
    """It comes through, the PC does not reboot, the BIOS gets nothing."""
    pc = machine(vga="std")
    before = pc.memory(0x41a, 4)
    cases.equal(typed(pc, 6, ("ctrl", True), ("alt", True), ("delete", True),
                      ("delete", False), ("alt", False), ("ctrl", False)),
                ["key 1d", "key 38", "key 53e0", "key d3e0", "key b8",
                 "key 9d"], "lines")
    time.sleep(1)
    pc.graphics(640, 480)
    cases.equal(pc.memory(0x41a, 4), before, "the BIOS's key buffer")


@cases.case
def keys_burst():
    """A loop that looks at no keys for a while loses none."""
    pc = machine(vga="std")
    mark = pc.seen
    pc.serial_send(b"stall\n")
    pc.wait_line("stalled")
    want = []
    for name in "abcdefghijklmnopqrst":
        pc.press(name, hold=0.005)
        key = keys.BY_NAME[name]
        want += [line_of(key.make), line_of(key.release)]
    time.sleep(0.1)
    cases.equal(pc.fresh(), [], "lines while it is busy")
    pc.do("lost")
    time.sleep(0.3)
    got = [s for s in pc.lines()[mark:] if s.startswith("key ")]
    cases.equal(got, want, "lines")


@cases.case
def keys_overrun():
    """More than the ring holds: counted, and no key stays down for it."""
    pc = machine(vga="std")
    pc.serial_send(b"stall\n")
    pc.wait_line("stalled")
    for i in range(300):
        pc.press("abcdefghij"[i % 10], hold=0.002)
    pc.key("z", True)
    pc.key("shift", True)
    time.sleep(0.2)
    said = pc.do("lost")
    cases.check(int(said.pop().split()[1]) >= 602 - 511, "none was lost")
    time.sleep(0.5)
    said += pc.fresh()
    held = set()
    for line in said:
        if not line.startswith("key "):
            continue
        code = int(line.split()[1], 16)
        if code & 0x80:
            held.discard(code & 0x7f)
        else:
            held.add(code)
    cases.equal(held, set(), "keys held at the end")
    pc.key("z", False)
    pc.key("shift", False)
    cases.equal(typed(pc, 2, ("x", True), ("x", False)),
                ["key 2d", "key ad"], "after it")


@cases.case
def keys_remove():
    """Without us the BIOS has the keyboard; installed again, we."""
    pc = machine(vga="std")
    vector = pc.memory(0x15 * 4, 4)
    pc.do("remove")
    cases.check(pc.memory(0x15 * 4, 4) != vector, "the vector is still ours")
    tail = pc.memory(0x41c, 2)
    pc.press("x")
    wait_for(lambda: pc.memory(0x41c, 2) != tail, 5, "a key for the BIOS")
    cases.equal(pc.fresh(), [], "lines")
    cases.equal(pc.do("install"), ["install 0 mouse 1"], "install")
    cases.equal(pc.memory(0x15 * 4, 4), vector, "vector")
    cases.equal(typed(pc, 2, ("x", True), ("x", False)),
                ["key 2d", "key ad"], "lines")


@cases.case
def leds():
    pc = machine(vga="std", trace=("ps2_set_ledstate",))

    def last():
        found = re.findall(r"ps2_set_ledstate .*ledstate (\d+)",
                           pc.child.log())
        return int(found[-1]) if found else None
    # The keyboard's own bits: Scroll 1, Num 2, Caps 4, as ours.
    for mask in (7, 0, 1, 2, 4, 5, 0):
        pc.do("leds %d" % mask)
        try:
            wait_for(lambda: last() == mask, 5, "LEDs")
        except HarnessError:
            if last() is None:
                cases.skip("this QEMU has no trace log")
            raise AssertionError("LEDs are %r, not %d" % (last(), mask)) \
                from None


# ---- The mouse ----

def mouse_case(pc):
    x = y = 0
    for dx, dy in ((5, 0), (0, 7), (-40, -30), (100, 1), (-1, 2)):
        pc.move(dx, dy)
        x, y = x + dx, y + dy
    sums = [0, 0]

    def arrived():
        for line in pc.fresh():
            _, dx, dy = line.split()
            sums[0] += int(dx)
            sums[1] += int(dy)
        return sums == [x, y]
    try:
        wait_for(arrived, 5, "motion")
    except HarnessError:
        raise AssertionError("motion %r, not %r" % (sums, [x, y])) from None

    want = []
    for name, bit in (("left", 1), ("right", 2), ("middle", 4)):
        pc.click(name)
        want += ["down %d" % bit, "up %d" % bit]
    cases.equal(pc.wait_line(want[-1])[0], want[:-1], "buttons")

    # A drag: the order of buttons and motion.
    pc.button("left", True)
    time.sleep(0.1)
    pc.move(10, 10)
    time.sleep(0.1)
    pc.button("left", False)
    got = pc.wait_line("up 1")[0]
    cases.equal(got[0], "down 1", "the drag's beginning")
    cases.check(len(got) > 1 and all(s.startswith("motion ")
                                     for s in got[1:]), "drag: %r" % got)


@cases.case
def mouse_ps2():
    mouse_case(machine(vga="std"))


@cases.case
def usb():
    """A USB keyboard gives what SeaBIOS knows of it, a USB mouse all."""
    pc = machine(vga="std", usb=("usb-kbd", "usb-mouse"))
    for name in ("a", "f5", "left", "ctrl_r", "kp_enter", "caps_lock"):
        key = keys.BY_NAME[name]
        time.sleep(0.25)  # 8 keys a second
        pc.press(name, hold=0.15)
        before = pc.wait_line(line_of(key.release))[0]
        cases.check(before and before[0] == line_of(key.make),
                    "%s: %r" % (name, before))
    mouse_case(pc)


@cases.case
def quit_restores():
    """At the end the BIOS goes on as if nobody had been there."""
    pc = machine(vga="std")
    pc.graphics(640, 480)
    ours = pc.memory(0x15 * 4, 4)
    pc.key("shift", True)
    pc.wait_line("key 2a")
    pc.serial_send(b"quit\n")
    before = pc.wait_line(r"lost \d+")[0]
    cases.equal(before, ["key aa"], "what was held is released")
    wait_for(lambda: "program_main returned 0" in pc.bios_log(), 10, "return")
    cases.check(pc.memory(0x15 * 4, 4) != ours, "the vector is still ours")
    cases.equal(pc.memory(0x417, 1)[0] & 0x0f, 0, "the BIOS's modifiers")
    pc.wait_text("No bootable device", 30)
    pc.quit()


cases.main()
