/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_mailbox.c - people before books, books a quarter at least, the bound, stamps, and two threads; and the record of a day. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/io/mailbox.h"
#include "gateway/io/record.h"

static void put(struct mailbox *m, enum event_kind kind, uint64_t ref)
{
	struct event e = {.kind = kind, .ref = ref};

	mailbox_put(m, &e);
}

static void test_people_first_books_a_quarter(void **state)
{
	struct mailbox *m = mailbox_new();
	struct event *taken[8];
	unsigned people = 0, books = 0;
	uint64_t last = 0;

	(void)state;
	for (uint64_t i = 1; i <= 20; i++) {
		put(m, EV_SENT, i);
		put(m, EV_SMS, i);
	}
	assert_int_equal(mailbox_take(m, taken, 8), 8);
	for (int i = 0; i < 8; i++) {
		people += taken[i]->kind == EV_SMS;
		books += taken[i]->kind == EV_SENT;
		assert_true(i == 0 || taken[i]->kind != EV_SMS || taken[i]->ref > last);
		last = taken[i]->ref;
		assert_true(taken[i]->now_ms > 0);
		free(taken[i]);
	}
	assert_int_equal(people, 6);
	assert_int_equal(books, 2);
	assert_int_equal(mailbox_depth(m), 32);
	mailbox_free(m);
}

static void test_the_bound_is_told_and_nothing_is_lost(void **state)
{
	struct mailbox *m = mailbox_new();
	struct event e = {.kind = EV_SMS}, *taken[256];
	uint32_t n, all = 0;

	(void)state;
	for (int i = 0; i < MAILBOX_HIGH; i++)
		assert_false(mailbox_put(m, &e));
	assert_true(mailbox_put(m, &e));
	assert_false(mailbox_is_low(m));
	while ((n = mailbox_take(m, taken, 256))) {
		all += n;
		for (uint32_t i = 0; i < n; i++)
			free(taken[i]);
	}
	assert_int_equal(all, MAILBOX_HIGH + 1);
	assert_true(mailbox_is_low(m));
	mailbox_free(m);
}

#define MANY 20000
static void *put_many(void *m)
{
	for (uint64_t i = 1; i <= MANY; i++)
		put(m, i % 3 ? EV_SMS : EV_SENT, i);
	return NULL;
}

static void test_two_threads(void **state)
{
	struct mailbox *m = mailbox_new();
	uint64_t seen[2] = {0}, last[2] = {0};
	struct event *taken[64];
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, put_many, m), 0);
	while (seen[0] + seen[1] < MANY) {
		uint32_t n = mailbox_take(m, taken, 64);

		if (n == 0)
			mailbox_wait(m, 1000);
		for (uint32_t i = 0; i < n; i++) {
			int kind = taken[i]->kind == EV_SMS;

			assert_true(taken[i]->ref > last[kind]);
			last[kind] = taken[i]->ref;
			seen[kind]++;
			free(taken[i]);
		}
	}
	pthread_join(thread, NULL);
	mailbox_wake(m);
	mailbox_wait(m, -1); /* returns, since it was woken */
	mailbox_free(m);
}

static void test_a_record_reads_as_it_was_written(void **state)
{
	char path[] = "/tmp/kabar-record-XXXXXX";
	struct event sms = {.kind = EV_SMS, .from = {1, 7}, .now_ms = 5, .seed = UINT64_MAX, .ref = 9},
		     health = {.kind = EV_HEALTH,
			 .u.health = {1, -1, 3, 4, 5, 6, 7, SLICE_LIT("boot"), SLICE_LIT("reader")}},
		     *events[] = {&sms, &health};
	struct effect accept = {.kind = EF_ACCEPT, .to = {1, 7}, .ref = 9};
	struct effects effects = {&accept, 1, 1};
	struct record *r = NULL;
	struct recorded line;
	char *want;
	FILE *f;

	(void)state;
	sms.u.sms.peer = slice_of("+6281255500001");
	sms.u.sms.text = (struct slice){"a\0\xff\"z", 5};
	sms.u.sms.smsc_s = 77;
	sms.u.sms.part = sms.u.sms.parts = 1;
	close(mkstemp(path));
	assert_int_equal(record_open(path, 3, &r), ERR_EXISTS);
	unlink(path);
	assert_int_equal(record_open(path, 3, &r), 0);
	record_batch(r, events, 2, 6, &effects);
	record_close(r);
	f = fopen(path, "r");
	assert_int_equal(record_read(f, &line), RECORD_START);
	assert_int_equal(line.now_ms, 3);
	assert_int_equal(record_read(f, &line), RECORD_EVENT);
	assert_int_equal(line.event->seed, UINT64_MAX);
	assert_int_equal(line.event->from.epoch, 7);
	assert_int_equal(line.event->u.sms.smsc_s, 77);
	assert_true(slice_eq(line.event->u.sms.text, sms.u.sms.text));
	assert_true(slice_eq(line.event->u.sms.peer, sms.u.sms.peer));
	free(line.event);
	assert_int_equal(record_read(f, &line), RECORD_EVENT);
	assert_memory_equal(&line.event->u.health, &health.u.health, offsetof(struct health_sample, boot));
	assert_true(slice_eq(line.event->u.health.reader, health.u.health.reader));
	free(line.event);
	assert_int_equal(record_read(f, &line), RECORD_BATCH);
	assert_int_equal(line.now_ms, 6);
	assert_int_equal(record_read(f, &line), RECORD_EFFECT);
	want = record_effect_line(&accept);
	assert_string_equal(line.effect, want);
	free(line.effect);
	free(want);
	assert_int_equal(record_read(f, &line), RECORD_END);
	fclose(f);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_people_first_books_a_quarter),
	    cmocka_unit_test(test_the_bound_is_told_and_nothing_is_lost),
	    cmocka_unit_test(test_two_threads),
	    cmocka_unit_test(test_a_record_reads_as_it_was_written),
	};

	return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
