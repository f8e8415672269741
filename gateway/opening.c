/* SPDX-License-Identifier: GPL-2.0-or-later */
/* opening.c - see opening.h. */
#include "gateway/opening.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "gateway/base/err.h"
#include "gateway/base/log.h"
#include "storage/books.h"
#include "storage/content.h"
#include "storage/services.h"
#include "storage/outbox.h"

#define DOUBT_YOUNG_MS 60000 /* a modem may still answer a submit that is not older */
#define DOUBT_FRESH_MS 5000  /* what became UNKNOWN at this start */

int opening_refused(char *why)
{
	log_error(LOG_GATEWAY, "%s", why);
	free(why);
	return 1;
}

static int load_content(const struct settings *s, struct store *store, int64_t now_ms)
{
	int64_t all_n = 0, current_n = 0;
	time_t now_s = (time_t)(now_ms / 1000);
	char today[16];
	struct tm utc;
	int rc = store_begin(store);

	gmtime_r(&now_s, &utc);
	strftime(today, sizeof(today), "%Y-%m-%d", &utc);
	if (rc == 0)
		rc = content_load(store, s->content_dir, s->plan.demo, now_ms);
	if (rc == 0)
		rc = info_count(store, today, &all_n, &current_n);
	if (rc == 0)
		rc = store_commit(store);
	if (rc < 0)
		return rc;
	if (current_n == 0 && !s->plan.demo)
		log_warn(LOG_GATEWAY,
		    "not one information row is approved: INFO answers that it is being checked. Read and "
		    "release: kabar info list, kabar info approve TOPIC --by NAME --review-by DATE");
	if (s->plan.demo)
		log_warn(LOG_GATEWAY, "DEMO mode: drafts are sent, marked so; not for real people");
	return 0;
}

int opening_store(const struct settings *s, int64_t now_ms, struct store **store, struct engine **engine)
{
	struct store_start start = {
	    .path = s->store_path, .key_path = s->key_path, .gateway = s->plan.gateway, .mode = DB_WRITER};
	char *why = NULL;
	int rc;

	umask(0027);
	if (mkdir(s->state_dir, 0750) == 0)
		log_info(LOG_GATEWAY, "made %s", s->state_dir);
	else if (errno != EEXIST)
		log_error(LOG_GATEWAY,
		    "%s cannot be made: %s. Write into gateway.conf: gateway: { state_dir = \"/var/lib/kabar\"; .. }, "
		    "a folder "
		    "that belongs to the user of the gateway",
		    s->state_dir, strerror(errno));
	if (store_open(&start, store, &why) < 0)
		return opening_refused(why);
	rc = load_content(s, *store, now_ms);
	if (rc == 0)
		rc = engine_new(*store, &s->plan, now_ms, engine);
	if (rc < 0) {
		log_error(LOG_STORE, "the store cannot be prepared: %s %s", err_words(rc), db_sick_words((*store)->db));
		return 1;
	}
	return 0;
}

char *opening_words(const struct settings *s, const char *screen)
{
	struct buf words = {0};

	menus_say(s->menus, s->plan.language, screen, false, NULL, 0, false, &words);
	return buf_take(&words);
}

int opening_epochs(const struct settings *s, struct store *store, uint32_t **out)
{
	unsigned n = s->plan.links_n;
	uint32_t *epochs = *out = must_alloc(n * sizeof(*epochs));

	for (unsigned i = 0; i < n; i++) {
		struct link_row row;

		if (link_get(store, slice_of(s->plan.links[i].name), &row) < 0)
			return 1;
		epochs[i] = (uint32_t)row.epoch;
	}
	return 0;
}

struct bearer_doubt opening_doubt(struct store *s, const char *link, int64_t now_ms)
{
	struct submit_row row;
	struct slice peer;
	struct bearer_doubt d = {0};

	if (submit_doubt(s, slice_of(link), now_ms - DOUBT_YOUNG_MS, now_ms - DOUBT_FRESH_MS, &row, &peer) ||
	    peer.n >= sizeof(d.peer))
		return d;
	d = (struct bearer_doubt){.submit = row.id, .epoch = (uint32_t)row.epoch};
	memcpy(d.peer, peer.p, peer.n);
	return d;
}
