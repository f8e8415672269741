/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_codes.h - what the codes of the network mean for us: CMS and CME errors, states of reports, validity
 * periods. Pure tables; any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/event.h"

/*
 * +CMS ERROR of a submit; -1 is a bare ERROR. Up to 127 it is the RP-Cause of the network (3GPP TS 24.011, 8.2.5.4, table 8.4 and annex E-2), from 128 to 255 the
 * TP-Failure-Cause (TS 23.040, 9.2.3.22), above the modem's own (TS 27.005, 3.2.5). An unknown code is transient. words: never NULL.
 */
enum failure gsm_code_failure(int code, const char **words);
/* What a code that is FAILURE_LINK says of the link; else CONDITION_OK. */
enum link_condition gsm_code_condition(int code);
/* 332: the modem sent the message and no acknowledgement came before its timer TR1M ran out (24.011, 5.3.3.1): nobody knows. */
bool gsm_code_is_doubtful(int code);

/* TP-ST (23.040, 9.2.3.15). */
enum report_state gsm_report_state(uint8_t tp_st);

/* TP-VP, relative (23.040, 9.2.3.12.1): the longest period that is not longer than `left_ms`; at least 5
 * minutes, which is the shortest. */
uint8_t gsm_validity(int64_t left_ms);
