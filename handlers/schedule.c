/* SPDX-License-Identifier: GPL-2.0-or-later */
/* schedule.c - JADWAL, MINAT, IKUT: trainings and village events, of the sender's village when it is known.
 * Seats and reminders: seats.c. What is told when an event moves: schedule_told.c. */
#include "handlers/seats.h"

#include <string.h>

#include "handlers/village.h"

#define A_PAGE 3
#define ROWS_MAX 30
#define KEPT_VILLAGE "j.village" /* code; "" all villages */
#define KEPT_TOPIC "j.topic"
#define KEPT_PAGE "j.page"
#define KEPT_CODES "j.codes" /* of the rows on the page, in order */
#define KEPT_AROUND "j.kab"    /* name of a kabupaten, in place of a village */
#define KEPT_LABEL "j.label" /* {desa} */

struct filter {
	struct slice village, kabupaten, topic;
	const char *label;
};

static int rows_of(struct turn *t, const struct filter *f, struct schedule out[ROWS_MAX], unsigned *n)
{
	unsigned all, shown = 0;
	int err = f->kabupaten.n
		      ? schedule_next_around(
			    turn_store(t), f->kabupaten, f->topic, turn_now_ms(t), out, ROWS_MAX, &all)
		      : schedule_next(turn_store(t), f->village, f->topic, turn_now_ms(t), out, ROWS_MAX, &all);

	for (unsigned i = 0; !err && i < all && i < ROWS_MAX; i++)
		if (schedule_may_show(t, &out[i]))
			out[shown++] = out[i];
	*n = shown;
	return err;
}

static void keep_filter(struct turn *t, const struct filter *f, unsigned page)
{
	turn_keep(t, KEPT_VILLAGE, f->village);
	turn_keep(t, KEPT_AROUND, f->kabupaten);
	turn_keep(t, KEPT_TOPIC, f->topic);
	turn_keep(t, KEPT_LABEL, slice_of(f->label));
	keep_number(t, KEPT_PAGE, page);
	village_forget(t);
}

static struct filter kept_filter(struct turn *t)
{
	return (struct filter){turn_kept(t, KEPT_VILLAGE), turn_kept(t, KEPT_AROUND), turn_kept(t, KEPT_TOPIC),
	    str_of(t, turn_kept(t, KEPT_LABEL))};
}

static void say_page(struct turn *t, const struct filter *f, const struct schedule *rows, unsigned n, unsigned page)
{
	struct buf items = {0}, codes = {0};
	unsigned from = page * A_PAGE;

	for (unsigned i = from; i < n && i < from + A_PAGE; i++) {
		const char *day = day_shown(t, zone_local(rows[i].timezone, rows[i].starts_ms).day);

		list_item(t, &items, "J1i", (int)(i - from) + 1,
		    (struct value[]){{"hari", slice_of(day)}, {"judul", rows[i].title}}, 2);
		buf_printf(&codes, "%s" SLICE_FMT, i > from ? " " : "", SLICE_ARG(rows[i].code));
	}
	turn_keep(t, KEPT_CODES, buf_as_slice(&codes));
	turn_ask_as(t, "J1", from + A_PAGE < n ? "J1" : "J1e",
	    (struct value[]){{"desa", slice_of(f->label)}, {"daftar", buf_as_slice(&items)}}, 2);
	buf_free(&items);
	buf_free(&codes);
}

static int show(struct turn *t, const struct filter *f, unsigned page)
{
	struct schedule *rows = arena_alloc(store_arena(turn_store(t)), ROWS_MAX * sizeof(*rows));
	unsigned n;
	int err = rows_of(t, f, rows, &n);

	if (err)
		return err;
	if (page * A_PAGE >= n)
		page = 0;
	keep_filter(t, f, page);
	if (n)
		say_page(t, f, rows, n, page);
	else
		turn_ask(t, "J0", "desa", f->label, NULL);
	return 0;
}

/* ---- one training ---- */

static bool is_to_come(struct turn *t, const struct schedule *row)
{
	return schedule_may_show(t, row) && row->starts_ms > turn_now_ms(t) && slice_is(row->state, "open");
}

