/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * content.h - what ships with the program: drafts of the information topics (info.tsv), and for demo mode
 * invented villages (villages.tsv) and trainings (schedule.tsv). Tab-separated, a head line, `#` begins a
 * comment line.
 */
#pragma once

#include "storage/store.h"

/*
 * Fills an empty info table with drafts: an officer approves them. With demo also villages, and trainings of
 * the coming days (a row that lies in the past is dated anew). Inside a transaction of the caller. A folder
 * without the files is none of our business (a warning); ERR_INVALID: a line is wrong, the log says which.
 */
int content_load(struct store *s, const char *dir, bool demo, int64_t now_ms) MUST_USE;
