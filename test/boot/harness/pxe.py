# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A PC whose stock iPXE ROM loads our PXE program by TFTP."""
import http.server
import os
import threading

from . import cases
from .child import root, scratch, wait_for
from .client import Client

PROGRAM = os.path.join(root(), "bin/spice.pxe")

def read(path):
    with open(path, "rb") as f:
        return f.read()


def fetched(folder, name):
    path = os.path.join(root(), "build", folder, name)
    if not os.path.exists(path):
        cases.skip("the set-up found no %s/%s" % (folder, name))
    return path


class Web:
    """Serves any name; what was asked for is in .asked."""

    def __init__(self):
        asked = self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                body = b"#!ipxe\necho %s\nshell\n" % self.path.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def wait(self, name, timeout=40):
        wait_for(lambda: self.asked, timeout, "HTTP from iPXE")
        cases.equal(self.asked, ["/" + name], "asked by HTTP")


class Chained(Client):
    """A PC whose stock iPXE ROM runs a script that chains a program.

    command: its command line; before: more of the script; program: its bytes;
    undionly: a kpxe to go through first; web: is asked for /ok or /bad after
    the program has returned.
    """

    def __init__(self, command="", before="", program=None, undionly=None,
                 web=None, stock=None, **more):
        files = {"spice.pxe": program or read(PROGRAM)}
        script = "#!ipxe\n"
        if undionly:
            files["undionly.kpxe"] = read(undionly)
            script += ("iseq ${net0/chip} undionly || chain undionly.kpxe\n"
                       "iseq ${net0/chip} undionly || shell\n")
        script += before
        script += "chain spice.pxe %s && goto ok || goto bad\n" % command
        for way in "ok", "bad":
            script += ":%s\n" % way
            if web:
                script += "chain http://10.0.2.2:%d/%s\n" % (web.port, way)
            script += "shell\n"
        files["boot.ipxe"] = script.encode()
        folder = scratch("tftp-")
        for name, data in files.items():
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        more.setdefault("uri", "boot.ipxe")
        super().__init__(rom=stock or fetched("stock", "pxe-e1000.rom"),
                         tftp=folder, **more)
        # Any key but that one, and it does not wait for it.
        self.wait_text("Press Ctrl-B for")
        self.press("spc")

    def leave(self):
        """From a session: by the form and F10."""
        self.press("ctrl", "alt", "shift", "esc")
        self.why("F10 leave")
        self.press("f10")


def uri(guest):
    return "spice://10.0.2.2:%d" % guest.port
