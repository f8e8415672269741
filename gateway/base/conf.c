/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf.c - see conf.h. Reads libconfig settings into typed values by the table; every fault becomes a complaint. The sample is in conf_sample.c. */
#include "gateway/base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/base/guess.h"
#include "gateway/base/secret.h"

struct conf_value {
	const struct conf_key *key;
	char *string; /* also of a secret; NULL none */
	int64_t number;
	int line; /* 0: not written */
};

struct conf_group {
	const struct conf_group_def *def;
	struct conf_value *v;
	unsigned n;
	int line;
};

struct conf {
	char *path, *folder;
	struct conf_group **groups;
	unsigned n;
};

struct reader {
	struct conf *conf;
	struct complaints *complaints;
	char where[96]; /* "bearers[1].device" */
};

static void complain(struct reader *r, int line, const char *fmt, ...) PRINTF(3, 4);

static void complain(struct reader *r, int line, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	complaint_add(r->complaints, r->conf->path, line, "%s: %s", r->where, b.p);
	buf_free(&b);
}

/* ---- values ---- */

static const char *type_words(enum conf_type type)
{
	static const char *const words[] = {[CONF_STRING] = "a text in quotes",
	    [CONF_INT] = "a whole number",
	    [CONF_BOOL] = "true or false",
	    [CONF_DURATION] = "a time such as \"90s\", \"10m\", \"6h\" or \"7d\"",
	    [CONF_SECRET] = "a text in quotes"};

	return words[type];
}

static bool one_of(const char *choices, const char *z)
{
	size_t n = strlen(z);

	for (const char *p = choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
		if (strcspn(p, "|") == n && memcmp(p, z, n) == 0)
			return true;
	return false;
}

static void set_string(struct reader *r, struct conf_value *v, const char *z, int line)
{
	size_t n = strlen(z);

	if (v->key->choices && !one_of(v->key->choices, z))
		complain(r, line, "\"%s\" is not one of %s", z, v->key->choices);
	else if (v->key->max && ((int64_t)n < v->key->min || (int64_t)n > v->key->max))
		complain(r, line, "has %zu characters; allowed are %lld to %lld", n, (long long)v->key->min,
		    (long long)v->key->max);
	free(v->string);
	v->string = v->key->flags & CONF_PATH ? path_from(r->conf->folder, z) : must_strdup(z);
}

static void set_number(struct reader *r, struct conf_value *v, int64_t n, int line)
{
	const char *unit = v->key->type == CONF_DURATION ? " ms" : "";

	if (v->key->type != CONF_BOOL && (n < v->key->min || n > v->key->max))
		complain(r, line, "%lld%s is out of range; allowed are %lld to %lld%s", (long long)n, unit,
		    (long long)v->key->min, (long long)v->key->max, unit);
	v->number = n;
}

/* A value as text: defaults of the table. */
static void set_initial(struct reader *r, struct conf_value *v)
{
	const char *z = v->key->initial;

	if (!z)
		return;
	switch (v->key->type) {
	case CONF_STRING:
	case CONF_SECRET:
		set_string(r, v, z, 0);
		break;
	case CONF_INT:
		v->number = strtoll(z, NULL, 10);
		break;
	case CONF_BOOL:
		v->number = strcmp(z, "true") == 0;
		break;
	case CONF_DURATION:
		v->number = conf_duration_ms(z);
		MUST(v->number >= 0);
		break;
	}
}

static void set_written(struct reader *r, struct conf_value *v, const config_setting_t *s)
{
	int type = config_setting_type(s), line = (int)config_setting_source_line(s);
	bool text = type == CONFIG_TYPE_STRING, whole = type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;

	v->line = line;
	if ((v->key->type == CONF_STRING || v->key->type == CONF_SECRET) && text) {
		set_string(r, v, config_setting_get_string(s), line);
	} else if (v->key->type == CONF_INT && whole) {
		set_number(r, v, config_setting_get_int64(s), line);
	} else if (v->key->type == CONF_BOOL && type == CONFIG_TYPE_BOOL) {
		set_number(r, v, config_setting_get_bool(s), line);
	} else if (v->key->type == CONF_DURATION &&
		   (whole || (text && conf_duration_ms(config_setting_get_string(s)) >= 0))) {
		set_number(r, v,
		    whole ? conf_seconds_ms(config_setting_get_int64(s))
			  : conf_duration_ms(config_setting_get_string(s)),
		    line);
	} else {
		complain(r, line, "must be %s", type_words(v->key->type));
	}
}

/* A secret that stands in a file for all to read is none. */
static void warn_if_open(struct reader *r, const config_setting_t *s)
{
	struct stat st;

	if (stat(r->conf->path, &st) == 0 && (st.st_mode & S_IROTH))
		complaint_warn(r->complaints, r->conf->path, (int)config_setting_source_line(s),
		    "%s stands here for all to read: chmod o-r %s, or write %s_file = \"..\";", r->where, r->conf->path,
		    config_setting_name(s));
}

/* KEY_file = "PATH": the first line of that file is the secret. */
static void set_from_file(struct reader *r, struct conf_value *v, const config_setting_t *s)
{
	int line = (int)config_setting_source_line(s), fd;
	char text[512] = "", *path;
	ssize_t n;

	v->line = line;
	if (config_setting_type(s) != CONFIG_TYPE_STRING) {
		complain(r, line, "must be the path of a file, in quotes");
		return;
	}
	path = path_from(r->conf->folder, config_setting_get_string(s));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0) {
		complain(r, line, "cannot read the secret in %s: %s", path, strerror(errno));
	} else {
		text[strcspn(text, "\r\n")] = '\0';
		set_string(r, v, text, line);
	}
	if (fd >= 0)
		close(fd);
	secret_wipe(text, sizeof(text));
	free(path);
}

