#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# timeout 400
"""Of test_tls_pc.py's tests those that end on this PC's own screen, over the full
ROM that is linked into iPXE; test_ipxe_tls.py has the rest."""
from harness import linked

linked.same_tests("test_tls_pc", "full", ("refused", "clock", "confirmed"))
