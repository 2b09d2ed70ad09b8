/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * What a test wants of an X server, in one program: look at the pointer, log
 * input events, draw pictures that are the same at every run.
 *
 *	xtool cursor		the pointer's shape and place (XFixes)
 *	xtool pointer		its place, modifiers and buttons
 *	xtool warp X Y		put it there
 *	xtool shape NAME	a cursor from the X font, or "argb", for the
 *root xtool events		log what a window over all the screen receives
 *	xtool raw		log what the devices send (XInput 2, root
 *window) xtool photo [SEED]	fill the root window with a noisy colour picture
 *	xtool desktop [SEED]	text, pictures and windows; stays until ended
 *	xtool churn SEED SECS	draw at random for a while, then stay
 *	xtool video W H SECS	a window like a video's, 25 pictures a second,
 *				then stay
 *
 * desktop and churn print "done" when what they draw is on the server.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/XKBlib.h>
#include <X11/cursorfont.h>
#include <X11/extensions/Xfixes.h>
#include <X11/extensions/XInput2.h>
#include <X11/Xcursor/Xcursor.h>

#define WINDOWS 4

struct x {
	Display *dpy;
	int screen;
	Window root;
	GC gc;
	int w, h;      /* of the root window, pixels */
	uint32_t seed; /* of the random numbers */
	Window win[WINDOWS];
	XFontStruct *font;
};

/* The same numbers on every machine (a 32-bit xorshift). */
static uint32_t rnd(struct x *x, uint32_t below)
{
	x->seed ^= x->seed << 13;
	x->seed ^= x->seed >> 17;
	x->seed ^= x->seed << 5;
	return below ? x->seed % below : 0;
}

static void x_size(struct x *x)
{
	XWindowAttributes a;

	XGetWindowAttributes(x->dpy, x->root, &a);
	x->w = a.width;
	x->h = a.height;
}

static int x_open(struct x *x)
{
	x->dpy = XOpenDisplay(NULL);
	if (!x->dpy) {
		fprintf(stderr, "xtool: no display\n");
		return -ENODEV;
	}
	x->screen = DefaultScreen(x->dpy);
	x->root = RootWindow(x->dpy, x->screen);
	x->gc = XCreateGC(x->dpy, x->root, 0, NULL);
	XSetSubwindowMode(x->dpy, x->gc, ClipByChildren);
	XSetGraphicsExposures(x->dpy, x->gc, False);
	x->seed = 1;
	x_size(x);
	x->font = XLoadQueryFont(x->dpy, "9x15");
	if (!x->font)
		x->font = XLoadQueryFont(x->dpy, "fixed");
	if (x->font)
		XSetFont(x->dpy, x->gc, x->font->fid);
	return 0;
}

/* --- looking --- */

static int cmd_cursor(struct x *x, char **arg)
{
	XFixesCursorImage *c = XFixesGetCursorImage(x->dpy);
	int i;

	if (!c) {
		fprintf(stderr, "xtool: no XFixes\n");
		return -ENOTSUP;
	}
	printf("%d %d %d %d %d %d\n", c->width, c->height, c->xhot, c->yhot,
	       c->x, c->y);
	for (i = 0; i < c->width * c->height; i++)
		printf("%08lx%c", c->pixels[i] & 0xffffffffUL,
		       (i + 1) % c->width ? ' ' : '\n');
	XFree(c);
	return 0;
}

static int cmd_pointer(struct x *x, char **arg)
{
	Window root, child;
	int rx, ry, wx, wy;
	unsigned int mask;

	XQueryPointer(x->dpy, x->root, &root, &child, &rx, &ry, &wx, &wy,
		      &mask);
	printf("%d %d %u\n", rx, ry, mask);
	return 0;
}

static int cmd_warp(struct x *x, char **arg)
{
	XWarpPointer(x->dpy, None, x->root, 0, 0, 0, 0, atoi(arg[0]),
		     atoi(arg[1]));
	return 0;
}

/* A cursor with every alpha: a disc that fades towards its rim. */
static Cursor cursor_argb(struct x *x)
{
	XcursorImage *image = XcursorImageCreate(33, 29);
	Cursor cursor;
	int col, row;

	image->xhot = 7;
	image->yhot = 11;
	for (row = 0; row < 29; row++) {
		for (col = 0; col < 33; col++) {
			int dx = col - 16, dy = row - 14;
			int d = dx * dx + dy * dy;
			uint32_t a = d >= 255 ? 0 : 255 - d;
			uint32_t r = a * (col * 7 & 255) / 255;
			uint32_t g = a * (row * 8 & 255) / 255;

			image->pixels[row * 33 + col] = a << 24 | r << 16 |
							g << 8 | a / 2;
		}
	}
	cursor = XcursorImageLoadCursor(x->dpy, image);
	XcursorImageDestroy(image);
	return cursor;
}

