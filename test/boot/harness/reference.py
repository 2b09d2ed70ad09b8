# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The reference client, spice-gtk without a window, in two shapes.

spicy-screenshot joins, saves the first picture that the server renders for
it, and leaves. So it tells whether a server and the harness work at all; it
says nothing about single drawing operations. refshot (refshot.c), on the same
library, draws along until a marker is on its screen.
"""
import os
import subprocess

from .child import HarnessError, need, root, scratch
from .picture import Picture


def spicy_screenshot(port, password=None, timeout=20):
    """The server's picture on 127.0.0.1:port as the reference client sees it.
    """
    path = os.path.join(scratch(), "shot.ppm")
    args = [need("spicy-screenshot"), "-h", "127.0.0.1", "-p", str(port),
            "-o", path]
    if password is not None:
        args += ["-w", password]
    try:
        done = subprocess.run(args, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise HarnessError("spicy-screenshot: nothing in %g s"
                           % timeout) from None
    if done.returncode or not os.path.exists(path):
        raise HarnessError("spicy-screenshot: status %d: %s" % (
            done.returncode, done.stdout.decode(errors="replace")[-300:]))
    return Picture.read(path)


def refshot(port, marker, timeout=20):
    """What the reference client shows once the marker (rrggbb) is there."""
    path = os.path.join(scratch(), "refshot.ppm")
    done = subprocess.run(
        [os.path.join(root(), "build", "test", "refshot"), str(port), marker,
         path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=timeout)
    if done.returncode:
        raise HarnessError("refshot: status %d: %s" % (
            done.returncode, done.stdout.decode(errors="replace")[-300:]))
    return Picture.read(path)
