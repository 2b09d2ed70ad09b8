#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 900
"""A ticket by HTTPS from a Proxmox VE in small, with the script of
ipxe-glue/linked/USE.md, over a full ROM that was made to trust its CA; the
desktop through its proxy and TLS; with a ROM that does not, nothing is asked."""
import os
import re

from harness import Client, cases, linked, root, scratch
from harness.certs import make_with
from harness.child import wait_for
from harness.linked import script
from harness.proxmox import Api, Proxmox
from harness.session import pictures

USE = os.path.join(root(), "ipxe-glue", "linked", "USE.md")
HOST = "10.0.2.2"


def written(api):
    """The lines of USE.md's script, for that server."""
    with open(USE) as file:
        lines = re.search(r"^    #!ipxe\n((?:    .*\n)+)", file.read(),
                          re.M).group(1)
    for old, new in ((r"PVEAPIToken=\S+", Api.TOKEN),
                     (r"https://\S+?/", "https://%s:%d/" % (HOST, api.port)),
                     (r"param proxy \S+", "param proxy " + HOST)):
        lines, count = re.subn(old, new, lines)
        cases.equal(count, 1, old)
    return lines.replace("    ", "").splitlines()


@cases.case
def ticket_proxy_tls():
    """From power-on to the desktop; again when the server ends the session,
    with another ticket; left, the script goes on."""
    with Proxmox() as pve, Api(pve, HOST) as api:
        folder = scratch("make-ca-")
        status, words = make_with(os.path.join(pve.folder, "ca-cert.pem"),
                                  "ipxe-full", folder, "fw", "linked/full")
        cases.equal(status, 0, "make's exit status; it said: " + words)
        asks = dict(script(*written(api), "echo LEFT", "prompt"), rom=os.path.
                    join(folder, "bin", "ipxe-8086100e-full.rom"))
        with Client(memory=128, **asks) as client:
            for count in (1, 2):
                wait_for(lambda: pictures(client) == count, 120,
                         "session %d" % count)
                cases.same(client.wait_picture(pve.guest.screendump, 60,
                                               "https-%d" % count))
                cases.equal(len(api.made), count, "tickets")
                cases.equal(len(pve.proxy.asked), 4 * count, "ways")
                if count == 1:
                    pve.set_password("Another", connected="disconnect")
            cases.check("suite" in client.bios_log(), "it is TLS")
            client.press("ctrl", "alt", "shift", "esc", hold=0.05)
            client.wait_text("^LEFT", 30)


@cases.case
def stranger():
    """A server whose CA the ROM does not know is told no token."""
    with Proxmox() as pve, Api(pve, HOST) as api:
        lines = written(api)
        fetch = next(line for line in lines if line.startswith("imgfetch"))
        lines = lines[1:lines.index(fetch)] + [fetch.replace(
            "goto again", "echo REFUSED"), "prompt"]
        with Client(**dict(script(*lines), rom=linked.FULL)) as client:
            client.wait_text("^REFUSED", 200)
        cases.equal(api.web.asked, [], "asked for")


linked.need(linked.FULL)
cases.main()
