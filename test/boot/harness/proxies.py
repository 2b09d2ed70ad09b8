# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""HTTP proxies as the field has them: Proxmox VE's spiceproxy, and squid.

Both speak what a client sees of the real ones, written from their behaviour:
Proxmox's takes its ticket from the Host header, answers HTTP/1.0 with a status
line and an empty line, passes on to another proxy where the machine runs on
another node, and drops a client that leaves more than 640 KiB unread. Squid's
knows users, ports it allows, and answers a refusal with a page.
"""
import base64
import select
import socket
import time

from .listener import Listener

UNREAD_MOST = 640 << 10


class Proxy(Listener):
    """A proxy on 127.0.0.1; with `with`. Attributes: port, asked (request
    heads, whole), ways (opened), dropped (for what they left unread)."""

    def __init__(self):
        self.asked, self.ways, self.dropped = [], 0, 0
        super().__init__(self._client)

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.port

    def _client(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            more = client.recv(4096)
            if not more or len(head) > 16384:
                return
            head += more
        head, rest = head.split(b"\r\n\r\n", 1)
        self.asked.append(head.decode("latin-1"))
        server = self._way(client, head.decode("latin-1"))
        if server:
            self.ways += 1
            server.sendall(rest)
            self._carry(client, server)

    def _way(self, client, head):
        """The connection for that request, or None (it was answered)."""
        raise NotImplementedError

    def _carry(self, client, server):
        """Carry bytes both ways, keeping what the client does not read."""
        waiting = bytearray()
        client.setblocking(False)
        while True:
            reads = [client, server]
            writes = [client] if waiting else []
            reads, writes, _ = select.select(reads, writes, [], 60)
            if client in writes:
                del waiting[:client.send(waiting)]
            if server in reads:
                more = server.recv(65536)
                if not more:
                    break
                waiting += more
            if client in reads:
                more = client.recv(65536)
                if not more:
                    break
                server.sendall(more)
            if len(waiting) > UNREAD_MOST:
                self.dropped += 1
                server.close()
                return
        client.setblocking(True)
        client.sendall(waiting)
        server.close()


def fields(head):
    """The header fields of a request, names in lower case."""
    lines = head.split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in
            (line.partition(":") for line in lines)}


class ProxmoxProxy(Proxy):
    """One virtual machine behind a ticket.

    host, port: where the SPICE server is; token: the host of the .vv file;
    seconds: how long the ticket is good; via: a ProxmoxProxy of the node that
    the machine runs on. also: {token: (port that the client names, (host,
    port) that it leads to)}, for the hosts that it moves to.
    """

    def __init__(self, host, port, token="pvespiceproxy:66a1:100:pve1::abcd",
                 tls_port=61000, seconds=40, via=None):
        self.target, self.token, self.tls_port = (host, port), token, tls_port
        self.until, self.via = time.monotonic() + seconds, via
        self.also = {}
        super().__init__()

    def good_for(self, seconds):
        """The ticket, from now on."""
        self.until = time.monotonic() + seconds

    def _way(self, client, head):
        want, target = fields(head).get("host"), None
        for token, (port, place) in dict(self.also, **{
                self.token: (self.tls_port, self.target)}).items():
            if want == "%s:%d" % (token, port):
                target = place
        good = (head.startswith("CONNECT ") and target
                and time.monotonic() < self.until)
        if not good:
            client.sendall(b"HTTP/1.0 401 invalid ticket\r\n\r\n")
            return None
        server = socket.create_connection(
            ("127.0.0.1", self.via.port) if self.via else target)
        if self.via:
            server.sendall(("CONNECT %s HTTP/1.0\r\nHost: %s\r\n\r\n" %
                            (want, want)).encode())
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += server.recv(1)
            client.sendall(answer)
        else:
            client.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        return server


class SquidProxy(Proxy):
    """Names it knows, with ports; a user, where it wants one."""

    def __init__(self, names, user=None, allowed=None):
        self.names, self.user, self.allowed = names, user, allowed
        super().__init__()

    def _refuse(self, client, status, more=""):
        page = "<!DOCTYPE html>\n<html><h1>%s</h1>\r\n\r\n</html>" % status
        client.sendall(("HTTP/1.1 %s\r\nServer: squid/5.7\r\n%s"
                        "Content-Type: text/html;charset=utf-8\r\n"
                        "Content-Length: %d\r\nConnection: close\r\n\r\n%s" %
                        (status, more, len(page), page)).encode())

    def _way(self, client, head):
        what = head.split(" ")[1]
        host, _, port = what.rpartition(":")
        if self.user:
            basic = base64.b64encode(self.user.encode()).decode()
            if fields(head).get("proxy-authorization") != "Basic " + basic:
                self._refuse(client, "407 Proxy Authentication Required",
                             'Proxy-Authenticate: Basic realm="Squid"\r\n')
                return None
        if self.allowed and int(port) not in self.allowed:
            self._refuse(client, "403 Forbidden",
                         "X-Squid-Error: ERR_ACCESS_DENIED 0\r\n")
            return None
        try:
            if host not in self.names:
                raise OSError
            server = socket.create_connection((self.names[host], int(port)))
        except OSError:
            self._refuse(client, "503 Service Unavailable",
                         "X-Squid-Error: ERR_CONNECT_FAIL 111\r\n")
            return None
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return server
