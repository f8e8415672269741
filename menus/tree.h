/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.h - menus as data: the nodes of menus/trees, and the pure step from one to the next. Owns neither words (menu.h) nor what a service does. The
 * same nodes serve SMS and USSD; paging, ends of sessions and the log are the engine's.
 *
 * A file is libconfig; the name of a setting is the node's id, unique over all files, and the id of its screen unless `screen` names another.
 *
 *   M0 = { choice = [ "DAFTAR", "#M7", "=sms" ]; zero = "MENU"; nine = "#I2"; };    1, 2, .. at most 7; 0 back; 9 next page; 00 is MENU everywhere
 *   D1 = { choice = [ "#DY", "#DX" ]; also = [ "yes", "no" ]; };                    entries of these lists (words/<lang>.keywords) choose, too
 *   D2 = { input = "register.name"; next = "#DN"; zero = "#D1"; leads = [ "#U18" ]; }  a validator takes the text, refuses it, or leads elsewhere
 *   D5 = { choice = [ "=TAIWAN", .. ]; input = "register.country"; next = "#D6"; }  both: what is no number goes to the validator, and "=TAIWAN" as if written
 *   J1 = { input = "schedule"; leads = [ "#J2" ]; }                                 a service without a dot: its own check() and answer() take all answers
 *   X  = { text = "SCREEN"; next = "#M0"; }                                         said in front of what follows
 *   DS = { action = "register.save"; outcomes = { done = "#D7"; unsure = "#D7c"; }; }
 *   DN = { branch = ( { fact = "stage"; is = "bekerja"; go = "#B1"; } ); else = "#D6"; }  the first fact that holds
 *   D1x = { end = true; }                                                           says its screen; the dialogue ends
 *
 * Targets: "#M7" a node; "JADWAL", "INFO GAJI" a command as if it had been written; "=sms" an answer that the service behind the question takes itself.
 * `from = [ "DAFTAR" ]`: the command whose service opens the node ("*": the engine does, anywhere). `leads`: what a service may open. These two change nothing
 * at run time; the drawing and the checks go by them.
 */
#pragma once

#include "menus/menu.h"

enum node_kind { NODE_CHOICE, NODE_INPUT, NODE_TEXT, NODE_ACTION, NODE_BRANCH, NODE_END };
enum edge_kind {
	EDGE_NUMBER,
	EDGE_ZERO,
	EDGE_NINE,
	EDGE_NEXT, /* behind a text, or behind an answer that was taken */
	EDGE_OUTCOME,
	EDGE_FACT,
	EDGE_ELSE,
	EDGE_LEAD,
};

struct menu_node;
struct menu_edge {
	enum edge_kind kind;
	int line;
	int number;		      /* NUMBER: 1..7 */
	const char *name;	      /* NUMBER: the list of `also`, NULL none; OUTCOME; FACT */
	const char *is;		      /* FACT: the value it must have; NULL: it must hold */
	const char *target;	      /* as written */
	const struct menu_node *node; /* of "#..", NULL for other targets */
};
struct menu_node {
	const char *id;
	enum node_kind kind;
	const char *screen;	 /* NULL: action, branch */
	const char *name;	 /* input, action; NULL: a choice alone */
	const char **from;	 /* ends with NULL */
	struct menu_edge *edges; /* in the order of the file */
	unsigned edges_n;
	const char *file;
	int line;
};

const struct menu_node *menus_node(
    const struct menus *m, const char *id); /* NULL: there is none (a tree that was edited) */
const struct menu_node *menus_node_after(
    const struct menus *m, const struct menu_node *n); /* in order; NULL: the first, or behind the last */
/* The first node that the command opens, by `from`; NULL. */
const struct menu_node *menus_entry(const struct menus *m, const char *command);
/* 16 hex digits over all tree files: two menus with the same hash have the same nodes. */
const char *menus_trees_hash(const struct menus *m);
const struct menu_edge *menu_edge(
    const struct menu_node *n, enum edge_kind kind, int number); /* the first; number counts for NUMBER only; NULL */
