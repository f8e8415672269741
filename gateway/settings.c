/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings.c - see settings.h. The keys themselves: settings_keys.c; what a reload keeps: settings_reload.c. */
#include "gateway/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/msisdn.h"
#include "gateway/base/zone.h"
#include "gateway/bearer/bearer.h"
#include "gateway/settings_private.h"
#include "handlers/handler.h"

struct checker {
	struct settings *s;
	struct complaints *complaints;
};

static void complain(
    struct checker *c, const struct conf_group *g, const char *key, const char *value, const char *words)
{
	complaint_add(c->complaints, conf_path(c->s->conf), conf_line(g, key), "%s \"%s\" %s", key, value, words);
}

static const char *or_in(const struct conf_group *g, const char *key, const char *folder, const char *name)
{
	struct buf b = {0};

	if (conf_string(g, key))
		return must_strdup(conf_string(g, key));
	buf_printf(&b, "%s/%s", folder, name);
	return buf_take(&b);
}

/* Beside the binary in the tree (build/kabar, build/test/kabar), or where it was installed, whatever the prefix. */
static const char *data_folder(const struct conf_group *g, const char *key, const char *in_tree, const char *installed)
{
	const char *const places[][2] = {{"../", in_tree}, {"../../", in_tree}, {"../share/kabar/", installed}};
	char exe[400];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct buf b = {0};

	if (conf_string(g, key))
		return must_strdup(conf_string(g, key));
	exe[n > 0 ? n : 0] = '\0';
	if (strrchr(exe, '/'))
		strrchr(exe, '/')[1] = '\0';
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		buf_clear(&b);
		buf_printf(&b, "%s%s%s", exe, places[i][0], places[i][1]);
		if (access(b.p, R_OK) == 0)
			return buf_take(&b);
	}
	buf_clear(&b);
	buf_printf(&b, "%s/%s", KABAR_DATADIR, installed);
	return buf_take(&b);
}

static bool is_kind(const struct conf_group *g, const char *kind)
{
	const char *z = conf_string(g, "kind");

	return z && strcmp(z, kind) == 0;
}

