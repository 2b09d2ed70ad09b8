# SPDX-License-Identifier: GPL-2.0-or-later
#
# iPXE with the `spice` command. iPXE's own make does the work (build), and
# sees by itself what has changed.
#
#	make ipxe IPXE_SRC=~/ipxe		all images
#	make ipxe IPXE_SRC=~/ipxe CARD=10ec8139	the same for another card
#	make ipxe-rom				only the card's two ROMs
#	make ipxe-compact, make ipxe-full	only one of them
#	make size				what takes the room in the compact one
#	make ipxe-twice				all of it again elsewhere: the same bytes?

LINKED_BUILD = O=$(O) B=$(B) CARD=$(CARD) ipxe-glue/linked/build

.PHONY: ipxe ipxe-rom ipxe-compact ipxe-full ipxe-if-there ipxe-setup
ipxe: ipxe-rom
	@$(LINKED_BUILD) all $(BEARSSL_REL)

ipxe-rom ipxe-full: $(O)/fw/loader_kernel.bin $(O)/gen/carrier_builtin.c \
		| ipxe-setup
	@[ $@ = ipxe-full ] || $(LINKED_BUILD) compact $(BEARSSL_REL)
	@$(LINKED_BUILD) full $(BEARSSL_REL)

ipxe-compact: $(O)/gen/carrier_builtin.c | ipxe-setup
	@$(LINKED_BUILD) compact $(BEARSSL_REL)

# What iPXE's own build wants.
ipxe-setup: | $(SETUP)
	@rm -f $(O)/linked/.refused
	@tools/setup ipxe

# For `make test` and `make run`: where there are no sources, a line says so.
ipxe-if-there: $(O)/fw/loader_kernel.bin $(O)/gen/carrier_builtin.c | $(SETUP)
	@if ipxe-glue/linked/build there; then \
		$(MAKE) --no-print-directory ipxe; fi

.PHONY: ipxe-twice
ipxe-twice: ipxe
	@ipxe-glue/linked/twice "$${IPXE_SRC:-$(O)/src/ipxe}" $(O)/linked/twice

.PHONY: size
size:
	@$(PYTHON) ipxe-glue/linked/size.py
