/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_ussd_form.c - what a USSD gateway posts, as it is read: the form, the style con-end, where one listens, and how often one may ask. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/bearer/ussd_con_end.h"
#include "gateway/bearer/ussd_form.h"
#include "gateway/bearer/ussd_limits.h"
#include "gateway/bearer/ussd_listen.h"

#define AT "sessionId=s1&phoneNumber=%2B6281255500001&networkCode=51001&serviceCode="

struct reading {
	char body[2000];
	struct ussd_asked asked;
	struct buf why;
	int err;
};

static void read_sized(struct reading *r, const char *body, size_t n, const char *code)
{
	assert_true(n < sizeof(r->body));
	memcpy(r->body, body, n);
	r->why = (struct buf){0};
	r->err = ussd_con_end_read(r->body, (uint32_t)n, code, &r->asked, &r->why);
	assert_int_equal(r->err<0, r->why.n> 0);
}

static void read_body(struct reading *r, const char *body, const char *code)
{
	read_sized(r, body, strlen(body), code);
}

static void end(struct reading *r)
{
	buf_free(&r->why);
	buf_wipe(&r->asked.joined);
}

static void is_input(const char *body, const char *code, const char *input)
{
	struct reading r;

	read_body(&r, body, code);
	if (r.err)
		fail_msg("%s: %s", body, r.why.p);
	assert_int_equal(r.asked.step, USSD_ANSWER);
	assert_string_equal(r.asked.peer, "+6281255500001");
	assert_true(slice_is(r.asked.session, "s1"));
	if (!slice_is(r.asked.input, input))
		fail_msg("%s: \"" SLICE_FMT "\", not \"%s\"", body, SLICE_ARG(r.asked.input), input);
	end(&r);
}

static void is_refused(const char *body, const char *code, const char *words)
{
	struct reading r;

	read_body(&r, body, code);
	assert_int_equal(r.err, ERR_INVALID);
	if (!strstr(r.why.p, words))
		fail_msg("%s: \"%s\", without \"%s\"", body, r.why.p, words);
	end(&r);
}

static void test_what_was_typed(void **state)
{
	(void)state;
	is_input(AT "%2A123%23&text=", "*123#", "");
	is_input(AT "*123#&text=1*2", "*123#", "1*2");
	is_input(AT "*123%23&text=1%2A2", "*123#",
	    "1*2"); /* the person's own * cannot be told: the engine knows what is new */
	is_input(AT "*123%23&text=a+b%20c%2Bd", "*123#", "a b c+d");
	is_input(AT "*123%23&text=a%3Db=c%26d", "*123#", "a=b=c&d");
	is_input(AT "*123%23&text=%c3%a9%C3%A9", "*123#", "éé");
	is_input("text=7&" AT "*123%23", "*123#", "7");
	is_input("&&" AT "*123%23&&text=7&", "*123#", "7");
	is_input(AT "*123%23&te%78t=7", "*123#", "7");
	is_input(AT "*123%23&text", "*123#", "");
	is_input(AT "*123%23&text=1&lastAppResponse=%zz%00%ff&=&x", "*123#", "1"); /* nobody asked for it */
	is_input("sessionId=s1&phoneNumber=+6281255500001&serviceCode=*123%23&text=1", "*123#", "1");
	is_input("sessionId=s1&phoneNumber=6281255500001&serviceCode=*123%23&text=1", "*123#", "1");
	is_input("sessionId=s1&phoneNumber=081255500001&serviceCode=*123%23&text=1", "*123#", "1");
}

static void test_straight_dialling(void **state)
{
	(void)state;
	is_input(AT "*123*4*2%23&text=", "*123#", "4*2");
	is_input(AT "*123*4*2%23&text=1", "*123#", "4*2*1");
	is_input(AT "*123*4*2&text=", "*123#", "4*2");
	is_input(AT "*123%23&text=4*2", "*123#", "4*2");
	is_input(AT "*999%23&text=1", NULL, "1");
	is_input(AT "*123*4%23&text=1", NULL, "1"); /* without a code nothing stands behind it */
	is_input(AT "*123*4*5%23&text=", "*123*4#", "5");
	is_refused(AT "*1234%23&text=", "*123#", "only *123# is");
	is_refused(AT "*12%23&text=", "*123#", "only *123# is");
	is_refused(AT "&text=", "*123#", "only *123# is");
}

