#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Holds the include rule: who may know whom.

    proto, wire  <-  pix  <-  codec | draw | tls  <-  chan  <-  ipxe-glue,
                                  vga, kbd  <-  ipxe-glue        tools, test

Each folder includes only what stands to its left (and itself). KNOWS is that
picture as rows; a folder that is in no row may include nothing of ours.
"""
import glob
import os
import re
import sys

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)

# What the portable parts may expect of any C library they are built on.
STD = {"stdint.h", "stddef.h", "stdbool.h", "stdarg.h", "string.h", "errno.h",
       "stdio.h", "limits.h"}

# Folder: folders whose headers it may include beside its own. The longest
# match counts. SPICE's and BearSSL's headers are folders here like others.
KNOWS = {
    "spice/proto": ["<spice/"],
    "spice/wire": ["spice/proto"],
    "spice/pix": ["spice/wire", "spice/proto", "<spice/"],
    "spice/codec": ["spice/pix", "spice/wire", "spice/proto", "<spice/"],
    "spice/draw": ["spice/pix", "spice/wire", "spice/proto", "<spice/"],
    "spice/tls": ["spice/pix", "spice/wire", "spice/proto", "<spice/",
                  "<bearssl"],
    "spice/chan": ["spice/", "<spice/"],
    "vga": ["romlayout/include/bios.h"],
    "kbd": ["romlayout/include/bios.h"],
    "romlayout": [],
    "ipxe-glue": ["spice/", "vga", "kbd", "romlayout", "<spice/", "<bearssl"],
    "ipxe-glue/linked": ["ipxe-glue", "spice/", "vga", "kbd",
                         "romlayout/include/bios.h", "romlayout/include/sse.h",
                         "romlayout/heap",
                         "<spice/", "<bearssl", "<"],
    "ipxe-glue/undi": ["ipxe-glue", "spice/", "vga", "kbd", "romlayout",
                       "<spice/", "<bearssl", "lwip/", "<lwip/", "netif/",
                       "<netif/", "arch/"],
    "tools": [""],
    "test": [""],
}
HOSTED = ("tools", "test")  # have a whole C library below them


def home(path):
    """The row of KNOWS that a file belongs to, or None."""
    rows = [r for r in KNOWS if path.startswith(r + "/")]
    return max(rows, key=len, default=None)


def refused(path, kind, name):
    """Why a file may not include that, or None when it may."""
    row = home(path)
    if row is None:
        return "its folder has no row in test/check_includes.py"
    if row in HOSTED:
        return None
    if kind == "<" and name in STD:
        return None
    if kind == '"' and "/" not in name:
        name = os.path.dirname(path) + "/" + name
    if kind == '"' and (name.startswith(row + "/") or home(name) == row):
        return None
    if row == "romlayout" and kind == "<":
        return None  # it is its own C library
    full = "<" + name if kind == "<" else name
    if any(full.startswith(known) for known in KNOWS[row]):
        return None
    return "%s does not know it" % row


def check_text(path, text):
    """The violations in a file's text, one line each."""
    bad = []
    for match in INCLUDE.finditer(text):
        why = refused(path, match.group(1), match.group(2))
        if why:
            line = text.count("\n", 0, match.start()) + 1
            bad.append("%s:%d: includes %s: %s" % (path, line, match.group(2),
                                                   why))
    return bad


def sources():
    """Every C or assembler source of the project."""
    return sorted(p for top in ("spice", "vga", "kbd", "romlayout",
                                "ipxe-glue", "tools", "test")
                  for p in glob.glob(top + "/**/*.[chS]", recursive=True))


# Includes that must be refused, and ones that must not.
BAD = [("spice/wire/a.c", '#include "spice/pix/pix_pixmap.h"'),
       ("spice/codec/a.c", '#include "spice/draw/draw.h"'),
       ("spice/draw/a.c", '#  include "spice/codec/codec.h"'),
       ("spice/draw/a.c", "#include <bearssl.h>"),
       ("spice/pix/a.c", '#include "../chan/chan.h"'),
       ("spice/chan/a.c", '#include "vga/vga.h"'),
       ("spice/chan/a.c", "#include <sys/socket.h>"),
       ("vga/a.c", '#include "spice/proto/proto_env.h"'),
       ("kbd/a.c", "#include <spice/enums.h>"),
       ("kbd/a.c", '#include "vga/vga.h"'),
       ("ipxe-glue/a.c", '#include "lwip/tcp.h"'),
       ("ipxe-glue/linked/a.c", '#include "lwip/tcp.h"'),
       ("ipxe-glue/undi/a.c", "#include <ipxe/open.h>"),
       ("romlayout/a.c", '#include "spice/wire/wire_reader.h"'),
       ("newfolder/a.c", '#include "vga/vga.h"')]
GOOD = [("spice/codec/a.c", '#include "spice/pix/pix_pixmap.h"'),
        ("spice/chan/a.c", '#include "spice/tls/tls_ticket.h"'),
        ("spice/tls/a.c", "#include <bearssl.h>\n#include <string.h>"),
        ("vga/a.c", '#include "vga/vga.h"'),
        ("ipxe-glue/undi/a.c", '#include "lwip/tcp.h"'),
        ("ipxe-glue/linked/a.c", "#include <ipxe/open.h>"),
        ("test/host/a.c", "#include <sys/socket.h>")]


def main():
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    status = 0
    for name, wrong in (
            ("bad_includes_are_seen",
             [t for p, t in BAD if not check_text(p, t)]),
            ("good_includes_are_not",
             [t for p, t in GOOD if check_text(p, t)]),
            ("include_rule",
             [v for path in sources()
              for v in check_text(path, open(path).read())])):
        for line in wrong:
            print("# " + line)
        print("%s %s" % ("not ok" if wrong else "ok", name))
        status |= bool(wrong)
    return status


if __name__ == "__main__":
    sys.exit(main())
