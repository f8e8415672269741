/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backups.c - see backups.h. */
#include "gateway/io/backups.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/io/mailbox.h"

#define PATTERN "kabar-????????T??????.db" /* kabar-20261124T210000.db: by name is by age */
#define FIRST_MS 5000			   /* after a start, when one is due: people first */
#define AGAIN_MS 3600000		   /* after one that failed */

struct backups {
	struct backups_start start;
	uv_timer_t timer;
	uv_process_t child;
	uv_process_t lister; /* writes the list of who was erased */
	bool listing, list_again;
	bool running;
	char name[40];	  /* of the one that is being made */
	int64_t failed_n; /* one after the other */
	unsigned open_n;  /* handles */
	void (*closed)(void *arg);
	void *closed_arg;
};

/* ---- the folder ---- */

static int is_backup(const struct dirent *entry)
{
	return fnmatch(PATTERN, entry->d_name, 0) == 0;
}

/* Of a copy that did not come to its end. */
static int is_half(const struct dirent *entry)
{
	return fnmatch(PATTERN ".part", entry->d_name, 0) == 0;
}

/* By name, the oldest first; free each and the list. */
static int list(const struct backups *b, int (*which)(const struct dirent *), struct dirent ***out)
{
	return scandir(b->start.folder, out, which, alphasort);
}

static void free_list(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	if (n >= 0)
		free(names);
}

static void drop(const struct backups *b, const char *name)
{
	struct buf path = {0};

	buf_printf(&path, "%s/%s", b->start.folder, name);
	if (unlink(path.p) != 0)
		log_warn(LOG_GATEWAY, "the old backup %s cannot be deleted: %s", path.p, strerror(errno));
	buf_free(&path);
}

static void drop_halves(const struct backups *b)
{
	struct dirent **names;
	int n = list(b, is_half, &names);

	for (int i = 0; i < n; i++)
		drop(b, names[i]->d_name);
	free_list(names, n);
}

/* Beside the one just made. A later name than that has a clock made that was ahead: such go first, or each new backup would be the oldest and go at once. */
static void keep_newest(const struct backups *b)
{
	struct dirent **names;
	int n = list(b, is_backup, &names), ahead = 0, surplus = n - (int)b->start.keep;

	while (ahead < n && strcmp(names[n - 1 - ahead]->d_name, b->name) > 0)
		ahead++;
	for (int i = 0; i < surplus; i++)
		drop(b, names[i < ahead ? n - 1 - i : i - ahead]->d_name);
	free_list(names, n);
}

static int64_t newest_ms(const struct backups *b)
{
	struct dirent **names;
	int n = list(b, is_backup, &names);
	struct stat st = {0};
	struct buf path = {0};

	buf_printf(&path, "%s/%s", b->start.folder, n > 0 ? names[n - 1]->d_name : "");
	if (n <= 0 || stat(path.p, &st) != 0)
		st.st_mtime = 0;
	buf_free(&path);
	free_list(names, n);
	return (int64_t)st.st_mtime * 1000;
}

/* ---- one ---- */

static void finish_close(struct backups *b)
{
	if (!b->closed || b->open_n)
		return;
	b->closed(b->closed_arg);
	free(b);
}

static void on_handle_closed(uv_handle_t *h)
{
	struct backups *b = h->data;

	b->open_n--;
	finish_close(b);
}

static void on_timer(uv_timer_t *timer);

/* When the next one is due; it is said how this one ended. */
static void go_on(struct backups *b, bool made)
{
	int64_t wait_ms = made || b->start.every_ms < AGAIN_MS ? b->start.every_ms : AGAIN_MS;

	b->failed_n = made ? 0 : b->failed_n + 1;
	if (!made)
		log_error(LOG_GATEWAY,
		    "the backup into %s failed (see the line before): is that disk there, may we write there, is there "
		    "room? kabar doctor looks. Tried again in %" PRId64 " s",
		    b->start.folder, wait_ms / 1000);
	uv_timer_start(&b->timer, on_timer, (uint64_t)wait_ms, 0);
	b->start.ended(b->start.arg, b->failed_n);
}

static void on_child_exit(uv_process_t *child, int64_t status, int signal_no)
{
	struct backups *b = child->data;
	bool made = status == 0 && signal_no == 0;

	b->running = false;
	uv_close((uv_handle_t *)child, on_handle_closed);
	drop_halves(b);
	if (b->closed)
		return;
	if (made) {
		log_info(LOG_GATEWAY, "a backup was made in %s", b->start.folder);
		keep_newest(b);
	}
	go_on(b, made);
}

