#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""Tests of test_cable.py, over the full ROM that is linked into iPXE."""
from harness import linked

linked.same_tests("test_cable", "full", (
    "cable_out_and_no_dhcp_any_more", "gateway_moves"))
