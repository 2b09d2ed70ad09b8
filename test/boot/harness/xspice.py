# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Xspice: a real X server that is a SPICE server, on 127.0.0.1.

Quirk: Xspice 0.1.5, Debian's configuration: without explicit buffer sizes it
crashes at its start. FrameBufferSize bounds the largest mode (4 bytes a
pixel: 3200x2400 takes 30 MiB), and is carved out of CommandBufferSize.

Quirk: Xspice of Debian 13: xrandr without --current spins for a minute, and
the server dies.
"""
import os
import re
import signal
import subprocess
import time

from .child import (Child, HarnessError, free_port, need, port_open, root,
                    scratch, wait_for)
from .picture import Picture

CONFIG = """
Section "Device"
    Identifier "XSPICE"
    Driver "spiceqxl"
    Option "SpiceAddr" "127.0.0.1"
    Option "NumHeads" "1"
    Option "SurfaceBufferSize" "128"
    Option "CommandBufferSize" "%(command)d"
    Option "FrameBufferSize" "%(frame)d"
%(options)s
EndSection
Section "InputDevice"
    Identifier "XSPICE POINTER"
    Driver "xspice pointer"
EndSection
Section "InputDevice"
    Identifier "XSPICE KEYBOARD"
    Driver "xspice keyboard"
EndSection
Section "Monitor"
    Identifier "Configured Monitor"
EndSection
Section "Screen"
    Identifier "XSPICE Screen"
    Monitor "Configured Monitor"
    Device "XSPICE"
    DefaultDepth 24
EndSection
Section "ServerLayout"
    Identifier "XSPICE Example"
    Screen "XSPICE Screen"
    InputDevice "XSPICE KEYBOARD"
    InputDevice "XSPICE POINTER"
EndSection
Section "ServerFlags"
    Option "AutoAddDevices" "False"
