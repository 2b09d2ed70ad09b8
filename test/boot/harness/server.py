# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Our own SPICE server, test/server, as a test's peer."""
import os
import subprocess
import threading

from .child import Child, HarnessError, free_port, root, scratch, wait_for
from .picture import Picture


def program():
    path = os.path.join(root(), "build", "test", "spice-test-server")
    if not os.path.exists(path):
        raise HarnessError("build/test/spice-test-server is not built")
    return path


def scenes():
    """Names of all scenes."""
    text = subprocess.run([program(), "--list"], check=True, timeout=20,
                          stdout=subprocess.PIPE).stdout.decode()
    return [line.split()[0] for line in text.splitlines() if line]


# The server sends the first but cannot render them; pixel for pixel they are
# what it makes of the second.
TWINS = {"bits1le": "bits1", "bits4le": "bits4", "text-8": "text-8-low"}


def twin(scene):
    """The scene whose truth is this one's: itself, mostly."""
    return TWINS.get(scene, scene)


class TestServer:
    """Start it; it draws `scene` once a client shows the display.

    args: more options, see test/server/README.md.
    Attributes: port, lines (all it has printed).
    """

    __test__ = False  # not a test, whatever a collector thinks of its name

    def __init__(self, scene, compression=None, password=None, port=None,
                 args=()):
        self.dir = scratch("server-")
        self.port = port or free_port()
        self.truth_path = os.path.join(self.dir, "truth.ppm")
        self.lines = []
        command = [program(), "--port", str(self.port), "--scene", scene,
                   "--truth", self.truth_path]
        if compression:
            command += ["--compression", compression]
        if password is not None:
            command += ["--password", password]
        self.child = Child(command + list(args),
                           os.path.join(self.dir, "server.log"),
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self._read, daemon=True).start()
        self.wait("listening", 10)

    def _read(self):
        for line in self.child.popen.stdout:
            self.lines.append(line.decode(errors="replace").rstrip())

    def wait(self, prefix, timeout=20, count=1):
        """Wait for the count-th line that begins with prefix; return it."""
        def look():
            found = [line for line in self.lines if line.startswith(prefix)]
            if len(found) < count:
                self.child.check()
            return found[count - 1] if len(found) >= count else None
        return wait_for(look, timeout, "test server's %r" % prefix)

    def say(self, command):
        """Send a command line (see test/server/README.md)."""
        self.child.popen.stdin.write(command.encode() + b"\n")
        self.child.popen.stdin.flush()

    def truth(self, timeout=20, count=1):
        """The server's own canvas once the count-th scene is drawn."""
        self.wait("drawn", timeout, count)
        return Picture.read(self.truth_path)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.end()

    def end(self):
        self.child.end(2.0)
