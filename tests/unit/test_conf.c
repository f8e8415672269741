/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_conf.c - gateway.conf: every fault has its line and its words, all of them are found, and values come out typed. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/base/conf.h"
#include "gateway/base/err.h"

static const struct conf_key main_keys[] = {
    {"name", CONF_STRING, "kabar", 1, 10, NULL, 0, "Name."},
    {"level", CONF_STRING, "info", 0, 0, "info|debug", 0, "Level."},
    {"limit", CONF_INT, "30", 1, 100, NULL, 0, "Limit."},
    {"on", CONF_BOOL, "false", 0, 1, NULL, 0, "On."},
    {"age", CONF_DURATION, "6h", 1000, 86400000, NULL, 0, "Age."},
    {"dir", CONF_STRING, "var", 0, 0, NULL, CONF_PATH, "Folder."},
    {0},
};
static const struct conf_key member_keys[] = {
    {"name", CONF_STRING, NULL, 1, 10, NULL, CONF_REQUIRED, "Name."},
    {"kind", CONF_STRING, NULL, 0, 0, NULL, CONF_REQUIRED, "Kind."},
    {0},
};
static const struct conf_key gsm_keys[] = {
    {"device", CONF_STRING, NULL, 1, 200, NULL, CONF_REQUIRED, "Device."},
    {"pin", CONF_SECRET, NULL, 4, 8, NULL, 0, "PIN."},
    {"balance.code", CONF_STRING, NULL, 2, 10, NULL, 0, "Code."},
    {"balance.every", CONF_DURATION, "6h", 1000, 86400000, NULL, 0, "Every."},
    {0},
};

static const struct conf_key *keys_of(const char *kind)
{
	return strcmp(kind, "gsm") == 0 ? gsm_keys : NULL;
}

static const struct conf_group_def defs[] = {
    {"main", false, "Main.", main_keys, NULL, NULL},
    {"links", true, "Links.", member_keys, keys_of, "gsm"},
};

static char folder[] = "/tmp/kabar-conf-XXXXXX", path[64];

static int load(const char *text, struct complaints *c, struct conf **out)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return conf_load(path, defs, COUNT_OF(defs), c, out);
}

/* The text has exactly this one fault: its line, and a part of its words. */
static void faulty(const char *text, int line, const char *words)
{
	struct complaints c = {0};
	struct conf *conf = NULL;

	assert_int_equal(load(text, &c, &conf), ERR_INVALID);
	if (c.errors_n != 1 || c.v[0].line != line || !strstr(c.v[0].words, words))
		fail_msg("%s\n-> %u faults, the first %d: %s", text, c.errors_n, c.v[0].line, c.v[0].words);
	complaints_free(&c);
	conf_free(conf);
}

static void test_each_fault_has_its_line(void **state)
{
	(void)state;
	faulty("main: {\n nam = \"x\";\n};", 2, "did you mean name? `kabar");
	faulty("main: {\n xyzzyx = \"x\";\n};", 2, "no such key. `kabar");
	faulty("main: {\n limit = 101;\n};", 2, "allowed are 1 to 100");
	faulty("main: {\n limit = \"5\";\n};", 2, "whole number");
	faulty("main: {\n on = 1;\n};", 2, "true or false");
	faulty("main: {\n\n level = \"loud\";\n};", 3, "info|debug");
	faulty("main: { age = \"7 weeks\"; };", 1, "a time such as");
	faulty("main: { age = 9223372036854775807L; };", 1, "out of range");
	faulty("main: { age = -5; };", 1, "out of range");
	faulty("main: { name = \"01234567890\"; };", 1, "allowed are 1 to 10");
	faulty("mian: {\n};", 1, "no such group");
	faulty("links = ( { name = \"a\"; } );", 1, "kind is missing");
	faulty("links = (\n { name = \"a\"; kind = \"gms\"; } );", 2, "is not one of gsm");
	faulty("links = (\n { name = \"a\"; kind = \"gsm\"; } );", 2, "device is missing");
	faulty(
	    "links = ( { name = \"a\"; kind = \"gsm\"; device = \"x\"; pin = \"123\"; } );", 1, "allowed are 4 to 8");
	faulty("links = ( { name = \"a\"; kind = \"gsm\"; device = \"x\"; pin_file = \"nothing\"; } );", 1,
	    "cannot read the secret");
	faulty("links = { };", 1, "must be a list");
	faulty("main: { name = \"x\" \n;;", 2, "syntax error; texts and times stand in quotes");
}

