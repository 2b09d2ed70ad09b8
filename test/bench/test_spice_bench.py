#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 300
"""bin/spice-bench measures every picture and operation, and what it measures
is right: 32-bit code's sums are the recorded ones, of drawing, too. Figures are shown only."""
import csv
import glob
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
VECTORS = "test/vectors"
# The sums' beginnings are from before the kernels were made fast; the seeds'
# scenes (boot/test_seeds.py) say that those were right.
DRAW = {"fill": "1cb7a6ff6e701707", "copy": "ec6110aee293d11f",
        "over": "c05cc4fd2baa2155", "over_alpha": "2eb1ca3ec6af3a5a",
        "nearest": "5fb833442afc4de8", "bilinear": "892597ea6c1df469",
        "rop3_solid": "9028344ad0928d03", "rop3_pattern": "da255dd2715c5dfe",
        "colorkey": "15d2560bf783416c", "text_a8": "b7779501116cfe8c"}
MEM = ["memcpy", "memset", "memcpy_ram"]


def known_sums():
    """{codec: sum} of the large pictures whose decoder gives every bit."""
    sums = {}
    for path in glob.glob(f"{VECTORS}/text.*.txt"):
        with open(path, encoding="ascii") as file:
            words = dict(w.split("=", 1) for w in file.read().split()
                         if "=" in w)
        sums[words["codec"]] = words["out_sha256"]
    return sums


def wrong_usage():
    """What is no use of it ends with status 2."""
    return all(subprocess.run(["bin/spice-bench", *args], check=False,
                              stderr=subprocess.DEVNULL).returncode == 2
               for args in ([], [VECTORS], [VECTORS, "0"], ["--x", "a", "1"]))


def main():
    """One run."""
    os.chdir(ROOT)
    done = subprocess.run(["bin/spice-bench", "--sums", VECTORS, "3"],
                          stdout=subprocess.PIPE, check=False)
    rows = list(csv.DictReader(done.stdout.decode().splitlines()))
    sums, bad = known_sums(), []
    memcpy = next((int(row["ns"]) for row in rows
                   if row["codec"] == "memcpy"), 0)
    for row in rows:
        print(f"## {row['codec']:12} "
              f"{int(row['pixels']) * 1000 / int(row['ns']):6.0f} Mpixel/s "
              f"{100 * memcpy / int(row['ns']):6.1f} % of memcpy")
        if row["group"] == "draw" and not row["sha256"].startswith(
                DRAW.get(row["codec"], "-")):
            bad.append(row["codec"])
        # Streams are decoded without smooth colours, as the client does.
        if row["group"] == "dec" and not row["codec"].startswith("mjpeg") and \
                row["sha256"] != sums.get(row["codec"]):
            bad.append(row["codec"])
    names = [row["codec"] for row in rows]
    cases = {
        "bench_runs": done.returncode == 0 and wrong_usage(),
        "bench_all_rows": names == sorted(sums) + list(DRAW) + MEM,
        "bench_sums": not bad,
    }
    for name, good in cases.items():
        print(f"{'ok' if good else 'not ok'} {name}")
    if bad:
        print("# wrong: " + ", ".join(bad))
    return not all(cases.values())


if __name__ == "__main__":
    sys.exit(main())
