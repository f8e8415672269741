/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * msisdn.c - see msisdn.h. One table of countries: code, trunk prefix that people write after it, lengths and first digits of mobile numbers
 * (ITU-T E.164; lengths as in libphonenumber's metadata).
 */
#include "gateway/base/msisdn.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX 15

struct country {
	const char *code, *iso;
	bool trunk_zero;   /* "+62 0812": the zero falls */
	uint8_t min, max;  /* digits of a mobile number after the code */
	const char *first; /* digits that it may begin with */
};

static const struct country countries[] = {
    {"62", "ID", true, 9, 12, "8"},
    {"852", "HK", false, 8, 8, "456789"},
    {"886", "TW", true, 9, 9, "9"},
    {"60", "MY", true, 9, 10, "1"},
    {"65", "SG", false, 8, 8, "89"},
    {"81", "JP", true, 10, 10, "6789"},
    {"82", "KR", true, 9, 10, "1"},
    {"966", "SA", true, 9, 9, "5"},
    {"673", "BN", false, 7, 7, "278"},
    {"971", "AE", true, 9, 9, "5"},
    {"974", "QA", false, 8, 8, "34567"},
    {"968", "OM", false, 8, 8, "79"},
    {"965", "KW", false, 8, 8, "4569"},
    {"973", "BH", false, 8, 8, "36"},
    {"962", "JO", true, 9, 9, "7"},
    {"853", "MO", false, 8, 8, "6"},
    {"675", "PG", false, 8, 8, "78"},
    {"39", "IT", false, 9, 10, "3"},
    {"90", "TR", true, 10, 10, "5"},
    {"48", "PL", false, 9, 9, "4567"},
    {"49", "DE", true, 10, 11, "1"},
    {"855", "KH", true, 8, 9, "136789"},
    {"95", "MM", true, 8, 10, "9"},
    {"856", "LA", true, 9, 10, "2"},
    {"66", "TH", true, 9, 9, "689"},
    {"63", "PH", true, 10, 10, "9"},
    {"84", "VN", true, 9, 9, "35789"},
    {"86", "CN", false, 11, 11, "1"},
    {"91", "IN", true, 10, 10, "6789"},
    {"92", "PK", true, 10, 10, "3"},
    {"880", "BD", true, 10, 10, "1"},
    {"61", "AU", true, 9, 9, "4"},
    {"31", "NL", true, 9, 9, "6"},
    {"44", "GB", true, 10, 10, "7"},
    {"40", "RO", true, 9, 9, "7"},
    {"670", "TL", false, 8, 8, "7"},
};

/* What a worker dials before an international number. 00 is nearly everywhere, so it is tried first: 00639.. is the Philippines, not 006 and Italy. */
static const char *const dial_out[] = {
    "00", "01017", "00700", "0019", "001", "002", "005", "006", "007", "008", "009", "010", "019"};

/* Beginnings of Indonesian mobile numbers that BTP has given out. */
static const char *const home_prefixes[] = {"811", "812", "813", "814", "815", "816", "817", "818", "819", "821", "822",
    "823", "831", "832", "833", "838", "851", "852", "853", "855", "856", "857", "858", "859", "877", "878", "879",
    "881", "882", "883", "887", "888", "889", "895", "896", "897", "898", "899"};

static const struct country *country_of(const char *digits)
{
	for (size_t i = 0; i < COUNT_OF(countries); i++)
		if (strncmp(digits, countries[i].code, strlen(countries[i].code)) == 0)
			return &countries[i];
	return NULL;
}

/* Digits and a leading plus of what was written; false: it has letters, or more digits than any number. */
static bool strip(struct slice s, char out[40], bool *plus)
{
	size_t n = 0;

	*plus = false;
	for (uint32_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (isalpha((unsigned char)c) || (unsigned char)c >= 0x80)
			return false;
		if (c == '(' && i + 2 < s.n && s.p[i + 1] == '0' && s.p[i + 2] == ')' && n > 0) {
			i += 2;
			continue;
		}
		if (c == '+' && n == 0)
			*plus = true;
		if (isdigit((unsigned char)c) && n < 39)
			out[n++] = c;
	}
	out[n] = '\0';
	return true;
}

static bool is_mobile(const struct country *c, const char *national)
{
	size_t n = strlen(national);

	if (c == &countries[0] && n > 1 && strchr("04", national[1]))
		return false; /* 0800 and 0809 are free calls and paid services */
	return n >= c->min && n <= c->max && strchr(c->first, national[0]) != NULL;
}

static const char *refusal(const struct country *c, const char *national)
{
	size_t n = strlen(national);

	if (n && !strchr(c->first, national[0]))
		return "it is not a mobile number";
	return n < c->min ? "it is too short" : n > c->max ? "it is too long" : "it is not a mobile number";
}

static void write_e164(const struct country *c, const char *national, char out[MSISDN_SIZE])
{
	snprintf(out, MSISDN_SIZE, "+%s%.18s", c->code, national);
}

/* Digits that begin with a country code: a mobile number there? */
static bool international(const char *digits, char out[MSISDN_SIZE], const char **why)
{
	const struct country *c = country_of(digits);
	const char *national;

	if (!c) {
		*why = "its country code is not known";
		return false;
	}
	national = digits + strlen(c->code);
	if (c->trunk_zero && *national == '0')
		national++;
	if (is_mobile(c, national)) {
		write_e164(c, national, out);
		return true;
	}
	*why = refusal(c, national);
	return false;
}

static bool has_home_prefix(const char *national)
{
	for (size_t i = 0; i < COUNT_OF(home_prefixes); i++)
		if (strncmp(national, home_prefixes[i], 3) == 0)
			return true;
	return false;
}

/*
 * "81234567890": a number of ours that lost its zero, or one with a code from 81 to 886 without its plus. Where both can be, as with 852.. of Telkomsel
 * and of Hong Kong, a network at home means its own; who types is asked again rather than a stranger written to.
 */
static bool eight_first(const char *digits, bool typed, char out[MSISDN_SIZE], const char **why)
{
	bool home = is_mobile(&countries[0], digits), ours = home && has_home_prefix(digits);

	if (ours && !(typed && international(digits, out, why))) {
		write_e164(&countries[0], digits, out);
		return true;
	}
	if (ours) {
		*why = "it may be Indonesian or foreign: it must begin with 0 or +";
		return false;
	}
	if (international(digits, out, why))
		return true;
	if (home)
		write_e164(&countries[0], digits, out);
	return home;
}

/* Without "+": dialled abroad, at home, or with the code but no plus. */
static bool without_plus(const char *digits, bool typed, char out[MSISDN_SIZE], const char **why)
{
	for (size_t i = 0; digits[0] == '0' && i < COUNT_OF(dial_out); i++) {
		const char *ignored;
		size_t n = strlen(dial_out[i]);

		if (strncmp(digits, dial_out[i], n) == 0 && international(digits + n, out, &ignored))
			return true;
	}
	if (digits[0] == '0') {
		if (is_mobile(&countries[0], digits + 1)) {
			write_e164(&countries[0], digits + 1, out);
			return true;
		}
		*why = refusal(&countries[0], digits + 1);
		return false;
	}
	return digits[0] == '8' ? eight_first(digits, typed, out, why) : international(digits, out, why);
}

enum msisdn_kind msisdn_parse(struct slice typed, char out[MSISDN_SIZE], const char **why)
{
	char digits[40], e164[MSISDN_SIZE];
	const char *reason = "it is too short";
	enum msisdn_kind kind = MSISDN_INVALID;
	bool plus;

	typed = slice_trim(typed);
	snprintf(out, MSISDN_SIZE, SLICE_FMT, (int)(typed.n > 20 ? 20 : typed.n), typed.p ? typed.p : "");
	if (typed.n == 0) {
		reason = "it is empty";
	} else if (!strip(typed, digits, &plus)) {
		kind = MSISDN_ALPHANUMERIC;
	} else if (plus ? international(digits, e164, &reason)
			: strlen(digits) > 6 && without_plus(digits, true, e164, &reason)) {
		memcpy(out, e164, MSISDN_SIZE);
		kind = MSISDN_MOBILE;
	} else if (!plus && strlen(digits) <= 6 && digits[0]) {
		kind = MSISDN_SHORT;
	}
	if (why)
		*why = kind == MSISDN_INVALID ? reason : NULL;
	return kind;
}

/* E.164 as far as it can be known of a number that no rule takes: the network brought it, so it exists. */
static void plain_number(const char *digits, bool plus, char out[MSISDN_SIZE])
{
	if (!plus && strncmp(digits, "00", 2) == 0)
		snprintf(out, MSISDN_SIZE, "+%.*s", DIGITS_MAX, digits + 2);
	else if (!plus && digits[0] == '0')
		snprintf(out, MSISDN_SIZE, "+62%.*s", DIGITS_MAX - 2, digits + 1);
	else
		snprintf(out, MSISDN_SIZE, "+%.*s", DIGITS_MAX, digits);
}

enum msisdn_kind msisdn_from_network(struct slice sender, char out[MSISDN_SIZE])
{
	char digits[40], e164[MSISDN_SIZE];
	const char *ignored;
	bool plus;

	sender = slice_trim(sender);
	snprintf(out, MSISDN_SIZE, SLICE_FMT, (int)(sender.n > MSISDN_SIZE - 1 ? MSISDN_SIZE - 1 : sender.n),
	    sender.p ? sender.p : "");
	if (sender.n == 0)
		return MSISDN_INVALID;
	if (!strip(sender, digits, &plus))
		return MSISDN_ALPHANUMERIC;
	if (strlen(digits) <= 6)
		return digits[0] ? MSISDN_SHORT : MSISDN_INVALID;
	if (plus ? international(digits, e164, &ignored) : without_plus(digits, false, e164, &ignored)) {
		memcpy(out, e164, MSISDN_SIZE);
		return MSISDN_MOBILE;
	}
	if (strlen(digits) > DIGITS_MAX)
		return MSISDN_INVALID;
	plain_number(digits, plus, out);
	return strlen(out) > 1 + 6 ? MSISDN_OTHER : MSISDN_SHORT; /* "00135780" */
}

bool msisdn_is_foreign(const char *e164)
{
	return strncmp(e164, "+62", 3) != 0;
}

const char *msisdn_country(const char *e164)
{
	const struct country *c = *e164 == '+' ? country_of(e164 + 1) : NULL;

	return c ? c->iso : "";
}

void msisdn_mask(const char *e164, char out[MSISDN_SIZE])
{
	size_t n = strnlen(e164, MSISDN_SIZE - 1);

	memcpy(out, e164, n);
	out[n] = '\0';
	for (size_t i = 6; n > 8 && i < n - 2; i++)
		out[i] = '*';
}
