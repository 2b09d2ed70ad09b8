/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The main loop that libspice-server asks for: timers and watches over
 * poll(). Called from the main thread and, by the worker's own loop, never.
 *
 * Removal during a callback only marks an entry dead; the loop frees it when
 * no callback runs.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "test/server/server.h"

/* No test has near as many open channels. */
#define MAX_WATCHES 256

struct SpiceWatch {
	struct SpiceWatch *next;
	int fd, mask;
	SpiceWatchFunc func;
	void *opaque;
	bool dead;
};

struct SpiceTimer {
	struct SpiceTimer *next;
	SpiceTimerFunc func;
	void *opaque;
	int64_t due_ms; /* 0: not started */
	bool dead;
};

static SpiceWatch *watches;
static SpiceTimer *timers;
static bool quitting;

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void *must(void *p)
{
	if (!p) {
		perror("spice-test-server");
		exit(1);
	}
	return p;
}

static SpiceTimer *timer_add(SpiceTimerFunc func, void *opaque)
{
	SpiceTimer *timer = must(calloc(1, sizeof(*timer)));

	timer->func = func;
	timer->opaque = opaque;
	timer->next = timers;
	timers = timer;
	return timer;
}

static void timer_start(SpiceTimer *timer, uint32_t ms)
{
	timer->due_ms = now_ms() + ms;
}

static void timer_cancel(SpiceTimer *timer)
{
	timer->due_ms = 0;
}

static void timer_remove(SpiceTimer *timer)
{
	timer->due_ms = 0;
	timer->dead = true;
}

static SpiceWatch *watch_add(int fd, int mask, SpiceWatchFunc func,
			     void *opaque)
{
	SpiceWatch *watch = must(calloc(1, sizeof(*watch)));

	watch->fd = fd;
	watch->mask = mask;
	watch->func = func;
	watch->opaque = opaque;
	watch->next = watches;
	watches = watch;
	return watch;
}

static void watch_update_mask(SpiceWatch *watch, int mask)
{
	watch->mask = mask;
}

static void watch_remove(SpiceWatch *watch)
{
	watch->dead = true;
}

static void channel_event(int event, SpiceChannelEventInfo *info)
{
	static const char *const names[] = {"?", "connected", "initialized",
					    "disconnected"};

	printf("channel %s %d %d\n", names[event & 3], info->type, info->id);
}

SpiceCoreInterface loop_core = {
	.base.major_version = SPICE_INTERFACE_CORE_MAJOR,
	.base.minor_version = SPICE_INTERFACE_CORE_MINOR,
	.timer_add = timer_add,
	.timer_start = timer_start,
	.timer_cancel = timer_cancel,
	.timer_remove = timer_remove,
	.watch_add = watch_add,
	.watch_update_mask = watch_update_mask,
	.watch_remove = watch_remove,
	.channel_event = channel_event,
};

void loop_watch(int fd, SpiceWatchFunc func, void *opaque)
{
	watch_add(fd, SPICE_WATCH_EVENT_READ, func, opaque);
}

static void bury_watches(void)
{
	SpiceWatch **at = &watches, *watch;

	while ((watch = *at)) {
		if (!watch->dead) {
			at = &watch->next;
			continue;
		}
		*at = watch->next;
		free(watch);
	}
}

static void bury_timers(void)
{
	SpiceTimer **at = &timers, *timer;

	while ((timer = *at)) {
		if (!timer->dead) {
			at = &timer->next;
			continue;
		}
		*at = timer->next;
		free(timer);
	}
}

/* Fire what is due; milliseconds until the next, at most a second. */
static int run_timers(void)
{
	int64_t now = now_ms(), wait = 1000;
	SpiceTimer *timer;

	for (timer = timers; timer; timer = timer->next) {
		if (timer->due_ms && timer->due_ms <= now) {
			timer->due_ms = 0;
			timer->func(timer->opaque);
		}
	}
	for (timer = timers; timer; timer = timer->next) {
		if (timer->due_ms && timer->due_ms - now < wait)
			wait = timer->due_ms - now;
	}
	return wait < 0 ? 0 : (int)wait;
}

static int fill_poll(struct pollfd *fds, SpiceWatch **owner)
{
	SpiceWatch *watch;
	int n = 0;

	for (watch = watches; watch && n < MAX_WATCHES; watch = watch->next) {
		if (watch->dead || !watch->mask)
			continue;
		fds[n].fd = watch->fd;
		fds[n].events = 0;
		if (watch->mask & SPICE_WATCH_EVENT_READ)
			fds[n].events |= POLLIN;
		if (watch->mask & SPICE_WATCH_EVENT_WRITE)
			fds[n].events |= POLLOUT;
		owner[n++] = watch;
	}
	return n;
}

static void run_watches(int wait)
{
	struct pollfd fds[MAX_WATCHES];
	SpiceWatch *owner[MAX_WATCHES];
	int n = fill_poll(fds, owner), i;

	if (poll(fds, n, wait) < 0 && errno != EINTR) {
		perror("poll");
		exit(1);
	}
	for (i = 0; i < n; i++) {
		int event = 0;

		if (fds[i].revents & (POLLIN | POLLHUP | POLLERR))
			event |= SPICE_WATCH_EVENT_READ;
		if (fds[i].revents & POLLOUT)
			event |= SPICE_WATCH_EVENT_WRITE;
		event &= owner[i]->mask;
		if (event && !owner[i]->dead)
			owner[i]->func(owner[i]->fd, event, owner[i]->opaque);
	}
}

void loop_run(void)
{
	while (!quitting) {
		run_watches(run_timers());
		bury_watches();
		bury_timers();
	}
}

void loop_quit(void)
{
	quitting = true;
}