static int show_row(struct turn *t, struct slice code)
{
	struct schedule row;
	struct value v[TRAINING_VALUES + 1];
	struct enrolment e = {0};
	int err = schedule_by_code(turn_store(t), code, &row);

	if (err == ERR_NOT_FOUND || (!err && !is_to_come(t, &row)))
		return turn_command(t, "JADWAL");
	if (!err)
		err = enrol_get(turn_store(t), row.id, turn_peer(t), &e);
	if (err && err != ERR_NOT_FOUND)
		return err;
	turn_keep(t, KEPT_ROW, row.code);
	training_values(t, &row, v);
	v[TRAINING_VALUES] = (struct value){"n", slice_of(number_shown(t, row.seats - row.taken_n))};
	if (!row.approved_ms)
		turn_say(t, "DRAF", NULL);
	if (seats_are_full(&row) && !slice_is(e.state, "in") && !slice_is(e.state, "offered")) {
		ask_values(t, "J4", v, TRAINING_VALUES);
		return 0;
	}
	turn_ask_as(t, "J2", row.seats ? "J2" : "J2u", v, TRAINING_VALUES + 1);
	return 0;
}

static int kept_row(struct turn *t, struct schedule *row)
{
	return schedule_by_code(turn_store(t), turn_kept(t, KEPT_ROW), row);
}

/* A code that names nothing to come: said, with how to see what there is. Other words are no code: then the list. */
static int not_there(struct turn *t, struct slice code)
{
	if (code.n < 2 || code.p[0] != 'J' || !slice_all_digits(slice_from(code, 1)))
		return turn_command(t, "JADWAL");
	turn_say(t, "J0x", "teks", str_of(t, echo(t, code)), NULL);
	return 0;
}

/* In, if a seat is free or his already; else the choice of J4. */
static int join(struct turn *t, struct slice code)
{
	struct schedule row;
	struct enrolment e = {0};
	int err = schedule_by_code(turn_store(t), code, &row);

	if (err == ERR_NOT_FOUND || (!err && !is_to_come(t, &row)))
		return not_there(t, code);
	if (!err)
		err = enrol_get(turn_store(t), row.id, turn_peer(t), &e);
	if (err && err != ERR_NOT_FOUND)
		return err;
	if (seats_are_full(&row) && !slice_is(e.state, "in") && !slice_is(e.state, "offered"))
		return show_row(t, code);
	return seat_take(t, &row, "in");
}

/* ---- interests ---- */

static int note_interest(struct turn *t, const char *topic)
{
	int err = interest_put(turn_store(t), turn_peer(t), slice_of(topic), turn_now_ms(t));

	if (err)
		return err;
	dialogue_done(t, &handler_schedule);
	turn_say(t, "J10", "topik", topic, NULL);
	return 0;
}

static int interest(struct turn *t)
{
	const char *topic = turn_lookup(t, "interest", turn_args(t));

	if (topic)
		return note_interest(t, topic);
	turn_say(t, "J0m", NULL);
	turn_open(t, "J0");
	return 0;
}

/* BATAL MINAT, BATAL MINAT WISATA. */
static int no_interest(struct turn *t)
{
	const char *topic = turn_lookup(t, "interest", turn_args(t));
	bool all = !topic || strcmp(topic, "SEMUA") == 0;
	int err = interest_drop(turn_store(t), turn_peer(t), slice_of(all ? "" : topic));

	if (err && err != ERR_NOT_FOUND)
		return err;
	turn_say(t, err ? "J10e" : "J10x", NULL);
	return 0;
}

/* ---- which village ---- */

static int own_filter(struct turn *t, struct filter *f, bool *known)
{
	const struct person *people;
	unsigned n;
	int err = turn_people_sure(t, &people, &n);

	*known = !err && n && people[0].village.n;
	if (err || !*known)
		return err;
	f->village = people[0].village;
	return village_shown(t, f->village, (struct slice){0}, &f->label);
}

/* "kab contoh" names no village of that name. */
static bool says_kabupaten(struct slice words)
{
	struct slice first = clean_word(&words);

	return slice_is(first, "kab") || slice_is(first, "kabupaten");
}