/* ---- groups ---- */

static struct conf_value *value_of(const struct conf_group *g, const char *name, size_t n)
{
	for (unsigned i = 0; i < g->n; i++)
		if (strlen(g->v[i].key->name) == n && memcmp(g->v[i].key->name, name, n) == 0)
			return &g->v[i];
	return NULL;
}

static void add_keys(struct reader *r, struct conf_group *g, const struct conf_key *keys)
{
	for (; keys && keys->name; keys++) {
		g->v = must_realloc(g->v, (g->n + 1) * sizeof(*g->v));
		g->v[g->n] = (struct conf_value){.key = keys};
		set_initial(r, &g->v[g->n++]);
	}
}

static const char *nearest_key(const struct conf_group *g, const char *name)
{
	const char *best = NULL;
	int distance = GUESS_FAR;

	for (unsigned i = 0; i < g->n; i++) {
		int d = guess_distance(slice_of(g->v[i].key->name), slice_of(name));

		if (d < distance) {
			distance = d;
			best = g->v[i].key->name;
		}
	}
	return best;
}

/* A group within the group, `balance: { code = ..; }`: its keys stand in the table as "balance.code". */
static bool is_inner_group(const struct conf_group *g, const config_setting_t *s)
{
	const char *name = config_setting_name(s);
	size_t n = strlen(name);

	for (unsigned i = 0; i < g->n; i++)
		if (strncmp(g->v[i].key->name, name, n) == 0 && g->v[i].key->name[n] == '.')
			return config_setting_is_group(s);
	return false;
}

static void read_member(struct reader *r, struct conf_group *g, const config_setting_t *s, const char *name)
{
	struct conf_value *v = value_of(g, name, strlen(name));
	size_t n = strlen(name), base = n > 5 && strcmp(name + n - 5, "_file") == 0 ? n - 5 : 0;
	size_t had = strlen(r->where);
	struct conf_value *secret = base ? value_of(g, name, base) : NULL;
	const char *near;

	snprintf(r->where + had, sizeof(r->where) - had, "%s%s", had ? "." : "", name);
	if (v) {
		set_written(r, v, s);
		if (v->key->type == CONF_SECRET)
			warn_if_open(r, s);
	} else if (secret && secret->key->type == CONF_SECRET) {
		set_from_file(r, secret, s);
	} else {
		near = nearest_key(g, name);
		complain(r, (int)config_setting_source_line(s),
		    "there is no such key%s%s%s `kabar check --print-conf` shows all", near ? "; did you mean " : "",
		    near ? near : "", near ? "?" : ".");
	}
	r->where[had] = '\0';
}

