/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_event.c - copying of events: every string of every kind is owned by the copy. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gateway/base/event.h"

/* Fills every string of an event with a text of its own. */
static void fill(struct event *e, char texts[EVENT_SLICES_MAX][16])
{
	struct slice *s[EVENT_SLICES_MAX];
	unsigned n = event_slices(e, s);

	for (unsigned i = 0; i < n; i++) {
		int len = snprintf(texts[i], sizeof(texts[i]), "text %u of %d", i, (int)e->kind);

		*s[i] = (struct slice){texts[i], (uint32_t)len};
	}
}

static void test_copy_owns_its_strings(void **state)
{
	(void)state;
	for (int kind = 0; kind < EVENT_KIND_N; kind++) {
		struct event e = {.kind = (enum event_kind)kind, .now_ms = 5, .seed = 7, .ref = 9};
		char texts[EVENT_SLICES_MAX][16], want[EVENT_SLICES_MAX][16];
		struct slice *s[EVENT_SLICES_MAX];
		struct event *copy;
		unsigned n;

		fill(&e, texts);
		memcpy(want, texts, sizeof(want));
		copy = event_copy(&e);
		memset(texts, 'x', sizeof(texts));
		n = event_slices(copy, s);
		for (unsigned i = 0; i < n; i++) {
			assert_memory_equal(s[i]->p, want[i], s[i]->n);
			assert_int_equal(s[i]->p[s[i]->n], '\0');
			assert_ptr_not_equal(s[i]->p, texts[i]);
		}
		assert_int_equal(copy->now_ms, 5);
		assert_int_equal(copy->seed, 7);
		assert_int_equal(copy->ref, 9);
		free(copy);
	}
}

static void test_copy_keeps_what_is_no_string(void **state)
{
	struct event e = {.kind = EV_SMS, .from = {3, 4}};
	struct event *copy;

	(void)state;
	e.u.sms.part = 2;
	e.u.sms.parts = 5;
	e.u.sms.smsc_s = 1234567890;
	copy = event_copy(&e);
	assert_int_equal(copy->from.link, 3);
	assert_int_equal(copy->from.epoch, 4);
	assert_int_equal(copy->u.sms.part, 2);
	assert_int_equal(copy->u.sms.parts, 5);
	assert_int_equal(copy->u.sms.smsc_s, 1234567890);
	assert_int_equal(copy->u.sms.text.n, 0);
	free(copy);
}

static void test_people_go_before_books(void **state)
{
	(void)state;
	assert_true(event_is_people(EV_SMS));
	assert_true(event_is_people(EV_USSD));
	assert_true(event_is_people(EV_COMMAND));
	assert_false(event_is_people(EV_SENT));
	assert_false(event_is_people(EV_TICK));
	assert_string_equal(event_kind_word(EV_REPORT), "report");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_copy_owns_its_strings),
	    cmocka_unit_test(test_copy_keeps_what_is_no_string),
	    cmocka_unit_test(test_people_go_before_books),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
