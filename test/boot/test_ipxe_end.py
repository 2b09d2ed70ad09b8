#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""The tests of test_client_end.py, over the full ROM that is linked into iPXE: the
compact one has no grey picture."""
from harness import linked

linked.same_tests("test_client_end", "full")
