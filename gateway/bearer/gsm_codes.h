/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_codes.h - what the codes of the network mean for us: CMS and CME errors, states of reports, validity
 * periods. Pure tables; any thread. */
#pragma once

#include <stdint.h>

#include "gateway/base/event.h"

/* +CMS ERROR / +CME ERROR of a submit (3GPP TS 27.005, 3.2.5; 24.011, E-2); -1 is a bare ERROR. An unknown
 * code is transient. words: never NULL. */
enum failure gsm_code_failure(int code, const char **words);

/* TP-ST (23.040, 9.2.3.15). */
enum report_state gsm_report_state(uint8_t tp_st);

/* TP-VP, relative (23.040, 9.2.3.12.1): the longest period that is not longer than `left_ms`; at least 5
 * minutes, which is the shortest. */
uint8_t gsm_validity(int64_t left_ms);
