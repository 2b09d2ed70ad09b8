# SPDX-License-Identifier: GPL-2.0-or-later
#
# A ROM that holds test/boot/undi_program.c instead of the client.

UNDI_TEST_ROM := $(O)/test/boot/undi_program.rom
PEERS += $(UNDI_TEST_ROM)

$(O)/fw/undi_program.elf: $(O)/fw/test/boot/undi_program.o $(UNDI_OBJ) \
	$(LWIP_OBJ) $(addprefix $(O)/fw/ipxe-glue/,entropy.o burst.o) \
	$(O)/fw/libbearssl.a
$(UNDI_TEST_ROM): $(O)/fw/undi_program.elf $(O)/fw/loader.bin \
		romlayout/mkrom.py | $(SETUP)
	@mkdir -p $(@D)
	$(PYTHON) $(MKROM) --pci $(ROM_PCI_e1000) --program $< \
		--stock $(O)/stock/pxe-e1000.rom $@

# The same as a PXE program, and what test_pxe.py puts in front of one.
UNDI_TEST_PXE := $(O)/test/boot/undi_program.pxe
PXE_STUB := $(O)/test/boot/pxe_stub.bin
PEERS += $(UNDI_TEST_PXE) $(PXE_STUB)

$(UNDI_TEST_PXE): $(O)/fw/undi_program.elf $(PXE_LOADER) $(MKPXE)
	@mkdir -p $(@D)
	@$(PYTHON) $(firstword $(MKPXE)) --loader $(PXE_LOADER) --program $< $@

$(PXE_STUB): test/boot/pxe_stub.S
	@mkdir -p $(@D)
	$(CC) -m32 -nostdinc -Wa,--fatal-warnings -c -o $(@:.bin=.o) $<
	@objcopy -O binary -j .text $(@:.bin=.o) $@

# Where to connect: nothing of lwIP or a card in it.
UNDI_WHERE := $(addprefix $(O)/asan/ipxe-glue/undi/,undi_where.o \
	undi_options.o)
$(O)/test/undi/test_where: $(UNDI_WHERE)
$(O)/test/undi/test_where: TEST_LIBS := $(UNDI_WHERE)

# DHCP's options, the machine's UUID: the same.
UNDI_OPTIONS := $(O)/asan/ipxe-glue/undi/undi_options.o
$(O)/test/undi/test_options: $(UNDI_OPTIONS)
$(O)/test/undi/test_options: TEST_LIBS := $(UNDI_OPTIONS)
UNDI_SMBIOS := $(O)/asan/ipxe-glue/undi/undi_smbios.o
$(O)/test/undi/test_smbios: $(UNDI_SMBIOS)
$(O)/test/undi/test_smbios: TEST_LIBS := $(UNDI_SMBIOS)
UNDI_ACPI := $(O)/asan/ipxe-glue/undi/undi_acpi.o
$(O)/test/undi/test_acpi: $(UNDI_ACPI)
$(O)/test/undi/test_acpi: TEST_LIBS := $(UNDI_ACPI)

UNDI_CLOCK := $(O)/asan/ipxe-glue/undi/undi_clock.o
$(O)/test/undi/test_clock: $(UNDI_CLOCK)
$(O)/test/undi/test_clock: TEST_LIBS := $(UNDI_CLOCK)

# IPv6's messages: the same.
UNDI_RA := $(addprefix $(O)/asan/ipxe-glue/undi/,undi_ra.o undi_dhcp6_msg.o)
$(O)/test/undi/test_ra: $(UNDI_RA)
$(O)/test/undi/test_ra: TEST_LIBS := $(UNDI_RA)

# The window: lwIP's headers, nothing of its code.
UNDI_WINDOW := $(O)/asan/ipxe-glue/undi/undi_window.o
$(UNDI_WINDOW) $(O)/asan/test/undi/test_window.o: ASAN_CFLAGS += $(LWIP_INC)
$(UNDI_WINDOW) $(O)/asan/test/undi/test_window.o: | $(SETUP)
$(O)/test/undi/test_window: $(UNDI_WINDOW)
$(O)/test/undi/test_window: TEST_LIBS := $(UNDI_WINDOW) \
	$(O)/asan/ipxe-glue/burst.o

# The 8255x's ring: linked below 4 GiB, where the card's pointers reach.
UNDI_EEPRO := $(O)/asan/ipxe-glue/undi/undi_eepro.o
$(O)/test/undi/test_eepro: $(UNDI_EEPRO)
$(O)/test/undi/test_eepro: TEST_LIBS := $(UNDI_EEPRO) -no-pie

# The interface between card and lwIP: the same.
UNDI_NETIF := $(O)/asan/ipxe-glue/undi/undi_netif.o
$(UNDI_NETIF) $(O)/asan/test/undi/test_netif.o: ASAN_CFLAGS += $(LWIP_INC) \
	-include sys/types.h
$(UNDI_NETIF) $(O)/asan/test/undi/test_netif.o: | $(SETUP)
$(O)/test/undi/test_netif: $(UNDI_NETIF)
$(O)/test/undi/test_netif: TEST_LIBS := $(UNDI_NETIF)
