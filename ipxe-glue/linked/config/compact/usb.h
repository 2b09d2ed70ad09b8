/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * No USB host controllers: iPXE would take them from the BIOS, and with them
 * the USB keyboard and mouse that the BIOS serves us.
 */
#undef USB_HCD_XHCI
#undef USB_HCD_EHCI
#undef USB_HCD_UHCI
#undef USB_KEYBOARD
#undef USB_BLOCK
