#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""A virtual machine that is reset, or moves to another host, while a key is
held: over a line that loses and delays, through Proxmox VE's proxy, with SASL.
The session goes on there by itself, and no key sticks."""
import os
import subprocess
import time

from harness import (Client, Filter, Rules, SpiceGuest, cases, free_port, need,
                     scratch)
from harness.certs import Certs
from harness.child import wait_for
from harness.files import vv
from harness.proxies import ProxmoxProxy

BAD = Rules(lose=0.01, delay_s=0.015, jitter_s=0.01)
JOE = {"username": "joe@desk", "password": "s3cret"}

certs = Certs()


def shown(client, guest, name):
    cases.same(client.wait_picture(guest.screendump, 90, name))


def down(guest):
    """The keys that are down, by all that it heard since it was started."""
    found = set()
    for line in guest.serial().split("ready")[-1].split("\n"):
        if line.startswith("K "):
            code = int(line.split()[1], 16)
            found.discard(code & 0x7f)
            if not code & 0x80:
                found.add(code)
    return found


def hold(client, guest):
    client.key("a", True)
    wait_for(lambda: down(guest) == {0x1e}, 30, "a key held")


def types(client, guest):
    """Nothing is held there, and what is typed comes."""
    wait_for(lambda: not down(guest), 30, "the key let go")
    client.press("b", hold=0.05)
    wait_for(lambda: guest.keys()[-2:] == [0x30, 0xb0], 30, "the next key")


def moves(client, one, two, waits_at, slow=False, **where):
    """It moves with a key held; a session waits there, and takes over. On a
    slow line the word that it does may come too late."""
    shown(client, one, "move-before")
    hold(client, one)
    one.tell(**where)
    wait_for(lambda: "waiting where it moves" in client.log(), 60,
             "a session there")
    if slow:
        time.sleep(1)
    one.migrate(waits_at)
    wait_for(lambda: "has moved to" in " ".join(client.log()), 60, "moved")
    if not slow:
        wait_for(lambda: "taken over where it moved" in client.log(), 60,
                 "taken over")
    shown(client, two, "move-after")
    wait_for(lambda: two.keys()[-1:] == [0x9e], 30, "the key let go")
    client.key("a", False)
    types(client, two)


def was_bad(net):
    cases.note(str(net))
    for way in "down", "up":
        counts = net.counts(way)
        cases.check(counts["lost"] and counts["delayed"], str(net))


@cases.case
def over_a_bad_line():
    """It is reset, then it moves; then it ends, and is there again, where it
    was before it moved."""
    ports = [free_port() for _ in range(3)]
    with Filter(seed=3, down=BAD, up=BAD) as net, \
            SpiceGuest("graphics", port=ports[0]) as one, \
            Client(ports[0], net=net) as client:
        shown(client, one, "bad-before")
        hold(client, one)
        one.reset()
        wait_for(lambda: one.serial().count("ready") > 1, 60, "boot")
        shown(client, one, "bad-reset")
        client.key("a", False)
        types(client, one)
        with SpiceGuest("graphics", port=ports[1], incoming=ports[2]) as two:
            moves(client, one, two, ports[2], slow=True, hostname="10.0.2.2",
                  port=ports[1])
            cases.note("taken over: %s" % (
                "taken over where it moved" in client.log()))
            hold(client, two)
            one.quit()
        client.why("closed the session|was lost|broke off|refused")
        with SpiceGuest("graphics", port=ports[0]) as again:
            shown(client, again, "bad-again")
            client.key("a", False)
            types(client, again)
        was_bad(net)


class Hosts:
    """Two hosts with TLS of one CA, each with a subject of its own; the second
    waits for what the first has. spice: more of -spice, for both."""

    def __init__(self, spice="", **more):
        key = certs.key()
        ca_key = certs.key("p256", "ca")
        ca = certs.make([("CN", "Test CA")], ca_key, ca=True)
        with open(ca) as file:
            self.ca = file.read()
        self.waits_at, self.ports, self.guests = free_port(), [], []
        for name, incoming in (("one", None), ("two", self.waits_at)):
            cert = certs.make([("O", "PVE"), ("CN", name)], key, (ca, ca_key))
            self.ports.append(free_port())
            self.guests.append(SpiceGuest(
                "graphics", incoming=incoming, spice=
                "tls-port=%d,x509-dir=%s,tls-channel=default%s" % (
                    self.ports[-1], certs.folder(cert, key, ca), spice),
                **more))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        for guest in self.guests:
            guest.quit()


def desk(**keys):
    """TFTP's folder with desk.vv in it."""
    folder = scratch("tftp-")
    with open(os.path.join(folder, "desk.vv"), "wb") as file:
        file.write(vv(**keys))
    return folder


