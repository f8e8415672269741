/* SPDX-License-Identifier: GPL-2.0-or-later */
/* import_people.c - files about people: who they are, and the stages they reached. A NIK leaves this process sealed, or not at all. */
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/msisdn.h"
#include "gateway/base/text.h"
#include "gateway/cli/import.h"
#include "gateway/engine/command.h"
#include "handlers/register_fields.h"
#include "menus/clean.h"
#include "storage/people.h"

#define ADULT_YEARS 18
#define NIKS_TO_JUDGE 10 /* fewer may all end in zero */
#define LINE_BYTES 60

static const char *clean(struct import *im, const char *column, struct slice *out)
{
	struct cleaned c;

	clean_text(import_field(im, column), store_arena(im->store), &c);
	*out = c.text;
	return c.text.p;
}

static bool holds_nik(struct slice text)
{
	struct buf masked = {0};
	bool holds;

	text_mask_nik(text, &masked);
	holds = !slice_eq(buf_as_slice(&masked), text);
	buf_free(&masked);
	return holds;
}

/* One line that an SMS can carry, and no place for a NIK; false: told. */
static bool is_line(struct import *im, const char *column)
{
	struct slice text = import_field(im, column);

	if (gsm7_septets(text) < 0 || gsm7_septets(text) > LINE_BYTES || memchr(text.p, '\n', text.n))
		import_fault(im, column, "it has at most %d characters of the GSM alphabet, on one line", LINE_BYTES);
	else if (holds_nik(text))
		import_fault(im, column, "it holds a long number: a NIK is never kept in clear, write none here");
	else
		return true;
	return false;
}

/* ---- NIK */

static void tell_nik(struct import *im, const struct nik *nik, enum nik_verdict verdict)
{
	struct slice typed = import_field(im, "nik");

	if (memchr(typed.p, 'E', typed.n) || memchr(typed.p, 'e', typed.n))
		import_fault(im, "nik",
		    "a spreadsheet made a number of it and lost digits: format the column as text and write the NIK "
		    "again");
	else if (verdict == NIK_LENGTH)
		import_fault(im, "nik", "it has %u digits, a NIK has 16", nik->digits_n);
	else if (verdict == NIK_DAY_MONTH)
		import_fault(im, "nik", "digits 7 to 10 are no day and month (of women the day is 40 more)");
	else if (verdict == NIK_PROVINCE)
		import_fault(im, "nik", "its first two digits are no province");
	else
		import_fault(im, "nik", "it is a filler, nobody's NIK: look at the card");
}

/* The NIK of the row, digits "" when the field is empty; false: told. Wipe it. */
static bool read_nik(struct import *im, struct nik *out)
{
	struct slice typed = import_field(im, "nik");
	enum nik_verdict verdict;

	*out = (struct nik){0};
	if (!typed.n)
		return true;
	verdict = nik_parse(typed, im->today, out);
	if (verdict != NIK_OK && verdict != NIK_DATE) {
		tell_nik(im, out, verdict);
		return false;
	}
	if (!im->sends) {
		im->nik_n++;
		im->nik_ends_in_zero_n += out->digits[15] == '0';
	}
	return true;
}

/* Fifteen digits are all that a spreadsheet keeps of a number. */
static void look_at_all_niks(struct import *im)
{
	if (im->nik_n >= NIKS_TO_JUDGE && im->nik_n == im->nik_ends_in_zero_n)
		import_fault_all(im,
		    "every NIK ends in 0: a spreadsheet rounded them; format the column as text and write "
		    "the NIKs again");
}

/* ---- a person */

static const struct import_column people_columns[] = {{"name", "nama", true}, {"nik", NULL, false},
    {"birth", "lahir", false}, {"sex", "jk", false}, {"village", "desa", false}, {"country", "negara", false},
    {"number", "hp", false}, {"stage", "tahap", false}, {"stage_date", "tanggal_tahap", false},
    {"note", "catatan", false}, {"paper", "formulir", false}, {"officer", "petugas", false},
    {"consent_date", "tanggal_setuju", false}, {"notice", "versi", false}, {NULL, NULL, false}};

static bool read_name(struct import *im, char out[NAME_MAX_LETTERS + 1])
{
	if (field_name(import_field(im, "name"), out))
		return true;
	import_fault(im, "name", "a name has 1 to %d letters, and ' . - between them", NAME_MAX_LETTERS);
	return false;
}

