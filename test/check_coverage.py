#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""The unit tests run at least 95 % of the lines of these folders' files, and
the fuzzers' kept inputs as much of what they cover.

Where a new message or state brings a fuzzer's figure below it: put an input
that reaches it into the pack (test/fuzz/README.md)."""
import coverage

FOLDERS = ["spice/codec", "spice/chan", "spice/tls", "ipxe-glue/uri.c",
           "ipxe-glue/carrier.c"]
LEAST = 95

for folder in FOLDERS:
    short = coverage.measure(folder, [], LEAST)
    for name in short:
        print(f"# {name} is below {LEAST} %")
    print(f"{'not ok' if short else 'ok'} {LEAST}_percent_of_{folder}")

for what in coverage.fuzz_targets():
    short = coverage.measure_fuzz(what, [], LEAST)
    for name in short:
        print(f"# {name} is below {LEAST} %")
    print(f"{'not ok' if short else 'ok'} fuzz_{what}")
