/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway.c - see gateway.h. Owns everything that lives as long as the daemon and the order in which it comes and goes:
 *   settings, store, content, engine, mailbox, engine thread, control socket, bearers  -  and back.
 */
#include "gateway/gateway.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#include "gateway/base/err.h"
#include "gateway/base/fault.h"
#include "gateway/base/log.h"
#include "gateway/bearer/bearer.h"
#include "gateway/io/backups.h"
#include "gateway/io/control.h"
#include "gateway/io/engine_thread.h"
#include "gateway/io/notify.h"
#include "gateway/opening.h"
#include "gateway/reload.h"
#include "gateway/io/health.h"
#include "storage/books.h"

#define DRAIN_MS 30000
#define DRAIN_LOOK_MS 20

struct gateway {
	const struct settings *settings; /* of the start */
	struct reload reload;
	uv_loop_t loop;
	uv_signal_t term, interrupt, hangup;
	uv_timer_t drain;
	struct store *store;
	struct engine *engine;
	struct mailbox *mailbox;
	struct record *record;
	struct engine_thread *thread;
	struct control *control;
	struct notify *notify;
	struct health *health;
	struct backups *backups;
	struct bearer **bearers;
	bool *up; /* by link */
	uint32_t *epochs;
	char *late_text, *down_text;
	unsigned bearers_n;
	char *exe;
	bool draining, paused;
	uint64_t drain_began_ms;
	unsigned closing_n; /* parts that have still to call back */
};

static void reload(struct gateway *g);

/* ---- what the bearers and the control socket are lent ---- */

static void pause_bearers(struct gateway *g, bool paused)
{
	if (g->paused == paused)
		return;
	g->paused = paused;
	for (unsigned i = 0; i < g->bearers_n; i++)
		g->bearers[i]->kind->pause(g->bearers[i], paused);
}

/* Its caller waits at a terminal: it need not wait for the store to get well. */
static void refuse_command(struct gateway *g, const struct event *e)
{
	struct effect answer = {.kind = EF_ANSWER, .to = e->from, .ref = e->ref, .last = true};
	struct buf words = {0};

	engine_thread_refusal(g->thread, &words);
	answer.text = buf_as_slice(&words);
	control_answer(g->control, &answer);
	buf_free(&words);
}

/* One line for the service manager. */
static void tell_status(struct gateway *g)
{
	unsigned up_n = 0;

	for (unsigned i = 0; i < g->bearers_n; i++)
		up_n += g->up[i];
	if (g->draining)
		notify_status(g->notify, "finishes what is in flight");
	else if (g->thread && engine_thread_is_sick(g->thread))
		notify_status(g->notify, "the store is SICK; nothing is acknowledged, it is tried again by itself");
	else
		notify_status(g->notify, "serves, %u of %u links up", up_n, g->bearers_n);
}

static void on_event(void *arg, const struct event *e)
{
	struct gateway *g = arg;

	if (g->health && e->kind != EV_HEALTH)
		health_before_tick(g->health);
	if (g->draining && e->kind == EV_CREDIT)
		return; /* nothing new leaves any more */
	if (e->kind == EV_UP || e->kind == EV_DOWN) {
		g->up[e->from.link] = e->kind == EV_UP;
		tell_status(g);
	}
	if (e->kind == EV_COMMAND && engine_thread_is_sick(g->thread)) {
		refuse_command(g, e);
		return;
	}
	if (mailbox_put(g->mailbox, e))
		pause_bearers(g, true);
	if (g->thread)
		engine_thread_poke(g->thread);
}

static uint32_t next_epoch(void *arg, uint16_t link)
{
	struct gateway *g = arg;

	return ++g->epochs[link];
}

/* Who drains hands nothing over any more: what the engine leased with credit of before goes back into its queue. */
static void give_back(struct gateway *g, const struct effect *e)
{
	const struct event back = {.kind = EV_FAILED,
	    .from = e->to,
	    .u.result = {
		.submit = e->submit, .failure = FAILURE_NOT_HANDED_OVER, .why = SLICE_LIT("the gateway stops")}};

	on_event(g, &back);
}

