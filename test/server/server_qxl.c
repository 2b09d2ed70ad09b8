/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The display device: a queue of commands and the primary surface.
 *
 * "Guest memory" is this process's own: one slot whose addresses are pointers.
 * Callbacks run in libspice-server's worker thread. The worker announces a
 * client through set_client_capabilities() before it begins to serve it, and
 * waits for its DISPLAY_INIT before it takes another command: what is pushed
 * after that goes to the client as drawing operations.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test/server/draw.h"

#define GROUP 0

static struct server *server_of(QXLInstance *qxl)
{
	return (struct server *)((char *)qxl - offsetof(struct server, qxl));
}

static void attached_worker(QXLInstance *qxl)
{
}

static void set_compression_level(QXLInstance *qxl, int level)
{
}

static void get_init_info(QXLInstance *qxl, QXLDevInitInfo *info)
{
	memset(info, 0, sizeof(*info));
	info->num_memslots = 1;
	info->num_memslots_groups = 1;
	info->memslot_id_bits = 1;
	info->memslot_gen_bits = 1;
	info->n_surfaces = 64;
}

static int take(struct server *s, struct queue *q, QXLCommandExt *ext)
{
	struct cmd *cmd;

	pthread_mutex_lock(&s->lock);
	cmd = q->head;
	if (cmd) {
		q->head = cmd->next;
		if (!q->head)
			q->tail = NULL;
		*ext = cmd->ext;
	}
	pthread_mutex_unlock(&s->lock);
	return cmd != NULL;
}

static int is_empty(struct server *s, struct queue *q)
{
	bool empty;

	pthread_mutex_lock(&s->lock);
	empty = !q->head;
	pthread_mutex_unlock(&s->lock);
	return empty;
}

static int get_command(QXLInstance *qxl, QXLCommandExt *ext)
{
	struct server *s = server_of(qxl);

	return take(s, &s->draws, ext);
}

static int req_cmd_notification(QXLInstance *qxl)
{
	struct server *s = server_of(qxl);

	return is_empty(s, &s->draws);
}

static int get_cursor_command(QXLInstance *qxl, QXLCommandExt *ext)
{
	struct server *s = server_of(qxl);

	return take(s, &s->cursors, ext);
}

static int req_cursor_notification(QXLInstance *qxl)
{
	struct server *s = server_of(qxl);

	return is_empty(s, &s->cursors);
}

static void release_resource(QXLInstance *qxl, QXLReleaseInfoExt ext)
{
	struct server *s = server_of(qxl);
	struct cmd *cmd = (struct cmd *)(uintptr_t)ext.info->id;

	pthread_mutex_lock(&s->lock);
	if (cmd->ext.cmd.type == QXL_CMD_SURFACE)
		s->surfaces--;
	pthread_mutex_unlock(&s->lock);
	cmd_free(cmd);
}

static void notify_update(QXLInstance *qxl, uint32_t id)
{
}

static int flush_resources(QXLInstance *qxl)
{
	return 0;
}

static void async_complete(QXLInstance *qxl, uint64_t cookie)
{
}

static void update_area_complete(QXLInstance *qxl, uint32_t surface,
				 QXLRect *rects, uint32_t n)
{
}

static void set_client_capabilities(QXLInstance *qxl, uint8_t present,
				    uint8_t caps[SPICE_CAPABILITIES_SIZE])
{
	struct server *s = server_of(qxl);
	uint64_t one = 1;

	pthread_mutex_lock(&s->lock);
	s->present = present;
	pthread_mutex_unlock(&s->lock);
	if (write(s->event_fd, &one, sizeof(one)) < 0)
		perror("eventfd");
}

static int client_monitors_config(QXLInstance *qxl,
				  VDAgentMonitorsConfig *config)
{
	return 0;
}