EndSection
"""


class Cursor:
    """The X pointer: w * h words of premultiplied ARGB, and the position x, y
    of its hot spot xhot, yhot on the screen."""

    def __init__(self, text):
        head, *rows = text.split("\n")
        self.w, self.h, self.xhot, self.yhot, self.x, self.y = [
            int(f) for f in head.split()]
        self.argb = [int(p, 16) for row in rows for p in row.split()]


def free_display():
    """Number of an X display nobody uses (socket and lock are looked at)."""
    number = 50 + os.getpid() % 400
    while (os.path.exists("/tmp/.X11-unix/X%d" % number) or
           os.path.exists("/tmp/.X%d-lock" % number)):
        number += 1
    return number


class Xspice:
    """Start it and wait until it serves.

    size: (w, h) of the first mode; password: None for no ticket;
    compression: off, lz, glz, quic, auto_lz, auto_glz; options: more lines
    {name: value} for the Device section; port: None for a free one.

    Attributes: port, display (":N"), env (for Popen), child.
    """

    def __init__(self, size=(1024, 768), password=None, compression=None,
                 options=None, port=None, frame_mib=64, command_mib=256):
        self.dir = scratch("xspice-")
        self.port = port or free_port()
        self.clients = []
        self.display = None
        lines = dict(options or {})
        if password is None:
            lines["SpiceDisableTicketing"] = "True"
        else:
            lines["SpicePassword"] = password
        if compression:
            lines["SpiceImageCompression"] = compression
        self.config = os.path.join(self.dir, "xorg.conf")
        with open(self.config, "w") as f:
            f.write(CONFIG % {
                "command": command_mib, "frame": frame_mib,
                "options": "\n".join('    Option "%s" "%s"' % kv
                                     for kv in sorted(lines.items()))})
        self._start()
        if self.size() != tuple(size):
            self.resize(*size)

    def _start(self):
        for attempt in range(5):
            number = free_display() + attempt
            self.display = ":%d" % number
            self.env = {"DISPLAY": self.display}
            self.child = Child(
                [need("Xspice"), "--config", self.config,
                 "--port", str(self.port), "-logfile", self._log_path(),
                 "-nolisten", "tcp", self.display],
                os.path.join(self.dir, "out.log"))
            try:
                wait_for(self._serves, 20, "Xspice")
                return
            except HarnessError:
                text = self.log()
                self.child.end()
                if "already active" not in text:
                    raise HarnessError("Xspice did not start: %s"
                                       % text[-800:]) from None
        raise HarnessError("no free X display")

    def _log_path(self):
        return os.path.join(self.dir, "xorg.log")

    def log(self):
        """Its own output and Xorg's log."""
        text = self.child.log()
        if os.path.exists(self._log_path()):
            with open(self._log_path(), errors="replace") as f:
                text += f.read()
        return text

    def _serves(self):
        if not self.child.alive() or "Fatal server error" in self.child.log():
            raise HarnessError("Xspice died")
        return os.path.exists("/tmp/.X11-unix/X" + self.display[1:]) and \
            self._asks("xdpyinfo") and port_open(self.port)

    def _asks(self, program):
        done = subprocess.run([need(program)], env=dict(os.environ, **self.env),
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=20)
        return done.returncode == 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.end()

    def _files(self):
        """Lock and socket of the display."""
        number = self.display[1:]
        return ["/tmp/.X%s-lock" % number, "/tmp/.X11-unix/X%s" % number]

    def end(self):
        """End the X clients, Xorg and the script.

        Xorg first and gently, so that it takes its lock away; the script
        would kill it, and hang itself.
        """
        for client in self.clients:
            client.end(1.0)
        lock = self._files()[0]
        if self.child.alive() and os.path.exists(lock):
            try:
                with open(lock) as f:
                    pid = int(f.read())
                if os.getpgid(pid) == self.child.pid:
                    os.kill(pid, signal.SIGTERM)
                    wait_for(lambda: not os.path.exists(lock), 3, "Xorg's end")
            except (OSError, ValueError, HarnessError):
                pass
        self.child.end(0)

    def call(self, *args, timeout=30):
        """Run an X program to its end; its standard output (str)."""
        done = subprocess.run(
            [self._program(args[0])] + [str(a) for a in args[1:]],
            env=dict(os.environ, **self.env), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
        if done.returncode:
            raise HarnessError("%s: %s" % (
                " ".join(str(a) for a in args),
                done.stderr.decode(errors="replace")[-400:]))
        return done.stdout.decode(errors="replace")

    def run(self, *args):
        """Start an X program that stays; a Child, ended with the server."""
        log = os.path.join(self.dir, "client-%d.log" % len(self.clients))
        client = Child([self._program(args[0])] + [str(a) for a in args[1:]],
                       log, env=self.env)
        self.clients.append(client)
        return client

    @staticmethod
    def _program(name):
        if name == "xtool":
            path = os.path.join(root(), "build", "test", "xtool")
            if not os.path.exists(path):
                raise HarnessError("build/test/xtool is not built")
            return path
        return need(name)

    def size(self):
        """(w, h) of the screen."""
        text = self.call("xrandr", "--current")
        found = re.search(r"current (\d+) x (\d+)", text)
        return int(found.group(1)), int(found.group(2))

    def picture(self):
        """The screen as X has it, without the pointer."""
        done = subprocess.run([need("xwd"), "-root", "-silent"],
                              env=dict(os.environ, **self.env),
                              stdout=subprocess.PIPE, timeout=30)
        if done.returncode:
            raise HarnessError("xwd failed")
        return Picture.from_xwd(done.stdout)

    def resize(self, w, h):
        """Change the screen to w * h; a mode it lacks is made."""
        name = "%dx%d" % (w, h)
        known = re.findall(r"^ +(\d+x\d+)", self.call("xrandr", "--current"),
                           re.M)
        if name not in known:
            self.call("xrandr", "--current", "--newmode", name, "60",
                      w, w + 8, w + 16, w + 24, h, h + 1, h + 2, h + 3)
            self.call("xrandr", "--current", "--addmode", "qxl-0", name)
        self.call("xrandr", "--current", "--output", "qxl-0", "--mode", name)
        wait_for(lambda: self.size() == (w, h), 10, "X mode " + name)

    def cursor(self):
        """The pointer's shape and place (Cursor), from XFixes."""
        return Cursor(self.call("xtool", "cursor").strip())

    def pointer(self):
        """(x, y, mask of modifiers and buttons)."""
        return tuple(int(f) for f in self.call("xtool", "pointer").split())

    def repeat(self, on):
        """X repeats held keys by itself unless told not to."""
        self.call("xset", "r", "on" if on else "off")

    def events(self, grab_root=False):
        """Start the event logger: a window over all the screen that prints
        each key and pointer event. See Events."""
        return Events(self, grab_root)


class Events:
    """Lines an X program received, in order; as lists of words:

    key down KEYCODE KEYSYM / key up KEYCODE KEYSYM
    button down N X Y / button up N X Y
    motion X Y MASK
    """

    def __init__(self, xspice, grab_root):
        self.child = xspice.run("xtool", "raw" if grab_root else "events")
        wait_for(lambda: "ready" in self.child.log(), 10, "event logger")
        self.seen = 0

    def all(self):
        """Everything since the start or the last clear()."""
        self.child.check()
        text = self.child.log()
        lines = text[:text.rfind("\n") + 1].splitlines()
        return [line.split() for line in lines[1:]][self.seen:]

    def clear(self):
        self.seen += len(self.all())

    def keys(self):
        """[("down", keycode), ("up", keycode), ...]"""
        return [(e[1], int(e[2])) for e in self.all() if e[0] == "key"]

    def wait(self, condition, timeout=10, what="X events"):
        """Until condition(list of events) is true; return that list."""
        def look():
            events = self.all()
            return events if condition(events) else None
        try:
            return wait_for(look, timeout, what)
        except HarnessError as error:
            raise HarnessError("%s; have %r" % (
                error, self.all()[-20:])) from None

    def settle(self, quiet=0.5, timeout=20):
        """Until nothing has come for `quiet` seconds; return all events."""
        end = time.monotonic() + timeout
        last, since = -1, time.monotonic()
        while time.monotonic() < end:
            n = len(self.all())
            if n != last:
                last, since = n, time.monotonic()
            elif time.monotonic() - since > quiet:
                break
            time.sleep(0.05)
        return self.all()

    def end(self):
        self.child.end(1.0)
