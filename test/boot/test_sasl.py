#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""SASL against libspice-server's own (Cyrus SASL): each mechanism over TLS,
wrong passwords, and what cannot be had without TLS; a session by it on the
booted PC."""
import os
import subprocess

from harness import (Child, Client, Picture, SpiceGuest, cases, compare,
                     free_port, need, root, scratch)
from harness.child import wait_for

SHOT = os.path.join(root(), "bin", "spice-shot")


def openssl(*arguments):
    subprocess.run(("openssl",) + arguments, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Guest(SpiceGuest):
    """QEMU with users in a file of its own; mechanisms: Cyrus's names."""

    def __init__(self, mechanisms):
        at = scratch("sasl-")
        users = os.path.join(at, "users.db")
        passwd = subprocess.Popen([need("saslpasswd2"), "-p", "-c", "-f",
                                   users, "-u", "desk", "joe"],
                                  stdin=subprocess.PIPE)
        passwd.communicate(b"s3cret,=")
        with open(os.path.join(at, "qemu.conf"), "w") as file:
            file.write("mech_list: %s\nsasldb_path: %s\npwcheck_method: "
                       "auxprop\nauxprop_plugin: sasldb\n" %
                       (mechanisms, users))
        self.ca = os.path.join(at, "ca-cert.pem")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                "-subj", "/CN=desk", "-addext", "subjectAltName=IP:127.0.0.1,IP:10.0.2.2",
                "-keyout", os.path.join(at, "server-key.pem"), "-out",
                self.ca)
        with open(self.ca) as file, open(os.path.join(
                at, "server-cert.pem"), "w") as copy:
            copy.write(file.read())
        self.tls_port = free_port()
        os.environ["SASL_CONF_PATH"] = at
        super().__init__("graphics", spice="sasl=on,tls-port=%d,x509-dir=%s"
                         % (self.tls_port, at))

    def shot(self, *arguments, tls=True, status=0, said=None):
        """spice-shot, as joe; its picture is the guest's."""
        cases.patiently(lambda ms: self.one_shot(
            ["--wait-ms", str(ms)] + list(arguments), tls, status, said))

    def one_shot(self, arguments, tls, status, said):
        file = os.path.join(scratch("shot-"), "shot.ppm")
        where = ("spice+tls://127.0.0.1:%d" % self.tls_port if tls else
                 "spice://127.0.0.1:%d" % self.port)
        child = Child([SHOT, "--verbose"] + (["--ca", self.ca] if tls else [])
                      + arguments + [where, file], file + ".log")
        got = child.wait(60)
        cases.equal(got, status, "exit status; it said: " + child.log())
        if said:
            cases.matches(child.log(), said)
        return status == 0 and compare(Picture.read(file), self.screendump(),
                                       "sasl")

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.quit()


JOE = ("--username", "joe@desk", "--password", "s3cret,=")


def mechanism(name):
    with Guest(name) as guest:
        guest.shot(*JOE, said="main: SASL %s\n" % name.upper())
        guest.shot("--username", "joe@desk", "--password", "wrong", status=1,
                   said=r"refused the user name or the password \(SASL\)")
        if name == "plain":
            guest.shot(status=1, said="asks for a user name and a password")
        guest.shot(*JOE, tls=False, status=1, said=r"SASL that this client")


for _name in ("scram-sha-256", "scram-sha-1", "plain", "digest-md5"):
    cases.add(_name.replace("-", "_"), mechanism, _name)

@cases.case
def on_the_pc():
    """Every channel of a session on the booted PC; the wrong password first."""
    folder = scratch("tftp-")
    with Guest("scram-sha-256") as guest, open(guest.ca) as file:
        rows = ("[virt-viewer]\ntype=spice\nhost=10.0.2.2\ntls-port=%d\n"
                "ca=%s\nusername=joe@desk\npassword=" % (
                    guest.tls_port, file.read().replace("\n", "\\n")))

        def ticket(password):
            with open(os.path.join(folder, "desk.vv"), "w") as vv:
                vv.write(rows + password + "\n")

        ticket("wrong")
        with Client(uri="desk.vv", tftp=folder) as client:
            client.why(r"refused the user name or the password \(SASL\)", 60)
            ticket("s3cret,=")
            client.press("ret")
            cases.same(client.wait_picture(guest.screendump, 60, "sasl-pc"))
            cases.equal([channel for channel in (
                "main", "display", "inputs", "cursor") if
                channel + ": SASL SCRAM-SHA-256" not in client.log()], [],
                "channels without SASL")
            client.press("b", hold=0.05)
            wait_for(lambda: guest.keys()[-2:] == [0x30, 0xb0], 20, "a key")


cases.main()
