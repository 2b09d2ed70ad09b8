# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Processes a test starts: each in a session of its own, ended by its id.

Every Child still alive when Python exits is ended then, so an exception in a
test leaves nothing behind. What a child starts itself stays in its session
and ends with it (Xspice's script outlives Xorg, and the other way round).
"""
import atexit
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time


class HarnessError(Exception):
    """A peer could not be started, or did not do what it was told."""


def root():
    """The project's top folder."""
    here = os.path.dirname(os.path.abspath(__file__))
    return os.path.dirname(os.path.dirname(os.path.dirname(here)))


def out_dir():
    """Where pictures and logs of failed tests are kept: build/test-out."""
    path = os.path.join(root(), "build", "test-out")
    os.makedirs(path, exist_ok=True)
    return path


def need(program):
    """Path of a program, or HarnessError with its name."""
    path = shutil.which(program)
    if not path:
        raise HarnessError("%s is not installed (make setup)" % program)
    return path


_held_ports = []


def free_port():
    """A port of 127.0.0.1, TCP and UDP, on which nothing listens; no other
    test gets it, either, until Python exits.

    It is below those that the kernel gives away by itself: there another
    test's connection might sit on it before its server does, or while that
    one is down. A name in the abstract namespace of Unix sockets keeps it.
    """
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        low = int(f.read().split()[0])
    first = 10000 if low > 12000 else 1024
    for port in random.sample(range(first, max(low, first + 9000)), 500):
        hold = socket.socket(socket.AF_UNIX)
        try:
            hold.bind("\0spice-test-port-%d" % port)
            for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
                with socket.socket(socket.AF_INET, kind) as s:
                    s.bind(("127.0.0.1", port))
        except OSError:
            hold.close()
            continue
        _held_ports.append(hold)
        return port
    raise HarnessError("no free port")


_folders = []


def scratch(prefix="spice-test-"):
    """A temporary folder, removed when Python exits."""
    _folders.append(tempfile.mkdtemp(prefix=prefix))
    return _folders[-1]


LEAST_WAIT_S = 20


def until(timeout):
    """When a wait of so many seconds is over (monotonic). None is shorter than
    LEAST_WAIT_S: what comes in time costs nothing, and on a busy machine all
    is late."""
    return time.monotonic() + max(timeout, LEAST_WAIT_S)


def wait_for(condition, timeout, what, step=0.02):
    """Call condition() until it is true; return its value.

    timeout: seconds (until()); then HarnessError says that `what` did not
    happen.
    """
    end = until(timeout)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise HarnessError("%s: not within %g s" % (what, timeout))
        time.sleep(step)


def port_open(port):
    """True when something accepts connections there."""
    with socket.socket() as s:
        s.settimeout(0.5)
        return s.connect_ex(("127.0.0.1", port)) == 0


# Not weak: what an interrupted constructor started is ended too.
_children = set()


class Child:
    """A started program and its log file.

    args: list; log: file that gets its standard output and error;
    env: variables to add; stdin: as for Popen.
    """

    def __init__(self, args, log, env=None, stdin=subprocess.DEVNULL,
                 stdout=None):
        full = dict(os.environ, **(env or {}))
        self.name = os.path.basename(args[0])
        self.log_path = log
        with open(log, "ab") as f:
            self.popen = subprocess.Popen(
                args, stdin=stdin, stdout=stdout or f, stderr=f, env=full,
                start_new_session=True)
        self.pid = self.popen.pid
        _children.add(self)

    def alive(self):
        return self.popen.poll() is None

    def log(self):
        """What it has printed so far."""
        with open(self.log_path, "r", errors="replace") as f:
            return f.read()

    def check(self):
        """HarnessError with the end of its log when it has died."""
        if not self.alive():
            raise HarnessError("%s ended with status %s: %s" % (
                self.name, self.popen.returncode, self.log()[-600:]))

    def wait(self, timeout):
        """Exit status; HarnessError when it still runs after timeout (s)."""
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise HarnessError("%s still runs after %g s" % (
                self.name, timeout)) from None

    def _signal_session(self, number):
        try:
            os.killpg(self.pid, number)
            return True
        except ProcessLookupError:
            return False

    def _session_gone(self):
        self.popen.poll()
        return not self._signal_session(0)

    def end(self, grace=3.0):
        """End it and all it started; safe to call twice."""
        self._signal_session(signal.SIGTERM)
        late = time.monotonic() + grace
        while not self._session_gone():
            if time.monotonic() > late:
                self._signal_session(signal.SIGKILL)
                break
            time.sleep(0.02)
        try:
            self.popen.wait(5)
            _children.discard(self)
        except subprocess.TimeoutExpired:
            pass


@atexit.register
def _end_all():
    """Children first: they write into the folders."""
    for child in list(_children):
        child.end(1.0)
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def on_signals():
    """Turn SIGTERM and SIGHUP into SystemExit, so that atexit runs. SIGINT
    interrupts, and ends what is started, even in a shell's background job,
    which is begun with it ignored."""
    def leave(number, frame):
        raise SystemExit(128 + number)
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    signal.signal(signal.SIGINT, signal.default_int_handler)


try:
    on_signals()
except ValueError:
    pass  # not the main thread: the importer looks after its signals
