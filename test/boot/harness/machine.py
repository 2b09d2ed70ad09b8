# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A PC: QEMU (TCG) with a QMP socket, no window, and helpers to look at it.

The PC's parts are keyword arguments of Machine; anything else goes in as raw
QEMU arguments. Always ended by quit() or at the end of Python.
"""
import json
import os
import re
import socket
import time

from . import cases
from .child import Child, HarnessError, need, scratch, until, wait_for
from .picture import Picture, compare

# The IBM PC's own character set, code page 437, as the VGA shows it.
CONTROLS = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
CP437 = CONTROLS + bytes(range(32, 256)).decode("cp437")

# What a failed case shows of its machines.
REPORT_LINES = 25
REPORT_LOOKS = 3


class Qmp:
    """QEMU's control socket, one command at a time."""

    def __init__(self, path, child):
        self.events = []
        self.buffer = b""
        self.child = child
        self.sock = socket.socket(socket.AF_UNIX)

        def joined():
            child.check()
            try:
                self.sock.connect(path)
                return True
            except OSError:
                return False
        wait_for(joined, 20, "QMP socket")
        self.sock.settimeout(60)
        self._line()
        self.command("qmp_capabilities")

    def _line(self):
        while b"\n" not in self.buffer:
            try:
                more = self.sock.recv(65536)
            except OSError as error:
                raise HarnessError("QMP: %s" % error) from None
            if not more:
                self.child.popen.wait(5)
                self.child.check()
                raise HarnessError("QMP closed")
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def command(self, name, /, **arguments):
        """Run a QMP command; its return value."""
        message = {"execute": name}
        if arguments:
            message["arguments"] = arguments
        self.sock.sendall(json.dumps(message).encode() + b"\n")
        while True:
            answer = self._line()
            if "error" in answer:
                raise HarnessError("QMP %s: %s" % (
                    name, answer["error"]["desc"]))
            if "return" in answer:
                return answer["return"]
            self.events.append(answer)

    def close(self):
        self.sock.close()