static int by_kabupaten(struct turn *t, struct slice words, bool *found)
{
	struct filter f = {0};
	int err = kabupaten_find(turn_store(t), words, &f.kabupaten);

	*found = !err && f.kabupaten.n;
	if (!*found)
		return err;
	f.label = str_of(t, f.kabupaten);
	return show(t, &f, 0);
}

/* A village by code or name, several of one name, a kabupaten, or none (then it is asked, unless the words are
 * something else). */
static int by_village(struct turn *t, struct slice words, bool *found)
{
	struct village *v = arena_alloc(store_arena(turn_store(t)), VILLAGES_MAX * sizeof(*v));
	struct filter f = {0};
	unsigned n;
	int err = says_kabupaten(words) ? by_kabupaten(t, words, found) : 0;

	if (err || *found)
		return err;
	err = villages_find(t, words, v, &n);
	if (!err && !n)
		return by_kabupaten(t, words, found);
	*found = !err;
	if (err)
		return err;
	if (n > 1) {
		village_keep(t, words);
		return village_ask(t, "J11");
	}
	f.village = v->code;
	f.label = str_of(t, v->name);
	return show(t, &f, 0);
}

static int show_topic(struct turn *t, const char *topic)
{
	struct filter f = {.topic = slice_of(strcmp(topic, "SEMUA") == 0 ? "" : topic)};
	bool known;
	int err = own_filter(t, &f, &known);

	if (!known)
		f.label = topic;
	return err ? err : show(t, &f, 0);
}

static int run_list(struct turn *t)
{
	const char *topic = turn_lookup(t, "interest", turn_args(t));
	struct filter f = {0};
	bool known = false;
	int err = 0;

	if (topic)
		return show_topic(t, topic);
	if (turn_args(t).n)
		err = by_village(t, turn_args(t), &known);
	if (err || known)
		return err;
	err = own_filter(t, &f, &known);
	if (err || known)
		return err ? err : show(t, &f, 0);
	village_forget(t);
	turn_ask(t, "J11", NULL);
	return 0;
}

static int run(struct turn *t)
{
	struct slice code = turn_args(t);

	if (strcmp(turn_keyword(t), "MINAT") == 0)
		return interest(t);
	if (strcmp(turn_keyword(t), "TAKMINAT") == 0)
		return no_interest(t);
	if (strcmp(turn_question(t), "J8") == 0 && slice_is(code, "batal"))
		return leave_moved(t);
	if (strcmp(turn_keyword(t), "IKUT") == 0)
		return code.n ? join(t, upper(t, clean_word(&code))) : run_list(t);
	return run_list(t);
}

/* ---- answers ---- */

static unsigned listed_n(struct turn *t)
{
	struct slice codes = turn_kept(t, KEPT_CODES);
	unsigned n = 0;

	while (clean_word(&codes).n)
		n++;
	return n;
}

static int answer_list(struct turn *t)
{
	struct filter f = kept_filter(t);
	struct slice codes = turn_kept(t, KEPT_CODES), code = {0};
	unsigned page = (unsigned)kept_number(t, KEPT_PAGE);
	int n = (int)listed_n(t), choice = list_number(t, n);

	if (choice == -1)
		return ANSWER_NOT_MINE;
	if (choice == 0)
		return turn_command(t, "MENU");
	if (choice == 9)
		return show(t, &f, page + 1);
	if (choice == -2) {
		say_out_of_range(t, n);
		return show(t, &f, page);
	}
	while (choice--)
		code = clean_word(&codes);
	return show_row(t, code);
}

/* J2: come, or only be reminded. J4: wait, or hear of the next one. */
static int answer_row(struct turn *t, bool full)
{
	struct filter f = kept_filter(t);
	struct schedule row;
	struct choice c = list_choice(t, full ? "J4" : "J2");
	int err = kept_row(t, &row);

	if (err == ERR_NOT_FOUND)
		return turn_command(t, "JADWAL");
	if (err)
		return err;
	if (c.kind == CHOICE_NONE)
		return ANSWER_NOT_MINE;
	if (c.kind == CHOICE_OUT_OF_RANGE) {
		say_out_of_range(t, c.max);
		return show_row(t, row.code);
	}
	if (c.number == 0)
		return kept_is(t, KEPT_LABEL) ? show(t, &f, (unsigned)kept_number(t, KEPT_PAGE))
					      : turn_command(t, "JADWAL");
	if (c.number == 1)
		return full ? seat_wait(t, &row) : join(t, row.code);
	return full ? note_interest(t, row.topic.n ? str_of(t, row.topic) : "SEMUA") : seat_take(t, &row, "remind");
}

