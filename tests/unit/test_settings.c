/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_settings.c - gateway.conf as the gateway uses it: four lines suffice, faults between keys, what a reload takes over and what it keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/base/err.h"
#include "gateway/bearer/bearer.h"
#include "gateway/settings.h"

#define M1 "{ name = \"m1\"; kind = \"gsm\"; device = \"/dev/a\"; number = \"+6281100000001\"; }"
#define M2 "{ name = \"m2\"; kind = \"gsm\"; device = \"/dev/b\"; number = \"081100000002\"; }"

static char folder[] = "/tmp/kabar-settings-XXXXXX", path[64];

/* A test program lies elsewhere than the gateway's binary: it says where the tree's menus are. The lines of `text` keep their numbers. */
static int load(const char *text, struct complaints *c, struct settings **out)
{
	const char *group = strstr(text, "gateway: {"),
		   *rest = group ? group + strlen("gateway: {") : text + strlen(text);
	char *top = realpath(".", NULL);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "%.*s%s menus_dir = \"%s/menus\";%s%s", (int)(rest - text), text, group ? "" : "\ngateway: {", top,
	    group ? "" : " };", rest);
	fclose(f);
	free(top);
	return settings_load(path, c, out);
}

/* Loads what must be right; warnings are no faults. */
static struct settings *right(const char *text)
{
	struct complaints c = {0};
	struct settings *s = NULL;

	if (load(text, &c, &s) != 0)
		fail_msg("%s\n-> %s", text, c.v[0].words);
	complaints_free(&c);
	return s;
}

/* Exactly this one fault. */
static void faulty(const char *text, int line, const char *words)
{
	struct complaints c = {0};
	struct settings *s = NULL;
	unsigned met = 0;

	assert_int_equal(load(text, &c, &s), ERR_INVALID);
	assert_null(s);
	for (unsigned i = 0; i < c.n; i++)
		met += !c.v[i].warning && c.v[i].line == line && strstr(c.v[i].words, words);
	if (met != 1 || c.errors_n != 1)
		fail_msg("%s\n-> %u faults, the first %d: %s", text, c.errors_n, c.v[0].line, c.v[0].words);
	complaints_free(&c);
}

static void test_four_lines_suffice(void **state)
{
	struct settings *s =
	    right("bearers = ( {\n name = \"m1\"; kind = \"gsm\";\n device = \"/dev/ttyUSB0\";\n} );\n");
	char want[100];

	(void)state;
	assert_int_equal(s->plan.links_n, 1);
	assert_string_equal(s->plan.links[0].name, "m1");
	assert_string_equal(s->plan.links[0].number, "");
	assert_int_equal(s->plan.routes_n, 0);
	assert_string_equal(s->plan.gateway, "kabar");
	assert_string_equal(s->plan.timezone, "Asia/Jakarta");
	assert_int_equal(s->plan.reply_expires_ms, 6 * 3600000);
	assert_int_equal(s->plan.replies_per_hour, 30);
	assert_false(s->plan.demo);
	snprintf(want, sizeof(want), "%s/var/kabar.db", folder);
	assert_string_equal(s->store_path, want);
	snprintf(want, sizeof(want), "%s/var/kabar.key", folder);
	assert_string_equal(s->key_path, want);
	snprintf(want, sizeof(want), "%s/var/control", folder);
	assert_string_equal(s->control_path, want);
	settings_free(s);
}

static void test_numbers_become_e164(void **state)
{
	struct settings *s =
	    right("bearers = ( " M1 ", " M2 ",\n { name = \"sc\"; kind = \"null\"; number = \"9123\"; } );\n"
		  "routes = ( { prefix = \"+62811\"; bearer = \"m2\"; }, { prefix = \"\"; bearer = \"m1\"; } );\n"
		  "operators = ( { number = \"0812-5550-0011\"; hours = \"20-08\"; } );");

	(void)state;
	assert_string_equal(s->plan.links[1].number, "+6281100000002");
	assert_string_equal(s->plan.links[2].number, "9123");
	assert_int_equal(s->plan.routes_n, 2);
	assert_int_equal(s->plan.routes[0].link, 1);
	assert_string_equal(s->plan.operators[0].number, "+6281255500011");
	assert_int_equal(s->plan.operators[0].from_hour, 20);
	assert_int_equal(s->plan.operators[0].to_hour, 8);
	settings_free(s);
}