class Machine:
    """Start a PC.

    memory: MiB; machine: "pc", "q35"; vga: "std", "cirrus", "qxl", "none";
    cpu: "max", "qemu64", ...; nic: device name or None; romfile: of that
    card; None leaves QEMU's own, "" gives it none; net: "user" (DHCP and the
    host at 10.0.2.2), "later" (a cable into nothing until dhcp_on()), "none",
    or a Filter; bootfile: DHCP boot file name; tftp: folder; netdev: more user
    netdev options ("dns=...,hostfwd=..."); disk: raw image; extra: more
    arguments; paused: wait for cont(); usb: usb-kbd and usb-mouse on a
    qemu-xhci.

    Attributes: dir, child, serial_path, bios_log_path, started (monotonic).
    """

    def __init__(self, memory=256, machine="pc", vga="std", cpu=None,
                 nic="e1000", romfile=None, net="user", bootfile=None,
                 tftp=None, netdev="", disk=None, usb=(), paused=False,
                 extra=(), trace=()):
        self.dir = scratch("machine-")
        self.bootfile, self.tftp, self.netdev = bootfile, tftp, netdev
        self.serial_path = os.path.join(self.dir, "serial.log")
        self.bios_log_path = os.path.join(self.dir, "bios.log")
        self.serial_socket = None
        self.buttons = set()
        args = [need("qemu-system-x86_64"), "-accel", "tcg",
                "-machine", machine, "-m", str(memory), "-display", "none",
                "-vga", vga, "-nodefaults", "-no-user-config",
                "-name", "spice-test-" + os.path.basename(self.dir)]
        args += self._own_channels()
        if cpu:
            args += ["-cpu", cpu]
        if paused:
            args += ["-S"]
        args += self._network(nic, romfile, net)
        if disk:
            args += ["-drive", "format=raw,if=ide,file=" + disk]
        if usb:
            args += ["-device", "qemu-xhci"]
            for device in usb:
                args += ["-device", device]
        for pattern in trace:
            args += ["-trace", pattern]
        args += list(extra)
        self.args = args
        self.started = time.monotonic()
        self.child = Child(args, os.path.join(self.dir, "qemu.log"))
        self.qmp = Qmp(self._path("qmp"), self.child)

    def _path(self, name):
        return os.path.join(self.dir, name)

    def _own_channels(self):
        return ["-chardev", "socket,id=qmp0,path=%s,server=on,wait=off"
                % self._path("qmp"), "-mon", "chardev=qmp0,mode=control",
                "-chardev", "socket,id=ser0,path=%s,server=on,wait=off,"
                "logfile=%s" % (self._path("serial"), self.serial_path),
                "-serial", "chardev:ser0",
                "-debugcon", "file:" + self.bios_log_path,
                "-global", "isa-debugcon.iobase=0x402"]

    def _user_options(self):
        text = ""
        if self.bootfile is not None:
            text += ",bootfile=" + self.bootfile.replace(",", ",,")
        if self.tftp:
            text += ",tftp=" + self.tftp
        if self.netdev:
            text += "," + self.netdev
        return text

    def _network(self, nic, romfile, net):
        if not nic:
            return []
        card = nic + ",netdev=n0,bootindex=0"
        if romfile is not None:
            card += ",romfile=" + romfile
        if net == "user":
            back = ["-netdev", "user,id=n0" + self._user_options()]
        elif isinstance(net, str):
            back = ["-netdev", "hubport,hubid=0,id=n0"]
        else:
            back = net.backend("n0", self._user_options())
        return back + ["-device", card]

    def dhcp_on(self):
        """Put the network of net="later" on the cable."""
        self.hmp("netdev_add user,id=u0" + self._user_options())
        self.hmp("netdev_add hubport,hubid=0,id=h1,netdev=u0")

    def dhcp_off(self):
        """Take it off again."""
        self.hmp("netdev_del h1")
        self.hmp("netdev_del u0")

    def link(self, up, name="n0"):
        """Plug (True) or pull (False) the network cable."""
        self.qmp.command("set_link", name=name, up=up)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind and issubclass(kind, (AssertionError, HarnessError)):
            self.report()
        self.quit()

    def report(self):
        """What is left of it when a case has failed, as comments: the end of
        its log; where the processor is, three times; interrupts; connections.
        One that stands still tells so where."""
        cases.note("---- %s, %.1f s after it was started" % (
            os.path.basename(self.dir), time.monotonic() - self.started))
        try:
            cases.note("\n".join(self.bios_log().split("\n")[-REPORT_LINES:]))
            for _ in range(REPORT_LOOKS):
                text = self.hmp("info registers")
                cases.note("\n".join(line for line in text.split("\n")
                                     if re.match("EAX|ESI|EIP|CS |SS ", line)))
                cases.note(self.hmp("x /3i $eip"))
                time.sleep(0.3)
            for line in ("xp /16xw 0", "info pic", "info usernet"):
                cases.note("\n".join(
                    text for text in self.hmp(line).split("\n")
                    if not re.match("ioapic|  (pin|IRR|Remote)", text)))
        except (HarnessError, OSError) as why:
            cases.note("QEMU does not say more: %s" % why)

    def quit(self):
        """End the machine; safe to call twice."""
        if self.serial_socket:
            self.serial_socket.close()
            self.serial_socket = None
        self.qmp.close()
        self.child.end(2.0)

    def alive(self):
        return self.child.alive()

    def hmp(self, line):
        """Run a line of QEMU's human monitor; what it printed."""
        return self.qmp.command("human-monitor-command",
                                **{"command-line": line})

    def stop(self):
        self.qmp.command("stop")

    def cont(self):
        self.qmp.command("cont")

    def reset(self):
        self.qmp.command("system_reset")

    # --- looking ---

    def screendump(self):
        """The monitor's picture, as a Picture."""
        path = self._path("screen.ppm")
        self.qmp.command("screendump", filename=path)
        return Picture.read(path)

    def memory(self, address, size):
        """Physical memory, bytes."""
        path = self._path("memory")
        self.qmp.command("pmemsave", val=address, size=size, filename=path)
        with open(path, "rb") as f:
            return f.read()

    def text(self):
        """The VGA text screen: 25 strings of 80 characters."""
        cells = self.memory(0xb8000, 80 * 25 * 2)[::2]
        line = "".join(CP437[c] for c in cells)
        return [line[80 * i:80 * i + 80] for i in range(25)]

    def wait_text(self, pattern, timeout=30):
        """Wait until a regular expression matches the text screen.

        The screen is matched as 25 lines without their trailing spaces
        (re.M). Return the match; else HarnessError that shows the screen.
        """
        regex = re.compile(pattern, re.M)
        end = until(timeout)
        while True:
            screen = "\n".join(line.rstrip() for line in self.text())
            found = regex.search(screen)
            if found:
                return found
            if time.monotonic() > end:
                raise HarnessError("no %r on the screen in %g s:\n%s" % (
                    pattern, timeout, screen.strip("\n")))
            time.sleep(0.1)

    def wait_picture(self, want, timeout=30, name=None):
        """Wait until the monitor shows a Picture.

        want: a Picture or a function that gives one. Return None once it is
        shown, else the last Difference (saved under name).
        """
        end = until(timeout)
        while True:
            late = time.monotonic() > end
            have = self.screendump()
            truth = want() if callable(want) else want
            if have == truth:
                return None
            if late:
                return compare(have, truth, name)
            time.sleep(0.25)

    def serial(self):
        """All that COM1 has sent, as text."""
        if not os.path.exists(self.serial_path):
            return ""
        with open(self.serial_path, "rb") as f:
            return f.read().decode("latin-1")

    def serial_send(self, data):
        """Send bytes into COM1."""
        if not self.serial_socket:
            self.serial_socket = socket.socket(socket.AF_UNIX)
            self.serial_socket.connect(self._path("serial"))
        self.serial_socket.sendall(data)

    def wait_serial(self, pattern, timeout=30):
        """Wait until a regular expression matches COM1's output."""
        regex = re.compile(pattern, re.M)
        end = until(timeout)
        while True:
            found = regex.search(self.serial())
            if found:
                return found
            if time.monotonic() > end:
                raise HarnessError("no %r on COM1 in %g s: %r" % (
                    pattern, timeout, self.serial()[-400:]))
            self.child.check()
            time.sleep(0.05)

    def logged(self, name, timeout=60):
        """Wait for our program's line `[time] name value`; the value."""
        regex = re.compile(r"^\[[ \d.]+\] %s (.*)$" % re.escape(name), re.M)
        end = until(timeout)
        while True:
            found = regex.search(self.bios_log())
            if found:
                return found.group(1)
            if time.monotonic() > end:
                raise HarnessError("no %r in the log:\n%s" % (
                    name, self.bios_log()[-1500:]))
            self.child.check()
            time.sleep(0.05)

    def bios_log(self):
        """SeaBIOS's own log (port 402h)."""
        with open(self.bios_log_path, "rb") as f:
            return f.read().decode("latin-1")

    # --- keyboard and mouse ---

    def _input(self, *events):
        self.qmp.command("input-send-event", events=list(events))

    @staticmethod
    def _key_event(qcode, down):
        return {"type": "key", "data": {
            "down": down, "key": {"type": "qcode", "data": qcode}}}

    def key(self, qcode, down):
        """Press (True) or release one key, by QEMU's name (qcode)."""
        self._input(self._key_event(qcode, down))

    def press(self, *qcodes, hold=0.02):
        """Press keys in this order, release them in reverse."""
        for qcode in qcodes:
            self.key(qcode, True)
        time.sleep(hold)
        for qcode in reversed(qcodes):
            self.key(qcode, False)

    def type(self, text, pause=0.03):
        """Type ASCII text as an American keyboard has it."""
        for char in text:
            qcode, shift = _qcode(char)
            self.press(*(["shift", qcode] if shift else [qcode]), hold=pause)
            time.sleep(pause)

    def move(self, dx, dy):
        """Move the mouse by dx, dy counts."""
        self._input({"type": "rel", "data": {"axis": "x", "value": dx}},
                    {"type": "rel", "data": {"axis": "y", "value": dy}})

    def move_abs(self, x, y):
        """Put an absolute pointer (usb-tablet) at x, y of 0..32767."""
        self._input({"type": "abs", "data": {"axis": "x", "value": x}},
                    {"type": "abs", "data": {"axis": "y", "value": y}})

    def button(self, name, down):
        """Press or release "left", "middle", "right", "wheel-up", ..."""
        self._input({"type": "btn", "data": {"down": down, "button": name}})

    def click(self, name="left", hold=0.05):
        self.button(name, True)
        time.sleep(hold)
        self.button(name, False)


SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./"))
NAMED = {" ": "spc", "\n": "ret", "\t": "tab", "\b": "backspace",
         "`": "grave_accent", "-": "minus", "=": "equal",
         "[": "bracket_left", "]": "bracket_right", "\\": "backslash",
         ";": "semicolon", "'": "apostrophe", ",": "comma", ".": "dot",
         "/": "slash"}


def _qcode(char):
    """(qcode, shift held) of an ASCII character."""
    shift = char in SHIFTED or char.isupper()
    char = SHIFTED.get(char, char.lower())
    return NAMED.get(char, char), shift
