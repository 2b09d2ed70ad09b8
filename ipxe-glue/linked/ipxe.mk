# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by iPXE's own make before its Makefile (through the environment's
# MAKEFILES): adds our sources to its build, from where they are. SPICE_TOP is
# a link to the project's top folder inside the copy of iPXE's sources, so that
# no path of this machine gets into the bytes.
#
# iPXE compiles each source of SRCS to an object of the same base name and takes
# what is needed from all of them; CFLAGS_<object> is its own, too. Sources whose
# base name iPXE has, too, come as wrappers under another one (SPICE_WRAPPED).

SPICE_TOP := spice-client
SPICE_WRAP := spice-wrap

SPICE_WRAPPED := $(SPICE_TOP)/ipxe-glue/uri.c $(SPICE_TOP)/ipxe-glue/entropy.c
# The portable sources: with plain error numbers and our own snprintf.
SPICE_PLAIN := $(filter-out $(SPICE_WRAPPED),$(wildcard \
	$(SPICE_TOP)/spice/*/*.c $(SPICE_TOP)/vga/*.c $(SPICE_TOP)/kbd/*.c \
	$(SPICE_TOP)/ipxe-glue/*.c $(SPICE_TOP)/romlayout/heap/*.c)) \
	$(SPICE_TOP)/romlayout/libc/stdio_format.c \
	$(SPICE_TOP)/build/gen/carrier_builtin.c \
	$(wildcard $(SPICE_WRAP)/spice_*.c)
# The compact ROM has no room for TLS, proxies, files and SASL: what stands in
# for them refuses.
SPICE_LEFT_OUT_compact := $(addprefix %/ipxe-glue/,carrier_tls.c \
	client_cert.c carrier_proxy.c proxy.c source.c) \
	%/spice/chan/chan_sasl.c
SPICE_LEFT_OUT_full := %_no_tls.c %_no_proxy.c %_no_source.c %_no_sasl.c
SPICE_LEFT_OUT := $(SPICE_LEFT_OUT_$(SPICE_CONFIG))
SPICE_PLAIN := $(filter-out $(SPICE_LEFT_OUT),$(SPICE_PLAIN))
# What knows iPXE.
SPICE_GLUE := $(filter-out $(SPICE_TOP)/ipxe-glue/linked/linked_no_%.c,$(wildcard \
	$(SPICE_TOP)/ipxe-glue/linked/*.c))
SPICE_PLAIN += $(filter-out $(SPICE_LEFT_OUT),$(wildcard \
	$(SPICE_TOP)/ipxe-glue/linked/linked_no_*.c))
SPICE_ASM := $(wildcard $(SPICE_TOP)/kbd/*.S)
SPICE_BEAR := $(wildcard $(SPICE_WRAP)/br_*.c)

SRCS += $(SPICE_PLAIN) $(SPICE_GLUE) $(SPICE_ASM) $(SPICE_BEAR)

spice_objects = $(basename $(notdir $(1)))

SPICE_BEARSSL := $(SPICE_TOP)/build/src/bearssl
SPICE_INC := -I$(SPICE_TOP) -isystem $(SPICE_BEARSSL)/inc \
	-isystem /usr/include/spice-1 -Wno-unused-parameter
$(foreach o,$(call spice_objects,$(SPICE_PLAIN)),$(eval \
	CFLAGS_$(o) := -include $(SPICE_TOP)/ipxe-glue/linked/linked_env.h \
	$(SPICE_INC)))
$(foreach o,$(call spice_objects,$(SPICE_GLUE) $(SPICE_ASM)),$(eval \
	CFLAGS_$(o) := $(SPICE_INC)))
$(foreach o,$(call spice_objects,$(SPICE_BEAR)),$(eval \
	CFLAGS_$(o) := -w -I$(SPICE_BEARSSL)/inc -I$(SPICE_BEARSSL)/src \
	-DBR_AES_X86NI=0 -DBR_SSE2=0 -DBR_RDRAND=0 \
	-DBR_USE_URANDOM=0 -DBR_USE_UNIX_TIME=0))

# Error numbers of our own files: behind the last that iPXE gives away.
CFLAGS_linked_cmd += -DERRFILE_linked_cmd="(ERRFILE_OTHER|0x007f0000)"
CFLAGS_linked_image += -DERRFILE_linked_image="(ERRFILE_OTHER|0x007e0000)"
CFLAGS_linked_tcp += -DERRFILE_linked_tcp="(ERRFILE_OTHER|0x007d0000)"
CFLAGS_linked_net += -DERRFILE_linked_net="(ERRFILE_OTHER|0x007c0000)"