static int cmd_shape(struct x *x, char **arg)
{
	static const struct {
		const char *name;
		unsigned int shape;
	} fonts[] = {
		{"arrow", XC_left_ptr}, {"cross", XC_crosshair},
		{"text", XC_xterm},	{"watch", XC_watch},
		{"gumby", XC_gumby},
	};
	Cursor cursor = None;
	size_t i;

	for (i = 0; i < sizeof(fonts) / sizeof(fonts[0]); i++) {
		if (!strcmp(arg[0], fonts[i].name))
			cursor = XCreateFontCursor(x->dpy, fonts[i].shape);
	}
	if (!strcmp(arg[0], "argb"))
		cursor = cursor_argb(x);
	if (cursor == None) {
		fprintf(stderr, "xtool: no shape %s\n", arg[0]);
		return -EINVAL;
	}
	XDefineCursor(x->dpy, x->root, cursor);
	return 0;
}

/* --- input --- */

static void print_key(XKeyEvent *key, bool down)
{
	KeySym sym = XLookupKeysym(key, 0);
	const char *name = XKeysymToString(sym);

	printf("key %s %u %s\n", down ? "down" : "up", key->keycode,
	       name ? name : "-");
}

static void print_event(XEvent *event)
{
	XButtonEvent *button = &event->xbutton;
	bool down = event->type == KeyPress || event->type == ButtonPress;

	switch (event->type) {
	case KeyPress:
	case KeyRelease:
		print_key(&event->xkey, down);
		break;
	case ButtonPress:
	case ButtonRelease:
		printf("button %s %u %d %d\n", down ? "down" : "up",
		       button->button, button->x_root, button->y_root);
		break;
	case MotionNotify:
		printf("motion %d %d %u\n", event->xmotion.x_root,
		       event->xmotion.y_root, event->xmotion.state);
		break;
	}
}

static int cmd_events(struct x *x, char **arg)
{
	XSetWindowAttributes a = {.override_redirect = True,
				  .background_pixel = 0x305070};
	XEvent event;
	Window win;

	XkbSetDetectableAutoRepeat(x->dpy, True, NULL);
	win = XCreateWindow(x->dpy, x->root, 0, 0, x->w, x->h, 0,
			    CopyFromParent, InputOutput, CopyFromParent,
			    CWOverrideRedirect | CWBackPixel, &a);
	XSelectInput(x->dpy, win,
		     KeyPressMask | KeyReleaseMask | ButtonPressMask |
			     ButtonReleaseMask | PointerMotionMask |
			     ExposureMask);
	XMapRaised(x->dpy, win);
	do {
		XNextEvent(x->dpy, &event);
	} while (event.type != Expose);
	XSetInputFocus(x->dpy, win, RevertToParent, CurrentTime);
	XSync(x->dpy, False);
	printf("ready\n");
	while (!XNextEvent(x->dpy, &event))
		print_event(&event);
	return 0;
}

static void print_raw(XGenericEventCookie *cookie)
{
	XIRawEvent *raw = cookie->data;

	switch (cookie->evtype) {
	case XI_RawKeyPress:
	case XI_RawKeyRelease:
		printf("key %s %d -\n",
		       cookie->evtype == XI_RawKeyPress ? "down" : "up",
		       raw->detail);
		break;
	case XI_RawButtonPress:
	case XI_RawButtonRelease:
		printf("button %s %d 0 0\n",
		       cookie->evtype == XI_RawButtonPress ? "down" : "up",
		       raw->detail);
		break;
	case XI_RawMotion:
		printf("motion %d %d 0\n", (int)raw->raw_values[0],
		       (int)raw->raw_values[1]);
		break;
	}
}

static int cmd_raw(struct x *x, char **arg)
{
	unsigned char bits[XIMaskLen(XI_LASTEVENT)] = {0};
	XIEventMask mask = {XIAllMasterDevices, sizeof(bits), bits};
	int opcode, event_base, error_base, major = 2, minor = 2, type;
	XEvent event;

	if (!XQueryExtension(x->dpy, "XInputExtension", &opcode, &event_base,
			     &error_base) ||
	    XIQueryVersion(x->dpy, &major, &minor) != Success) {
		fprintf(stderr, "xtool: no XInput 2\n");
		return -ENOTSUP;
	}
	for (type = XI_RawKeyPress; type <= XI_RawMotion; type++)
		XISetMask(bits, type);
	XISelectEvents(x->dpy, x->root, &mask, 1);
	XSync(x->dpy, False);
	printf("ready\n");
	while (!XNextEvent(x->dpy, &event)) {
		if (!XGetEventData(x->dpy, &event.xcookie))
			continue;
		print_raw(&event.xcookie);
		XFreeEventData(x->dpy, &event.xcookie);
	}
	return 0;
}

