/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * Leaving: back to the BIOS's boot order, or through its ways to reboot and to
 * power off (ACPI; or APM 1.2, which SeaBIOS and PCs up to about 2010 have).
 */
#include "ipxe-glue/port.h"
#include "ipxe-glue/undi/undi_acpi.h"
#include "ipxe-glue/undi/undi_port.h"
#include "ipxe-glue/undi/undi_time.h"
#include "romlayout/include/rm.h"
#include "romlayout/include/sse.h"

static void stop(void)
{
	undi_port_stop();
	undi_time_stop();
	sse_stop();
}

/* Warm start: the BIOS skips its memory test. */
static void reboot(void)
{
	struct bios_regs none = {0};

	*(volatile uint16_t *)rm_phys(0x472) = 0x1234;
	rm_far_call_regs(0xffff, 0, NULL, 0, &none);
	/* Not back from there; but if it is: the keyboard controller's line. */
	rm_outb(0x64, 0xfe);
	rm_panic("reboot");
}

static int apm(uint16_t function, uint16_t device, uint16_t state)
{
	struct bios_regs regs = {
		.eax = 0x5300 | function, .ebx = device, .ecx = state};

	rm_int(0x15, &regs);
	return regs.eflags & BIOS_CF ? -1 : 0;
}

/* Where the BIOS says the segment of its extended data area. */
#define EBDA_SEGMENT 0x40e

/* How often the chip set is asked; a read of that port takes a microsecond. */
#define ACPI_READS 3000000u
#define PORT_SLOW  0x80

static const uint8_t *acpi_at(uint32_t phys, uint32_t bytes)
{
	return phys <= UINT32_MAX - bytes ? rm_phys(phys) : NULL;
}

/* ACPI on, then to sleep as deep as there is. Returns if that fails. */
static void acpi_poweroff(void)
{
	const volatile uint16_t *ebda = rm_phys(EBDA_SEGMENT);
	struct undi_acpi_off off;
	unsigned int i;

	if (!undi_acpi_find(acpi_at, (uint32_t)*ebda << 4, &off))
		return;
	port_log("power off by ACPI");
	if (off.smi_port && off.enable &&
	    !(rm_inw(off.port[0]) & UNDI_ACPI_SCI_EN))
		rm_outb(off.smi_port, off.enable);
	for (i = 0; i < ACPI_READS; i++) {
		if (rm_inw(off.port[0]) & UNDI_ACPI_SCI_EN)
			break;
		rm_inb(PORT_SLOW);
	}
	for (i = 0; i < 2; i++)
		if (off.port[i])
			rm_outw(off.port[i],
				(uint16_t)((rm_inw(off.port[i]) &
					    ~UNDI_ACPI_SLP_TYP) |
					   off.value[i] | UNDI_ACPI_SLP_EN));
	for (i = 0; i < ACPI_READS; i++)
		rm_inb(PORT_SLOW);
}

/* Connect, say which version we speak, enable, switch off all devices. */
static void apm_poweroff(void)
{
	struct bios_regs version = {.eax = 0x530e, .ebx = 0, .ecx = 0x0102};

	apm(0x01, 0, 0);
	rm_int(0x15, &version);
	apm(0x08, 1, 1);
	apm(0x07, 1, 3);
}

static void poweroff(void)
{
	acpi_poweroff();
	apm_poweroff();
	rm_panic("The PC can be switched off now");
}

void port_exit(enum port_exit how)
{
	stop();
	if (how == PORT_EXIT_REBOOT)
		reboot();
	if (how == PORT_EXIT_POWEROFF)
		poweroff();
}
