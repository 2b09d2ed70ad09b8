# SPDX-License-Identifier: GPL-2.0-or-later
#
# vga/: portable C; the top Makefile's rules are all it needs.

VGA_OBJ = $(VGA_SRC:.c=.o)