static void test_what_is_refused(void **state)
{
	(void)state;
	is_refused("", "*123#", "sessionId, phoneNumber, serviceCode, text are missing");
	is_refused("phoneNumber=%2B6281255500001&serviceCode=*123%23&text=", "*123#", "sessionId is missing");
	is_refused("sessionId=s1&serviceCode=*123%23&text=", "*123#", "phoneNumber is missing");
	is_refused(AT "*123%23", "*123#", "text is missing");
	is_refused(AT "*123%23&text=1&text=1", "*123#", "text is there twice");
	is_refused(AT "*123%23&text=%", "*123#", "text has a %");
	is_refused(AT "*123%23&text=%4", "*123#", "text has a %");
	is_refused(AT "*123%23&text=%4g", "*123#", "text has a %");
	is_refused(AT "*123%23&text=%+4", "*123#", "text has a %");
	is_refused(AT "*123%23&te%xt=", "*123#", "a name of a field");
	is_refused(AT "*123%23&text=1%00", "*123#", "text is no text");
	is_refused(AT "*123%23&text=%ff", "*123#", "text is no text");
	is_refused(AT "*123%23&text=%c3", "*123#", "text is no text");
	is_refused(AT "*123%23&text=%ed%a0%80", "*123#", "text is no text"); /* half of a surrogate pair */
	is_refused(AT "*123%23&text=%c0%80", "*123#", "text is no text");    /* NUL, written long */
	is_refused("sessionId=&phoneNumber=%2B6281255500001&serviceCode=*123%23&text=", "*123#", "sessionId must");
	is_refused("sessionId=a%0Ab&phoneNumber=%2B6281255500001&serviceCode=*123%23&text=", "*123#", "sessionId must");
	is_refused("sessionId=s1&phoneNumber=halo&serviceCode=*123%23&text=", "*123#", "phoneNumber is no");
	is_refused("sessionId=s1&phoneNumber=&serviceCode=*123%23&text=", "*123#", "phoneNumber is no");
	is_refused("sessionId=s1&phoneNumber=4444&serviceCode=*123%23&text=", "*123#", "phoneNumber is no");
	is_refused(
	    "sessionId=s1&phoneNumber=%2B62812555000011234567&serviceCode=*123%23&text=", "*123#", "phoneNumber is no");
}

static void test_bytes_that_end_strings(void **state)
{
	static const char body[] = AT "*123%23&text=1\0002";
	struct reading r;

	(void)state;
	read_sized(&r, body, sizeof(body) - 1, "*123#");
	assert_int_equal(r.err, ERR_INVALID);
	assert_non_null(strstr(r.why.p, "text is no text"));
	end(&r);
}

static void test_long_sessions(void **state)
{
	char body[1000];

	(void)state;
	for (int n = 126; n <= 300; n += n < 130 ? 1 : 170) {
		struct reading r;

		snprintf(body, sizeof(body),
		    "sessionId=%0*d&phoneNumber=%%2B6281255500001&serviceCode=*123%%23&text=", n, 7);
		read_body(&r, body, "*123#");
		assert_int_equal(r.err == 0, n <= USSD_SESSION_MAX);
		end(&r);
	}
}

