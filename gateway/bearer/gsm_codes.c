/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_codes.c - see gsm_codes.h. */
#include "gateway/bearer/gsm_codes.h"

#define MINUTE_MS 60000

static const struct code {
	int code;
	enum failure failure;
	const char *words;
} codes[] = {
    {-1, FAILURE_TRANSIENT, "the modem said ERROR"},
    {1, FAILURE_PERMANENT, "this number is not in use"},
    {8, FAILURE_PERMANENT, "barred by the operator"},
    {10, FAILURE_PERMANENT, "barred by the operator"},
    {21, FAILURE_TRANSIENT, "rejected by the network: look at the balance of the SIM"},
    {27, FAILURE_PERMANENT, "the recipient's telephone is out of order"},
    {28, FAILURE_PERMANENT, "this number is unknown"},
    {29, FAILURE_PERMANENT, "the network does not carry this for the SIM"},
    {30, FAILURE_PERMANENT, "unknown to the network"},
    {38, FAILURE_TRANSIENT, "the network is out of order"},
    {41, FAILURE_TRANSIENT, "the network failed for a moment"},
    {42, FAILURE_TRANSIENT, "the network is full"},
    {47, FAILURE_TRANSIENT, "the network has no room"},
    {50, FAILURE_PERMANENT, "the SIM is not subscribed to sending"},
    {69, FAILURE_PERMANENT, "the network cannot do this"},
    {96, FAILURE_PERMANENT, "the network misses something in the message"},
    {304, FAILURE_PERMANENT, "the modem does not take this message"},
    {330, FAILURE_TRANSIENT, "the number of the message centre is unknown: set bearers[].smsc"},
    {331, FAILURE_TRANSIENT, "no network"},
    {332, FAILURE_TRANSIENT, "the network did not answer in time"},
    {500, FAILURE_TRANSIENT, "the modem failed"},
};

enum failure gsm_code_failure(int code, const char **words)
{
	for (unsigned i = 0; i < COUNT_OF(codes); i++)
		if (codes[i].code == code) {
			*words = codes[i].words;
			return codes[i].failure;
		}
	*words = "refused";
	return FAILURE_TRANSIENT;
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
