#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The test of test_sasl.py that boots a PC, over the full ROM that is linked into
iPXE."""
from harness import linked

linked.same_tests("test_sasl", "full", ("on_the_pc",))
