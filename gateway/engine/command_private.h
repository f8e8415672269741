/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command_private.h - what the files of the requests share: a request's fields, what is answered, the audit; and the verbs, a function each. */
#pragma once

#include <jansson.h>

#include "gateway/engine/command.h"
#include "storage/people.h"

struct command {
	struct store *s;
	const struct plan *plan;
	json_t *in, *out;
	uint32_t uid;
	int64_t now_ms;
	struct chance *chance;
};

/* ---- command.c: fields and answers */
const char *command_text(const struct command *r, const char *name); /* "" when it is not given */
struct slice command_field(const struct command *r, const char *name);
/* A whole number between bounds; below `min` when it is none. */
int64_t command_number(const struct command *r, const char *name, int64_t min, int64_t max);
int command_said(struct command *r, const char *fmt, ...) PRINTF(2, 3);
/* The request is not right: told, and nothing is changed. */
int command_refuse(struct command *r, const char *fmt, ...) PRINTF(2, 3);
static inline bool command_refused(const struct command *r)
{
	return json_object_get(r->out, "error") != NULL;
}
int command_audit(struct command *r, const char *act, const char *subject);
/* A short line of plain text: no control characters, not longer than max septets. */
bool command_is_line(struct slice text, int max);
#define COMMAND_NAME_SEPTETS 60 /* of who approved */
bool command_is_date(const char *z); /* 2026-11-24 */
const char *command_upper(const char *z, char out[64]);

/* ---- the verbs: 0, or ERR_* of the store */
/* command_content.c */
int command_info_put(struct command *r);
int command_info_approve(struct command *r);
int command_info_delete(struct command *r);
/* command_schedule.c */
int command_schedule_put(struct command *r);
int command_schedule_approve(struct command *r);
int command_schedule_cancel(struct command *r);
/* command_cases.c */
int command_case_take(struct command *r);
int command_case_close(struct command *r);
/* command_villages.c */
int command_village_put(struct command *r);
int command_village_edit(struct command *r);
/* command_queue.c */
int command_queue_cancel(struct command *r);
/* command_people.c */
int command_person_stage(struct command *r);
/* By the registration number, however it is written. Nobody has it: that is told, and p->id is 0. */
int command_find_person(struct command *r, struct person *p);
int command_person_link(struct command *r);
int command_person_code(struct command *r);
int command_link_pin_reset(struct command *r);
/* command_import.c */
int command_import_begin(struct command *r);
int command_import_rows(struct command *r);
/* command_import_people.c: a row of a file each */
/* command_person_add.c */
int command_person_add(struct command *r);
int command_person_settle(struct command *r);
int command_import_person(struct command *r);
int command_import_stage(struct command *r);
/* command_requests.c */
int command_request_add(struct command *r);
int command_request_done(struct command *r);
/* command_retention.c */
int command_retention_set(struct command *r);
int command_retention_approve(struct command *r);
/* command_alarm.c */
int command_clock_confirm(struct command *r);
int command_alarm_test(struct command *r);
int command_backup_done(struct command *r);