bool menu_waits(const struct menu_node *n);			 /* for an answer: choice, input */
/* Is its input a service that takes all answers itself ("schedule"), not a validator ("register.name")? */
bool menu_is_service(const struct menu_node *n);

/* What menus_check() says of names alone: a tree that asks for what no service offers cannot be walked. */
void menus_check_offers(const struct menus *m, const struct menu_services *services, struct complaints *complaints);
/* Facts that need no service: the engine knows them. Ends with NULL. */
extern const char *const menu_facts[]; /* registered stage language officer neutral */

/* ---- the step ---- */
/* What the step asks of the engine; each returns 0 or ERR_*, which ends the step. Given the same answers the step is the same. */
struct menu_verdict {
	enum { VERDICT_TAKEN, VERDICT_REFUSED, VERDICT_LEADS, VERDICT_NOT_MINE } is;
	const char *screen; /* REFUSED: what is said, the node stays open; LEADS: the id of a node of `leads` */
	const char *stays;  /* REFUSED: the id of a node of `leads` that is open from now on; NULL: the same */
};
struct menu_env {
	void *arg;
	const char *language; /* whose labels count: "id" */
	/* "registered", "register.no_name"; is NULL: does it hold? else: has it that value ("stage", "bekerja")? */
	int (*fact)(void *arg, const char *name, const char *is, bool *yes);
	/* Would the input `name` take this text? No effect. */
	int (*fits)(void *arg, const char *name, const struct menu_node *node, struct slice text, bool *fits);
	/* Takes it, or not. Never called for a service without a dot. */
	int (*take)(
	    void *arg, const char *name, const struct menu_node *node, struct slice text, struct menu_verdict *out);
};

struct menu_input {
	/* show the node; an answer to it; an answer to its validator, whatever number it looks like; its action ran */
	enum { MENU_ENTER, MENU_TEXT, MENU_VALUE, MENU_OUTCOME } kind;
	struct slice text;   /* TEXT: clean (clean.h); VALUE */
	const char *outcome; /* OUTCOME: one of the node's */
};

#define MENU_SAYS_MAX 4
struct menu_result {
	enum {
		MENU_ASK,	   /* node is open now: say its screen */
		MENU_REFUSE,	   /* say `screen`; node stays open */
		MENU_OUT_OF_RANGE, /* no such number: say NUM with max, then `screen`; node stays open */
		MENU_ACTION,	   /* run `name`, then step with its OUTCOME */
		MENU_COMMAND,	   /* go on as if `text` had been written */
		MENU_OWN, /* the service behind node takes it: `name` is "sms" of "=sms", NULL: the text as it is */
		MENU_END, /* say `screen`; no node is open */
		MENU_NOT_MINE, /* the text has nothing to do with node, which stays open */
		MENU_LOST,     /* the tree was edited: no such outcome, no such lead. Go home */
	} kind;
	const struct menu_node *node;
	const char *screen, *name;
	struct slice text; /* borrowed from m, or from the input */
	int max;
	const char *says[MENU_SAYS_MAX]; /* texts that are said before it, in order */
	unsigned says_n;
};
/* TEXT is for a node that waits, VALUE for one with a validator, OUTCOME for an action: else our bug. Returns 0 or what env returned. */
int menu_step(const struct menus *m, const struct menu_node *node, const struct menu_input *input,
    const struct menu_env *env, struct menu_result *out) MUST_USE;
/* Would this clean text answer the node (a number out of range counts: it is told so)? No effect. */
int menu_fits(const struct menus *m, const struct menu_node *node, struct slice text, const struct menu_env *env,
    bool *fits) MUST_USE;
/* What a text chooses: a number, "no 1", "satu", a label or its first words, a list of `also`, KEMBALI (0), LANJUT (9); -1 nothing, -2 out of range. */
int menu_number(const struct menus *m, const struct menu_node *node, const char *language, struct slice text);
