/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help.c - MENU, BANTUAN, and the lists that lead to the services: the first menu, "Maksud Anda?", and what
 * was not understood. */
#include "handlers/parts.h"

#include <string.h>

static int run(struct turn *t)
{
	if (strcmp(turn_keyword(t), "BANTUAN") == 0)
		turn_say(t, "HLP", NULL);
	else
		turn_ask(t, "M0", NULL);
	return 0;
}

/* ASK keeps its two commands as "a" and "b": as words they count, too. The name of the one that this text is;
 * NULL neither. */
static const char *asked_word(struct turn *t)
{
	struct slice words = upper(t, turn_args(t));

	return !words.n				    ? NULL
	       : slice_eq(words, turn_kept(t, "a")) ? "a"
	       : slice_eq(words, turn_kept(t, "b")) ? "b"
						    : NULL;
}

static bool check(struct turn *t, const char *question)
{
	return (strcmp(question, "ASK") == 0 && asked_word(t)) || list_choice(t, question).kind != CHOICE_NONE;
}

/* "1 Menu, 2 Forward it": what only this file can do. */
static int own_choice(struct turn *t, const char *own)
{
	if (strcmp(own, "teruskan") == 0) {
		turn_close(t, "done");
		turn_say(t, "UN2", NULL);
		return turn_forward_unknown(t);
	}
	if (strcmp(own, "bukan") == 0) {
		turn_ask(t, "M0", NULL);
		return 0;
	}
	if (strcmp(own, "lanjut") == 0)
		return turn_resume(t);
	if (strcmp(own, "baru") == 0)
		return turn_begin_anew(t);
	own = str_of(t, turn_kept(t, own));
	turn_close(t, "done");
	return turn_command(t, own);
}

/* The two words of ASK stand in the screen: it is said again with them. */
static int ask_again(struct turn *t, int max)
{
	say_out_of_range(t, max);
	turn_ask(t, "ASK", "a", str_of(t, turn_kept(t, "a")), "b", str_of(t, turn_kept(t, "b")), NULL);
	return 0;
}

static int answer(struct turn *t, const char *question, bool fits)
{
	bool is_ask = strcmp(question, "ASK") == 0;
	const char *own = is_ask ? asked_word(t) : NULL;
	struct choice c = list_choice(t, question);
	int err;

	(void)fits;
	if (own)
		return own_choice(t, own);
	if (is_ask && c.kind == CHOICE_OUT_OF_RANGE)
		return ask_again(t, c.max);
	err = list_answer(t, question, &own);
	return err || !own ? err : own_choice(t, own);
}

const struct handler handler_help = {
    .name = "help",
    .summary = "menus, help, and what was not understood",
    .keywords = (const char *const[]){"MENU", "BANTUAN", "KEMBALI", "LANJUT", NULL},
    .questions = (const char *const[]){"M0", "M7", "UNK", "ASK", "RES", "RESx", NULL},
    .serves_nobody = true,
    .run = run,
    .check = check,
    .answer = answer,
};
