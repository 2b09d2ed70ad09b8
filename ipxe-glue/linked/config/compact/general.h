/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The compact ROM, which must fit into 118 KiB: what a thin client needs of
 * iPXE. README.md has what had to go, and why.
 */
#undef NET_PROTO_EAPOL
#undef NET_PROTO_LACP
#undef NET_PROTO_STP
#undef SANBOOT_PROTO_AOE
#undef SANBOOT_PROTO_FCP
#undef SANBOOT_PROTO_HTTP
#undef SANBOOT_PROTO_IB_SRP
#undef SANBOOT_PROTO_ISCSI
#undef HTTP_AUTH_DIGEST
#undef HTTP_AUTH_NTLM

#undef HTTP_AUTH_BASIC
#undef AUTOBOOT_CMD
#undef CERT_CMD
#undef CONFIG_CMD
#undef CPUID_CMD
#undef DHCP_CMD /* linked_few_options.c has what is used of it */
#undef DIGEST_CMD
#undef FCMGMT_CMD
#undef FDT_CMD
#undef IBMGMT_CMD
#undef IMAGE_ARCHIVE_CMD
#undef IWMGMT_CMD
#undef NTP_CMD
#undef PCI_CMD
#undef ROUTE_CMD
#undef SANBOOT_CMD
#undef SHIM_CMD
#undef SYNC_CMD
#undef USB_CMD
#undef VLAN_CMD

#undef IMAGE_BZIMAGE
#undef IMAGE_DER
#undef IMAGE_ELF
#undef IMAGE_MULTIBOOT
#undef IMAGE_PEM
#undef IMAGE_PNG
#undef IMAGE_PXE
#undef PXE_MENU
#undef PXE_STACK
#undef VNIC_IPOIB
#undef CRYPTO_80211_WEP
#undef CRYPTO_80211_WPA
#undef CRYPTO_80211_WPA2

/* The script asks; nobody waits for a key before it. */
#undef BANNER_TIMEOUT
#define BANNER_TIMEOUT 0
#undef ROM_BANNER_TIMEOUT
#define ROM_BANNER_TIMEOUT 0
