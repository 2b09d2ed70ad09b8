#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""How many lines of a folder's sources its unit tests run, or a fuzzer.

    test/coverage.py [-v] [--least PERCENT] FOLDER [TEST.c]...
    test/coverage.py [-v] [--least PERCENT] --fuzz WHAT [INPUT]...

FOLDER is one with sources (spice/codec, kbd). Its tests are, where none are
named, test/FOLDER/test_*.c, or for a part of spice/ test/spice/test_PART_*.c.
It may be one source (ipxe-glue/uri.c), whose test is test/ipxe-glue/test_uri.c.
The sources are compiled anew with gcov's counters, the tests as they are for
`make unit`, which must have been run: what else they need is linked from there.
With --fuzz it is the target test/fuzz/fuzz_WHAT.c, replaying its pack or the
inputs that are named, and the sources that its comment says it covers.
Prints a line for each file and the lines that were not run (-v: all, else the
first few); the exit status says whether every file reached PERCENT (95).
"""
import argparse
import collections
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FLAGS = ("-std=gnu11 -O0 -g --coverage -fprofile-update=single -w -I. "
         "-isystem build/src/bearssl/inc -isystem /usr/include/spice-1")
LIBS = ["build/asan/libhelp.a", "build/asan/libparts.a",
        "build/host/libbearssl.a"]
SHOWN = 12      # lines not run that are shown without -v


def default_tests(folder):
    """The unit tests that belong to a folder or a source."""
    if folder.endswith(".c"):
        return [os.path.join("test", os.path.dirname(folder),
                             "test_" + os.path.basename(folder))]
    if folder.startswith("spice/"):
        part = os.path.basename(folder)
        return sorted(glob.glob(f"test/spice/test_{part}_*.c"))
    return sorted(glob.glob(f"test/{folder}/test_*.c"))


def run(command, **more):
    """Runs a command; its output is shown only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False,
                          **more)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}")
    return done.stdout


def fuzz_targets():
    """The names of all fuzzers."""
    return sorted(os.path.basename(path)[len("fuzz_"):-2]
                  for path in glob.glob(f"{ROOT}/test/fuzz/fuzz_*.c"))


def fuzz_covers(what):
    """The files that a fuzzer's comment says it covers."""
    with open(f"test/fuzz/fuzz_{what}.c", encoding="utf-8") as file:
        comment = file.read().split("covers:", 1)[1].split("*/", 1)[0]
    return re.findall(r"\S+\.[ch]\b", comment)


def build(sources, out):
    """Compiles sources with counters. Returns the objects."""
    objects = []
    for source in sources:
        objects.append(os.path.join(
            out, os.path.basename(source)[:-2] + ".o"))
        run(["gcc", *FLAGS.split(), "-c", "-o", objects[-1], source])
    return objects


def run_tests(tests, objects, out):
    """Links and runs each test; its counts add to those before it."""
    for test in tests:
        program = os.path.join(out, os.path.basename(test)[:-2])
        run(["gcc", "-fsanitize=address,undefined", "--coverage", "-o",
             program, f"build/asan/{test[:-2]}.o", *objects,
             "-Wl,--start-group", *LIBS, "-Wl,--end-group"])
        run([program])


def run_fuzz(what, inputs, objects, out):
    """Links a fuzzer's target and replays inputs."""
    program = os.path.join(out, "replay_" + what)
    run(["gcc", "-fsanitize=address,undefined", "--coverage", "-o", program,
         f"build/asan/test/fuzz/fuzz_{what}.o",
         "build/asan/test/fuzz/replay.o", *objects,
         "-Wl,--start-group", *LIBS, "-Wl,--end-group"])
    run([program, *(inputs or [f"test/fuzz/packs/{what}.pack"])])


def count(objects, wanted):
    """{file: {line: times run}} of the files that are wanted."""
    lines = collections.defaultdict(collections.Counter)
    for item in objects:
        text = run(["gcov", "--json-format", "--stdout", item])
        for line in text.splitlines():
            for file in json.loads(line)["files"]:
                name = os.path.normpath(file["file"])
                if not wanted(name):
                    continue
                for one in file["lines"]:
                    lines[name][one["line_number"]] += one["count"]
    return lines


def spans(numbers):
    """[3, 4, 5, 9] as ['3-5', '9']."""
    found = []
    for number in sorted(numbers):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [str(a) if a == b else f"{a}-{b}" for a, b in found]


def report(lines, least, verbose):
    """Prints the table. Returns the files that fell short."""
    short = []
    for name in sorted(lines):
        missed = spans(n for n, times in lines[name].items() if not times)
        ran = sum(1 for times in lines[name].values() if times)
        percent = 100 * ran / len(lines[name])
        shown = missed if verbose else missed[:SHOWN]
        if len(shown) < len(missed):
            shown.append("...")
        print(f"## {percent:5.1f} % of {len(lines[name]):4} lines  {name}"
              + (f"  not {', '.join(shown)}" if shown else ""))
        if percent < least:
            short.append(name)
    return short


def make_folder(name):
    """A folder for what one measurement builds, without old counts."""
    out = os.path.join("build", "cov", name)
    os.makedirs(out, exist_ok=True)
    for old in glob.glob(f"{out}/*.gcda"):
        os.unlink(old)
    return out


def measure(folder, tests, least, verbose=False):
    """A folder by its unit tests. Returns the files that fell short."""
    os.chdir(ROOT)
    folder = os.path.normpath(folder)
    out = make_folder(folder)
    tests = tests or default_tests(folder)
    if not tests:
        sys.exit(f"no unit tests for {folder}")
    objects = build([folder] if folder.endswith(".c") else
                    sorted(glob.glob(f"{folder}/*.c")), out)
    run_tests(tests, objects, out)
    return report(count(objects, lambda name: folder in (
        name, os.path.dirname(name))), least, verbose)


def measure_fuzz(what, inputs, least, verbose=False):
    """What a fuzzer covers. Returns the files that fell short."""
    os.chdir(ROOT)
    out = make_folder("fuzz-" + what)
    covers = fuzz_covers(what)
    objects = build([name for name in covers if name.endswith(".c")], out)
    run_fuzz(what, inputs, objects, out)
    return report(count(objects, lambda name: name in covers), least, verbose)


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-v", action="store_true", help="show every line")
    parser.add_argument("--least", type=float, default=95, metavar="PERCENT")
    parser.add_argument("--fuzz", action="store_true")
    parser.add_argument("what", metavar="FOLDER or WHAT")
    parser.add_argument("tests", nargs="*", metavar="TEST.c or INPUT")
    args = parser.parse_args()
    short = (measure_fuzz if args.fuzz else measure)(
        args.what, args.tests, args.least, args.v)
    for name in short:
        print(f"{name}: below {args.least:g} %")
    sys.exit(bool(short))


if __name__ == "__main__":
    main()
