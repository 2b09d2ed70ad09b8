# SPDX-License-Identifier: GPL-2.0-or-later
#
# The stand-alone program's port, and lwIP's files as they come: IPv4, Ethernet,
# the raw interface.

LWIP := $(O)/src/lwip
LWIP_SRC := $(addprefix core/,def.c dns.c inet_chksum.c init.c ip.c mem.c \
	memp.c netif.c pbuf.c raw.c tcp.c tcp_in.c tcp_out.c timeouts.c udp.c) \
	$(addprefix core/ipv4/,dhcp.c etharp.c icmp.c ip4.c ip4_addr.c \
	ip4_frag.c) netif/ethernet.c
LWIP_OBJ := $(LWIP_SRC:%.c=$(O)/fw/lwip/%.o)
LWIP_INC := -isystem $(LWIP)/src/include -Iipxe-glue/undi/lwip

$(O)/fw/lwip/%.o: $(LWIP)/src/%.c ipxe-glue/undi/lwip/lwipopts.h
	@mkdir -p $(@D)
	@$(CC) $(FW_CFLAGS) -O2 -w $(LWIP_INC) -MMD -c -o $@ $<

UNDI_OBJ := $(patsubst %,$(O)/fw/%.o,$(basename \
	$(wildcard ipxe-glue/undi/*.[cS])))
$(UNDI_OBJ): FW_CFLAGS += $(LWIP_INC)
$(UNDI_OBJ): | $(SETUP)

FW_PROGRAM_OBJS += $(UNDI_OBJ) $(LWIP_OBJ)
