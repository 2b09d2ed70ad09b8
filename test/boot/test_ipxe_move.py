#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""The tests of test_client_move.py, over the full ROM that is linked into iPXE."""
from harness import linked

linked.same_tests("test_client_move", "full",
                  ("over_a_bad_line", "through_a_proxy"))
