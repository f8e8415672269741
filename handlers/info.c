/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * info.c - INFO and KONTAK: what the rows of the store say. A topic's parts are one answer. A draft, or a row
 * whose review date has passed, holds the whole topic; drafts go out in demo mode, marked. Nothing here knows
 * a fact.
 */
#include "handlers/parts.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/guess.h"
#include "gateway/base/text.h"

#define PARTS_A_MESSAGE 3 /* above that: two, and "9 Lanjut" */
#define TOPICS_MAX 200
#define SIMILAR_MAX 2
#define LIKE_LETTERS 4 /* shorter words are like too many */
#define CONTACT "KONTAK "
#define KEPT_TOPIC "i.topic"
#define KEPT_PART "i.part"	 /* the first that was not sent yet */
#define KEPT_SIMILAR "i.similar" /* topics of I6, one a line */

/*
 * A part may end by naming the next one ("..: DOK2"), for those who read it alone: a word with a colon, then
 * letters and the next part's number. Joined parts follow each other, so it is cut out.
 */
static struct slice without_pointer(struct slice text, int next)
{
	uint32_t end = text.n, word, lead;

	if (end < 2 || text.p[end - 1] != '0' + next)
		return text;
	for (word = end - 1; word > 0 && isalpha((unsigned char)text.p[word - 1]); word--)
		;
	if (word == end - 1 || word < 3 || text.p[word - 1] != ' ' || text.p[word - 2] != ':')
		return text;
	for (lead = word - 2; lead > 0 && isalpha((unsigned char)text.p[lead - 1]); lead--)
		;
	return slice_trim((struct slice){text.p, lead});
}

/* Parts from..to (1-based, in order) as one text; behind the last one a line of its own when more follow. */
static void say_parts(struct turn *t, const struct info_row *rows, unsigned from, unsigned to, bool more)
{
	struct buf text = {0};

	for (unsigned i = from; i <= to; i++) {
		if (i > from)
			buf_char(&text, ' ');
		buf_slice(
		    &text, i < to || more ? without_pointer(rows[i - 1].text, rows[i - 1].part + 1) : rows[i - 1].text);
	}
	if (more) {
		buf_char(&text, '\n');
		buf_slice(&text, words_of(t, "LNJ", NULL, 0));
	}
	turn_say_text(t, buf_as_slice(&text));
	buf_free(&text);
}

static bool all_current(struct turn *t, const struct info_row *rows, unsigned n)
{
	struct date d = turn_today(t, NULL);
	const char *today = arena_printf(store_arena(turn_store(t)), "%04d-%02u-%02u", d.year, d.month, d.day);

	for (unsigned i = 0; i < n; i++)
		if (!info_is_current(&rows[i], today))
			return false;
	return true;
}

/* A number that may be wrong is worse than none: it offers a person instead. */
static void say_held(struct turn *t, struct slice topic)
{
	struct slice place = slice_starts(topic, CONTACT) ? slice_from(topic, strlen(CONTACT)) : (struct slice){0};
	struct buf low = {0};
	const char *country;

	text_fold_case(place, &low);
	country = place.n ? turn_lookup(t, "country", buf_as_slice(&low)) : NULL;
	buf_free(&low);
	if (place.n)
		turn_say(t, "I5", "negara", country ? country : str_of(t, place), NULL);
	else
		turn_say(t, "I0", "topik", str_of(t, topic), "dinas", turn_setting(t, "dinas"), NULL);
}

/* Says a topic from part `from` on, or all of it (0), or that one alone (alone). *there false: no such topic.
 */
