#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The parts as iPXE would compile them: what they need of it, how big they are.

`make ipxe-objects` has compiled them with iPXE's own flags. Here it is checked that
the objects would link into it: they call only each other, BearSSL, and what
iPXE has; no writable global data is hidden in them.
"""
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = "build/ipxe"
PARTS = ["spice/*/*.c", "vga/*.c", "kbd/*.[cS]", "ipxe-glue/*.c", "build/gen/*.c"]
# Functions of a C library that iPXE 2.0 has, and the compiler's helpers that
# it brings along (with its own calling convention).
IPXE_HAS = set("""
    memcpy memmove memset memcmp memchr strlen strnlen strcmp strncmp strchr
    strrchr strstr strcpy strncpy strcasecmp snprintf vsnprintf
    __divdi3 __moddi3 __udivdi3 __umoddi3
    """.split())
# What ipxe-glue/linked brings.
PORT = "port_"
# Writable data of ours that is meant to be there.
WRITABLE = {
    "kbd": "the resident block's image",
}


def tool(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout


def symbols(files):
    """Per kind of symbol (nm's letter), the set of names."""
    kinds = {}
    for line in tool("nm", *files).splitlines():
        match = re.fullmatch(r"[0-9a-f ]* ([A-Za-z]) (\S+)", line)
        if match:
            kinds.setdefault(match.group(1), set()).add(match.group(2))
    return kinds


def unknown(parts, library):
    """Symbols that neither the parts, nor the library, nor iPXE define."""
    have = set(IPXE_HAS)
    for kinds in (parts, library):
        for letter, names in kinds.items():
            have |= names if letter != "U" else set()
    return sorted(name for name in parts.get("U", set()) - have
                  if not name.startswith(PORT))


def sizes(files):
    """Bytes of (code and constants, writable data) of the files."""
    rows = [line.split() for line in tool("size", *files).splitlines()[1:]]
    return (sum(int(r[0]) for r in rows),
            sum(int(r[1]) + int(r[2]) for r in rows))


def folders():
    """The parts' folders, each with the objects of its sources."""
    found = {}
    for path in sorted(p for part in PARTS for p in glob.glob(part)):
        built = os.path.join(TOP, os.path.splitext(path)[0] + ".o")
        if os.path.exists(built):
            found.setdefault(os.path.dirname(path), []).append(built)
    return found


def main():
    os.chdir(ROOT)
    parts, library = folders(), TOP + "/libbearssl.a"
    files = [f for objects in parts.values() for f in objects]
    if not files or not os.path.exists(library):
        print("# nothing compiled: make ipxe-objects")
        print("not ok ipxe_objects")
        return 1

    bad, total = [], 0
    for folder, objects in parts.items():
        text, data = sizes(objects)
        total += text
        print("## iPXE's flags: %-12s %7d bytes" % (folder, text))
        if data and folder not in WRITABLE:
            bad.append("%s has %d bytes of writable data" % (folder, data))
    print("## iPXE's flags: %-12s %7d bytes, BearSSL (all of it) %d" % (
        "sum", total, sizes([library])[0]))
    for line in bad:
        print("# " + line)
    print("%s ipxe_no_globals" % ("not ok" if bad else "ok"))

    ours, theirs = symbols(files), symbols([library])
    missing = unknown(ours, theirs)
    if not unknown({"U": {"printf_to_nowhere"}}, theirs):
        missing.append("(the check itself sees nothing)")
    for name in missing:
        print("# iPXE has no " + name)
    print("%s ipxe_symbols" % ("not ok" if missing else "ok"))
    return bool(bad or missing)


if __name__ == "__main__":
    sys.exit(main())
