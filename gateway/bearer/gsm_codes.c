/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_codes.c - see gsm_codes.h. */
#include "gateway/bearer/gsm_codes.h"

#include "gateway/base/fault.h"

#define MINUTE_MS 60000
#define CODE_TIMEOUT 332 /* "network timeout" */

/* A condition other than OK makes the code the link's. */
static const struct code {
	int code;
	enum failure failure;
	enum link_condition condition;
	const char *words;
} codes[] = {
    {-1, FAILURE_TRANSIENT, CONDITION_OK, "the modem said ERROR"},
    {1, FAILURE_PERMANENT, CONDITION_OK, "this number is not in use"},
    {8, FAILURE_PERMANENT, CONDITION_OK, "barred by the operator"},
    {10, FAILURE_PERMANENT, CONDITION_OK, "barred by the operator"},
    {21, FAILURE_TRANSIENT, CONDITION_OK, "rejected by the network: look at the balance of the SIM"},
    {27, FAILURE_PERMANENT, CONDITION_OK, "the recipient's telephone is out of order"},
    {28, FAILURE_PERMANENT, CONDITION_OK, "this number is unknown"},
    {29, FAILURE_PERMANENT, CONDITION_OK, "the network does not carry this for the SIM"},
    {30, FAILURE_PERMANENT, CONDITION_OK, "unknown to the network"},
    {38, FAILURE_LINK, CONDITION_NO_NETWORK, "the network is out of order"},
    {41, FAILURE_TRANSIENT, CONDITION_OK, "the network failed for a moment"},
    {42, FAILURE_TRANSIENT, CONDITION_OK, "the network is full"},
    {47, FAILURE_TRANSIENT, CONDITION_OK, "the network has no room"},
    {50, FAILURE_PERMANENT, CONDITION_OK, "the SIM is not subscribed to sending"},
    {69, FAILURE_PERMANENT, CONDITION_OK, "the network cannot do this"},
    {95, FAILURE_PERMANENT, CONDITION_OK, "the network does not understand the message"},
    {96, FAILURE_PERMANENT, CONDITION_OK, "the network misses something in the message"},
    {97, FAILURE_PERMANENT, CONDITION_OK, "the network does not know this kind of message"},
    {99, FAILURE_PERMANENT, CONDITION_OK, "the network does not know a part of the message"},
    {128, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not carry this kind of message"},
    {129, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not carry this kind of message"},
    {144, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not know the alphabet"},
    {145, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not know the class"},
    {159, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not know the coding"},
    {176, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not carry this kind of message"},
    {193, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not serve this SIM"},
    {195, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not know this number"},
    {196, FAILURE_PERMANENT, CONDITION_OK, "the message centre may not write to this number"},
    {197, FAILURE_PERMANENT, CONDITION_OK, "the message centre has this message already"},
    {198, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not take the validity"},
    {199, FAILURE_PERMANENT, CONDITION_OK, "the message centre does not take the validity"},
    {304, FAILURE_PERMANENT, CONDITION_OK, "the modem does not take this message"},
    {310, FAILURE_LINK, CONDITION_NO_SIM, "there is no SIM"},
    {311, FAILURE_LINK, CONDITION_PIN_WANTED, "the SIM asks for its PIN"},
    {312, FAILURE_LINK, CONDITION_SIM_LOCKED, "the modem is locked to another SIM"},
    {313, FAILURE_LINK, CONDITION_NO_SIM, "the SIM fails"},
    {314, FAILURE_LINK, CONDITION_NO_SIM, "the SIM is busy"},
    {315, FAILURE_LINK, CONDITION_SIM_LOCKED, "the modem does not take this SIM"},
    {316, FAILURE_LINK, CONDITION_PUK, "the SIM asks for its PUK"},
    {317, FAILURE_LINK, CONDITION_PIN_WANTED, "the SIM asks for its PIN 2"},
    {318, FAILURE_LINK, CONDITION_PUK, "the SIM asks for its PUK 2"},
    {330, FAILURE_LINK, CONDITION_NO_SMSC, "the number of the message centre is unknown: set bearers[].smsc"},
    {331, FAILURE_LINK, CONDITION_NO_NETWORK, "no network"},
    {CODE_TIMEOUT, FAILURE_TRANSIENT, CONDITION_OK, "the network did not acknowledge it in time"},
    {500, FAILURE_TRANSIENT, CONDITION_OK, "the network refused it"},
};

static const struct code *code_of(int code)
{
	static const struct code other = {0, FAILURE_TRANSIENT, CONDITION_OK, "refused"};

	for (unsigned i = 0; i < COUNT_OF(codes); i++)
		if (codes[i].code == code)
			return &codes[i];
	return &other;
}

enum failure gsm_code_failure(int code, const char **words)
{
	const struct code *c = code_of(code);

	*words = c->words;
	if (WITHOUT(permanent_codes))
		return FAILURE_TRANSIENT;
	return WITHOUT(transient_codes) ? FAILURE_PERMANENT : c->failure;
}

enum link_condition gsm_code_condition(int code)
{
	return code_of(code)->condition;
}

bool gsm_code_is_doubtful(int code)
{
	return code == CODE_TIMEOUT;
}

enum report_state gsm_report_state(uint8_t tp_st)
{
	if (tp_st < 0x20)
		return REPORT_DELIVERED;
	if (tp_st < 0x40)
		return REPORT_BUFFERED;
	return tp_st == 0x46 ? REPORT_EXPIRED : REPORT_UNDELIVERED;
}

/* Minutes that a TP-VP stands for. */
static int64_t minutes_of(int vp)
{
	if (vp <= 143)
		return (vp + 1) * 5;
	if (vp <= 167)
		return 12 * 60 + (vp - 143) * 30;
	if (vp <= 196)
		return (vp - 166) * (int64_t)(24 * 60);
	return (vp - 192) * (int64_t)(7 * 24 * 60);
}

uint8_t gsm_validity(int64_t left_ms)
{
	int vp = 0;

	while (vp < 255 && minutes_of(vp + 1) * MINUTE_MS <= left_ms)
		vp++;
	return (uint8_t)vp;
}