NEXT = "pvespiceproxy:66a2:100:pve2::dcba"


def proxy_of(hosts):
    """Both are behind it, each by a token of its own."""
    proxy = ProxmoxProxy("127.0.0.1", hosts.ports[0], seconds=3600)
    proxy.also[NEXT] = hosts.ports[1], ("127.0.0.1", hosts.ports[1])
    return proxy


def behind(proxy, hosts, **keys):
    return desk(proxy="http://10.0.2.2:%d" % proxy.port, host=proxy.token,
                tls_port=proxy.tls_port, ca=hosts.ca,
                host_subject="O=PVE,CN=one", **keys)


def moves_behind(client, hosts, **more):
    moves(client, *hosts.guests, hosts.waits_at, hostname=NEXT, **dict(more, **{
        "tls-port": hosts.ports[1], "cert-subject": "O=PVE,CN=two"}))


@cases.case
def through_a_proxy():
    """As Proxmox VE has it: the next host is one more token, which the same
    proxy takes, and another subject. In the end the ticket is too old."""
    with Hosts(password="ticket") as hosts, proxy_of(hosts) as proxy:
        with Client(uri="desk.vv", tftp=behind(
                proxy, hosts, password="ticket")) as client:
            moves_behind(client, hosts)
            ways = list(proxy.asked)
            proxy.until = 0
            hosts.guests[1].quit()
            client.why(r"does not take this ticket \(401\)", 60)
        cases.equal(["pve2" in head for head in ways],
                    [False] * 4 + [True] * 4, "ways by token")
        cases.equal(proxy.dropped, 0, "dropped")


@cases.case
def with_sasl():
    """Whom one host has let in, the other asks again, on each channel: over a
    bad line, through a proxy, inside TLS."""
    at = scratch("sasl-")
    users = os.path.join(at, "users.db")
    subprocess.run([need("saslpasswd2"), "-p", "-c", "-f", users, "-u", "desk",
                    "joe"], input=JOE["password"].encode(), check=True)
    with open(os.path.join(at, "qemu.conf"), "w") as file:
        file.write("mech_list: scram-sha-256\nsasldb_path: %s\npwcheck_method:"
                   " auxprop\nauxprop_plugin: sasldb\n" % users)
    os.environ["SASL_CONF_PATH"] = at
    with Filter(seed=5, down=BAD, up=BAD) as net, \
            Hosts(spice=",sasl=on") as hosts, proxy_of(hosts) as proxy, \
            Client(uri="desk.vv", net=net,
                   tftp=behind(proxy, hosts, **JOE)) as client:
        moves_behind(client, hosts, slow=True)
        # The display may be the last, when keys come through already.
        wait_for(lambda: sum("SASL SCRAM-SHA-256" in line
                             for line in client.log()) >= 8, 60, "by SASL")
        cases.equal(len([line for line in client.log()
                         if "SASL SCRAM-SHA-256" in line]), 8, "by SASL")
        cases.equal(["pve2" in head for head in proxy.asked],
                    [False] * 4 + [True] * 4, "ways by token")
        was_bad(net)


cases.main()
