# SPDX-License-Identifier: GPL-2.0-or-later
#
# The thin client and, for the stand-alone program, the port that carries it.
# (ipxe-glue/linked/ is compiled by iPXE's own build.)

FW_PROGRAM_OBJS += $(GLUE_SRC:%.c=$(O)/fw/%.o)
include ipxe-glue/undi/module.inc.mk
include ipxe-glue/linked/module.inc.mk
