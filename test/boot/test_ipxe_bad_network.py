#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""The worst network of test_bad_network.py, over the full ROM that is linked into
iPXE."""
from harness import linked

linked.same_tests("test_bad_network", "full", ("frames_all",))
