/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor.h - what the examinations of `kabar doctor` share: what they look at, and how they say what they found. Reads only, with or without a daemon. */
#pragma once

#include <sys/stat.h>

#include "gateway/cli/cli.h"

enum finding { FINDING_OK, FINDING_WARN, FINDING_FAIL };

struct doctor {
	const struct cli_call *call;
	const struct settings *s;
	struct store *store; /* NULL: there is none, or it cannot be opened (told) */
	bool runs;	     /* the daemon */
	int64_t now_ms;
	const char *user;	  /* whose gateway it is: who owns state_dir, or who types this */
	const char *link, *thing; /* that a finding is about: %l and %t of its fix */
	json_t *rows;
	unsigned failed_n, warned_n;
};

/* One finding. `fix` is what to type, NULL when all is well; in it %s is the configuration file, %u the user of the gateway, %l and %t the link and the device, file or folder in question. */
void doctor_say(struct doctor *d, enum finding found, const char *subject, const char *fix, const char *fmt, ...)
    PRINTF(5, 6);

/* May this user do that to a file or folder (4 read, 2 write, 1 enter)? True for a user that nobody knows. */
bool doctor_may(const char *user, const struct stat *st, unsigned bits);
/* Each looks at one thing and says at least one finding. doctor_system.c: */
void doctor_clock(struct doctor *d);
void doctor_disk(struct doctor *d);
void doctor_key(struct doctor *d);
void doctor_service(struct doctor *d);
void doctor_backup(struct doctor *d);
/* doctor_device.c: */
void doctor_devices(struct doctor *d);
void doctor_rivals(struct doctor *d); /* programs that grab serial ports */
/* doctor_store.c: */
void doctor_links(struct doctor *d);
void doctor_content(struct doctor *d);
void doctor_people(struct doctor *d); /* operators, cries that wait */
void doctor_alarms(struct doctor *d);
