/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * In the place of spice/chan/chan_count.c, which counts for tests only.
 */
#include "spice/chan/chan_display.h"

void chan_count_draw(struct chan *c, uint16_t type, const struct draw_op *op)
{
}
