/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * No settings that only say what hardware there is: 118 KiB.
 */
#undef ACPI_SETTINGS
#undef CPUID_SETTINGS
#undef PCI_SETTINGS
#undef USB_SETTINGS
