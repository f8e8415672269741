/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * register_fields.h - reading of what people write into a registration: a name, a NIK or birth date, and the
 * one line DAFTAR#NAMA#NIK#DESA#NEGARA in any order that its 16 digits make clear. Pure: what is a village or
 * a country is asked by two functions. For handlers/register*.c and its test.
 */
#pragma once

#include "gateway/base/arena.h"
#include "gateway/base/nik.h"

#define NAME_MAX_LETTERS 40

/* "siti_demo" -> "SITI DEMO": letters ' . - and blanks, 1..40, accents off. As written. false: no name. */
bool field_name(struct slice written, char out[NAME_MAX_LETTERS + 1]);

enum birth_is {
	BIRTH_NOTHING, /* no digits */
	BIRTH_NIK,     /* nik and verdict say how good */
	BIRTH_DATE,    /* date */
	BIRTH_UNCLEAR, /* digits, but neither */
};
struct birth_field {
	enum birth_is is;
	enum nik_verdict verdict;
	struct nik nik; /* personal: wipe it */
	struct date date;
};
/* The answer to D3. */
void field_birth(struct slice written, struct date today, struct birth_field *out);

/* What the words of a piece are. Clean words (menus/clean.h). */
struct line_words {
	void *arg;
	bool (*is_country)(void *arg, struct slice clean);
	bool (*is_village)(void *arg, struct slice clean);
};
/* Stretches of the line, as written; empty: not there. */
struct line_fields {
	struct slice name, birth, village, country;
	bool usable; /* false: nothing in it can be told apart, ask one by one */
};
void line_read(
    struct slice written, struct date today, const struct line_words *words, struct arena *a, struct line_fields *out);
