# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The machine tests' whole framework, the Python sister of test/test.h.

    from harness import cases

    @cases.case
    def a_name():
        cases.equal(1 + 1, 2, "sum")

    cases.main()

Each case prints `ok NAME`, `not ok NAME` or `skip NAME reason`; all else is
comment. Arguments of the program choose cases by (part of) their name.
"""
import re
import sys
import time
import traceback


class Skip(Exception):
    """Raised by a case that cannot run here; its text says why."""


_cases = []
_only, _without = (), {}


def case(function):
    """Decorator: a case, named like the function."""
    _cases.append((function.__name__, function))
    return function


def add(name, function, *args):
    """A case made in a loop."""
    _cases.append((name, lambda: function(*args)))


def choose(only, without):
    """Of a program that runs under another name: its cases but those that have
    none of `only` in their name; without: {name: why it cannot run so}."""
    global _only, _without
    _only, _without = only, without


def note(text):
    """A comment line."""
    for line in str(text).splitlines():
        print("# " + line, flush=True)


def measure(text):
    """A measurement: a comment that the test run shows even when all is well.
    """
    print("## %s" % text, flush=True)


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(have, want, what):
    if have != want:
        raise AssertionError("%s: have %r, want %r" % (what, have, want))


def matches(have, pattern):
    if not re.search(pattern, have):
        raise AssertionError("no %r in %r" % (pattern, have))


def same(difference):
    """Fail unless compare() found no difference."""
    if difference:
        raise AssertionError(str(difference))


def skip(reason):
    raise Skip(reason)


def patiently(attempt):
    """attempt(ms) looks at what there is after so long: what is not yet right,
    or None. How long a busy machine takes is not known: it is asked with longer
    pauses, and the last one counts."""
    for ms in 300, 3000, 10000:
        wrong = attempt(ms)
        if not wrong:
            return
        note("after %d ms: %s" % (ms, wrong))
    raise AssertionError(str(wrong))


def run_one(name, function):
    """Run a case; True unless it failed."""
    start = time.monotonic()
    try:
        if name in _without:
            skip(_without[name])
        function()
    except Skip as reason:
        print("skip %s %s" % (name, reason), flush=True)
        return True
    except Exception as error:  # a case may fail in any way
        note("".join(traceback.format_tb(error.__traceback__)[-3:]))
        note("%s: %s" % (type(error).__name__, error))
        print("not ok %s" % name, flush=True)
        return False
    note("%.1f s" % (time.monotonic() - start))
    print("ok %s" % name, flush=True)
    return True


def main():
    """Run the cases the command line asks for; leaves the program."""
    wanted = sys.argv[1:]
    good = True
    for name, function in _cases:
        if all(not some or any(w in name for w in some)
               for some in (wanted, _only)):
            good = run_one(name, function) and good
    sys.exit(0 if good else 1)
