/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * QUIC, encoded the long way round.
 */
#include "test/spice/enc_quic.h"

/* The low six bits of the reference's table: no mask has more. */
static const char gaps[] =
	"2GCE7BX><P_\\T6B;4CZM@oic@35>\?ND9T]3im085Y>[K[kOSWlZV=fn1J3;mdR7`"
	"4kF<F8b4:6\\8;^OceA1[^lTf:KW\\FYG2\\0XeX`@[PLQ<D2hngjBD=gVMiCaQ_ok0"
	"SmCI^Vl4S1JXL:5>IB`aDknR^7QdRj9M8gnlUTUb63:L`HJmiN;f26b_7ASeP<GA"
	"5Eagc]dKWIWoFHZdhVYYhP=HJcKhjUHZ\?LANO\?@GIfQR1MObeEa\?_90jU]N=9]oE";
static const unsigned int halve_above[7] = {110, 550, 900, 800, 550, 400, 350};
static const unsigned int run_bits[32] = {0, 0, 0, 0, 1,  1,  1,  1,  2,  2, 2,
					  2, 3, 3, 3, 3,  4,  4,  5,  5,  6, 6,
					  7, 7, 8, 9, 10, 11, 12, 13, 14, 15};

struct channel {
	unsigned int shift; /* of its byte in a pixel */
	unsigned int residual[ENC_QUIC_MAX_WIDTH + 1]; /* [0]: before x = 0 */
	unsigned int cost[8][8], best[8];
};

struct plane {
	struct channel *ch;
	unsigned int channels, bits;
	unsigned int wait, gap, mask_bits, mask_left, run_state;
};

struct writer {
	struct case_stream *s;
	uint32_t word;
	unsigned int used;
};

static void put_bit(struct writer *w, unsigned int bit)
{
	unsigned int i;

	w->word |= bit << (31 - w->used);
	if (++w->used < 32)
		return;
	for (i = 0; i < 32; i += 8)
		case_put(w->s, w->word >> i & 255);
	w->word = 0;
	w->used = 0;
}

static void put_bits(struct writer *w, uint32_t value, unsigned int n)
{
	while (n--)
		put_bit(w, value >> n & 1);
}

static void put_word(struct writer *w, uint32_t value)
{
	put_bits(w, value, 32);
}

/* A bucket holds twice as many numbers as the one before; the last the rest. */
static unsigned int bucket_of(unsigned int n, unsigned int bits)
{
	unsigned int b = 0, first = 0, size = 1;

	while (n >= first + size && b < bits - 1) {
		first += size;
		size *= 2;
		b++;
	}
	return b;
}

/* The codeword for @n with parameter @k: its value, @len receives its bits. */
static uint32_t codeword(unsigned int n, unsigned int k, unsigned int bits,
			 unsigned int *len)
{
	unsigned int zeros = 26 - bits, rest, rest_bits = 0;

	if (zeros > (1u << (bits - k)) - 1)
		zeros = (1u << (bits - k)) - 1;
	if (n < zeros << k) {
		*len = (n >> k) + 1 + k;
		return 1u << k | (n & ((1u << k) - 1));
	}
	rest = (1u << bits) - (zeros << k);
	while (1u << rest_bits < rest)
		rest_bits++;
	*len = zeros + rest_bits;
	return n - (zeros << k);
}

static unsigned int value(const struct channel *ch, uint32_t px)
{
	return px >> ch->shift & 255;
}

/* Code pixel @x's channel. */
static void put_residual(struct writer *w, struct plane *p, struct channel *ch,
			 const uint32_t *row, const uint32_t *above, uint32_t x)
{
	int mask = (1 << p->bits) - 1, pred = 0, diff;
	unsigned int len, k;
	uint32_t code;

	if (x == 0 && above)
		pred = (int)value(ch, above[0]);
	else if (x && !above)
		pred = (int)value(ch, row[x - 1]);
	else if (x)
		pred = (int)(value(ch, row[x - 1]) + value(ch, above[x])) / 2;
	diff = ((int)value(ch, row[x]) - pred) & mask;
	/* Differences as 0, -1, 1, -2, 2 ... */
	ch->residual[x + 1] = (unsigned int)(diff <= mask / 2
						     ? 2 * diff
						     : 2 * (mask - diff) + 1);
	k = ch->best[bucket_of(ch->residual[x], p->bits)];
	code = codeword(ch->residual[x + 1], k, p->bits, &len);
	put_bits(w, code, len);
}

