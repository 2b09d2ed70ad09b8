#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
# serial
# timeout 600
"""The tests of test_input_load.py, over the compact ROM that is linked into iPXE;
LINKED_ROM=bin/ipxe-8086100e-full.rom: over the full one."""
import os

from harness import linked

linked.same_tests("test_input_load", os.environ.get("LINKED_ROM") or
                  linked.ROM)
