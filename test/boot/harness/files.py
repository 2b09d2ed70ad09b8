# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Servers that .vv files are fetched from, and what stands in those."""
import http.server
import socket
import threading


class WebServer:
    """HTTP on 127.0.0.1; with `with`.

    files: {"/path": bytes, or a function that makes them anew each time}.
    posts: {"/path": a function of the request's head and body that makes what
    is answered, or None: 401}. Attributes: port, asked (paths).
    """

    def __init__(self, files, posts=None):
        self.files, self.posts, self.asked = files, posts or {}, []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                web.asked.append(self.path)
                data = web.files.get(self.path)
                if callable(data):
                    data = data()
                self.answer(data, 404)

            def do_POST(self):
                web.asked.append(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                make = web.posts.get(self.path)
                self.answer(make and make(self.headers, body), 401)

            def answer(self, data, failure):
                if data is None:
                    self.send_error(failure)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()


class TftpServer:
    """TFTP (RFC 1350) on 127.0.0.1. Of every datagram it sends the first copy
    is lost where `lossy`."""

    def __init__(self, files, lossy=False):
        self.files, self.lossy, self.asked = files, lossy, []
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.sock.close()

    def _serve(self):
        while True:
            try:
                packet, client = self.sock.recvfrom(2048)
            except OSError:
                return
            name = packet[2:].split(b"\0")[0].decode()
            self.asked.append(name)
            if packet[:2] == b"\0\1":
                threading.Thread(target=self._send, args=(name, client),
                                 daemon=True).start()

    def _send(self, name, client):
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.settimeout(0.3)
        data = self.files.get(name)
        if data is None:
            own.sendto(b"\0\5\0\1no\0", client)
            return
        for block in range(1, len(data) // 512 + 2):
            part = data[512 * block - 512:512 * block]
            packet = b"\0\3" + block.to_bytes(2, "big") + part
            for attempt in range(20):
                if attempt or not self.lossy:
                    own.sendto(packet, client)
                try:
                    ack, _ = own.recvfrom(516)
                except socket.timeout:
                    continue
                if ack == b"\0\4" + block.to_bytes(2, "big"):
                    break


def vv(**keys):
    """A .vv file with these keys ("_" for "-")."""
    lines = ["[virt-viewer]", "type=spice"]
    for key, value in keys.items():
        value = str(value).replace("\\", "\\\\").replace("\n", "\\n")
        lines.append("%s=%s" % (key.replace("_", "-"), value))
    return ("\n".join(lines) + "\n").encode()