static void read_members(struct reader *r, struct conf_group *g, const config_setting_t *s, const char *within)
{
	for (int i = 0; i < config_setting_length(s); i++) {
		const config_setting_t *member = config_setting_get_elem(s, (unsigned)i);
		struct buf name = {0};

		buf_printf(&name, "%s%s%s", within, *within ? "." : "", config_setting_name(member));
		if (!*within && is_inner_group(g, member))
			read_members(r, g, member, name.p);
		else
			read_member(r, g, member, name.p);
		buf_free(&name);
	}
}

static void require_all(struct reader *r, const struct conf_group *g)
{
	for (unsigned i = 0; i < g->n; i++)
		if ((g->v[i].key->flags & CONF_REQUIRED) && !g->v[i].line)
			complain(r, g->line, "%s is missing: %s", g->v[i].key->name, g->v[i].key->help);
}

/* The further keys of the group's kind; false: that is missing or unknown, and told. */
static bool add_kind(struct reader *r, struct conf_group *g, const config_setting_t *s)
{
	const char *kind = NULL;
	const struct conf_key *keys;

	if (!g->def->keys_of_kind)
		return true;
	if (!s || !config_setting_lookup_string(s, "kind", &kind)) {
		complain(r, g->line, "kind is missing: one of %s", g->def->kinds);
		return false;
	}
	keys = g->def->keys_of_kind(kind);
	if (!keys) {
		complain(r, g->line, "kind \"%s\" is not one of %s", kind, g->def->kinds);
		return false;
	}
	add_keys(r, g, keys);
	return true;
}

static void read_group(struct reader *r, const struct conf_group_def *def, const config_setting_t *s)
{
	struct conf_group *g = must_alloc(sizeof(*g));
	bool known_kind;

	g->def = def;
	g->line = s ? (int)config_setting_source_line(s) : 0;
	r->conf->groups = must_realloc(r->conf->groups, (r->conf->n + 1) * sizeof(struct conf_group *));
	r->conf->groups[r->conf->n++] = g;
	add_keys(r, g, def->keys);
	if (s && !config_setting_is_group(s)) {
		complain(r, g->line, "must be a group: { .. }");
		return;
	}
	known_kind = add_kind(r, g, s);
	if (s && known_kind)
		read_members(r, g, s, "");
	if (known_kind)
		require_all(r, g);
}

static void read_list(struct reader *r, const struct conf_group_def *def, const config_setting_t *s)
{
	if (!s)
		return;
	if (!config_setting_is_list(s)) {
		complain(r, (int)config_setting_source_line(s), "must be a list of groups: ( { .. }, { .. } )");
		return;
	}
	for (int i = 0; i < config_setting_length(s); i++) {
		snprintf(r->where, sizeof(r->where), "%s[%d]", def->name, i);
		read_group(r, def, config_setting_get_elem(s, (unsigned)i));
	}
}

static void refuse_unknown_groups(
    struct reader *r, const struct conf_group_def *defs, unsigned defs_n, const config_setting_t *root)
{
	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *s = config_setting_get_elem(root, (unsigned)i);
		bool known = false;

		for (unsigned d = 0; d < defs_n; d++)
			known |= strcmp(defs[d].name, config_setting_name(s)) == 0;
		if (known)
			continue;
		snprintf(r->where, sizeof(r->where), "%s", config_setting_name(s));
		complain(r, (int)config_setting_source_line(s),
		    "there is no such group. `kabar check --print-conf` shows all");
	}
}

static void read_all(struct reader *r, const struct conf_group_def *defs, unsigned defs_n, const config_setting_t *root)
{
	refuse_unknown_groups(r, defs, defs_n, root);
	for (unsigned d = 0; d < defs_n; d++) {
		const config_setting_t *s = config_setting_get_member(root, defs[d].name);

		snprintf(r->where, sizeof(r->where), "%s", defs[d].name);
		if (defs[d].list)
			read_list(r, &defs[d], s);
		else
			read_group(r, &defs[d], s);
	}
}

