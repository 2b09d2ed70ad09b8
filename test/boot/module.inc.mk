# SPDX-License-Identifier: GPL-2.0-or-later
# The programs that whole-machine tests need beside the harness: PEERS.

PEERS += $(O)/test/xtool $(O)/test/refshot $(O)/test/guest.img

X_LIBS := x11 xfixes xi xcursor

$(O)/test/xtool: test/boot/xtool.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $(shell pkg-config --cflags $(X_LIBS)) -o $@ $< \
		$(shell pkg-config --libs $(X_LIBS))

# The reference client; its headers are not ours to warn about.
$(O)/test/refshot: test/boot/refshot.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) $(subst -I,-isystem ,$(shell pkg-config \
		--cflags spice-client-glib-2.0)) -o $@ $< \
		$(shell pkg-config --libs spice-client-glib-2.0)

# The guest: a boot sector and a second part, as one raw disk.
$(O)/test/guest.o: test/boot/guest/guest.S
	@mkdir -p $(@D)
	$(CC) -m32 -nostdinc -Wa,--fatal-warnings -c -o $@ $<

$(O)/test/guest.img: $(O)/test/guest.o test/boot/guest/guest.ld
	ld -m elf_i386 -T test/boot/guest/guest.ld -o $(@:.img=.elf) $<
	objcopy -O binary $(@:.img=.elf) $@
	truncate -s 1M $@
