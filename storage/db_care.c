/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * db_care.c - looking after the file: integrity, the write-ahead log, a search through every text, the plan
 * of a statement. Plain SQL, by hand and never on the way of a message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/err.h"
#include "storage/db_internal.h"

/* SQL by hand, inside the driver's health: a sick store is not asked, and what goes wrong is told in `words`.
 */
static int ask(struct db *db, const char *sql, db_row *row, void *arg, struct buf *words)
{
	char *why = NULL;
	int err = db->sick ? ERR_SICK : db_script(db, sql, row, arg, &why);

	if (why && words)
		buf_printf(words, "%s\n", why);
	free(why);
	return err;
}

static int integrity_row(void *arg, int n, char **values, char **names)
{
	(void)n;
	(void)names;
	if (values[0] && strcmp(values[0], "ok") != 0)
		buf_printf(arg, "integrity: %s\n", values[0]);
	return 0;
}

static int foreign_row(void *arg, int n, char **values, char **names)
{
	(void)n;
	(void)names;
	buf_printf(
	    arg, "foreign key: row %s of %s has no row in %s\n", values[1] ? values[1] : "?", values[0], values[2]);
	return 0;
}

int db_integrity(struct db *db, struct buf *words)
{
	size_t before = words->n;
	int err = ask(db, "PRAGMA integrity_check(20)", integrity_row, words, words);

	if (!err)
		err = ask(db, "PRAGMA foreign_key_check", foreign_row, words, words);
	return err ? err : words->n > before ? ERR_CORRUPT : 0;
}

static int busy_row(void *arg, int n, char **values, char **names)
{
	(void)n;
	(void)names;
	*(bool *)arg = values[0] && strcmp(values[0], "0") != 0;
	return 0;
}

int db_truncate_log(struct db *db)
{
	bool busy = false;
	int err;

	MUST(!db->in_transaction);
	err = ask(db, "PRAGMA wal_checkpoint(TRUNCATE)", busy_row, &busy, NULL);
	return err ? err : busy ? ERR_BUSY : 0;
}

int64_t db_log_bytes(struct db *db)
{
	struct buf name = {0};
	struct stat st;
	int64_t n;

	buf_printf(&name, "%s-wal", db->path);
	n = stat(name.p, &st) == 0 ? (int64_t)st.st_size : 0;
	buf_free(&name);
	return n;
}

/* ---- every text */

struct column {
	struct column *next;
	char *table, *name;
};

static int column_row(void *arg, int n, char **values, char **names)
{
	struct column **list = arg, *c = must_alloc(sizeof(*c));

	(void)n;
	(void)names;
	*c = (struct column){*list, must_strdup(values[0]), must_strdup(values[1])};
	*list = c;
	return 0;
}

struct search {
	const struct column *at;
	db_found *found;
	void *arg;
};

static int search_row(void *arg, int n, char **values, char **names)
{
	const struct search *s = arg;

	(void)n;
	(void)names;
	if (values[0])
		s->found(s->arg, s->at->table, s->at->name, slice_of(values[0]));
	return 0;
}

int db_find_text(struct db *db, const char *glob, db_found *found, void *arg)
{
	struct column *list = NULL;
	int err = ask(db,
	    "SELECT t.name, c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c "
	    "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.type = 'TEXT' ORDER BY t.name DESC, "
	    "c.cid DESC",
	    column_row, &list, NULL);

	for (struct column *c = list; c; c = list) {
		struct search s = {c, found, arg};
		struct buf sql = {0};

		buf_printf(&sql, "SELECT \"%s\" FROM \"%s\" WHERE \"%s\" GLOB '%s'", c->name, c->table, c->name, glob);
		if (!err)
			err = ask(db, sql.p, search_row, &s, NULL);
		buf_free(&sql);
		list = c->next;
		free(c->table);
		free(c->name);
		free(c);
	}
	return err;
}

/* ---- for tests */

static int plan_row(void *arg, int n, char **values, char **names)
{
	(void)names;
	buf_printf(arg, "%s\n", values[n - 1]);
	return 0;
}

void db_explain(struct db *db, enum query q, struct buf *plan)
{
	struct buf sql = {0};

	buf_printf(&sql, "EXPLAIN QUERY PLAN %s", query_text[q].sql);
	MUST(ask(db, sql.p, plan_row, plan, plan) == 0);
	buf_free(&sql);
}

void db_limit_pages(struct db *db, int more_pages)
{
	char text[80], *why = NULL;
	long now;

	MUST(db_value(db, "PRAGMA page_count", text, sizeof(text), &why) == 0);
	now = strtol(text, NULL, 10);
	snprintf(text, sizeof(text), "PRAGMA max_page_count = %ld", more_pages < 0 ? 1073741823L : now + more_pages);
	MUST(db_script(db, text, NULL, NULL, &why) == 0);
}
