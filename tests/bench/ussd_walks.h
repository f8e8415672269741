/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ussd_walks.h - what the sessions of ussd_load.c type and must read: two walks that are built in, or those of a recorded file (tests/data/ussd_requests.tsv). One program
 * includes it once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 24
#define WALKS_MAX 64
#define TEXT_MAX 400

/* Steps of a walk: what is typed (NAME: the session's own) and what the answer must hold. The first is the dialling. */
static const char NAME[] = "NAME";
struct step {
	const char *input, *holds;
	const char *kind; /* "CON ", "END ", or NULL: either */
};
struct walk {
	unsigned n;
	struct step steps[STEPS_MAX];
};
static const struct walk built_in[] = {
    {8,
	{
	    {"", "Kabar Desmigratif", "CON "},
	    {"1", "Setuju?", "CON "},
	    {"1", "Nama lengkap", "CON "},
	    {NAME, "NIK di KTP", "CON "},
	    {"17-08-1990", "Desa asal?", "CON "},
	    {"LEWATI", "Negara kerja", "CON "},
	    {"2", NAME, "CON "},
	    {"1", "Terdaftar", "END "},
	}},
    {9,
	{
	    {"", "Kabar Desmigratif", "CON "},
	    {"4", "Info kerja aman", "CON "},
	    {"9", "Perdagangan orang", "CON "},
	    {"9", "Uang panjar", "CON "},
	    {"0", "Perdagangan orang", "CON "},
	    {"0", "Kontrak kerja", "CON "},
	    {"0", "Kabar Desmigratif", "CON "},
	    {"7", "Lainnya", "CON "},
	    {"0", "Kabar Desmigratif", "CON "},
	}},
};

static struct walk walks_recorded[WALKS_MAX];
static const struct walk *walks = built_in;
static unsigned walks_n = sizeof(built_in) / sizeof(*built_in);

/* Letters only, two names for no two lives below 31 million: open syllables make no keyword. */
static inline void walks_name(uint32_t life, char name[32])
{
	static const char consonants[] = "bdghjklmnprstwy";
	uint32_t left = life;
	char *p = name + sprintf(name, "SITI ");

	for (unsigned i = 0; i < 4; i++) {
		*p++ = consonants[left % 15];
		left /= 15;
		*p++ = "aiueo"[left % 5];
		left /= 5;
	}
	*p = '\0';
}

/* The next line of a recorded file: its step belongs to the walk of the line before, or begins one. */
static inline void walks_line(char *line, char last_session[TEXT_MAX], char last_text[TEXT_MAX])
{
	char *session = strsep(&line, "\t"), *number = strsep(&line, "\t"), *text = strsep(&line, "\t"),
	     *kind = strsep(&line, "\t\n");
	bool begins = strcmp(session, last_session) != 0;
	struct walk *w;

	if (!number || !text || !kind || strlen(text) >= TEXT_MAX || strlen(session) >= TEXT_MAX) {
		fprintf(stderr,
		    "ussd_load: session %s: a line is not session, number, text, CON or END, with tabs between\n",
		    session);
		exit(1);
	}
	if (!begins && strcmp(text, last_text) == 0)
		return; /* a repeated request is no step */
	walks_n += begins;
	w = &walks_recorded[walks_n - 1];
	if (walks_n > WALKS_MAX || w->n == STEPS_MAX) {
		fprintf(stderr, "ussd_load: session %s: more than %d sessions, or than %d steps in one\n", session,
		    WALKS_MAX, STEPS_MAX);
		exit(1);
	}
	w->steps[w->n++] = (struct step){.input = strdup(begins || !last_text[0] ? text : text + strlen(last_text) + 1),
	    .kind = strcmp(kind, "CON") == 0 ? "CON " : "END "};
	strcpy(last_session, session);
	strcpy(last_text, text);
}

/* The walks of a file from now on. False: it cannot be read, errno says why. */
static inline bool walks_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[1024], session[TEXT_MAX] = "", text[TEXT_MAX] = "";

	if (!f)
		return false;
	walks_n = 0;
	while (fgets(line, sizeof(line), f))
		if (line[0] != '#' && line[0] != '\n')
			walks_line(line, session, text);
	fclose(f);
	walks = walks_recorded;
	return true;
}