/* Of the NIK when the field is empty. */
static bool read_birth(struct import *im, const struct nik *nik, char out[16])
{
	struct slice written = import_field(im, "birth");
	struct date day = nik->birth;

	out[0] = '\0';
	if (!written.n && !*nik->digits) {
		if (!import_field(im, "nik").n)
			import_fault(im, "birth", "there is neither a NIK nor a birth date");
	} else if (written.n && !date_parse(written, im->today, &day))
		import_fault(im, "birth", "it is no birth date: write it as 1990-08-17");
	else if (date_years_between(day, im->today) < ADULT_YEARS)
		import_fault(im, written.n ? "birth" : "nik",
		    "the person is under %d: of a child nothing is kept; is it the number of a family card?",
		    ADULT_YEARS);
	else
		return snprintf(out, 16, "%04d-%02u-%02u", day.year, day.month, day.day) > 0;
	return false;
}

/* "P", "L" or "": of the NIK when the field is empty. */
static bool read_sex(struct import *im, const struct nik *nik, const char **out)
{
	static const char *const women[] = {"p", "pr", "perempuan", "wanita", "f", "female"}, *const men[] = {"l", "lk",
												  "laki-laki",
												  "laki laki", "pria",
												  "m", "male"};
	struct slice written;

	clean(im, "sex", &written);
	*out = !*nik->digits ? "" : nik->female ? "P" : "L";
	for (unsigned i = 0; i < COUNT_OF(women); i++)
		if (slice_is(written, women[i]))
			*out = "P", written.n = 0;
	for (unsigned i = 0; i < COUNT_OF(men); i++)
		if (slice_is(written, men[i]))
			*out = "L", written.n = 0;
	if (written.n)
		import_fault(im, "sex", "write P (perempuan) or L (laki-laki)");
	return !written.n;
}

static bool read_number(struct import *im, char out[MSISDN_SIZE])
{
	struct slice written = import_field(im, "number");
	const char *why = NULL;

	out[0] = '\0';
	if (!written.n || msisdn_parse(written, out, &why) == MSISDN_MOBILE)
		return true;
	import_fault(
	    im, "number", "it is no mobile number%s%s: write it as +6281234567890", why ? ", " : "", why ? why : "");
	return false;
}

/* Its code, "" when the field is empty or the place is in no poster's list. */
static bool read_village(struct import *im, const char **out)
{
	struct slice written;
	struct village v[2];
	unsigned n = 0;
	int err = 0;

	clean(im, "village", &written);
	*out = "";
	if (!written.n)
		return true;
	if (slice_all_digits(written))
		err = village_by_code(im->store, written, v), n = err == 0;
	else
		err = villages_by_name(im->store, written, v, COUNT_OF(v), &n);
	if (err && err != ERR_NOT_FOUND)
		import_fault(im, "village", "the store cannot be read: %s", err_words(err));
	else if (n == 0)
		import_fault(im, "village",
		    "there is no village \"" SLICE_FMT
		    "\": write the code of its poster (kabar village list), or leave it empty",
		    SLICE_ARG(import_field(im, "village")));
	else if (n > 1)
		import_fault(im, "village",
		    "there are %u villages \"" SLICE_FMT "\": write the code of the poster, or village and kecamatan",
		    n, SLICE_ARG(import_field(im, "village")));
	else
		return *out = arena_str(store_arena(im->store), v[0].code), true;
	return false;
}

/* The name of a table of menus/words; false: told. */
static bool read_listed(struct import *im, const char *column, const char *table, const char **out)
{
	struct slice written;

	clean(im, column, &written);
	*out = written.n ? lexicon_lookup(im->settings->menus, table, written) : "";
	if (!*out)
		import_fault(im, column,
		    "there is no %s \"" SLICE_FMT "\"; they are in the table `%s` of "
		    "menus/words/id.keywords",
		    table, SLICE_ARG(import_field(im, column)), table);
	return *out != NULL;
}

static bool is_new(struct import *im, const struct nik *nik)
{
	struct person p;
	int64_t owner = 0;

	if (!*nik->digits || im->is_known || im->sends ||
	    person_nik_known(im->store, slice_of(nik->digits), &owner) < 0 || !owner ||
	    person_by_id(im->store, owner, &p) < 0)
		return true;
	import_fault(im, "nik", "this NIK is registered already, with the number " SLICE_FMT ": take the row out",
	    SLICE_ARG(p.reg_no));
	return false;
}

/* Proof is whole or not at all. */
static bool read_consent(struct import *im, char day[16])
{
	bool paper = import_field(im, "paper").n, officer = import_field(im, "officer").n;

	if (!import_day(im, "consent_date", day))
		return false;
	if (paper != officer || paper != (*day != '\0')) {
		import_fault(im, "consent_date",
		    "the proof of consent is the number of the form (paper), who saw it signed (officer) and the day "
		    "(consent_date): all three, or none and the person is asked");
		return false;
	}
	if (!paper && !im->sends)
		im->waits_n++;
	return true;
}