static void on_effect(void *arg, const struct effect *e)
{
	struct gateway *g = arg;
	struct bearer *b = e->to.link < g->bearers_n ? g->bearers[e->to.link] : NULL;

	if (e->kind == EF_ERASED)
		backups_erased(g->backups);
	if (e->to.link == CONTROL_LINK && g->control)
		control_answer(g->control, e);
	if (!b)
		return; /* a client that has gone, or the last batch of a stop: a submit is UNKNOWN at the next start */
	(void)FAULT(effect_before);
	switch (e->kind) {
	case EF_ACCEPT:
		(void)FAULT(accept_before);
		b->kind->accept(b, e->ref);
		(void)FAULT(accept_after);
		break;
	case EF_SUBMIT:
		if (g->draining)
			give_back(g, e);
		else
			b->kind->submit(b, e);
		break;
	case EF_ANSWER:
		MUST(b->kind->answer != NULL);
		b->kind->answer(b, e);
		break;
	case EF_ERASED: /* no bearer's matter */
		break;
	}
	(void)FAULT(effect_after);
}

static void on_tick(void *arg)
{
	struct gateway *g = arg;

	if (g->health)
		health_before_tick(g->health);
}

static void on_batch_end(void *arg)
{
	struct gateway *g = arg;

	if (g->health)
		health_store(g->health, engine_thread_is_sick(g->thread));
	if (g->paused && !g->draining && !engine_thread_is_sick(g->thread) && mailbox_is_low(g->mailbox))
		pause_bearers(g, false);
	else if (engine_thread_is_sick(g->thread))
		pause_bearers(g, true);
	tell_status(g);
	if (!reload_end(&g->reload, engine_thread_reloads(g->thread)))
		return;
	notify_ready(g->notify);
	if (g->reload.again)
		reload(g);
}

/* ---- stop ---- */

static void on_part_closed(void *arg)
{
	struct gateway *g = arg;

	g->closing_n--;
}

static void on_handle_closed(uv_handle_t *h)
{
	on_part_closed(h->data);
}

static bool anything_in_flight(struct gateway *g)
{
	for (unsigned i = 0; i < g->bearers_n; i++)
		if (g->bearers[i]->kind->busy(g->bearers[i]))
			return true;
	return !engine_thread_is_idle(g->thread) && !engine_thread_is_sick(g->thread);
}

static void close_handle(struct gateway *g, uv_handle_t *h)
{
	g->closing_n++;
	uv_close(h, on_handle_closed);
}

static void close_outside(struct gateway *g)
{
	for (unsigned i = 0; i < g->bearers_n; i++, g->closing_n++)
		g->bearers[i]->kind->close(g->bearers[i], on_part_closed, g);
	g->bearers_n = 0; /* each frees itself when it is ready: no effect may reach it any more */
	g->closing_n++;
	control_close(g->control, on_part_closed, g);
	g->control = NULL;
	g->closing_n++;
	g->closing_n++;
	backups_close(g->backups, on_part_closed, g);
	g->backups = NULL;
	health_close(g->health, on_part_closed, g);
	g->health = NULL;
	close_handle(g, (uv_handle_t *)&g->term);
	close_handle(g, (uv_handle_t *)&g->interrupt);
	close_handle(g, (uv_handle_t *)&g->hangup);
	close_handle(g, (uv_handle_t *)&g->drain);
}

static void on_drain(uv_timer_t *timer)
{
	struct gateway *g = timer->data;

	if (anything_in_flight(g) && !WITHOUT(drain) && uv_now(&g->loop) - g->drain_began_ms < DRAIN_MS)
		return;
	uv_timer_stop(timer);
	uv_stop(&g->loop);
}

static void on_stop_signal(uv_signal_t *handle, int signal_no)
{
	struct gateway *g = handle->data;

	if (g->draining) {
		log_warn(LOG_GATEWAY, "%s again: at once; what was in flight is UNKNOWN at the next start",
		    signal_no == SIGTERM ? "SIGTERM" : "SIGINT");
		uv_stop(&g->loop);
		return;
	}
	log_info(LOG_GATEWAY, "%s: what is in flight is finished (at most %d s), the rest stays in the store",
	    signal_no == SIGTERM ? "SIGTERM" : "SIGINT", DRAIN_MS / 1000);
	g->draining = true;
	notify_stopping(g->notify);
	tell_status(g);
	pause_bearers(g, true);
	g->drain_began_ms = uv_now(&g->loop);
	uv_timer_start(&g->drain, on_drain, 0, DRAIN_LOOK_MS);
}