/* J11 while several villages bear the name: which of them? *code: of that one; *done: all is said. */
static int which_village(struct turn *t, struct slice *code, bool *done)
{
	struct village_reply r;
	int err = village_answer(t, &r);

	if (err || r.is == VILLAGE_NO_NUMBER)
		return err;
	*done = r.is != VILLAGE_CHOSEN;
	if (!*done) {
		*code = r.code;
		return 0;
	}
	if (r.is == VILLAGE_AGAIN) {
		village_forget(t);
		return turn_command(t, "JADWAL");
	}
	if (r.is == VILLAGE_OUT_OF_RANGE)
		say_out_of_range(t, r.shown);
	return village_ask(t, "J11");
}

static int answer_village(struct turn *t)
{
	struct filter everywhere = {.label = "-"};
	struct slice code = turn_args(t);
	bool found = false, done = false;
	int err = village_is_asked(t) ? which_village(t, &code, &done) : 0;

	if (err || done)
		return err;
	if (list_number(t, 0) == 0) {
		village_forget(t);
		return turn_command(t, "MENU");
	}
	if (turn_in_list(t, "skip", turn_args(t)))
		return show(t, &everywhere, 0);
	err = by_village(t, code, &found);
	if (err || found)
		return err;
	turn_say(t, "D4e", "teks", str_of(t, echo(t, turn_args(t))), NULL);
	turn_open(t, "J11");
	return 0;
}

static bool check(struct turn *t, const char *question)
{
	struct village v[VILLAGES_MAX];
	struct slice kabupaten = {0};
	unsigned n = 0;

	if (strcmp(question, "J1") == 0)
		return list_number(t, (int)listed_n(t)) != -1;
	if (strcmp(question, "J11") != 0)
		return list_choice(t, question).kind != CHOICE_NONE;
	return list_number(t, 0) != -1 || turn_in_list(t, "skip", turn_args(t)) ||
	       (villages_find(t, turn_args(t), v, &n) == 0 && n) ||
	       (kabupaten_find(turn_store(t), turn_args(t), &kabupaten) == 0 && kabupaten.n);
}

static int answer(struct turn *t, const char *question, bool fits)
{
	const char *own;
	struct choice c;

	if (strcmp(question, "J1") == 0)
		return answer_list(t);
	if (strcmp(question, "J2") == 0 || strcmp(question, "J4") == 0)
		return answer_row(t, question[1] == '4');
	if (strcmp(question, "J8") == 0)
		return answer_moved(t);
	if (strcmp(question, "J11") == 0)
		return answer_village(t);
	c = list_choice(t, question);
	if (!fits || c.kind != CHOICE_OUT_OF_RANGE)
		return list_answer(t, question, &own);
	say_out_of_range(t, c.max);
	return interest(t);
}

static int due(struct turn *t, const char *kind, int64_t subject)
{
	static const struct {
		const char *kind;
		int (*run)(struct turn *t, int64_t schedule);
	} dues[] = {{"planned", planned_due}, {"told", told_due}, {"news", news_due}, {"seat", seats_due},
	    {"remind", remind_due}};

	for (unsigned i = 0; i < COUNT_OF(dues); i++)
		if (strcmp(kind, dues[i].kind) == 0)
			return dues[i].run(t, subject);
	return 0;
}

const struct handler handler_schedule = {
    .name = "schedule",
    .summary = "JADWAL, IKUT, MINAT: trainings and village events",
    .keywords = (const char *const[]){"JADWAL", "IKUT", "MINAT", "TAKMINAT", NULL},
    .questions = (const char *const[]){"J0", "J1", "J2", "J4", "J8", "J11", NULL},
    .dues = (const char *const[]){"planned", "told", "news", "seat", "remind", NULL},
    .dues_wait = true,
    .run = run,
    .check = check,
    .answer = answer,
    .due = due,
};