static void test_faults_between_keys(void **state)
{
	(void)state;
	faulty("bearers = ( " M1 ",\n { name = \"m1\"; kind = \"null\"; } );", 2, "another bearer too; names");
	faulty("bearers = ( " M1 ",\n { name = \"m2\"; kind = \"gsm\"; device = \"/dev/a\"; } );", 2,
	    "is the device of another bearer too");
	faulty("bearers = ( " M1 ",\n { name = \"m2\"; kind = \"gsm\"; } );", 2, "or the modem's imei");
	faulty("bearers = ( " M1 ",\n { name = \"m2\"; kind = \"gsm\"; device = \"/dev/ttyUSB*\"; } );", 2,
	    "is a pattern: write imei too");
	faulty(
	    "bearers = ( " M1 ",\n { name = \"m2\"; kind = \"gsm\"; imei = \"35693803590518x\"; } );", 2, "is no IMEI");
	faulty("bearers = ( { name = \"m0\"; kind = \"gsm\"; imei = \"356938035905182\"; },\n { name = \"m2\"; kind = "
	       "\"gsm\"; imei = "
	       "\"356938035905182\"; } );",
	    2, "is the IMEI of another bearer too");
	faulty(
	    "bearers = ( " M1 " );\nroutes = ( { prefix = \"\"; bearer = \"m3\"; } );", 2, "is the name of no bearer");
	faulty("bearers = ( " M1 " );\nroutes = ( { prefix = \"0811\"; bearer = \"m1\"; } );", 2,
	    "no beginning of a number");
	faulty("bearers = ( " M1 " );\nroutes = ( { prefix = \"+62x\"; bearer = \"m1\"; } );", 2,
	    "no beginning of a number");
	faulty("bearers = ( " M1 " );\noperators = ( { number = \"081100000001\"; } );", 2, "one of our own");
	faulty("bearers = ( " M1 " );\noperators = ( { number = \"+6281255500011\"; hours = \"25-26\"; } );", 2,
	    "span of hours");
	faulty("bearers = ( " M1 " );\noperators = ( { number = \"+62812555\"; } );", 2, "number");
	faulty("bearers = ( " M1 " );\ngateway: { timezone = \"Asia/Atlantis\"; };", 2, "is not known");
	faulty("bearers = ( " M1 " );\ngateway: { timezone = \"../../etc/passwd\"; };", 2, "is not known");
	faulty(
	    "bearers = ( { name = \"m1\"; kind = \"gsm\"; device = \"/dev/a\"; balance: {\n code = \"saldo\"; }; } );",
	    2, "is no USSD code");
	faulty("bearers = ( { name = \"m1\"; kind = \"gsm\"; device = \"/dev/a\"; balance: {\n pattern = \"Rp ([0-9\"; "
	       "}; } "
	       ");",
	    2, "no extended regular expression");
	faulty("bearers = ( { name = \"m1\"; kind = \"gsm\"; device = \"/dev/a\"; balance: {\n pattern = \"Rp "
	       "[0-9]+\"; }; } "
	       ");",
	    2, "there is no group");
	faulty("gateway: { };", 0, "none is configured");
}

static void test_nobody_to_alert_is_a_warning(void **state)
{
	struct complaints c = {0};
	struct settings *s = NULL;

	(void)state;
	assert_int_equal(load("bearers = ( " M1 " );", &c, &s), 0);
	assert_int_equal(c.errors_n, 0);
	assert_int_equal(c.n, 1);
	assert_true(c.v[0].warning);
	assert_non_null(strstr(c.v[0].words, "alerts nobody"));
	complaints_free(&c);
	settings_free(s);
}

