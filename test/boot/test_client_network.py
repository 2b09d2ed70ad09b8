#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Networks on which the server cannot be reached, each in its own way: the
sentence on the booted PC's screen; then the cause is taken away, and the
picture comes without a key pressed."""
from harness import Client, TestServer, cases
from harness.dhcp import DhcpServer, Lab, NameServer

FAR, NEAR, NAME = "192.0.2.7", "10.0.2.77", "desk.test"


def fails(host, sentence, mend, dhcp=None, hosts=None, names=(), timeout=40):
    """The client says so of that server; after mend(net) it shows its
    picture."""
    with TestServer("fills") as server, Lab(dhcp, names=names) as net:
        net.hosts.update(hosts or {})
        with Client(uri="spice://%s:%d" % (host, server.port),
                    net=net) as client:
            client.why(sentence.replace(
                "SERVER", "%s:%d" % (host, server.port)), timeout)
            client.why("Trying again in", 5)
            mend(net)
            cases.same(client.wait_picture(lambda: server.truth(60), 60,
                                           "network"))


def gateway_comes(net):
    net.dhcp.gateway = "10.0.2.2"


def comes(address):
    return lambda net: net.hosts.update({address: "here"})


def name_comes(net):
    net.names[0].names[NAME] = "10.0.2.2"


def name_server_comes(net):
    net.names[0].says = "yes"


NO_ROUTE = "There is no route to SERVER. Check the address and the gateway"
CANNOT = "SERVER cannot be reached. Is that machine on, and on this network"

# The next renewal of the lease brings the gateway.
cases.add("no_route", fails, FAR, NO_ROUTE, gateway_comes,
          DhcpServer(gateway=None, lease=60, t1=3), {FAR: "here"})
cases.add("unreachable_on_our_wire", fails, NEAR, CANNOT, comes(NEAR), None,
          {NEAR: "absent"})
cases.add("unreachable_says_the_gateway", fails, FAR, CANNOT, comes(FAR), None,
          {FAR: "unreachable"})
cases.add("gateway_is_not_there", fails, FAR, CANNOT, comes("10.0.2.99"),
          DhcpServer(gateway="10.0.2.99"),
          {FAR: "here", "10.0.2.99": "absent"})
cases.add("no_answer", fails, FAR, "SERVER does not answer", comes(FAR), None,
          {FAR: "mute"})
cases.add("name_not_found", fails, NAME,
          "No name server knows the host of SERVER", name_comes, None, None,
          [NameServer("10.0.2.51")])
cases.add("name_servers_are_silent", fails, NAME,
          "No name server answered for the host of SERVER", name_server_comes,
          None, None,
          [NameServer("10.0.2.51", {NAME: "10.0.2.2"}, says="silent")])

cases.main()
