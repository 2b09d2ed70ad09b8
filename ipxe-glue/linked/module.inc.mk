# SPDX-License-Identifier: GPL-2.0-or-later
#
# iPXE with the `spice` command. iPXE's own make does the work (build), and
# sees by itself what has changed.
#
#	make ipxe IPXE_SRC=~/ipxe		all images
#	make ipxe IPXE_SRC=~/ipxe CARD=10ec8139	the same for another card
#	make ipxe-rom				only the compact ROM
#	make size				what takes the room in it

LINKED_BUILD = ipxe-glue/linked/build

.PHONY: ipxe ipxe-rom ipxe-if-there
ipxe: ipxe-rom
	@CARD=$(CARD) $(LINKED_BUILD) full $(BEARSSL_REL)

ipxe-rom: | $(SETUP)
	@rm -f $(O)/linked/.refused
	@CARD=$(CARD) $(LINKED_BUILD) compact $(BEARSSL_REL)

# For `make test`: where there are no sources, a line says so.
ipxe-if-there: | $(SETUP)
	@CARD= $(LINKED_BUILD) compact $(BEARSSL_REL) || [ $$? = 3 ]

.PHONY: size
size:
	@$(PYTHON) ipxe-glue/linked/size.py