static void test_ends(void **state)
{
	static const struct {
		const char *rest;
		enum ussd_step step;
	} rows[] = {
	    {"&status=Incomplete&errorMessage=User+cancelled", USSD_ABORT},
	    {"&status=Success", USSD_ABORT},
	    {"&status=Failed&errorMessage=Session%20Timed+Out", USSD_TIMEOUT},
	    {"&status=Incomplete&errorMessage=request+TIMEOUT", USSD_TIMEOUT},
	    {"&status=Failed&errorMessage=time", USSD_ABORT},
	    {"&text=1*2&status=Incomplete&hopsCount=3&durationInMillis=100", USSD_ABORT},
	    {"&durationInMillis=100", USSD_ABORT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct reading r;
		char body[400];

		snprintf(body, sizeof(body), "sessionId=s1&phoneNumber=%%2B6281255500001%s", rows[i].rest);
		read_body(&r, body, "*123#");
		assert_int_equal(r.err, 0);
		assert_int_equal(r.asked.step, rows[i].step);
		assert_string_equal(r.asked.peer, "+6281255500001");
		assert_true(slice_is(r.asked.session, "s1"));
		end(&r);
	}
	is_refused("phoneNumber=%2B6281255500001&status=Failed", NULL, "sessionId is missing");
	is_refused("sessionId=s1&phoneNumber=x&status=Failed", NULL, "phoneNumber is no");
}

static void test_answers(void **state)
{
	struct buf b = {0};

	(void)state;
	ussd_con_end_say(SLICE_LIT("1 Ya\n2 Tidak"), false, &b);
	assert_string_equal(b.p, "CON 1 Ya\n2 Tidak");
	buf_clear(&b);
	ussd_con_end_say(SLICE_LIT("Terima kasih"), true, &b);
	assert_string_equal(b.p, "END Terima kasih");
	buf_free(&b);
}

static void test_places(void **state)
{
	static const char *const wrong[] = {"", ":", "8090", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0",
	    "127.0.0.1:65536", "127.0.0.1:80a", "127.0.0.1:-1", "127.0.0.1: 80", "host:80", "::1:80", "[::1:80",
	    "[]:80", "[::1]80", ":8090"};
	static const struct {
		const char *written;
		bool loopback;
	} right[] = {{"127.0.0.1:8090", true}, {"127.9.9.9:1", true}, {"localhost:65535", true}, {"[::1]:8090", true},
	    {"0.0.0.0:8090", false}, {"[::]:8090", false}, {"192.168.1.1:80", false}, {"128.0.0.1:80", false}};
	struct listen_place place;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		if (listen_place_read(wrong[i], &place) != ERR_INVALID)
			fail_msg("\"%s\" was taken", wrong[i]);
	for (size_t i = 0; i < COUNT_OF(right); i++) {
		assert_int_equal(listen_place_read(right[i].written, &place), 0);
		assert_int_equal(place.loopback, right[i].loopback);
	}
}

static void test_taken_port(void **state)
{
	struct listen_place place;
	struct sockaddr_in *a = (struct sockaddr_in *)&place.address;
	enum link_condition condition;
	const char *why = "";
	int first, second;

	(void)state;
	assert_int_equal(listen_place_read("127.0.0.1:1", &place), 0);
	a->sin_port = 0;
	assert_int_equal(listen_place_open(&place, &first, &condition, &why), 0);
	assert_int_equal(getsockname(first, (struct sockaddr *)&place.address, &place.n), 0);
	assert_int_equal(listen_place_open(&place, &second, &condition, &why), ERR_SYSTEM);
	assert_int_equal(condition, CONDITION_LOCKED);
	assert_non_null(strstr(why, "another program listens"));
	close(first);
	assert_int_equal(listen_place_read("192.0.2.1:8090", &place), 0);
	assert_int_equal(listen_place_open(&place, &second, &condition, &why), ERR_SYSTEM);
	assert_int_equal(condition, CONDITION_ABSENT);
}

static unsigned taken(
    struct ussd_limits *l, uint64_t key, uint32_t per_minute, uint64_t from_ms, uint64_t to_ms, uint64_t step_ms)
{
	unsigned n = 0;

	for (uint64_t now = from_ms; now < to_ms; now += step_ms)
		n += ussd_limits_take(l, key, per_minute, now);
	return n;
}

static void test_limits(void **state)
{
	struct ussd_limits *l = ussd_limits_new();
	uint64_t a = ussd_limits_number("+6281255500001"), b = ussd_limits_number("+6281255500002");

	(void)state;
	for (unsigned i = 0; i < 30; i++)
		assert_true(ussd_limits_take(l, a, 30, 1000));
	assert_false(ussd_limits_take(l, a, 30, 1000));
	assert_true(ussd_limits_take(l, b, 30, 1000)); /* another number has a limit of its own */
	assert_false(ussd_limits_take(l, a, 30, 2999));
	assert_true(ussd_limits_take(l, a, 30, 3000)); /* one every two seconds from now on */
	assert_false(ussd_limits_take(l, a, 30, 3000));
	assert_int_equal(
	    taken(l, a, 30, 5000, 65000, 100), 30); /* who asks too much gets the even pace, and is not shut out */
	assert_int_equal(taken(l, a, 30, 1000000, 1000001, 1), 1);
	ussd_limits_free(l);
}

/* A crowd of numbers neither fills it up nor shuts anyone out. */
static void test_limits_of_a_crowd(void **state)
{
	struct ussd_limits *l = ussd_limits_new();
	char number[MSISDN_SIZE];

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		snprintf(number, sizeof(number), "+62812%08u", i);
		assert_true(ussd_limits_take(l, ussd_limits_number(number), 1, 5));
	}
	ussd_limits_free(l);
}

static uint64_t key_of(int family, const char *address)
{
	struct sockaddr_storage s = {.ss_family = (sa_family_t)family};
	void *at =
	    family == AF_INET ? (void *)&((struct sockaddr_in *)&s)->sin_addr : &((struct sockaddr_in6 *)&s)->sin6_addr;

	assert_int_equal(inet_pton(family, address, at), 1);
	return ussd_limits_address((const struct sockaddr *)&s);
}

static void test_keys_of_limits(void **state)
{
	(void)state;
	assert_true(key_of(AF_INET, "10.0.0.1") != key_of(AF_INET, "10.0.0.2"));
	assert_true(key_of(AF_INET6, "2001:db8::1") == key_of(AF_INET6, "2001:db8::2"));
	assert_true(key_of(AF_INET6, "2001:db8::1") != key_of(AF_INET6, "2001:db8:0:1::1"));
	assert_true(ussd_limits_number("+62812") != ussd_limits_number("+062812")); /* no two numbers are one */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_was_typed),
	    cmocka_unit_test(test_straight_dialling),
	    cmocka_unit_test(test_what_is_refused),
	    cmocka_unit_test(test_bytes_that_end_strings),
	    cmocka_unit_test(test_long_sessions),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_taken_port),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_limits_of_a_crowd),
	    cmocka_unit_test(test_keys_of_limits),
	};

	return cmocka_run_group_tests_name("ussd_form", tests, NULL, NULL);
}
