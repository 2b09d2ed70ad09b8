# SPDX-License-Identifier: GPL-2.0-or-later
#
# The set-up, and the libraries made from the sources it fetches.

# make reads the set-up's stamp as a makefile: so the set-up runs before
# anything else when the stamp is missing or older than tools/setup, and make
# starts itself anew, with the compiler installed and the sources in place.
ifneq ($(MAKECMDGOALS),clean)
include $(SETUP)
endif

setup:
	@tools/setup

$(SETUP): tools/setup
	@tools/setup

# BearSSL. The workstation's is Debian's own package; for the bare PC and with
# iPXE's flags it is compiled here, but for what no TLS client of 32 bits with
# certificates and tickets can come to need (other processors, servers, key
# generation). The linker takes what is used. Its warnings are its own affair
# (-w). AES-NI, PCLMUL and SSE2 are looked for when the program runs, which
# switches SSE on first (romlayout/include/sse.h). No RDRAND: entropy is the
# port's business.
BEARSSL := $(O)/src/bearssl
BEARSSL_NOT := *_i15* *_m15* rsa_i32* i32_[!d]* i32_de* *i62* *m62* *m64* \
	*pwr8* *_small_* ssl_server* ssl_hs_server* \
	ssl_scert* *keygen* shake* encode_* asn1enc*
BEARSSL_REL := $(patsubst $(BEARSSL)/src/%.c,%,$(shell \
	find $(BEARSSL)/src -name '*.c' $(BEARSSL_NOT:%=! -name '%') \
	2>/dev/null | sort))
BEARSSL_INC := -w -I$(BEARSSL)/inc -I$(BEARSSL)/src
BEARSSL_BARE := -DBR_AES_X86NI=1 -DBR_SSE2=1 -DBR_RDRAND=0 \
	-DBR_USE_URANDOM=0 -DBR_USE_UNIX_TIME=0
# Of these the bare PC computes enough to feel it.
BEARSSL_HOT := int/% rsa/% symcipher/% hash/% mac/% ec/%

BEARSSL_HOST := $(O)/host/libbearssl.a
BEARSSL_FW := $(O)/fw/libbearssl.a
BEARSSL_IPXE := $(O)/ipxe/libbearssl.a

$(BEARSSL_HOST): $(SETUP)
	@mkdir -p $(@D)
	@cp $(shell $(CC) -print-file-name=libbearssl.a 2>/dev/null) $@

$(patsubst %,$(O)/fw/bearssl/%.o,$(filter $(BEARSSL_HOT),$(BEARSSL_REL))): \
	FW_CFLAGS += -O2

$(O)/fw/bearssl/%.o: $(BEARSSL)/src/%.c tools/module.mk
	@mkdir -p $(@D)
	@$(CC) $(FW_CFLAGS) $(BEARSSL_INC) $(BEARSSL_BARE) \
		-c -o $@ $<

$(O)/ipxe/bearssl/%.o: $(BEARSSL)/src/%.c tools/module.mk
	@mkdir -p $(@D)
	@$(CC) $(IPXE_CFLAGS) $(BEARSSL_INC) $(BEARSSL_BARE) \
		-c -o $@ $<

$(BEARSSL_FW) $(BEARSSL_IPXE): \
$(O)/%/libbearssl.a: tools/module.mk \
		$(patsubst %,$(O)/\%/bearssl/%.o,$(BEARSSL_REL))
	@rm -f $@
	@ar rcs $@ $(filter %.o,$^)
	@echo "made $@: $(words $(filter %.o,$^)) objects"

# What only `make` knows: CA=, the day of the sources. Asked each time, written
# when it changes.
.PHONY: builtin
builtin:
$(O)/gen/carrier_builtin.c: builtin
	@$(PYTHON) tools/builtin $@ $(CA)

# The client on a workstation: tests/host's port in the place of the firmware's.
SHOT_SRC := tools/spice-shot.c $(patsubst %,ipxe-glue/%.c,carrier \
	carrier_proxy carrier_tls fetch fetch_file fetch_http fetch_tftp option \
	proxy span source target uri vv) \
	$(patsubst %,kbd/%.c,kbd_ascii kbd_layout kbd_scancode) \
	$(O)/gen/carrier_builtin.c test/host/port_posix.c $(SPICE_SRC)
ALL += $(B)/spice-shot
$(B)/spice-shot: $(SHOT_SRC:%.c=$(O)/host/%.o) $(BEARSSL_HOST)
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) -o $@ $^

# The same under sanitizers, for tests.
$(O)/test/spice-shot-asan: $(SHOT_SRC:%.c=$(O)/asan/%.o) $(BEARSSL_HOST)
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) -fsanitize=address,undefined -o $@ $^

# The decoders alone, for files.
DECODE_SRC := tools/spice-decode.c $(wildcard spice/codec/*.c spice/pix/*.c)
ALL += $(B)/spice-decode
$(B)/spice-decode: $(DECODE_SRC:%.c=$(O)/host/%.o)
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) -o $@ $^

# The PC has the ROM that is linked into iPXE where iPXE's sources can be had,
# and the stand-alone one elsewhere or with WAY=undi.
run: all
	@tools/setup run
	@if [ "$(WAY)" != undi ] && ipxe-glue/linked/build there; then \
		$(MAKE) --no-print-directory ipxe-rom CARD=8086100e && \
		tools/run --rom $(B)/ipxe-8086100e-full.rom; \
	else tools/run; fi