static int say_topic(struct turn *t, struct slice topic, unsigned from, bool alone, bool *there)
{
	struct info_row rows[INFO_PARTS_MAX];
	unsigned n, to;
	int err = info_parts(turn_store(t), topic, rows, &n);

	*there = !err && n > 0 && from <= n;
	if (err || !*there)
		return err;
	if (!all_current(t, rows, n)) {
		if (!turn_is_demo(t)) {
			say_held(t, topic);
			return turn_topic_held(t, topic);
		}
		turn_say(t, "DRAF", NULL);
	}
	from = from ? from : 1;
	to = alone ? from : n - from + 1 > PARTS_A_MESSAGE ? from + 1 : n;
	say_parts(t, rows, from, to, !alone && to < n);
	if (!alone && to < n) {
		turn_keep(t, KEPT_TOPIC, topic);
		keep_number(t, KEPT_PART, to + 1);
		turn_open(t, "LNJ");
	}
	return 0;
}

/* ---- which topic ---- */

/* "dokumen 2": the topic's words and its part; 0 without one. */
static unsigned part_of(struct slice *words)
{
	uint32_t n = words->n;

	if (n < 2 || words->p[n - 1] < '1' || words->p[n - 1] > '9' || isdigit((unsigned char)words->p[n - 2]))
		return 0;
	*words = slice_trim((struct slice){words->p, n - 1});
	return (unsigned)(words->p[n - 1] - '0');
}

static struct slice canonical(struct turn *t, struct slice words)
{
	const char *alias = turn_lookup(t, "topic_alias", words);

	return alias ? slice_of(alias) : upper(t, words);
}

static bool is_similar(struct slice topic, struct slice wanted)
{
	uint32_t shorter = topic.n < wanted.n ? topic.n : wanted.n;
	struct slice rest = topic, word;

	if (shorter < LIKE_LETTERS)
		return false;
	if (guess_distance(topic, wanted) < GUESS_FAR || memcmp(topic.p, wanted.p, shorter) == 0)
		return true;
	while ((word = clean_word(&rest)).n)
		if (word.n >= LIKE_LETTERS && guess_distance(word, wanted) < 2)
			return true;
	return false;
}

/* I6: no such topic; one or two that are like it, or only the way to all. */
static int say_similar(struct turn *t, struct slice words)
{
	struct slice topics[TOPICS_MAX], wanted = upper(t, words);
	struct buf list = {0}, kept = {0};
	unsigned n, found = 0;
	int err = info_topics(turn_store(t), topics, TOPICS_MAX, &n);

	for (unsigned i = 0; !err && i < n && i < TOPICS_MAX && found < SIMILAR_MAX; i++) {
		if (!is_similar(topics[i], wanted))
			continue;
		list_item(t, &list, "I6i", (int)++found, &(struct value){"a", topics[i]}, 1);
		buf_printf(&kept, "%s" SLICE_FMT, found > 1 ? "\n" : "", SLICE_ARG(topics[i]));
	}
	turn_keep(t, KEPT_SIMILAR, buf_as_slice(&kept));
	turn_ask_as(t, "I6", found ? "I6" : "I6x",
	    (struct value[]){{"teks", echo(t, words)}, {"daftar", buf_as_slice(&list)}}, 2);
	buf_free(&list);
	buf_free(&kept);
	return err;
}

static int run_info(struct turn *t)
{
	struct slice words = turn_args(t), topic = canonical(t, words);
	bool there = false;
	unsigned part;
	int err;

	if (!words.n) {
		turn_ask(t, "I1", NULL);
		return 0;
	}
	err = say_topic(t, topic, 0, false, &there);
	if (err || there)
		return err;
	part = part_of(&words);
	if (part)
		err = say_topic(t, canonical(t, words), part, true, &there);
	return err || there ? err : say_similar(t, turn_args(t));
}

/* Rows of countries are named without blanks: KONTAK HONGKONG. */
static struct slice contact_topic(struct turn *t, struct slice words)
{
	const char *country = turn_lookup(t, "country", words);
	struct slice name = country ? slice_of(country) : upper(t, words), topic;
	struct buf b = {0};