static void test_all_faults_are_found(void **state)
{
	struct complaints c = {0};
	struct conf *conf = NULL;

	(void)state;
	assert_int_equal(
	    load("main: { nam = 1;\n limit = 0;\n on = 3; };\nother: {};\nlinks = ( { kind = \"gsm\"; } );", &c, &conf),
	    ERR_INVALID);
	assert_int_equal(c.errors_n, 6);
	complaints_free(&c);
	conf_free(conf);
	conf = NULL;
	assert_int_equal(conf_load("/nonexistent/x.conf", defs, COUNT_OF(defs), &c, &conf), ERR_INVALID);
	assert_null(conf);
	assert_non_null(strstr(c.v[0].words, "cannot be read: No such file"));
	complaints_free(&c);
	assert_int_equal(conf_load("/tmp", defs, COUNT_OF(defs), &c, &conf), ERR_INVALID);
	assert_string_equal(c.v[0].words, "is a folder; name the configuration file in it");
	complaints_free(&c);
}

static void test_values_come_out_typed(void **state)
{
	struct complaints c = {0};
	struct conf *conf = NULL;
	const struct conf_group *g;
	char secret[80], want[80];
	FILE *f;

	(void)state;
	snprintf(secret, sizeof(secret), "%s/pin", folder);
	f = fopen(secret, "w");
	fputs("1234\n", f);
	fclose(f);
	assert_int_equal(load("main: { age = \"90s\"; on = true; };\nlinks = ( { name = \"a\"; kind = \"gsm\"; device "
			      "= \"/dev/x\"; pin_file = \"pin\"; },\n"
			      "{ name = \"b\"; kind = \"gsm\"; device = \"y\"; } );",
			     &c, &conf),
	    0);
	g = conf_group(conf, "main");
	assert_string_equal(conf_string(g, "name"), "kabar");
	assert_int_equal(conf_int(g, "age"), 90000);
	assert_int_equal(conf_int(g, "limit"), 30);
	assert_true(conf_bool(g, "on"));
	snprintf(want, sizeof(want), "%s/var", folder);
	assert_string_equal(conf_string(g, "dir"), want);
	assert_int_equal(conf_list_n(conf, "links"), 2);
	assert_string_equal(conf_string(conf_list_at(conf, "links", 0), "pin"), "1234");
	assert_null(conf_string(conf_list_at(conf, "links", 1), "pin"));
	assert_int_equal(conf_line(conf_list_at(conf, "links", 1), "name"), 3);
	assert_null(conf_list_at(conf, "links", 2));
	conf_free(conf);
	unlink(secret);
}

static void test_a_group_within_a_group(void **state)
{
	static const char link[] = "links = ( { name = \"m1\"; kind = \"gsm\"; device = \"/d\";\n";
	struct complaints c = {0};
	struct conf *conf;
	struct buf b = {0};
	const struct conf_group *g;

	(void)state;
	buf_printf(&b, "%s balance: { code = \"*888#\"; every = 30; }; } );", link);
	assert_int_equal(load(b.p, &c, &conf), 0);
	g = conf_list_at(conf, "links", 0);
	assert_string_equal(conf_string(g, "balance.code"), "*888#");
	assert_int_equal(conf_int(g, "balance.every"), 30000);
	assert_int_equal(conf_line(g, "balance.code"), 2);
	conf_free(conf);
	complaints_free(&c);
	buf_clear(&b);
	buf_printf(&b, "%s balance: {\n cod = \"*888#\"; }; } );", link);
	faulty(b.p, 3, "links[0].balance.cod: there is no such key; did you mean balance.code?");
	buf_clear(&b);
	buf_printf(&b, "%s balance: {\n every = \"soon\"; }; } );", link);
	faulty(b.p, 3, "links[0].balance.every: must be a time");
	buf_clear(&b);
	buf_printf(&b, "%s balance = 5; } );", link);
	faulty(b.p, 2, "links[0].balance: there is no such key");
	buf_clear(&b);
	conf_print_sample(defs, COUNT_OF(defs), &b);
	assert_non_null(strstr(b.p, "    # balance: {\n    #     Code.\n    #     code = \"..\";\n"));
	assert_non_null(strstr(b.p, "    #     every = \"6h\";\n    # };\n"));
	buf_free(&b);
}

static void test_the_sample_can_be_loaded(void **state)
{
	struct complaints c = {0};
	struct conf *conf = NULL;
	struct buf b = {0};

	(void)state;
	conf_print_sample(defs, COUNT_OF(defs), &b);
	assert_non_null(strstr(b.p, "# limit = 30;"));
	assert_non_null(strstr(b.p, "1 to 100"));
	assert_non_null(strstr(b.p, "pin_file"));
	assert_int_equal(load(b.p, &c, &conf), 0);
	conf_free(conf);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_fault_has_its_line),
	    cmocka_unit_test(test_all_faults_are_found),
	    cmocka_unit_test(test_values_come_out_typed),
	    cmocka_unit_test(test_a_group_within_a_group),
	    cmocka_unit_test(test_the_sample_can_be_loaded),
	};
	int failed;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/gateway.conf", folder);
	failed = cmocka_run_group_tests_name("conf", tests, NULL, NULL);
	unlink(path);
	rmdir(folder);
	return failed;
}