static const QXLInterface qxl_interface = {
	.base.type = SPICE_INTERFACE_QXL,
	.base.description = "test display",
	.base.major_version = SPICE_INTERFACE_QXL_MAJOR,
	.base.minor_version = SPICE_INTERFACE_QXL_MINOR,
	.attached_worker = attached_worker,
	.set_compression_level = set_compression_level,
	.get_init_info = get_init_info,
	.get_command = get_command,
	.req_cmd_notification = req_cmd_notification,
	.release_resource = release_resource,
	.get_cursor_command = get_cursor_command,
	.req_cursor_notification = req_cursor_notification,
	.notify_update = notify_update,
	.flush_resources = flush_resources,
	.async_complete = async_complete,
	.update_area_complete = update_area_complete,
	.set_client_capabilities = set_client_capabilities,
	.client_monitors_config = client_monitors_config,
};

static void primary_create(struct server *s)
{
	QXLDevSurfaceCreate create = {
		.width = s->w,
		.height = s->h,
		.format = s->format,
		.mouse_mode = true, /* positions are in its pixels */
		.type = QXL_SURF_TYPE_PRIMARY,
		.group_id = GROUP,
	};

	s->stride = s->format == SPICE_SURFACE_FMT_16_555 ? (s->w * 2 + 3) & ~3
							  : s->w * 4;
	create.stride = s->stride;
	s->canvas = calloc(s->h, s->stride);
	if (!s->canvas) {
		perror("canvas");
		exit(1);
	}
	create.mem = phys(s->canvas);
	spice_qxl_create_primary_surface(&s->qxl, 0, &create);
}

void qxl_start(struct server *s)
{
	QXLDevMemSlot slot = {
		.slot_group_id = GROUP,
		.virt_start = 0,
		.virt_end = ~(uintptr_t)0,
		.qxl_ram_size = ~0u,
	};

	s->qxl.base.sif = &qxl_interface.base;
	s->qxl.id = s->id;
	if (spice_server_add_interface(s->spice, &s->qxl.base)) {
		fprintf(stderr, "no display\n");
		exit(1);
	}
	spice_qxl_add_memslot(&s->qxl, &slot);
	primary_create(s);
	spice_server_vm_start(s->spice);
}

void qxl_resize(struct server *s, int w, int h)
{
	qxl_render(s);
	spice_qxl_destroy_primary_surface(&s->qxl, 0);
	free(s->canvas);
	s->w = w;
	s->h = h;
	primary_create(s);
}

void qxl_push(struct server *s, struct cmd *cmd)
{
	struct queue *q = cmd->ext.cmd.type == QXL_CMD_CURSOR ? &s->cursors
							      : &s->draws;

	cmd->release.id = phys(cmd);
	cmd->ext.cmd.data = phys(&cmd->release);
	cmd->ext.group_id = GROUP;
	cmd->next = NULL;
	pthread_mutex_lock(&s->lock);
	if (cmd->ext.cmd.type == QXL_CMD_SURFACE)
		s->surfaces++;
	if (q->tail)
		q->tail->next = cmd;
	else
		q->head = cmd;
	q->tail = cmd;
	pthread_mutex_unlock(&s->lock);
	spice_qxl_wakeup(&s->qxl);
}

static int surfaces_held(struct server *s)
{
	int n;

	pthread_mutex_lock(&s->lock);
	n = s->surfaces;
	pthread_mutex_unlock(&s->lock);
	return n;
}

void qxl_settle(struct server *s)
{
	int tries;

	for (tries = 0; tries < 1000 && surfaces_held(s); tries++) {
		qxl_render(s);
		usleep(5000);
	}
	if (surfaces_held(s))
		printf("error surfaces are still held\n");
}

void qxl_render(struct server *s)
{
	QXLRect all = rect(0, 0, s->w, s->h), dirty;

	spice_qxl_update_area(&s->qxl, 0, &all, &dirty, 1, 0);
}

/* Five bits, repeated to eight. */
static uint32_t widen(uint32_t v)
{
	v &= 31;
	return v << 3 | v >> 2;
}

uint32_t qxl_pixel(const struct server *s, int x, int y)
{
	const uint8_t *row = s->canvas + (size_t)y * s->stride;
	uint16_t half;

	if (s->stride >= s->w * 4)
		return row[4 * x] | row[4 * x + 1] << 8 | row[4 * x + 2] << 16;
	half = row[2 * x] | row[2 * x + 1] << 8;
	return widen(half >> 10) << 16 | widen(half >> 5) << 8 | widen(half);
}
