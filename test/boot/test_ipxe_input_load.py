#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 600
"""The tests of test_input_load.py, over the full ROM that is linked into iPXE.
The compact one, made for size, decodes slower, and its mouse waits longer."""
from harness import linked

linked.same_tests("test_input_load", linked.FULL)
