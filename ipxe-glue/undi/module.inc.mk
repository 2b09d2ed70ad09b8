# SPDX-License-Identifier: GPL-2.0-or-later
#
# The stand-alone program's port, and lwIP's files as they come: IPv4, IPv6,
# Ethernet, the raw interface.

LWIP := $(O)/src/lwip
LWIP_SRC := $(addprefix core/,def.c dns.c inet_chksum.c init.c ip.c mem.c \
	memp.c netif.c pbuf.c raw.c tcp.c tcp_in.c tcp_out.c timeouts.c udp.c) \
	$(addprefix core/ipv4/,dhcp.c etharp.c icmp.c ip4.c ip4_addr.c \
	ip4_frag.c) $(addprefix core/ipv6/,ethip6.c icmp6.c ip6.c ip6_addr.c \
	mld6.c nd6.c) netif/ethernet.c
LWIP_OBJ := $(LWIP_SRC:%.c=$(O)/fw/lwip/%.o)
LWIP_INC := -isystem $(LWIP)/src/include -Iipxe-glue/undi/lwip

# What every frame passes; the rest is compiled small.
LWIP_HOT := core/inet_chksum.o core/ip.o core/mem.o core/memp.o core/pbuf.o \
	core/tcp.o core/tcp_in.o core/tcp_out.o core/ipv4/etharp.o \
	core/ipv4/ip4.o core/ipv6/ethip6.o core/ipv6/ip6.o netif/ethernet.o
$(LWIP_HOT:%=$(O)/fw/lwip/%): FW_CFLAGS += -O2

$(O)/fw/lwip/%.o: $(LWIP)/src/%.c ipxe-glue/undi/lwip/lwipopts.h
	@mkdir -p $(@D)
	@$(CC) $(FW_CFLAGS) -w $(LWIP_INC) -MMD -c -o $@ $<

UNDI_OBJ := $(patsubst %,$(O)/fw/%.o,$(basename \
	$(wildcard ipxe-glue/undi/*.[cS])))
$(UNDI_OBJ): FW_CFLAGS += $(LWIP_INC)
$(UNDI_OBJ): | $(SETUP)

FW_PROGRAM_OBJS += $(UNDI_OBJ) $(LWIP_OBJ)