static void test_every_kind_of_bearer_can_be_configured(void **state)
{
	const struct conf_group_def *bearers = NULL;

	(void)state;
	for (unsigned i = 0; i < settings_groups_n; i++)
		if (strcmp(settings_groups[i].name, "bearers") == 0)
			bearers = &settings_groups[i];
	assert_non_null(bearers);
	for (unsigned i = 0; bearer_kinds[i]; i++) {
		const char *at = strstr(bearers->kinds, bearer_kinds[i]->name);

		assert_non_null(at);
		assert_ptr_equal(bearers->keys_of_kind(bearer_kinds[i]->name), bearer_kinds[i]->keys);
	}
	assert_null(bearers->keys_of_kind("fax"));
}

/* What a reload says it keeps; the plan that results is checked by the caller. */
static struct settings *reload(const struct settings *old, const char *text, const char *kept)
{
	struct settings *fresh = right(text);
	struct buf words = {0};

	settings_keep_fixed(fresh, old, &words);
	assert_string_equal(words.p ? words.p : "", kept);
	buf_free(&words);
	return fresh;
}

static void test_a_reload_takes_what_it_can(void **state)
{
	struct settings *old = right("gateway: { name = \"a\"; dinas = \"X\"; };\nbearers = ( " M1 ", " M2 " );");
	struct settings *fresh = reload(old,
	    "gateway: { name = \"b\"; dinas = \"Y\"; reply_expires = \"1h\"; };\nbearers = ( " M1 ", " M2 " );\n"
	    "operators = ( { number = \"+6281255500011\"; } );\nroutes = ( { prefix = \"\"; bearer = \"m2\"; } );",
	    "gateway.name");

	(void)state;
	assert_string_equal(fresh->plan.gateway, "a");
	assert_string_equal(fresh->plan.dinas, "Y");
	assert_int_equal(fresh->plan.reply_expires_ms, 3600000);
	assert_int_equal(fresh->plan.operators_n, 1);
	assert_int_equal(fresh->plan.routes[0].link, 1);
	settings_free(fresh);
	settings_free(old);
}

/* The bearers that run go on; words and numbers are taken all the same, routes by the names of those that run. */
static void test_a_reload_with_other_bearers(void **state)
{
	struct settings *old = right("bearers = ( " M1 ", " M2 " );");
	struct settings *fresh = reload(old,
	    "gateway: { dinas = \"Y\"; };\nbearers = ( { name = \"m3\"; kind = \"null\"; }, " M2 " );\n"
	    "routes = ( { prefix = \"+62\"; bearer = \"m3\"; }, { prefix = \"\"; bearer = \"m2\"; } );",
	    "bearers.m3 (new), bearers.m1 (gone)");
	struct settings *third = reload(fresh, "bearers = ( " M2 " );", "bearers.m1 (gone)");
	struct settings *last = reload(third,
	    "bearers = ( " M1 ", { name = \"m2\"; kind = \"null\"; number = \"081100000002\"; } );", "bearers.m2.kind");

	(void)state;
	assert_string_equal(fresh->plan.dinas, "Y");
	assert_int_equal(fresh->plan.links_n, 2);
	assert_string_equal(fresh->plan.links[0].name, "m1");
	assert_int_equal(fresh->plan.routes_n, 1);
	assert_int_equal(fresh->plan.routes[0].link, 1);
	assert_int_equal(third->plan.links_n, 2);
	assert_string_equal(last->plan.links[1].number, "+6281100000002");
	settings_free(last);
	settings_free(third);
	settings_free(fresh);
	settings_free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_four_lines_suffice),
	    cmocka_unit_test(test_numbers_become_e164),
	    cmocka_unit_test(test_faults_between_keys),
	    cmocka_unit_test(test_nobody_to_alert_is_a_warning),
	    cmocka_unit_test(test_every_kind_of_bearer_can_be_configured),
	    cmocka_unit_test(test_a_reload_takes_what_it_can),
	    cmocka_unit_test(test_a_reload_with_other_bearers),
	};
	int failed;

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/gateway.conf", folder);
	failed = cmocka_run_group_tests_name("settings", tests, NULL, NULL);
	unlink(path);
	rmdir(folder);
	return failed;
}