/* The file is none, or not libconfig's language. errno is that of the reading. */
static void complain_unread(struct complaints *complaints, const char *path, const config_t *file)
{
	struct stat st;
	int number = errno ? errno : ENOENT;

	if (config_error_type(file) != CONFIG_ERR_FILE_IO)
		complaint_add(complaints, path, config_error_line(file),
		    "%s; texts and times stand in quotes (name = \"m1\"; every = \"7d\";), and `;` ends each value",
		    config_error_text(file));
	else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		complaint_add(complaints, path, 0, "is a folder; name the configuration file in it");
	else
		complaint_add(complaints, path, 0, "cannot be read: %s", strerror(number));
}

int conf_load(const char *path, const struct conf_group_def *defs, unsigned defs_n, struct complaints *complaints,
    struct conf **out)
{
	struct conf *c = must_alloc(sizeof(*c));
	struct reader r = {c, complaints, ""};
	unsigned errors_n = complaints->errors_n;
	char *full = realpath(path, NULL), *copy;
	config_t file;

	*out = NULL;
	c->path = must_strdup(path);
	copy = must_strdup(full ? full : path);
	c->folder = must_strdup(dirname(copy));
	free(copy);
	free(full);
	config_init(&file);
	if (config_read_file(&file, path) == CONFIG_TRUE)
		read_all(&r, defs, defs_n, config_root_setting(&file));
	else
		complain_unread(complaints, path, &file);
	config_destroy(&file);
	if (c->n == 0) {
		conf_free(c);
		return ERR_INVALID;
	}
	*out = c;
	return complaints->errors_n > errors_n ? ERR_INVALID : 0;
}

void conf_free(struct conf *c)
{
	for (unsigned i = 0; c && i < c->n; i++) {
		for (unsigned k = 0; k < c->groups[i]->n; k++) {
			struct conf_value *v = &c->groups[i]->v[k];

			if (v->string && v->key->type == CONF_SECRET)
				secret_wipe(v->string, strlen(v->string));
			free(v->string);
		}
		free(c->groups[i]->v);
		free(c->groups[i]);
	}
	if (!c)
		return;
	free(c->groups);
	free(c->path);
	free(c->folder);
	free(c);
}

/* ---- reading ---- */

const char *conf_path(const struct conf *c)
{
	return c->path;
}

const struct conf_group *conf_list_at(const struct conf *c, const char *name, unsigned i)
{
	for (unsigned g = 0; g < c->n; g++)
		if (strcmp(c->groups[g]->def->name, name) == 0 && i-- == 0)
			return c->groups[g];
	return NULL;
}

const struct conf_group *conf_group(const struct conf *c, const char *name)
{
	const struct conf_group *g = conf_list_at(c, name, 0);

	MUST(g != NULL);
	return g;
}

unsigned conf_list_n(const struct conf *c, const char *name)
{
	unsigned n = 0;

	while (conf_list_at(c, name, n))
		n++;
	return n;
}

int conf_line(const struct conf_group *g, const char *key)
{
	const struct conf_value *v = value_of(g, key, strlen(key));

	return v && v->line ? v->line : g->line;
}

const char *conf_string(const struct conf_group *g, const char *key)
{
	const struct conf_value *v = value_of(g, key, strlen(key));

	MUST(v && (v->key->type == CONF_STRING || v->key->type == CONF_SECRET));
	return v->string;
}

int64_t conf_int(const struct conf_group *g, const char *key)
{
	const struct conf_value *v = value_of(g, key, strlen(key));

	MUST(v && (v->key->type == CONF_INT || v->key->type == CONF_DURATION));
	return v->number;
}

bool conf_bool(const struct conf_group *g, const char *key)
{
	const struct conf_value *v = value_of(g, key, strlen(key));

	MUST(v && v->key->type == CONF_BOOL);
	return v->number != 0;
}
