#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The booted PC meets a server that fails in every way (harness/failures.py):
each time its own sentence is on the screen, and when the cause is gone the
picture comes without a key pressed."""
import re

from harness import Client, Scripted, TestServer, cases, failures
from harness.child import wait_for


def told(client, sentence, count, timeout):
    """It has said that for the count-th time, and shows it."""
    wait_for(lambda: len([line for line in client.log()
                          if re.search(sentence, line)]) >= count,
             timeout, "%r, %d" % (sentence, count), 0.05)
    client.why(sentence, 5)


def recovers(client, port, name):
    """A real server takes the port over: its picture comes."""
    with TestServer("fills", port=port) as server:
        cases.same(client.wait_picture(lambda: server.truth(60), 60, name))


@cases.case
def every_quick_failure():
    """From try to try the server fails in another way.

    To save time a key has the later ones tried again at once; that each is
    over without one, test/ipxe-glue/test_client.c holds
    (every_failure_is_over_by_itself).
    """
    # The password is refused before any server has taken it, and after.
    wrong, ran_out = failures.PASSWORD
    rows = failures.QUICK[:4] + (wrong,) + failures.QUICK[4:] + \
        failures.MEMORY + (ran_out,)
    said = {}
    with Scripted(rows[0][1]) as server, \
            Client(server.port, {"password": "abc"}, memory=64) as client:
        for i, (name, act, sentence) in enumerate(rows):
            server.act = act
            # The first ones are left to its own pauses: 1, 2, 4 s.
            if i > 3:
                client.press("ret")
            said[sentence] = said.get(sentence, 0) + 1
            told(client, sentence, said[sentence], 20)
            cases.note("%s: %s" % (name, [
                line for line in client.log()
                if re.search(sentence, line)][-1]))
        server.end()
        recovers(client, server.port, "scripted-quick")


def falls_silent(name):
    """In the handshake, or later; then a real server is there, and no key is
    pressed."""
    act, sentence, seconds = next(
        row[1:] for row in failures.SLOW if row[0] == name)
    with Scripted(act) as server, Client(server.port) as client:
        told(client, sentence, 1, seconds + 10)
        server.end()
        recovers(client, server.port, "scripted-" + name)


cases.add("silent_to_the_ticket", falls_silent, "silent_to_the_ticket")
cases.add("stops_in_a_message", falls_silent, "stalls")


@cases.case
def network_vanishes():
    """Nobody says goodbye: the host of the server, or what lies between, is
    just not there any more. And it comes back."""
    with TestServer("fills") as server, \
            Client(server.port, net="later") as client:
        client.dhcp_on()
        cases.same(client.wait_picture(lambda: server.truth(60), 60,
                                       "vanishes-before"))
        client.dhcp_off()
        told(client, "lost: no answer any more", 1, 60)
        client.dhcp_on()
        cases.same(client.wait_picture(server.truth, 60, "vanishes-after"))


@cases.case
def desktop_too_large():
    """4K on a PC of 32 MB; then somebody makes it smaller."""
    with TestServer("fills", args=["--size", "3840x2160"]) as server, \
            Client(server.port, memory=32) as client:
        told(client, "Too little memory for the screen of .*, which needs "
             "32400 KiB", 1, 60)
        server.say("resize 800 600")
        server.wait("resized")
        server.say("scene fills")
        cases.same(client.wait_picture(lambda: server.truth(60, 1), 60,
                                       "too-large"))


cases.main()