static int spawn(struct backups *b)
{
	char stamp[24];
	time_t now = (time_t)(clock_wall_ms() / 1000);
	struct buf path = {0};
	uv_stdio_container_t stdio[] = {
	    {.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_INHERIT_FD, .data.fd = 2}};
	uv_process_options_t how = {.exit_cb = on_child_exit, .file = b->start.exe, .stdio_count = 3, .stdio = stdio};
	int rc;

	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%S", localtime(&now));
	snprintf(b->name, sizeof(b->name), "kabar-%s.db", stamp);
	buf_printf(&path, "%s/%s", b->start.folder, b->name);
	how.args = (char *[]){(char *)b->start.exe, "backup", path.p, "-c", (char *)b->start.config, NULL};
	rc = uv_spawn(b->start.loop, &b->child, &how);
	buf_free(&path);
	return rc;
}

static void on_timer(uv_timer_t *timer)
{
	struct backups *b = timer->data;
	int rc;

	b->child.data = b;
	b->open_n++; /* a handle also when it could not be spawned */
	rc = spawn(b);
	b->running = rc == 0;
	if (rc == 0)
		return;
	log_error(LOG_GATEWAY, "%s backup cannot be begun: %s", b->start.exe, uv_strerror(rc));
	uv_close((uv_handle_t *)&b->child, on_handle_closed);
	go_on(b, false);
}

/* ---- who was erased ---- */

static void on_lister_closed(uv_handle_t *h)
{
	struct backups *b = h->data;
	bool again = b->list_again && !b->closed;

	b->listing = b->list_again = false;
	on_handle_closed(h);
	if (again)
		backups_erased(b);
}

static void on_lister_exit(uv_process_t *child, int64_t status, int signal_no)
{
	struct backups *b = child->data;

	uv_close((uv_handle_t *)child, on_lister_closed);
	if (status || signal_no)
		log_error(LOG_GATEWAY, "the list of who was erased was not written into %s (see the line before); the next backup tries again", b->start.folder);
}

void backups_erased(struct backups *b)
{
	uv_stdio_container_t stdio[] = {
	    {.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_INHERIT_FD, .data.fd = 2}};
	uv_process_options_t how = {.exit_cb = on_lister_exit, .file = b->start.exe, .stdio_count = 3, .stdio = stdio};
	int rc;

	if (!b || b->listing || !b->start.folder || b->closed) {
		if (b)
			b->list_again = b->listing;
		return;
	}
	how.args = (char *[]){(char *)b->start.exe, "backup", "--erased", (char *)b->start.folder, "-c", (char *)b->start.config, NULL};
	b->lister.data = b;
	b->open_n++; /* a handle also when it could not be spawned */
	rc = uv_spawn(b->start.loop, &b->lister, &how);
	b->listing = true;
	if (rc == 0)
		return;
	log_error(LOG_GATEWAY, "%s backup --erased cannot be begun: %s", b->start.exe, uv_strerror(rc));
	uv_close((uv_handle_t *)&b->lister, on_lister_closed);
}

/* ---- life ---- */

struct backups *backups_open(const struct backups_start *start)
{
	struct backups *b = must_alloc(sizeof(*b));
	int64_t wait_ms;

	b->start = *start;
	b->open_n = 1;
	MUST(uv_timer_init(start->loop, &b->timer) == 0);
	b->timer.data = b;
	if (!start->folder)
		return b;
	if (mkdir(start->folder, 0700) == 0)
		log_info(LOG_GATEWAY, "made %s", start->folder);
	wait_ms = newest_ms(b) + start->every_ms - clock_wall_ms();
	wait_ms = wait_ms > start->every_ms ? start->every_ms : wait_ms < FIRST_MS ? FIRST_MS : wait_ms;
	if (wait_ms > start->every_ms)
		wait_ms = start->every_ms;
	uv_timer_start(&b->timer, on_timer, (uint64_t)wait_ms, 0);
	return b;
}

void backups_close(struct backups *b, void (*closed)(void *arg), void *arg)
{
	b->closed = closed;
	b->closed_arg = arg;
	if (b->running)
		uv_process_kill(&b->child, SIGTERM);
	uv_close((uv_handle_t *)&b->timer, on_handle_closed);
}
