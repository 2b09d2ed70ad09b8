# SPDX-License-Identifier: GPL-2.0-or-later
#
# Read by iPXE's own make before its Makefile (through the environment's
# MAKEFILES): adds our sources to its build, from where they are. SPICE_TOP and
# SPICE_BUILD are links to the project's top folder and its build/ inside the copy
# of iPXE's sources, so that no path of this machine gets into the bytes.
#
# iPXE compiles each source of SRCS to an object of the same base name and takes
# what is needed from all of them; CFLAGS_<object> is its own, too. Sources whose
# base name iPXE has, too, come as wrappers under another one (SPICE_WRAPPED).

SPICE_TOP := spice-client
SPICE_BUILD := spice-build
SPICE_WRAP := spice-wrap

SPICE_WRAPPED := $(SPICE_TOP)/ipxe-glue/uri.c $(SPICE_TOP)/ipxe-glue/entropy.c
# The portable sources: with plain error numbers and our own snprintf.
# fetch.c and its schemes: iPXE's own protocols are behind linked_fetch.c.
SPICE_PLAIN := $(filter-out $(SPICE_WRAPPED) \
	$(addprefix $(SPICE_TOP)/ipxe-glue/,fetch.c fetch_http.c fetch_tftp.c),$(wildcard \
	$(SPICE_TOP)/spice/*/*.c $(SPICE_TOP)/vga/*.c $(SPICE_TOP)/kbd/*.c \
	$(SPICE_TOP)/ipxe-glue/*.c $(SPICE_TOP)/romlayout/heap/*.c)) \
	$(SPICE_TOP)/romlayout/libc/stdio_format.c \
	$(SPICE_TOP)/romlayout/prog/sse.c \
	$(SPICE_BUILD)/gen/carrier_builtin.c \
	$(wildcard $(SPICE_WRAP)/spice_*.c)

# Nothing of a debugger: where the sources are would be in it, and iPXE makes its
# build's number of all objects.
EXTRA_CFLAGS += -g0

# What knows iPXE.
SPICE_GLUE := $(wildcard $(SPICE_TOP)/ipxe-glue/linked/*.c)
SPICE_BEAR := $(wildcard $(SPICE_WRAP)/br_*.c)

# What stands in for what in the compact ROM, which has no room for all: a file
# of instead/, and the sources in whose place it is.
SPICE_INSTEAD_linked_no_tls := carrier_tls client_cert sse
SPICE_INSTEAD_linked_no_proxy := carrier_proxy proxy
SPICE_INSTEAD_linked_no_source := source
SPICE_INSTEAD_linked_no_sasl := chan_sasl
SPICE_INSTEAD_linked_no_count := chan_count
SPICE_INSTEAD_linked_no_streams := chan_stream
SPICE_INSTEAD_linked_no_composite := draw_composite draw_render
SPICE_INSTEAD_linked_no_wide := draw_wide draw_ends
SPICE_INSTEAD_linked_no_layouts := kbd_layout
SPICE_INSTEAD_linked_no_next := chan_move client_next
SPICE_INSTEAD_linked_no_bar := client_bar vga_bar

ifeq ($(SPICE_CONFIG),compact)
SPICE_INSTEAD := $(wildcard $(SPICE_TOP)/ipxe-glue/linked/instead/linked_no_*.c)
SPICE_PLAIN := $(SPICE_INSTEAD) $(filter-out $(foreach i,$(SPICE_INSTEAD), \
	$(addsuffix .c,$(addprefix %/,$(SPICE_INSTEAD_$(notdir $(i:.c=)))))), \
	$(SPICE_PLAIN))
# BearSSL by iPXE's own algorithms; a command of two options.
SPICE_GLUE := $(filter-out %/linked_option.c %/linked_vv.c %/linked_config.c \
	%/linked_fetch.c %/linked_net6.c %/linked_hop.c,$(SPICE_GLUE)) $(addprefix $(SPICE_TOP)/ipxe-glue/linked/instead/, \
	linked_bearssl.c linked_few_options.c)
SPICE_BEAR :=
endif
SPICE_ASM := $(wildcard $(SPICE_TOP)/kbd/*.S)

SRCS += $(SPICE_PLAIN) $(SPICE_GLUE) $(SPICE_ASM) $(SPICE_BEAR)

spice_objects = $(basename $(notdir $(1)))

SPICE_BEARSSL := $(SPICE_TOP)/build/src/bearssl
SPICE_INC := -I$(SPICE_TOP) -isystem $(SPICE_BEARSSL)/inc \
	-isystem /usr/include/spice-1 -Wno-unused-parameter
# What makes code smaller by two in a hundred.
SPICE_FLAGS_compact := -Oz -fno-inline-functions-called-once -fno-tree-loop-im \
	-fno-move-loop-invariants -fno-tree-dominator-opts -fno-tree-vrp
$(foreach o,$(call spice_objects,$(SPICE_PLAIN)),$(eval \
	CFLAGS_$(o) := $(SPICE_FLAGS_$(SPICE_CONFIG)) -include $(SPICE_TOP)/ipxe-glue/linked/linked_env.h \
	$(SPICE_INC)))
$(foreach o,$(call spice_objects,$(SPICE_GLUE) $(SPICE_ASM)),$(eval \
	CFLAGS_$(o) := $(SPICE_FLAGS_$(SPICE_CONFIG)) $(SPICE_INC)))
$(foreach o,$(call spice_objects,$(SPICE_BEAR)),$(eval \
	CFLAGS_$(o) := -w -I$(SPICE_BEARSSL)/inc -I$(SPICE_BEARSSL)/src \
	-DBR_AES_X86NI=1 -DBR_SSE2=1 -DBR_RDRAND=0 \
	-DBR_USE_URANDOM=0 -DBR_USE_UNIX_TIME=0))

# Decoders and blits run hot: -Os costs them up to eightfold. In the compact ROM
# there is no room for more; and what servers seldom send over a good line has its
# kernels once there, not for each kind of pixel (1.5 KB).
ifeq ($(SPICE_CONFIG),compact)
CFLAGS_codec_quic += -DCODEC_INLINE="static inline"
CFLAGS_codec_jpeg_idct += -DCODEC_INLINE="static inline"
endif
ifneq ($(SPICE_CONFIG),compact)
$(foreach o,$(call spice_objects,$(wildcard $(SPICE_TOP)/spice/codec/*.c \
	$(SPICE_TOP)/spice/draw/*.c $(SPICE_TOP)/spice/pix/*.c \
	$(SPICE_TOP)/vga/vga_blit*.c $(SPICE_TOP)/vga/vga_conv*.c)),$(eval \
	CFLAGS_$(o) += -O2))
endif

# Error numbers of our own files: behind the last that iPXE gives away.
CFLAGS_linked_cmd += -DERRFILE_linked_cmd="(ERRFILE_OTHER|0x007f0000)"
CFLAGS_linked_image += -DERRFILE_linked_image="(ERRFILE_OTHER|0x007e0000)"
CFLAGS_linked_tcp += -DERRFILE_linked_tcp="(ERRFILE_OTHER|0x007d0000)"
CFLAGS_linked_net += -DERRFILE_linked_net="(ERRFILE_OTHER|0x007c0000)"
CFLAGS_linked_option += -DERRFILE_linked_option="(ERRFILE_OTHER|0x007b0000)"
CFLAGS_linked_vv += -DERRFILE_linked_vv="(ERRFILE_OTHER|0x007a0000)"
CFLAGS_linked_fetch += -DERRFILE_linked_fetch="(ERRFILE_OTHER|0x00790000)"
