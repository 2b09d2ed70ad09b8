# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""A Proxmox VE in small: certificates, a virtual machine with TLS behind its
proxy, and its API by HTTPS."""
import os
import subprocess

from .certs import TlsFront
from .child import free_port, scratch
from .files import WebServer, vv
from .guest import SpiceGuest
from .proxies import ProxmoxProxy

SUBJECT = ("OU=PVE Cluster Node,O=Proxmox Virtual Environment,"
           "CN=pve1.example.org")


def openssl(*arguments):
    subprocess.run(("openssl",) + arguments, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def certificates():
    """A folder as Proxmox's: a CA of its own, and a node signed by it."""
    at = scratch("pve-")

    def path(name):
        return os.path.join(at, name)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=Proxmox Virtual Environment/O=PVE Cluster "
            "Manager CA", "-keyout", path("ca-key.pem"), "-out",
            path("ca-cert.pem"))
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj",
            "/" + SUBJECT.replace(",", "/"), "-keyout",
            path("server-key.pem"), "-out", path("csr.pem"))
    with open(path("names"), "w") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1,IP:10.0.2.2\n")
    openssl("x509", "-req", "-in", path("csr.pem"), "-CA",
            path("ca-cert.pem"), "-CAkey", path("ca-key.pem"),
            "-CAcreateserial", "-days", "2", "-extfile", path("names"),
            "-out", path("server-cert.pem"))
    with open(path("ca-cert.pem")) as file:
        return at, file.read()


class Proxmox:
    """A virtual machine of a node behind another node's spiceproxy."""

    def __init__(self, seconds=40):
        self.folder, self.ca = certificates()
        self.password = "0123456789abcdef0123"
        self.tls_port = free_port()
        self.guest = SpiceGuest(
            "graphics", password=self.password, compression="off",
            spice="tls-port=%d,x509-dir=%s,tls-channel=default" % (
                self.tls_port, self.folder))
        self.near = ProxmoxProxy("127.0.0.1", self.tls_port, seconds=3600)
        self.proxy = ProxmoxProxy(None, None, seconds=seconds, via=self.near)

    def vv(self, proxy_host="127.0.0.1", **more):
        keys = dict(proxy="http://%s:%d" % (proxy_host, self.proxy.port),
                    host=self.proxy.token, tls_port=self.proxy.tls_port,
                    ca=self.ca, host_subject=SUBJECT, password=self.password,
                    title="VM 100 - desk", delete_this_file=1,
                    secure_attention="Ctrl+Alt+Ins",
                    toggle_fullscreen="Shift+F11",
                    release_cursor="Ctrl+Alt+R")
        keys.update(more)
        return vv(**keys)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.guest.quit()

    def set_password(self, password, **more):
        """Another ticket; connected="disconnect" ends the session."""
        self.password = password
        self.guest.qmp.command("set_password", protocol="spice",
                               password=password, **more)


class Api:
    """Proxmox's API, as far as a ticket needs it: by HTTPS, with the node's own
    certificate; with `with`. Each ticket has another password and is good for
    its time; a wrong token, or another node's name, is answered with 401.

    Attributes: port; made (passwords)
    """

    PATH = "/api2/spiceconfig/nodes/pve1/qemu/100/spiceproxy"
    TOKEN = "PVEAPIToken=desk@pve!spice=12345678-9abc-def0-1234-56789abcdef0"

    def __init__(self, pve, proxy_host):
        self.pve, self.proxy_host, self.made = pve, proxy_host, []
        self.web = WebServer({}, {self.PATH: self._ticket})
        self.front = TlsFront(os.path.join(pve.folder, "server-cert.pem"),
                              os.path.join(pve.folder, "server-key.pem"),
                              behind=self.web.port)
        self.port = self.front.port

    def _ticket(self, head, body):
        if head["Authorization"] != self.TOKEN or \
                body != b"proxy=" + self.proxy_host.encode():
            return None
        self.made.append("ticket%020d" % len(self.made))
        self.pve.set_password(self.made[-1])
        self.pve.proxy.good_for(40)
        return self.pve.vv(self.proxy_host)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.front.end()
        self.web.__exit__()
