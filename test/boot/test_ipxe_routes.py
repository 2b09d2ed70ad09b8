#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""Tests of test_client_network.py, over the full ROM that is linked into iPXE,
which does not hear what a gateway says of a host that is not there."""
from harness import linked

linked.same_tests("test_client_network", "full", (
    "on_our_wire", "gateway_is_not_there", "no_answer", "name_not_found",
    "name_servers_are_silent"))
