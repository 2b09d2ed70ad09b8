#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Looks at the tree itself: licence lines, READMEs, formatting, and that no
file knows the machine it was written on.

Each rule is a function from (path, text) to a complaint or None, and comes
with a text that it must complain about, or it isn't trusted.
"""
import glob
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SKIP_DIRS = {".git", ".ci", "build", "bin", "__pycache__"}
CODE = (".c", ".h", ".S", ".py", ".sh", ".mk", ".ld", ".lds")
# Versions of clang-format disagree in details; this one's word counts.
CLANG_FORMAT = 14
# Folders that every machine has: no secret, and named for good reason.
COMMON_DIRS = {"/", "/tmp", "/root", "/home", "/srv", "/opt", "/var/tmp",
               "/usr/src", "/mnt"}


def tree():
    """(path, text) of every text file of the project."""
    files = []
    for folder, dirs, names in os.walk("."):
        dirs[:] = sorted(d for d in dirs if d not in SKIP_DIRS)
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), ".")
            with open(path, "rb") as file:
                data = file.read()
            if b"\0" not in data:
                files.append((path, data.decode("utf-8", "replace")))
    return files


def is_code(path, text):
    return (path.endswith(CODE) or os.path.basename(path) == "Makefile"
            or text.startswith("#!"))


def spdx(path, text):
    if is_code(path, text) and not any(
            "SPDX-License-Identifier: GPL-2.0-or-later" in line
            for line in text.splitlines()[:3]):
        return "no SPDX line among the first three"
    return None


def no_mirror(path, text):
    for host in mirror_hosts():
        if host in text:
            return "names a package mirror of this machine: " + host
    return None


def mirror_hosts():
    """The hosts in the machine's own apt sources."""
    hosts = set()
    for path in (glob.glob("/etc/apt/sources.list")
                 + glob.glob("/etc/apt/sources.list.d/*.list")
                 + glob.glob("/etc/apt/sources.list.d/*.sources")):
        with open(path, errors="replace") as file:
            for line in file:
                if not line.lstrip().startswith("#"):
                    hosts |= set(re.findall(r"://(?:[^/\s@]*@)?([^/\s:]+)",
                                            line))
    return sorted(hosts)


def no_own_path(path, text):
    for folder in {ROOT, os.path.dirname(ROOT)} - COMMON_DIRS:
        if re.search(r"""(?m)(?:^|[\s"'`=:,<])""" + re.escape(folder)
                     + r"(?![\w-])", text):
            return "knows where it was written: " + folder
    return None


def clean_text(path, text):
    """Trailing blanks and a missing last newline; vectors and .vv are data."""
    if path.startswith("test/vectors/") or path.endswith(".vv") or not text:
        return None
    if re.search(r"[ \t]$", text, re.M):
        return "blanks at a line's end"
    return None if text.endswith("\n") else "no newline at its end"


RULES = [
    ("spdx_line", spdx, ("x.c", "int x;\n")),
    ("no_mirror_host", no_mirror,
     ("x.py", "".join("http://%s/x\n" % h for h in mirror_hosts()))),
    ("no_own_path", no_own_path, ("x.c", '"%s/x"\n' % ROOT)),
    ("clean_text", clean_text, ("x.c", "int x; \n")),
]


def missing_readmes(files):
    """Folders with programs or sources, but no README.md. A Python package
    says in its __init__.py what it is; headers alone need nothing."""
    have = {path for path, _ in files}
    folders = {os.path.dirname(path) for path, text in files
               if is_code(path, text) and not path.endswith((".h", ".mk"))}
    return ["%s has no README.md" % (folder or "the top folder")
            for folder in sorted(folders)
            if os.path.join(folder, "README.md") not in have
            and os.path.join(folder, "__init__.py") not in have]


def badly_formatted(files):
    """Sources that clang-format would change; None where it can't be asked."""
    tool = shutil.which("clang-format")
    if not tool:
        return None
    version = subprocess.run([tool, "--version"], stdout=subprocess.PIPE,
                             universal_newlines=True).stdout
    if not re.search(r"version %d\." % CLANG_FORMAT, version):
        return None
    sources = [path for path, _ in files if path.endswith((".c", ".h"))]
    said = subprocess.run([tool, "--dry-run"] + sources,
                          stderr=subprocess.PIPE, universal_newlines=True)
    return sorted({line.split(":")[0] + " is not formatted"
                   for line in said.stderr.splitlines() if "warning:" in line})


def report(name, complaints):
    """Print a case's complaints and result; True when there are some."""
    for complaint in complaints:
        print("# " + complaint)
    print("%s %s" % ("not ok" if complaints else "ok", name), flush=True)
    return bool(complaints)


def main():
    os.chdir(ROOT)
    files = tree()
    bad = False
    for name, rule, example in RULES:
        found = ["%s %s" % (path, why) for path, text in files
                 for why in [rule(path, text)] if why]
        if name == "no_mirror_host" and not mirror_hosts():
            print("skip no_mirror_host this machine has no apt sources")
            continue
        if not rule(*example):
            found.append("the rule does not see: %r" % (example,))
        bad |= report(name, found)
    bad |= report("readmes", missing_readmes(files))
    found = badly_formatted(files)
    if found is None:
        print("skip formatting clang-format %d is not installed"
              % CLANG_FORMAT)
    else:
        bad |= report("formatting", found)
    return bad


if __name__ == "__main__":
    sys.exit(main())