/* --- drawing --- */

/* A colour picture that no codec finds simple: slow waves and some noise. */
static uint32_t photo_pixel(struct x *x, int col, int row)
{
	int wave = (col * col / 97 + row * row / 61) & 511;
	int r = (wave < 256 ? wave : 511 - wave) + (int)rnd(x, 9) - 4;
	int g = (col * 3 / 7 + row * 2 / 5) & 255;
	int b = ((col ^ row) >> 1 & 127) + 64 + (int)rnd(x, 5);

	r = r < 0 ? 0 : r > 255 ? 255 : r;
	return (uint32_t)r << 16 | (uint32_t)g << 8 | (uint32_t)b;
}

static void put_photo(struct x *x, Drawable to, int left, int top, int w, int h)
{
	uint32_t *pixels = malloc((size_t)w * h * 4);
	XImage *image;
	int col, row;

	if (!pixels)
		return;
	for (row = 0; row < h; row++)
		for (col = 0; col < w; col++)
			pixels[row * w + col] = photo_pixel(x, col, row);
	image = XCreateImage(x->dpy, DefaultVisual(x->dpy, x->screen), 24,
			     ZPixmap, 0, (char *)pixels, w, h, 32, w * 4);
	if (image) {
		XPutImage(x->dpy, to, x->gc, image, 0, 0, left, top, w, h);
		XDestroyImage(image); /* frees the pixels too */
	}
}

static void put_text(struct x *x, Drawable to, int left, int top, int lines)
{
	static const char *const words[] = {
		"power",   "on",    "to",  "a",		 "remote",
		"desktop", "pixel", "for", "0123456789", "(quick brown fox)",
		"the",	   "lazy",  "dog",
	};
	char line[80];
	int i;

	for (i = 0; i < lines; i++) {
		size_t n = 0;

		line[0] = 0;
		while (n < 40) {
			const char *word = words[rnd(x, 13)];

			n += snprintf(line + n, sizeof(line) - n, "%s ", word);
		}
		XDrawString(x->dpy, to, x->gc, left, top + 15 * (i + 1), line,
			    n);
	}
}

static void colour(struct x *x, uint32_t rgb)
{
	XSetForeground(x->dpy, x->gc, rgb);
}

static int cmd_photo(struct x *x, char **arg)
{
	if (arg[0])
		x->seed = atoi(arg[0]) | 1;
	put_photo(x, x->root, 0, 0, x->w, x->h);
	XSync(x->dpy, False);
	return 0;
}

static Window window_open(struct x *x, int left, int top, int w, int h)
{
	XSetWindowAttributes a = {.override_redirect = True,
				  .background_pixel = rnd(x, 1 << 24),
				  .border_pixel = rnd(x, 1 << 24)};
	Window win = XCreateWindow(
		x->dpy, x->root, left, top, w, h, 3, CopyFromParent,
		InputOutput, CopyFromParent,
		CWOverrideRedirect | CWBackPixel | CWBorderPixel, &a);

	XMapRaised(x->dpy, win);
	return win;
}

static void scene_desktop(struct x *x)
{
	int i;

	colour(x, 0x204060);
	XFillRectangle(x->dpy, x->root, x->gc, 0, 0, x->w, x->h);
	put_photo(x, x->root, 20, 20, x->w / 3, x->h / 3);
	for (i = 0; i < 40; i++) {
		colour(x, rnd(x, 1 << 24));
		XDrawLine(x->dpy, x->root, x->gc, rnd(x, x->w), rnd(x, x->h),
			  rnd(x, x->w), rnd(x, x->h));
		XDrawArc(x->dpy, x->root, x->gc, rnd(x, x->w), rnd(x, x->h),
			 rnd(x, 200), rnd(x, 200), 0, 360 * 64);
	}
	for (i = 0; i < WINDOWS; i++) {
		x->win[i] = window_open(x, x->w / 3 + 60 * i, 50 + 90 * i,
					x->w / 3, x->h / 4);
		XSync(x->dpy, False);
		colour(x, rnd(x, 1 << 24));
		put_text(x, x->win[i], 8, 8, 8);
	}
	put_photo(x, x->win[1], 30, 30, 100, 70);
	XSync(x->dpy, False);
}

static void stay(void)
{
	printf("done\n");
	for (;;)
		pause();
}

static int cmd_desktop(struct x *x, char **arg)
{
	if (arg[0])
		x->seed = atoi(arg[0]) | 1;
	scene_desktop(x);
	stay();
	return 0;
}

