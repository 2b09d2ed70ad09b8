#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 600
"""The tests of test_input_load.py, over the compact ROM that is linked into iPXE;
LINKED=full: over the full one."""
from harness import linked

linked.same_tests("test_input_load")
