/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * villages.c - the villages of people.h, by code and by name. A name is compared as people write it: without
 * case, accents, blanks, signs and the words of administration ("Desa Suka Maju, kec. Contoh A" = SUKAMAJU in
 * CONTOH A), on both sides alike.
 */
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "storage/people.h"
#include "storage/rows.h"

#define WORDS_MAX 16
#define AREA_CODE_DIGITS 10

static void village_read(struct store *s, enum query q, void *row)
{
	struct village *v = row;
	struct arena *a = &s->arena;

	*v = (struct village){
	    .code = db_text(s->db, q, 0, a),
	    .name = db_text(s->db, q, 1, a),
	    .kecamatan = db_text(s->db, q, 2, a),
	    .kabupaten = db_text(s->db, q, 3, a),
	    .province = db_text(s->db, q, 4, a),
	    .timezone = db_text(s->db, q, 5, a),
	    .area_code = db_text(s->db, q, 6, a),
	};
}

int village_by_code(struct store *s, struct slice code, struct village *out)
{
	int err = db_query_one(s->db, Q_village_by_code, "s", code);

	err = row_read(s, Q_village_by_code, err, village_read, out);
	if (err != ERR_NOT_FOUND || code.n != AREA_CODE_DIGITS)
		return err;
	err = db_query_one(s->db, Q_village_by_area, "s", code);
	return row_read(s, Q_village_by_area, err, village_read, out);
}

/* ---- names as written */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static bool is_administration(struct slice word)
{
	static const char *const words[] = {"desa", "ds", "kelurahan", "kel", "kecamatan", "kec", "kabupaten", "kab"};

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (slice_is(word, words[i]))
			return true;
	return false;
}

/* Folded words without the administration's; the apostrophe of Regapu'u parts no words. `folded` holds them.
 */
static unsigned words_of(struct slice written, struct buf *folded, struct slice out[WORDS_MAX])
{
	unsigned n = 0;
	size_t at = 0;

	text_fold_case(written, folded);
	while (at < folded->n && n < WORDS_MAX) {
		size_t from, to;

		for (; at < folded->n && !is_letter(folded->p[at]); at++)
			;
		for (from = to = at; at < folded->n && (is_letter(folded->p[at]) || folded->p[at] == '\''); at++)
			if (folded->p[at] != '\'')
				folded->p[to++] = folded->p[at];
		out[n] = (struct slice){folded->p + from, (uint32_t)(to - from)};
		if (out[n].n && !is_administration(out[n]))
			n++;
	}
	return n;
}

static void squeeze(const struct slice *words, unsigned n, struct buf *out)
{
	for (unsigned i = 0; i < n; i++)
		buf_slice(out, words[i]);
}

/* The form that is stored and compared. */
static void fold_name(struct slice written, struct buf *out)
{
	struct slice words[WORDS_MAX];
	struct buf folded = {0};

	squeeze(words, words_of(written, &folded, words), out);
	buf_free(&folded);
}

/* What stands behind the name: nothing, the kecamatan, the kabupaten, or both. */
static bool lies_in(const struct village *v, struct slice rest)
{
	struct buf district = {0}, regency = {0};
	bool is;

	if (!rest.n)
		return true;
	fold_name(v->kecamatan, &district);
	fold_name(v->kabupaten, &regency);
	is = slice_eq(rest, buf_as_slice(&district)) || slice_eq(rest, buf_as_slice(&regency));
	buf_slice(&district, buf_as_slice(&regency));
	is = is || slice_eq(rest, buf_as_slice(&district));
	buf_free(&district);
	buf_free(&regency);
	return is;
}

static int match_name(
    struct store *s, struct slice name, struct slice rest, struct village *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_villages_by_name, "s", name);

	while (!err && (err = db_next(s->db, Q_villages_by_name)) == 1) {
		struct village v;

		village_read(s, Q_villages_by_name, &v);
		if (lies_in(&v, rest) && (*n)++ < cap)
			out[*n - 1] = v;
		err = 0;
	}
	return err;
}

int villages_by_name(struct store *s, struct slice written, struct village *out, unsigned cap, unsigned *n)
{
	struct slice words[WORDS_MAX];
	struct buf folded = {0};
	unsigned words_n = words_of(written, &folded, words);
	int err = 0;

	*n = 0;
	/* the longest name first: "karang anyar" is a village before it is Karang in Anyar */
	for (unsigned k = words_n; k > 0 && !err; k--) {
		struct buf name = {0}, rest = {0};

		squeeze(words, k, &name);
		squeeze(words + k, words_n - k, &rest);
		err = match_name(s, buf_as_slice(&name), buf_as_slice(&rest), out, cap, n);
		buf_free(&name);
		buf_free(&rest);
	}
	buf_free(&folded);
	return err;
}

int kabupaten_find(struct store *s, struct slice written, struct slice *name)
{
	struct buf wanted = {0};
	struct slice at = {"", 0};
	int err = 0;

	fold_name(written, &wanted);
	*name = (struct slice){"", 0};
	while (!err && wanted.n && !name->n) {
		struct buf folded = {0};

		err = db_query_one(s->db, Q_kabupaten_next, "s", at);
		if (!err && db_is_null(s->db, Q_kabupaten_next, 0))
			err = ERR_NOT_FOUND;
		if (!err)
			at = db_text(s->db, Q_kabupaten_next, 0, &s->arena);
		db_end(s->db, Q_kabupaten_next);
		fold_name(at, &folded);
		if (!err && slice_eq(buf_as_slice(&folded), buf_as_slice(&wanted)))
			*name = at;
		buf_free(&folded);
	}
	buf_free(&wanted);
	return err == ERR_NOT_FOUND ? 0 : err;
}

int village_list(struct store *s, struct village *out, unsigned cap, unsigned *n)
{
	int err = db_query(s->db, Q_village_list, "i", (int64_t)cap);

	return rows_read(s, Q_village_list, err, village_read, out, sizeof(*out), cap, n);
}

/* A curly apostrophe would turn a whole answer into UCS-2. */
static struct slice gsm(struct store *s, struct slice text)
{
	struct buf b = {0};
	struct slice out;

	text_fold_gsm(text, &b);
	out = arena_slice(&s->arena, buf_as_slice(&b));
	buf_free(&b);
	return out;
}

int village_put(struct store *s, const struct village *v)
{
	const struct slice timezone = v->timezone.n ? v->timezone : SLICE_LIT("Asia/Jakarta");
	struct buf folded = {0};
	int err;

	fold_name(v->name, &folded);
	err = db_exec(s->db, Q_village_put, "ssssssss", v->code, gsm(s, v->name), buf_as_slice(&folded),
	    gsm(s, v->kecamatan), gsm(s, v->kabupaten), gsm(s, v->province), timezone, v->area_code);
	buf_free(&folded);
	return err;
}
