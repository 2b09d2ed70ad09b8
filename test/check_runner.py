#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""Does the test runner see what it must? Small tests that pass, fail, crash,
hang or say nothing, and what test/run makes of each."""
import importlib.machinery
import importlib.util
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# name: (a shell program, cases passed, failed, skipped)
CASES = {
    "passing": ("echo ok a; echo '# ok not'; echo ok b", 2, 0, 0),
    "failing": ("echo ok a; echo not ok b; exit 1", 1, 1, 0),
    "failing_with_status_0": ("echo not ok b", 0, 1, 0),
    "skipping": ("echo skip a no reason; echo ok b", 1, 0, 1),
    "crash": ("echo ok a; kill -SEGV $$", 1, 1, 0),
    "status_without_a_word": ("echo ok a; exit 3", 1, 1, 0),
    "nothing": ("true", 0, 1, 0),
    "hanging": ("echo ok a; sleep 60 & wait", 1, 1, 0),
    "not_there": (None, 0, 1, 0),
}


def load_runner():
    """test/run as a module."""
    loader = importlib.machinery.SourceFileLoader(
        "run", os.path.join(ROOT, "test", "run"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("run", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def main():
    runner = load_runner()
    runner.LOGS = tempfile.mkdtemp()
    runner.GRACE = 1
    status = 0
    for name, (program, *want) in CASES.items():
        command = ["sh", "-c", program] if program else ["/nonexistent"]
        timeout = 1 if name == "hanging" else 30
        result = runner.run(runner.Test(name, command, False, timeout))
        have = [result.ok, result.bad, result.skip]
        if have != want:
            print("# %s: passed, failed, skipped: %s, not %s (%s)" % (
                name, have, want, result.why))
        print("%s runner_%s" % ("ok" if have == want else "not ok", name))
        status |= have != want
    return status


if __name__ == "__main__":
    sys.exit(main())
