#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""Every fuzzer's kept inputs run clean, without clang, under gcc's sanitizers.

Another folder of inputs: build/test/fuzz/replay_WHAT FILE...
"""
import glob
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def replay(what):
    """Replays one target's pack; returns what it said, and whether well."""
    done = subprocess.run([f"build/test/fuzz/replay_{what}",
                           f"test/fuzz/packs/{what}.pack"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.stdout.decode(errors="replace"), done.returncode == 0


def main():
    """All targets that there are sources of."""
    os.chdir(ROOT)
    bad = 0
    for source in sorted(glob.glob("test/fuzz/fuzz_*.c")):
        what = os.path.basename(source)[len("fuzz_"):-2]
        said, good = replay(what)
        for line in said.splitlines():
            print("# " + line)
        print(f"{'ok' if good else 'not ok'} replay_{what}")
        bad += not good
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
