#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 600
"""The tests of test_client_fail.py, over the ROM that is linked into iPXE."""
from harness import linked

linked.same_tests("test_client_fail")
