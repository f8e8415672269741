/* SPDX-License-Identifier: GPL-2.0-or-later */
/* router_bench.h - the router over the shipped words and the topics of the store, and the lines of tables of texts.
 * Included after cmocka.h. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "gateway/engine/router.h"

static struct menus *menus;
static struct arena arena;
static const char *const topics[] = {"SYARAT", "DOKUMEN", "TAHAP", "BIAYA", "BEBAS BIAYA", "CALO", "VISA",
    "UANG PANJAR", "TPPO", "KONTRAK", "BPJS", "PASPOR", "LAPOR DIRI", "DARURAT", "KONTAK TAIWAN", "KONTAK HONGKONG",
    "KONTAK MALAYSIA", "UANG", "SEHAT", "GAJI", "PULANG", "USAHA", "ANAK", "KOPERASI", "WISATA", "CEK PT", "SETUJU",
    "STOP OK", "TENTANG", "PRIVASI", "PURNA"};

static bool is_topic(void *arg, struct slice upper)
{
	(void)arg;
	for (unsigned i = 0; i < COUNT_OF(topics); i++)
		if (slice_is(upper, topics[i]))
			return true;
	return false;
}

static const struct slice *list(void *arg, unsigned *n)
{
	static struct slice all[COUNT_OF(topics)];

	(void)arg;
	*n = COUNT_OF(topics);
	for (unsigned i = 0; i < *n; i++)
		all[i] = slice_of(topics[i]);
	return all;
}

static const struct router_topics stored = {NULL, is_topic, list};

static struct router router(void)
{
	return (struct router){.menus = menus, .topics = &stored, .arena = &arena};
}

static inline bool router_bench_load(void)
{
	struct complaints c = {0};

	if (menus_load("menus", &c, &menus) < 0)
		for (unsigned i = 0; i < c.n; i++)
			fprintf(stderr, "%s:%d: %s\n", c.v[i].file, c.v[i].line, c.v[i].words);
	complaints_free(&c);
	return menus;
}

static inline void router_bench_free(void)
{
	menus_free(menus);
	arena_free(&arena);
}

/* ---- the lines of a table ---- */

/* A remark, or nothing: a text that begins with # has a tab behind it. */
static bool is_remark(const char *line)
{
	return !*line || (*line == '#' && !strchr(line, '\t'));
}

static void unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p; p++) {
		if (p[0] == '\\' && p[1] == 'n') {
			*to++ = '\n';
			p++;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
}

/* "(L3) text": the open question; *text moves on. */
static const char *question_of(char **text)
{
	char *end = **text == '(' ? strstr(*text, ") ") : NULL;
	const char *question;

	if (!end || !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (*text)[1]))
		return "";
	question = *text + 1;
	*end = '\0';
	*text = end + 2;
	return question;
}

static void understand(struct router *r, const char *question, char *text, struct understanding *u)
{
	if (!*question) {
		router_understand(r, slice_of(text), u);
		return;
	}
	router_begin(r, slice_of(text));
	if (!router_sos(r, question, u) && !router_cutter(r, u))
		*u = (struct understanding){.keyword = "", .rule = "unknown"};
}