int settings_link_by_name(const struct plan *p, const char *name)
{
	for (unsigned i = 0; i < p->links_n; i++)
		if (strcmp(p->links[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* A number of the configuration in E.164, or, if it is ours, as it is for a short code; "" and a complaint if it is none. Alerts need a mobile. */
static const char *number_of(struct checker *c, const struct conf_group *g, bool ours)
{
	char out[MSISDN_SIZE];
	const char *z = conf_string(g, "number"), *why = "";
	enum msisdn_kind kind;

	if (!z || !*z)
		return must_strdup("");
	kind = msisdn_parse(slice_of(z), out, &why);
	if (kind == MSISDN_MOBILE || (kind == MSISDN_SHORT && ours))
		return must_strdup(out);
	if (msisdn_from_network(slice_of(z), out) == MSISDN_OTHER && z[0] == '+' && (ours || strncmp(z, "+62", 3) != 0))
		return must_strdup(out);
	complain(c, g, "number", z, why && *why ? why : "is no telephone number; write it as +62811..");
	return must_strdup("");
}

/* Another bearer before this one whose key has the same value. */
static bool is_taken(const struct checker *c, unsigned i, const char *key, const char *value)
{
	for (unsigned k = 0; k < i; k++) {
		const struct conf_group *other = conf_list_at(c->s->conf, "bearers", k);

		if (is_kind(other, "gsm") && conf_string(other, key) && strcmp(conf_string(other, key), value) == 0)
			return true;
	}
	return false;
}

/* Two children would take each other's answers off one serial line. */
static void check_device(struct checker *c, unsigned i)
{
	const struct conf_group *g = conf_list_at(c->s->conf, "bearers", i);
	const char *device = conf_string(g, "device"), *imei = conf_string(g, "imei");

	if (!device && !imei)
		complaint_add(c->complaints, conf_path(c->s->conf), conf_line(g, "device"),
		    "device is missing: name the serial device, or the modem's imei");
	if (device && !imei && is_taken(c, i, "device", device))
		complain(c, g, "device", device, "is the device of another bearer too");
	if (device && !imei && strpbrk(device, "*?[{"))
		complain(c, g, "device", device, "is a pattern: write imei too, or one device");
	if (imei && imei[strspn(imei, "0123456789")])
		complain(c, g, "imei", imei, "is no IMEI: 14 to 16 digits");
	if (imei && is_taken(c, i, "imei", imei))
		complain(c, g, "imei", imei, "is the IMEI of another bearer too");
}

static const struct bearer_kind *kind_of(const struct conf_group *g)
{
	return conf_string(g, "kind") ? bearer_kind_by_name(conf_string(g, "kind")) : NULL;
}

static void check_by_kind(struct checker *c, const struct conf_group *g)
{
	const struct bearer_kind *kind = kind_of(g);

	if (kind && kind->check)
		kind->check(g, conf_path(c->s->conf), c->complaints);
}

static bool carries_no_sms(const struct conf_group *g)
{
	const struct bearer_kind *kind = kind_of(g);

	return kind && kind->dialogues_only;
}

static void make_links(struct checker *c)
{
	struct plan *p = &c->s->plan;
	unsigned n = conf_list_n(c->s->conf, "bearers");
	struct plan_link *links = must_alloc((n + 1) * sizeof(*links));

	p->links = links;
	for (unsigned i = 0; i < n; i++) {
		const struct conf_group *g = conf_list_at(c->s->conf, "bearers", i);
		const char *name = conf_string(g, "name");

		if (name && settings_link_by_name(p, name) >= 0)
			complain(c, g, "name", name, "is the name of another bearer too; names must differ");
		check_by_kind(c, g);
		links[i] = (struct plan_link){name ? name : "", number_of(c, g, true), carries_no_sms(g), 0};
		p->links_n++;
		if (!is_kind(g, "gsm"))
			continue;
		check_device(c, i);
		links[i].balance_below = conf_int(g, "balance.alarm_below");
	}
	if (n == 0)
		complaint_add(c->complaints, conf_path(c->s->conf), 0,
		    "bearers: none is configured. A USB modem needs: bearers = ( { name = \"m1\"; kind = \"gsm\"; "
		    "device = "
		    "\"/dev/serial/by-id/..\"; } );");
}

/* Recipients are compared in E.164: a prefix in another form would match nobody, in silence. */
static bool prefix_is_right(const char *z)
{
	return !*z || (z[0] == '+' && z[1] && z[1 + strspn(z + 1, "0123456789")] == '\0');
}

/* Words separated by blanks or commas; the next one, NULL at the end. `list` is written into. */
static char *next_word(char **list)
{
	char *word = *list + strspn(*list, " ,"), *end = word + strcspn(word, " ,");

	*list = *end ? end + 1 : end;
	*end = '\0';
	return *word ? word : NULL;
}

static uint8_t lanes_of(struct checker *c, const struct conf_group *g)
{
	static const char *const words[LANE_N] = {"sos", NULL, "notification", "broadcast"};
	char *copy = must_strdup(conf_string(g, "lanes")), *rest = copy, *word;
	uint8_t lanes = 0;

	while ((word = next_word(&rest))) {
		int lane = LANE_N - 1;

		while (lane >= 0 && (!words[lane] || strcmp(words[lane], word) != 0))
			lane--;
		if (lane < 0)
			complain(c, g, "lanes", word,
			    "is no lane; there are sos, notification and broadcast (answers leave by the number that "
			    "was written to)");
		else
			lanes |= (uint8_t)(1u << lane);
	}
	free(copy);
	return lanes;
}

static void make_pauses(struct checker *c, const char *key, struct plan_pauses *out)
{
	const struct conf_group *g = conf_group(c->s->conf, "gateway");
	char *copy = must_strdup(conf_string(g, key)), *rest = copy, *word;

	while ((word = next_word(&rest))) {
		int64_t ms = conf_duration_ms(word);

		if (ms < 1000 || ms > INT64_C(86400000) || out->n == PLAN_PAUSES_MAX) {
			complain(c, g, key, word, "is not one of up to 8 pauses of 1s to 24h, such as \"30s 2m 10m\"");
			break;
		}
		out->ms[out->n++] = ms;
	}
	free(copy);
}

static void make_routes(struct checker *c)
{
	unsigned n = conf_list_n(c->s->conf, "routes");
	struct plan_route *routes = must_alloc((n + 1) * sizeof(*routes));

	c->s->plan.routes = routes;
	for (unsigned i = 0; i < n; i++) {
		const struct conf_group *g = conf_list_at(c->s->conf, "routes", i);
		const char *bearer = conf_string(g, "bearer");
		int link = bearer ? settings_link_by_name(&c->s->plan, bearer) : -1;

		if (bearer && link < 0)
			complain(c, g, "bearer", bearer, "is the name of no bearer");
		else if (link >= 0 && c->s->plan.links[link].no_sms)
			complain(c, g, "bearer", bearer, "carries no SMS, only dialogues; name a modem");
		if (!prefix_is_right(conf_string(g, "prefix")))
			complain(c, g, "prefix", conf_string(g, "prefix"),
			    "is no beginning of a number; write it as \"+62811\", or \"\" for all");
		routes[i] =
		    (struct plan_route){conf_string(g, "prefix"), (uint16_t)(link < 0 ? 0 : link), lanes_of(c, g)};
		c->s->plan.routes_n++;
	}
}

static bool is_ours(const struct plan *p, const char *number)
{
	for (unsigned i = 0; *number && i < p->links_n; i++)
		if (strcmp(p->links[i].number, number) == 0)
			return true;
	return false;
}

static void make_operators(struct checker *c)
{
	unsigned n = conf_list_n(c->s->conf, "operators");
	struct plan_operator *operators = must_alloc((n + 1) * sizeof(*operators));

	c->s->plan.operators = operators;
	for (unsigned i = 0; i < n; i++) {
		const struct conf_group *g = conf_list_at(c->s->conf, "operators", i);
		const char *hours = conf_string(g, "hours");
		unsigned from = 0, to = 24;
		int end = 0;

		if (sscanf(hours, "%2u-%2u%n", &from, &to, &end) != 2 || hours[end] || from > 23 || to > 24 ||
		    from == to) {
			complain(c, g, "hours", hours, "is no span of hours; write it as \"00-24\" or \"20-08\"");
			from = 0, to = 24;
		}
		operators[i] = (struct plan_operator){number_of(c, g, false), (uint8_t)from, (uint8_t)to};
		c->s->plan.operators_n++;
		if (is_ours(&c->s->plan, operators[i].number))
			complain(c, g, "number", operators[i].number,
			    "is one of our own: an alert would go to the gateway itself");
	}
	if (n == 0)
		complaint_warn(c->complaints, conf_path(c->s->conf), 0,
		    "operators: none is configured; a cry for help alerts nobody");
}

/* "07:00" -> 420; "" -> -1. */
static int minute_of_day(struct checker *c, const struct conf_group *g, const char *key)
{
	const char *z = conf_string(g, key);
	unsigned hour, minute;
	char end;

	if (!*z)
		return -1;
	if (sscanf(z, "%2u:%2u%c", &hour, &minute, &end) == 2 && hour < 24 && minute < 60)
		return (int)(hour * 60 + minute);
	complain(c, g, key, z, "is no time of day; write it as \"07:00\", or \"\" for never");
	return -1;
}

static void make_alarms(struct checker *c)
{
	const struct conf_group *g = conf_group(c->s->conf, "alarms");

	c->s->plan.alarms = (struct plan_alarms){
	    .link_down_ms = conf_int(g, "link_down"),
	    .outbox_ms = conf_int(g, "outbox"),
	    .sos_ms = conf_int(g, "sos"),
	    .sos_untaken_ms = conf_int(g, "sos_untaken"),
	    .backup_ms = conf_int(g, "backup"),
	    .wal_bytes = conf_int(g, "wal_mb") * 1024 * 1024,
	    .disk_bytes = conf_int(g, "disk_mb") * 1000000,
	    .disk_percent = (int)conf_int(g, "disk_percent"),
	    .sign_of_life_min = minute_of_day(c, conf_group(c->s->conf, "gateway"), "sign_of_life"),
	};
}

static void make_plan(struct checker *c)
{
	const struct conf_group *g = conf_group(c->s->conf, "gateway");
	struct plan *p = &c->s->plan;

	p->gateway = conf_string(g, "name");
	p->timezone = conf_string(g, "timezone");
	p->language = conf_string(g, "language");
	p->dinas = conf_string(g, "dinas");
	p->notice_version = conf_string(g, "notice_version");
	p->demo = conf_bool(g, "demo");
	p->menus = c->s->menus;
	p->reply_expires_ms = conf_int(g, "reply_expires");
	p->ussd_idle_ms = conf_int(g, "ussd_idle");
	p->ussd_whole_ms = conf_int(g, "ussd_whole");
	p->dialogue_idle_ms = conf_int(g, "dialogue_idle");
	p->unknown_retry_ms = conf_int(g, "unknown_retry");
	p->fail_over_ms = conf_int(g, "fail_over");
	make_pauses(c, "retry_after", &p->retry);
	make_pauses(c, "sos_retry_after", &p->sos_retry);
	p->replies_per_hour = (uint32_t)conf_int(g, "replies_per_hour");
	p->want_report = conf_bool(g, "want_report");
	if (!zone_known(slice_of(p->timezone)))
		complain(c, g, "timezone", p->timezone,
		    "is not known; Indonesia has Asia/Jakarta, Asia/Makassar and Asia/Jayapura");
	make_links(c);
	make_routes(c);
	make_operators(c);
	make_alarms(c);
}

static void make_paths(struct settings *s)
{
	const struct conf_group *g = conf_group(s->conf, "gateway"), *store = conf_group(s->conf, "store");
	struct buf control = {0};

	s->state_dir = conf_string(g, "state_dir");
	s->key_path = or_in(g, "key_file", s->state_dir, "kabar.key");
	s->store_path = or_in(store, "path", s->state_dir, "kabar.db");
	s->menus_dir = data_folder(g, "menus_dir", "menus", "menus");
	s->content_dir = data_folder(g, "content_dir", "storage/demo", "content");
	s->log_level = conf_string(g, "log_level");
	buf_printf(&control, "%s/control", s->state_dir);
	s->control_path = buf_take(&control);
}

/* A screen that is missing when a service says it would stop the gateway, and a tree that asks for what no service offers cannot be walked: it does not begin so. */
static void check_screens(const struct settings *s, struct complaints *complaints)
{
	struct buf path = {0};

	buf_printf(&path, "%s/words/id.words", s->menus_dir);
	for (unsigned i = 0; handler_screens[i]; i++)
		if (!menus_has(s->menus, "id", handler_screens[i]))
			complaint_add(
			    complaints, path.p, 0, "screen %s is missing: services say it", handler_screens[i]);
	menus_check_offers(s->menus, &offers_for_menus, complaints);
	buf_free(&path);
}

static int load(const char *path, bool words, struct complaints *complaints, struct settings **out)
{
	struct settings *s = must_alloc(sizeof(*s));
	struct checker c = {s, complaints};
	unsigned errors_n = complaints->errors_n;

	*out = NULL;
	if (conf_load(path, settings_groups, settings_groups_n, complaints, &s->conf) < 0)
		MUST(complaints->errors_n > errors_n);
	if (s->conf) {
		make_paths(s);
		if (words && menus_load(s->menus_dir, complaints, &s->menus) < 0)
			MUST(complaints->errors_n > errors_n);
		else if (words)
			check_screens(s, complaints);
		make_plan(&c);
	}
	if (complaints->errors_n > errors_n) {
		settings_free(s);
		return ERR_INVALID;
	}
	*out = s;
	return 0;
}

int settings_load(const char *path, struct complaints *complaints, struct settings **out)
{
	return load(path, true, complaints, out);
}

int settings_load_config(const char *path, struct complaints *complaints, struct settings **out)
{
	return load(path, false, complaints, out);
}

int settings_load_menus(const char *path, struct complaints *config, struct complaints *menus, struct settings **out)
{
	struct settings *s = must_alloc(sizeof(*s));
	struct checker c = {s, config};
	unsigned errors_n = config->errors_n;
	int err = ERR_INVALID;

	*out = NULL;
	if (conf_load(path, settings_groups, settings_groups_n, config, &s->conf) < 0)
		MUST(config->errors_n > errors_n);
	if (s->conf) {
		make_paths(s);
		make_plan(&c);
		err = menus_load(s->menus_dir, menus, &s->menus);
	}
	if (err < 0)
		settings_free(s);
	else
		*out = s;
	return err;
}

void settings_free_links(struct plan *p)
{
	for (unsigned i = 0; i < p->links_n; i++)
		free((char *)p->links[i].number);
	free((void *)p->links);
}

void settings_free(struct settings *s)
{
	if (!s)
		return;
	settings_free_links(&s->plan);
	for (unsigned i = 0; i < s->plan.operators_n; i++)
		free((char *)s->plan.operators[i].number);
	free((void *)s->plan.routes);
	free((void *)s->plan.operators);
	free((char *)s->key_path);
	free((char *)s->store_path);
	free((char *)s->menus_dir);
	free((char *)s->content_dir);
	free((char *)s->control_path);
	menus_free(s->menus);
	conf_free(s->conf);
	free(s);
}

const struct conf_group *settings_bearer(const struct settings *s, unsigned i)
{
	return conf_list_at(s->conf, "bearers", i);
}

void settings_print_complaints(const struct complaints *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		const struct complaint *v = &c->v[i];

		if (v->line)
			fprintf(stderr, "%s:%d: %s%s\n", v->file, v->line, v->warning ? "warning: " : "", v->words);
		else
			fprintf(stderr, "%s: %s%s\n", v->file, v->warning ? "warning: " : "", v->words);
	}
}