/* No two rows of one NIK; without one, no two of the same name, birth and number. */
static void add_key(const struct nik *nik, const char *name, const char *birth, const char *number, struct buf *key)
{
	if (*nik->digits)
		buf_str(key, nik->digits);
	else
		buf_printf(key, "%s\n%s\n%s", name, birth, number);
}

static json_t *person_with(struct import *im, const struct nik *nik, struct buf *key)
{
	char name[NAME_MAX_LETTERS + 1], birth[16], number[MSISDN_SIZE], stage_day[16], consent_day[16];
	const char *sex, *village, *country, *stage;
	struct buf sealed = {0};
	json_t *row;
	/* each tells its own fault: all that is wrong with a row is said at once */
	bool good = read_name(im, name) & read_birth(im, nik, birth) & read_sex(im, nik, &sex) &
		    read_number(im, number) & read_village(im, &village) &
		    read_listed(im, "country", "country", &country) & read_listed(im, "stage", "stage", &stage) &
		    import_day(im, "stage_date", stage_day) & read_consent(im, consent_day) & is_line(im, "note") &
		    is_line(im, "paper") & is_line(im, "officer") & is_line(im, "notice") & is_new(im, nik);

	if (!good)
		return NULL;
	add_key(nik, name, birth, number, key);
	if (im->sends && *nik->digits)
		command_seal_nik(im->store->keys, nik->digits, &sealed);
	row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", name, "nik",
	    sealed.p ? sealed.p : "", "birth", birth, "sex", sex, "village", village, "country", country, "number",
	    number, "stage", stage, "stage_date", stage_day, "note", import_text(im, "note"), "paper",
	    import_text(im, "paper"), "officer", import_text(im, "officer"), "consent_date", consent_day, "notice",
	    import_text(im, "notice"));
	buf_free(&sealed);
	return row;
}

static json_t *person_row(struct import *im, struct buf *key)
{
	struct nik nik;
	bool good = read_nik(im, &nik);
	json_t *row;

	if (!good)
		secret_wipe(&nik, sizeof(nik));
	row = person_with(im, &nik, key);
	if (!good) {
		json_decref(row);
		row = NULL;
	}
	secret_wipe(&nik, sizeof(nik));
	return row;
}

const struct import_kind import_people = {"people", people_columns, false, person_row, look_at_all_niks};

/* ---- a stage of somebody */

static const struct import_column stage_columns[] = {{"no", NULL, false}, {"nik", NULL, false},
    {"stage", "tahap", true}, {"date", "tanggal", true}, {"note", "catatan", false}, {"by", "petugas", false},
    {NULL, NULL, false}};

/* Dashes and blanks fall. */
static void digits_of(struct slice written, char out[16])
{
	unsigned n = 0;

	for (uint32_t i = 0; i < written.n && n < 15; i++)
		if (written.p[i] != '-' && written.p[i] != ' ')
			out[n++] = written.p[i];
	out[n] = '\0';
}

/* Who is meant, by registration number or NIK. */
static bool find_person(struct import *im, struct person *p)
{
	struct nik nik;
	char no[16];
	int64_t id = 0;
	int err = ERR_NOT_FOUND;

	digits_of(import_field(im, "no"), no);
	if (!*no && !import_field(im, "nik").n)
		return import_fault(im, "no", "there is neither a registration number nor a NIK"), false;
	if (*no) {
		err = person_by_reg_no(im->store, slice_of(no), p);
	} else {
		if (!read_nik(im, &nik))
			return false;
		err = person_nik_known(im->store, slice_of(nik.digits), &id);
		secret_wipe(&nik, sizeof(nik));
		err = err ? err : id ? person_by_id(im->store, id, p) : ERR_NOT_FOUND;
	}
	if (err)
		import_fault(im, *no ? "no" : "nik", "%s",
		    err == ERR_NOT_FOUND ? "nobody is registered with it" : err_words(err));
	return err == 0;
}

static json_t *stage_row(struct import *im, struct buf *key)
{
	struct person p = {0};
	const char *stage = "";
	char day[16];
	bool good = find_person(im, &p) & read_listed(im, "stage", "stage", &stage) & import_day(im, "date", day) &
		    is_line(im, "note") & is_line(im, "by");

	if (good && (!*stage || !*day))
		import_fault(im, *stage ? "date" : "stage", "it is empty");
	if (!good || !*stage || !*day)
		return NULL;
	buf_printf(key, SLICE_FMT "\n%s\n%s", SLICE_ARG(p.reg_no), stage, day);
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "no", arena_str(store_arena(im->store), p.reg_no), "stage", stage,
	    "date", day, "note", import_text(im, "note"), "by",
	    import_field(im, "by").n ? import_text(im, "by") : im->by);
}

const struct import_kind import_stages = {"stages", stage_columns, false, stage_row, look_at_all_niks};
