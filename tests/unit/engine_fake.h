/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine_fake.h - two handlers of a test in place of the real ones: `fake` does what the test says, `other` notes what it hears. Defines the table and its
 * look-ups, so the real table is not linked. Included by one file a program.
 */
#pragma once

#include "storage/books.h"
#include "storage/outbox.h"
#include "tests/unit/engine_feed.h"

static struct bench b;
static int (*next_run)(struct turn *t); /* what the handler does with its next keyword, answer or due time */
static int (*next_answer)(struct turn *t, bool fits);
static bool next_fits;
static char seen[512]; /* what it saw */

static int fake_run(struct turn *t)
{
	return next_run ? next_run(t) : 0;
}

static bool fake_check(struct turn *t, const char *question)
{
	(void)t;
	(void)question;
	return next_fits;
}

static int fake_answer(struct turn *t, const char *question, bool fits)
{
	(void)question;
	return next_answer ? next_answer(t, fits) : 0;
}

static int fake_due(struct turn *t, const char *kind, int64_t subject)
{
	snprintf(seen, sizeof(seen), "%s %lld", kind, (long long)subject);
	return next_run ? next_run(t) : 0;
}

static const struct handler fake = {
    .name = "fake",
    .summary = "of a test",
    .keywords = (const char *const[]){"DATA", "STATUS", "MENU", "JADWAL", "STOP", NULL},
    .questions = (const char *const[]){"D1", "D2", "M0", "UNK", NULL},
    .dues = (const char *const[]){"fake.later", NULL},
    .dues_wait = true,
    .run = fake_run,
    .check = fake_check,
    .answer = fake_answer,
    .due = fake_due,
};

static int other_run(struct turn *t)
{
	snprintf(seen, sizeof(seen), "%s|%.*s|%.*s|%d|%s", turn_keyword(t), SLICE_ARG(turn_args(t)),
	    SLICE_ARG(turn_written(t)), turn_is_sure(t), turn_question(t));
	turn_say(t, "BTL", NULL);
	return 0;
}

static const struct handler other = {
    .name = "other",
    .summary = "of a test",
    .keywords = (const char *const[]){"INFO", "TOLONG", "KODE", NULL},
    .questions = (const char *const[]){"S0", NULL},
    .hides_digits = true,
    .run = other_run,
    .check = fake_check,
    .answer = fake_answer,
};

const struct handler *const handlers[] = {&fake, &other, NULL};

static inline bool listed(const char *const *list, const char *name)
{
	for (; list && *list; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

#define LOOK_UP(function, field)                                                                                       \
	const struct handler *function(const char *name)                                                               \
	{                                                                                                              \
		return listed(fake.field, name) ? &fake : listed(other.field, name) ? &other : NULL;                   \
	}
LOOK_UP(handler_by_keyword, keywords)
LOOK_UP(handler_by_question, questions)
LOOK_UP(handler_by_due, dues)

const struct handler *handler_by_name(const char *name)
{
	return strcmp(name, "fake") == 0 ? &fake : strcmp(name, "other") == 0 ? &other : NULL;
}

static inline int begin(void **state)
{
	(void)state;
	next_run = NULL;
	next_answer = NULL;
	next_fits = false;
	seen[0] = '\0';
	bench_begin(&b);
	up(&b, 0, 1);
	credit(&b, 0, 1, 100);
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	bench_end(&b);
	return 0;
}

static inline void run(const char *text, int (*what)(struct turn *t))
{
	next_run = what;
	sms(&b, A, text);
}

static inline void answer(const char *text, bool fits, int (*what)(struct turn *t, bool fits))
{
	next_fits = fits;
	next_answer = what;
	sms(&b, A, text);
}

static inline const char *conversation(const char *column)
{
	return sql(&b, "SELECT %s FROM conversation WHERE peer = '" A "'", column);
}
