#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
"""`make run`'s program, tools/run: it shows the desktop, saves a picture of it
and leaves nothing behind."""
import glob
import os
import subprocess
import sys
import time
import zlib

from harness import cases, root
from harness.child import wait_for

PICTURE = os.path.join(root(), "bin", "run.png")
MARK = "SPICE_RUN_TEST"  # in the environment of all that the program starts


def png_rows(path):
    """Size and the raw rows of a PNG as Picture.save_png() writes it."""
    with open(path, "rb") as f:
        data = f.read()
    cases.equal(data[:8], b"\x89PNG\r\n\x1a\n", "head of the file")
    size = (int.from_bytes(data[16:20], "big"),
            int.from_bytes(data[20:24], "big"))
    at, packed = 8, b""
    while at < len(data):
        length = int.from_bytes(data[at:at + 4], "big")
        if data[at + 4:at + 8] == b"IDAT":
            packed += data[at + 8:at + 8 + length]
        at += length + 12
    return size, zlib.decompress(packed)


def started(mark):
    """Processes, but zombies, that have the mark in their environment."""
    found = []
    for path in glob.glob("/proc/[0-9]*"):
        try:
            with open(path + "/environ", "rb") as f:
                if mark in f.read().split(b"\0"):
                    found.append(int(os.path.basename(path)))
        except OSError:
            continue  # it has just ended, or is not ours
    return found


def run(seconds):
    """Start tools/run; it and the mark of its processes."""
    mark = "%d-%d" % (os.getpid(), time.monotonic_ns())
    env = dict(os.environ, **{MARK: mark})
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        env.pop(name, None)  # no window on anybody's screen
    process = subprocess.Popen(
        [sys.executable, os.path.join(root(), "tools", "run"),
         "--seconds", str(seconds)], env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return process, ("%s=%s" % (MARK, mark)).encode()


def end(process, mark):
    """Whatever came: nothing of it outlives the test."""
    if process.poll() is None:
        process.terminate()
        process.wait(20)
    process.stdout.close()
    for pid in started(mark):
        os.kill(pid, 9)


def check_picture(since):
    cases.check(os.path.getmtime(PICTURE) >= since, "the picture is new")
    size, rows = png_rows(PICTURE)
    cases.equal(size, (1024, 768), "size")
    cases.check(len(set(rows)) > 16, "it is not of one colour")
    dark = rows.count(0) / len(rows)
    cases.check(dark < 0.5, "%.0f %% of it is black" % (100 * dark))


@cases.case
def shows_the_desktop_and_ends():
    since = time.time() - 1
    process, mark = run(1)
    try:
        said = process.communicate(timeout=200)[0].decode()
        cases.equal(process.returncode, 0, "exit status; it said: " + said)
        cases.check("the PC shows the desktop" in said, said)
        check_picture(since)
        cases.equal(started(mark), [], "processes left")
    finally:
        end(process, mark)


@cases.case
def ends_by_interrupt():
    """Ctrl+C, at any time: nothing is left."""
    process, mark = run(0)
    try:
        wait_for(lambda: len(started(mark)) > 3, 30, "its processes")
        process.send_signal(2)
        said = process.communicate(timeout=60)[0].decode()
        cases.check("Traceback" not in said, said)
        wait_for(lambda: not started(mark), 5, "processes gone")
    finally:
        end(process, mark)


cases.main()
