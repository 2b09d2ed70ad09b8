/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The images without a limit of size: iPXE's own defaults, and what its BIOS
 * builds leave out for room.
 */
#define NET_PROTO_IPV6
#define DOWNLOAD_PROTO_HTTPS
#define PARAM_CMD
#define CERT_CMD
#define CONSOLE_CMD
#define NTP_CMD
#define PING_CMD
#define NSLOOKUP_CMD
#define VLAN_CMD
#define TIME_CMD

#undef BANNER_TIMEOUT
#define BANNER_TIMEOUT 0
#undef ROM_BANNER_TIMEOUT
#define ROM_BANNER_TIMEOUT 0
