#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""Tests of test_client_scripted.py, over the full ROM that is linked into iPXE."""
from harness import linked

linked.same_tests("test_client_scripted", "full", (
    "every_quick_failure", "stops_in_a_message", "network_vanishes"))