/* ---- reload ---- */

static void reload(struct gateway *g)
{
	struct event event;

	g->reload.again = false;
	if (g->draining || !reload_begin(&g->reload, &event))
		return;
	notify_reloading(g->notify);
	on_event(g, &event);
}

static void on_hangup(uv_signal_t *handle, int signal_no)
{
	(void)signal_no;
	reload(handle->data);
}

/* ---- start ---- */

static int open_record(struct gateway *g, const char *path)
{
	int rc = path ? record_open(path, clock_wall_ms(), &g->record) : 0;

	if (rc < 0)
		log_error(LOG_GATEWAY, "cannot record into %s: %s", path, err_words(rc));
	else if (path)
		log_warn(LOG_GATEWAY, "recording into %s: it holds texts in clear; delete it when done", path);
	return rc < 0 ? 1 : 0;
}

static void open_signal(struct gateway *g, uv_signal_t *s, uv_signal_cb cb, int signal_no)
{
	MUST(uv_signal_init(&g->loop, s) == 0);
	s->data = g;
	MUST(uv_signal_start(s, cb, signal_no) == 0);
}

static void open_bearers(struct gateway *g)
{
	const struct bearer_host host = {.loop = &g->loop,
	    .arg = g,
	    .event = on_event,
	    .next_epoch = next_epoch,
	    .self_exe = g->exe,
	    .config_path = conf_path(g->settings->conf)};
	unsigned n = g->settings->plan.links_n;

	g->bearers = must_alloc(n * sizeof(struct bearer *));
	g->up = must_alloc(n * sizeof(*g->up));
	g->late_text = opening_words(g->settings, "LAT");
	g->down_text = opening_words(g->settings, "DWN");
	for (unsigned i = 0; i < n; i++) {
		const struct conf_group *group = settings_bearer(g->settings, i);
		const struct bearer_kind *kind = bearer_kind_by_name(conf_string(group, "kind"));
		struct bearer_start start = {
		    .link = (uint16_t)i, .name = conf_string(group, "name"), .config = group, .late_text = g->late_text, .down_text = g->down_text};
		struct link_row row;

		if (link_get(g->store, slice_of(start.name), &row) == 0) {
			start.pin_rejected = row.pin_rejected;
			start.pin_offered = row.pin_offered;
			start.doubt = opening_doubt(g->store, start.name, clock_wall_ms());
		}
		g->bearers[i] = kind->open(&host, &start);
		g->bearers_n = i + 1;
	}
}

static void on_backup(void *arg, int64_t failed_n)
{
	struct gateway *g = arg;

	if (g->health)
		health_backups(g->health, failed_n);
}

static void open_backups(struct gateway *g)
{
	const struct conf_group *group = conf_group(g->settings->conf, "backup");
	const struct backups_start start = {.loop = &g->loop,
	    .exe = g->exe,
	    .config = conf_path(g->settings->conf),
	    .folder = conf_string(group, "dir"),
	    .every_ms = conf_int(group, "every"),
	    .keep = (unsigned)conf_int(group, "keep"),
	    .arg = g,
	    .ended = on_backup};

	g->backups = backups_open(&start);
}

static void open_health(struct gateway *g)
{
	const struct health_start start = {.loop = &g->loop,
	    .store_path = g->settings->store_path,
	    .backs_up = conf_string(conf_group(g->settings->conf, "backup"), "dir") != NULL,
	    .state_dir = g->settings->state_dir,
	    .wal_large = g->settings->plan.alarms.wal_bytes,
	    .period_ms = (uint64_t)conf_int(conf_group(g->settings->conf, "alarms"), "look"),
	    .arg = g,
	    .event = on_event};

	g->health = health_open(&start);
}