	buf_str(&b, CONTACT);
	for (uint32_t i = 0; i < name.n; i++)
		if (name.p[i] != ' ')
			buf_char(&b, name.p[i]);
	topic = arena_slice(store_arena(turn_store(t)), buf_as_slice(&b));
	buf_free(&b);
	return topic;
}

static int run_contact(struct turn *t)
{
	struct slice words = turn_args(t);
	const char *country = turn_lookup(t, "country", words);
	bool there = false;
	int err = words.n ? say_topic(t, contact_topic(t, words), 0, false, &there) : 0;

	if (err || there)
		return err;
	if (country)
		turn_say(t, "I5", "negara", country, NULL);
	else
		turn_ask(t, "I4", NULL);
	return 0;
}

static int run(struct turn *t)
{
	return strcmp(turn_keyword(t), "KONTAK") == 0 ? run_contact(t) : run_info(t);
}

/* ---- answers ---- */

static unsigned similar_n(struct turn *t)
{
	struct slice lines = turn_kept(t, KEPT_SIMILAR);
	unsigned n = lines.n > 0;

	for (uint32_t i = 0; i < lines.n; i++)
		n += lines.p[i] == '\n';
	return n;
}

static bool check(struct turn *t, const char *question)
{
	if (strcmp(question, "LNJ") == 0)
		return list_number(t, 0) == 9;
	if (strcmp(question, "I6") == 0)
		return list_number(t, (int)similar_n(t)) != -1;
	if (strcmp(question, "I4") == 0 && turn_lookup(t, "country", turn_args(t)))
		return true;
	return list_choice(t, question).kind != CHOICE_NONE;
}

static int go_on(struct turn *t)
{
	struct slice topic = turn_kept(t, KEPT_TOPIC);
	unsigned part = (unsigned)kept_number(t, KEPT_PART);
	bool there;

	turn_close(t, "done");
	return say_topic(t, topic, part, false, &there);
}

static int choose_similar(struct turn *t)
{
	struct slice lines = turn_kept(t, KEPT_SIMILAR);
	int n = (int)similar_n(t), choice = list_number(t, n);

	if (choice == -1)
		return ANSWER_NOT_MINE;
	if (choice < 1 || choice > n)
		return turn_command(t, "INFO");
	while (--choice)
		lines = slice_from(lines, (uint32_t)((const char *)memchr(lines.p, '\n', lines.n) - lines.p) + 1);
	if (memchr(lines.p, '\n', lines.n))
		lines.n = (uint32_t)((const char *)memchr(lines.p, '\n', lines.n) - lines.p);
	return turn_command(t, arena_printf(store_arena(turn_store(t)), "INFO " SLICE_FMT, SLICE_ARG(lines)));
}

static int answer_country(struct turn *t)
{
	const char *country = turn_lookup(t, "country", turn_args(t)), *own;
	int err;

	if (country)
		return turn_command(t, arena_printf(store_arena(turn_store(t)), "KONTAK %s", country));
	err = list_answer(t, "I4", &own);
	if (!err && own) {
		turn_say(t, "D5t", NULL);
		turn_open(t, "I4");
	}
	return err;
}

static int answer(struct turn *t, const char *question, bool fits)
{
	const char *own;

	if (strcmp(question, "LNJ") == 0)
		return fits ? go_on(t) : ANSWER_NOT_MINE;
	if (strcmp(question, "I6") == 0)
		return choose_similar(t);
	if (strcmp(question, "I4") == 0)
		return answer_country(t);
	return list_answer(t, question, &own);
}

const struct handler handler_info = {
    .name = "info",
    .summary = "INFO, KONTAK: what the rows of the store say",
    .keywords = (const char *const[]){"INFO", "KONTAK", NULL},
    .questions = (const char *const[]){"I1", "I2", "I2b", "I3", "I4", "I6", "LNJ", NULL},
    .serves_nobody = true,
    .run = run,
    .check = check,
    .answer = answer,
};
