# SPDX-License-Identifier: GPL-2.0-or-later
# The ROM that test/boot/test_rom_*.py boot.

PEERS += $(TEST_ROM)
