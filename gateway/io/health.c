/* SPDX-License-Identifier: GPL-2.0-or-later */
/* health.c - see health.h. */
#include "gateway/io/health.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "gateway/io/mailbox.h"

#define JUMP_MS 60000 /* of the clock, since the last sample: worth a sample of its own */
#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define LOCKS "/proc/locks"

struct health {
	struct health_start start;
	uv_timer_t timer;
	char *log_path, *index_path, *backup_path;
	char boot[40];
	int64_t boot_at_ms; /* of the last sample */
	bool sick;
	int64_t sick_since_ms; /* by the clock that never jumps */
	int64_t backup_failed_n;
	void (*closed)(void *arg);
	void *closed_arg;
};

/* ---- clocks ---- */

/* Since the machine started, sleep included. */
static int64_t clock_machine_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t boot_at_ms(void)
{
	return clock_wall_ms() - clock_machine_ms();
}

static void read_boot_id(char out[40])
{
	FILE *f = fopen(BOOT_ID, "re");

	if (!f || fscanf(f, "%39s", out) != 1)
		strcpy(out, "unknown");
	if (f)
		fclose(f);
}

/* ---- the file system ---- */

static int64_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

static void look_at_disk(const char *path, struct event *e)
{
	struct statvfs fs;

	e->u.health.disk_free = e->u.health.disk_size = -1;
	if (statvfs(path, &fs) < 0)
		return;
	e->u.health.disk_free = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	e->u.health.disk_size = (int64_t)fs.f_blocks * (int64_t)fs.f_frsize;
}

/* What `kabar backup` noted, also while no gateway ran. */
static int64_t last_backup_ms(const char *path)
{
	FILE *f = fopen(path, "re");
	int64_t ms = 0;

	if (f && fscanf(f, "%" SCNd64, &ms) != 1)
		ms = 0;
	if (f)
		fclose(f);
	return ms;
}

/* ---- who holds the log ---- */

/* "1: POSIX  ADVISORY  READ 1234 08:01:5678 123 123": a lock on this file by another process; its pid, or 0. */
static int holder_of_line(const char *line, unsigned long inode)
{
	unsigned long there;
	int pid;

	if (sscanf(line, "%*s POSIX %*s %*s %d %*x:%*x:%lu", &pid, &there) != 2)
		return 0;
	return there == inode && pid > 0 && pid != getpid() ? pid : 0;
}

/* A reader of SQLite holds a lock on the index file beside the log. */
static int holder_of(const char *path)
{
	char line[256];
	struct stat st;
	FILE *f = stat(path, &st) == 0 ? fopen(LOCKS, "re") : NULL;
	int pid = 0;

	while (f && !pid && fgets(line, sizeof(line), f))
		pid = holder_of_line(line, (unsigned long)st.st_ino);
	if (f)
		fclose(f);
	return pid;
}

/* "sqlite3 (process 123)". */
static struct slice name_process(int pid, char out[64])
{
	char path[32], name[17] = "a program";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (f && fgets(name, sizeof(name), f))
		name[strcspn(name, "\n")] = '\0';
	if (f)
		fclose(f);
	for (char *p = name; *p; p++)
		if (!isprint((unsigned char)*p))
			*p = '?';
	snprintf(out, 64, "%s (process %d)", name, pid);
	return slice_of(out);
}

/* ---- the sample ---- */

static void sample(struct health *h, int64_t sick_ms)
{
	struct event e = {.kind = EV_HEALTH};
	char reader[64];
	int pid;

	look_at_disk(h->start.store_path, &e);
	e.u.health.wal_bytes = size_of(h->log_path);
	pid = e.u.health.wal_bytes > h->start.wal_large ? holder_of(h->index_path) : 0;
	e.u.health.reader = pid ? name_process(pid, reader) : (struct slice){"", 0};
	e.u.health.backup_ms = last_backup_ms(h->backup_path);
	e.u.health.backup_failed_n = h->backup_failed_n;
	e.u.health.sick_ms = sick_ms;
	e.u.health.boot = slice_of(h->boot);
	h->boot_at_ms = e.u.health.boot_at_ms = boot_at_ms();
	h->start.event(h->start.arg, &e);
}

static void on_timer(uv_timer_t *timer)
{
	sample(timer->data, 0);
}

void health_before_tick(struct health *h)
{
	if (llabs(boot_at_ms() - h->boot_at_ms) >= JUMP_MS)
		sample(h, 0);
}

void health_store(struct health *h, bool sick)
{
	if (sick == h->sick)
		return;
	h->sick = sick;
	if (sick)
		h->sick_since_ms = clock_machine_ms();
	else
		sample(h, clock_machine_ms() - h->sick_since_ms);
}

void health_backups(struct health *h, int64_t failed_n)
{
	h->backup_failed_n = failed_n;
	sample(h, 0);
}

/* ---- life ---- */

static char *beside(const char *path, const char *ending)
{
	struct buf b = {0};

	buf_printf(&b, "%s%s", path, ending);
	return buf_take(&b);
}

struct health *health_open(const struct health_start *start)
{
	struct health *h = must_alloc(sizeof(*h));

	h->start = *start;
	h->backup_failed_n = start->backs_up ? -1 : 0;
	h->log_path = beside(start->store_path, "-wal");
	h->index_path = beside(start->store_path, "-shm");
	h->backup_path = beside(start->state_dir, "/backup.last");
	read_boot_id(h->boot);
	MUST(uv_timer_init(start->loop, &h->timer) == 0);
	h->timer.data = h;
	MUST(uv_timer_start(&h->timer, on_timer, start->period_ms, start->period_ms) == 0);
	sample(h, 0);
	return h;
}

static void on_closed(uv_handle_t *handle)
{
	struct health *h = handle->data;

	h->closed(h->closed_arg);
	free(h->log_path);
	free(h->index_path);
	free(h->backup_path);
	free(h);
}

void health_close(struct health *h, void (*closed)(void *arg), void *arg)
{
	h->closed = closed;
	h->closed_arg = arg;
	uv_close((uv_handle_t *)&h->timer, on_closed);
}