/* Add what pixel @x's channel would have cost with each k. */
static void count(struct plane *p, struct channel *ch, uint32_t x)
{
	unsigned int b = bucket_of(ch->residual[x], p->bits);
	unsigned int k, len, best = p->bits - 1;

	for (k = p->bits; k-- > 0;) {
		codeword(ch->residual[x + 1], k, p->bits, &len);
		ch->cost[b][k] += len;
		if (ch->cost[b][k] < ch->cost[b][best])
			best = k;
	}
	ch->best[b] = best;
	if (ch->cost[b][best] > halve_above[p->mask_bits]) {
		for (k = 0; k < p->bits; k++)
			ch->cost[b][k] /= 2;
	}
}

static void put_run(struct writer *w, struct plane *p, uint32_t run)
{
	while (run >= 1u << run_bits[p->run_state]) {
		put_bit(w, 1);
		run -= 1u << run_bits[p->run_state];
		if (p->run_state < 31)
			p->run_state++;
	}
	put_bit(w, 0);
	put_bits(w, run, run_bits[p->run_state]);
	if (p->run_state)
		p->run_state--;
}

/* Are two pixels the same to all of the plane's channels? */
static int same(const struct plane *p, uint32_t a, uint32_t b)
{
	unsigned int c;

	for (c = 0; c < p->channels; c++) {
		if (value(&p->ch[c], a) != value(&p->ch[c], b))
			return 0;
	}
	return 1;
}

static void put_row(struct writer *w, struct plane *p, const uint32_t *row,
		    const uint32_t *above, uint32_t width)
{
	uint32_t x = 0, end = 0, run, run_at = 0;
	unsigned int c;

	for (c = 0; c < p->channels; c++)
		p->ch[c].residual[0] = above ? p->ch[c].residual[1] : 0;
	while (x < width) {
		/* A stretch has one mask; a run ends with it at the latest. */
		if (x == end) {
			run_at = 0;
			end = width;
			if (p->mask_bits < 6 && p->mask_left < width - x)
				end = x + p->mask_left;
		}
		if (above && x > 2 && x != run_at &&
		    same(p, above[x - 1], above[x]) &&
		    same(p, row[x - 1], row[x - 2])) {
			run_at = x;
			for (run = 0; x < end && same(p, row[x], row[x - 1]);
			     x++)
				run++;
			put_run(w, p, run);
			if (p->mask_bits < 6)
				p->mask_left -= run;
		} else {
			for (c = 0; c < p->channels; c++)
				put_residual(w, p, &p->ch[c], row, above, x);
			if (p->wait == 0) {
				for (c = 0; c < p->channels; c++)
					count(p, &p->ch[c], x);
				p->wait = (unsigned int)(gaps[p->gap++ % 256] -
							 '0') &
					  ((1u << p->mask_bits) - 1);
			} else {
				p->wait--;
			}
			x++;
			if (p->mask_bits < 6)
				p->mask_left--;
		}
		if (p->mask_left == 0) {
			p->mask_bits++;
			p->mask_left = 2048;
		}
	}
}

static void init_plane(struct plane *p, struct channel *ch,
		       unsigned int channels, unsigned int bits)
{
	unsigned int c, b;

	memset(p, 0, sizeof(*p));
	p->ch = ch;
	p->channels = channels;
	p->bits = bits;
	p->mask_left = 2048;
	for (c = 0; c < channels; c++) {
		for (b = 0; b < 8; b++)
			ch[c].best[b] = bits - 1;
	}
}

void enc_quic(struct case_stream *s, unsigned int type, uint32_t width,
	      uint32_t height, const uint32_t *px)
{
	struct channel *ch = calloc(4, sizeof(*ch));
	struct writer w = {.s = s};
	struct plane color, alpha;
	const uint32_t *above = NULL;
	uint32_t y;

	ch[0].shift = 16;
	ch[1].shift = 8;
	ch[3].shift = 24;
	if (type == ENC_QUIC_GRAY)
		init_plane(&color, &ch[2], 1, 8);
	else
		init_plane(&color, ch, 3, type == ENC_QUIC_RGB16 ? 5 : 8);
	init_plane(&alpha, &ch[3], 1, 8);
	put_word(&w, 0x43495551);
	put_word(&w, 0);
	put_word(&w, type);
	put_word(&w, width);
	put_word(&w, height);
	for (y = 0; y < height; y++, above = px, px += width) {
		put_row(&w, &color, px, above, width);
		if (type == ENC_QUIC_RGBA)
			put_row(&w, &alpha, px, above, width);
	}
	while (w.used)
		put_bit(&w, 0);
	put_word(&w, 0);
	case_fit(s);
	free(ch);
}
