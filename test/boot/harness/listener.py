# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A TCP port of this machine on which something of a test's answers.

    with Listener(lambda conn: conn.sendall(b"hello")) as server:
        Client(server.port)
"""
import select
import socket
import threading

from .child import free_port


class Listener:
    """Listen; serve(conn) for each connection, in a thread of its own.

    The connection is closed when serve returns; an OSError of its ends it as
    well. port: None is a free one; host: "127.0.0.1" or "::1".
    Attributes: port, conns (the sockets of all connections so far).
    """

    def __init__(self, serve, port=None, host="127.0.0.1"):
        self.port, self.conns = port or free_port(), []
        self._serve, self._ended, self._lock = serve, False, threading.Lock()
        self._sock = socket.create_server(
            (host, self.port), backlog=32,
            family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self):
        while True:
            try:
                conn = self._sock.accept()[0]
            except ConnectionAbortedError:
                continue
            except OSError:
                return  # end() was called
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.conns.append(conn)
                if self._ended:
                    drop(conn)
            threading.Thread(target=self._one, args=(conn,),
                             daemon=True).start()

    def _one(self, conn):
        try:
            self._serve(conn)
        except OSError:
            pass
        finally:
            conn.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.end()

    def end(self):
        """Listen no more and drop every connection; the port is free then.
        Safe to call twice."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        # A close alone would not wake who waits in accept(), and the port
        # would stay taken until then.
        drop(self._sock)
        self._thread.join()
        self._sock.close()
        for conn in self.conns:
            drop(conn)


def drop(sock):
    """End both directions; whoever waits for it wakes up."""
    try:
        # TLS's own would take it away from under a reader.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended before


class Speaker(Listener):
    """Says words to whoever connects, and hears until he goes.

    Attribute: heard, of all connections."""

    def __init__(self, words=b"", port=None):
        self.words, self.heard = words, b""
        super().__init__(self._speak, port)

    def _speak(self, conn):
        conn.sendall(self.words)
        while True:
            data = conn.recv(4096)
            if not data:
                return
            with self._lock:
                self.heard += data


def connect(port):
    """A connection to a port of this machine."""
    sock = socket.create_connection(("127.0.0.1", port), 30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def carry(near, far):
    """Carry bytes both ways until a side ends; then both have.

    One thread does it all: OpenSSL does not bear that one reads from a TLS
    connection while another writes to it (it reports an end that is none).
    """
    other = {near: far, far: near}
    try:
        while True:
            ready = [s for s in other if getattr(s, "pending", int)()]
            for sock in ready or select.select([near, far], [], [])[0]:
                data = sock.recv(1 << 16)
                if not data:
                    return
                other[sock].sendall(data)
    except OSError:
        pass  # ssl.SSLError is one
    finally:
        drop(near)
        drop(far)
        far.close()