static bool is_alive(void *arg)
{
	struct gateway *g = arg;

	return engine_thread_is_alive(g->thread);
}

static void ignore(void *arg)
{
	(void)arg;
}

static int start(struct gateway *g, const struct gateway_options *options)
{
	struct engine_thread_start thread = {.loop = &g->loop,
	    .one_thread = options->one_thread,
	    .arg = g,
	    .effect = on_effect,
	    .before_tick = on_tick,
	    .idle = on_batch_end};
	char *why = NULL;

	if (opening_store(g->settings, clock_wall_ms(), &g->store, &g->engine) ||
	    open_record(g, options->record_path) || opening_epochs(g->settings, g->store, &g->epochs))
		return 1;
	MUST(uv_loop_init(&g->loop) == 0);
	g->notify = notify_open(&g->loop, is_alive, g);
	g->control = control_open(&g->loop, g->settings->control_path, on_event, g, &why);
	if (!g->control) {
		notify_close(g->notify, ignore, NULL);
		uv_run(&g->loop, UV_RUN_DEFAULT);
		uv_loop_close(&g->loop);
		return opening_refused(why);
	}
	open_signal(g, &g->term, on_stop_signal, SIGTERM);
	open_signal(g, &g->interrupt, on_stop_signal, SIGINT);
	open_signal(g, &g->hangup, on_hangup, SIGHUP);
	MUST(uv_timer_init(&g->loop, &g->drain) == 0);
	g->drain.data = g;
	g->mailbox = mailbox_new();
	open_health(g);
	open_backups(g);
	open_bearers(g);
	thread.engine = g->engine;
	thread.store = g->store;
	thread.mailbox = g->mailbox;
	thread.record = g->record;
	g->thread = engine_thread_start(&thread);
	return 0;
}

/* Bearers first, so that their last events still reach the engine; then the engine; the loop runs until all have called back. */
static void stop(struct gateway *g)
{
	close_outside(g);
	while (g->closing_n && uv_run(&g->loop, UV_RUN_ONCE))
		;
	g->closing_n++;
	engine_thread_stop(g->thread, on_part_closed, g);
	while (g->closing_n && uv_run(&g->loop, UV_RUN_ONCE))
		;
	g->closing_n++;
	notify_close(g->notify, on_part_closed, g); /* the last batches still have something to say */
	while (g->closing_n && uv_run(&g->loop, UV_RUN_ONCE))
		;
	MUST(uv_loop_close(&g->loop) == 0);
	mailbox_free(g->mailbox);
}

static void free_all(struct gateway *g)
{
	engine_free(g->engine);
	store_close(g->store);
	record_close(g->record);
	reload_free(&g->reload);
	free(g->bearers);
	free(g->up);
	free(g->epochs);
	free(g->late_text);
	free(g->down_text);
	free(g->exe);
	free(g);
}

int gateway_run(const struct gateway_options *options)
{
	struct gateway *g = must_alloc(sizeof(*g));
	struct complaints complaints = {0};
	const struct rlimit no_core = {0, 0};
	int code;

	setrlimit(RLIMIT_CORE, &no_core); /* a core would hold personal data in clear */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk */
	g->exe = realpath("/proc/self/exe", NULL);
	MUST(g->exe != NULL);
	if (settings_load(options->config_path, &complaints, &g->reload.first) < 0) {
		settings_print_complaints(&complaints);
		complaints_free(&complaints);
		free_all(g);
		return 2;
	}
	settings_print_complaints(&complaints);
	complaints_free(&complaints);
	g->settings = g->reload.now = g->reload.first;
	MUST(log_set_level(g->settings->log_level) == 0);
	code = start(g, options);
	if (code == 0) {
		log_info(LOG_GATEWAY, "kabar %s serves as %s with %u bearer%s", KABAR_VERSION,
		    g->settings->plan.gateway, g->bearers_n, g->bearers_n == 1 ? "" : "s");
		tell_status(g);
		notify_ready(g->notify);
		uv_run(&g->loop, UV_RUN_DEFAULT);
		stop(g);
		log_info(LOG_GATEWAY, "stopped");
	}
	free_all(g);
	return code;
}