static void churn_scroll(struct x *x, Drawable to, int w, int h)
{
	int dx = (int)rnd(x, 41) - 20, dy = (int)rnd(x, 61) - 30;

	XCopyArea(x->dpy, to, to, x->gc, rnd(x, w / 4), rnd(x, h / 4), w / 2,
		  h / 2, w / 4 + dx, h / 4 + dy);
}

/* One random drawing. */
static void churn_step(struct x *x)
{
	Window win = x->win[rnd(x, WINDOWS)];
	Drawable to = rnd(x, 3) ? win : x->root;
	int w = to == x->root ? x->w : x->w / 3;
	int h = to == x->root ? x->h : x->h / 4;
	uint32_t kind = rnd(x, 8);

	colour(x, rnd(x, 1 << 24));
	if (kind == 0)
		XFillRectangle(x->dpy, to, x->gc, rnd(x, w), rnd(x, h),
			       rnd(x, w / 2) + 1, rnd(x, h / 2) + 1);
	else if (kind == 1)
		put_text(x, to, rnd(x, w), rnd(x, h), 1 + rnd(x, 4));
	else if (kind == 2)
		put_photo(x, to, rnd(x, w), rnd(x, h), 1 + rnd(x, 160),
			  1 + rnd(x, 120));
	else if (kind == 3)
		XMoveWindow(x->dpy, win, (int)rnd(x, x->w) - 40,
			    (int)rnd(x, x->h) - 40);
	else if (kind == 4)
		XRaiseWindow(x->dpy, win);
	else if (kind == 5)
		XDrawLine(x->dpy, to, x->gc, rnd(x, w), rnd(x, h), rnd(x, w),
			  rnd(x, h));
	else
		churn_scroll(x, to, w, h);
}

static int cmd_churn(struct x *x, char **arg)
{
	struct timespec pause_ns = {0, 8000000};
	time_t end;

	x->seed = atoi(arg[0]) | 1;
	scene_desktop(x);
	end = time(NULL) + atoi(arg[1]);
	while (time(NULL) < end) {
		churn_step(x);
		XSync(x->dpy, False);
		nanosleep(&pause_ns, NULL);
	}
	stay();
	return 0;
}

/*
 * A picture of smooth colours that move, as a film's do: a new one each time.
 */
static int cmd_video(struct x *x, char **arg)
{
	struct timespec pause_ns = {0, 40000000};
	int w = atoi(arg[0]), h = atoi(arg[1]), frames = atoi(arg[2]) * 25;
	Window win = window_open(x, 100, 60, w, h);
	uint32_t *pixels = malloc((size_t)w * h * 4);
	XImage *image;
	int i, n;

	if (!pixels)
		return -ENOMEM;
	image = XCreateImage(x->dpy, DefaultVisual(x->dpy, x->screen), 24,
			     ZPixmap, 0, (char *)pixels, w, h, 32, 0);
	XSync(x->dpy, False);
	for (n = 0; n < frames; n++) {
		for (i = 0; i < w * h; i++) {
			uint32_t col = i % w, row = i / w;
			uint32_t r = (col + 5 * n) & 511, g = (row + 3 * n);
			uint32_t b = ((col + row) / 2 + 7 * n) & 511;

			r = r > 255 ? 511 - r : r;
			g = (g & 511) > 255 ? 511 - (g & 511) : g & 511;
			b = b > 255 ? 511 - b : b;
			/* And a little grain. */
			pixels[i] = r << 16 | g << 8 | (b ^ rnd(x, 8));
		}
		XPutImage(x->dpy, win, x->gc, image, 0, 0, 0, 0, w, h);
		XSync(x->dpy, False);
		nanosleep(&pause_ns, NULL);
	}
	XDestroyImage(image);
	stay();
	return 0;
}

static const struct command {
	const char *name;
	int args; /* least number of arguments */
	int (*run)(struct x *x, char **arg);
} commands[] = {
	{"cursor", 0, cmd_cursor}, {"pointer", 0, cmd_pointer},
	{"warp", 2, cmd_warp},	   {"shape", 1, cmd_shape},
	{"events", 0, cmd_events}, {"raw", 0, cmd_raw},
	{"photo", 0, cmd_photo},   {"desktop", 0, cmd_desktop},
	{"churn", 2, cmd_churn},   {"video", 3, cmd_video},
};

int main(int argc, char **argv)
{
	struct x x;
	size_t i;
	int rc;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (argc < 2 + commands[i].args ||
		    strcmp(argv[1], commands[i].name))
			continue;
		if (x_open(&x))
			return 1;
		rc = commands[i].run(&x, argv + 2);
		XCloseDisplay(x.dpy);
		return rc != 0;
	}
	fprintf(stderr, "usage: xtool cursor | pointer | warp X Y | "
			"shape NAME | events | raw | photo [SEED] | "
			"desktop [SEED] | churn SEED SECONDS | "
			"video W H SECONDS\n");
	return 2;
}
