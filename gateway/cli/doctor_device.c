/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_device.c - examinations of modems and listeners as the machine sees them: is the port there, may the gateway open it, who else has it. See doctor.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/bearer/ussd_listen.h"
#include "gateway/cli/doctor.h"

#define BY_ID "/dev/serial/by-id"
#define GROUPS_MAX 64

/* Calls back with every entry of a folder until one says true. */
static bool each_entry(const char *folder, bool (*look)(void *arg, const char *path, const char *name), void *arg)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		struct buf path = {0};

		buf_printf(&path, "%s/%s", folder, entry->d_name);
		found = entry->d_name[0] != '.' && look(arg, path.p, entry->d_name);
		buf_free(&path);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* ---- processes ---- */

static void name_of_process(const char *pid, char out[32])
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	f = fopen(path, "re");
	if (!f || !fgets(out, 32, f))
		strcpy(out, "");
	out[strcspn(out, "\n")] = '\0';
	if (f)
		fclose(f);
}

struct holder {
	const char *device; /* resolved */
	char name[32], pid[24];
};

static bool is_the_device(void *arg, const char *path, const char *name)
{
	const struct holder *h = arg;
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	(void)name;
	target[n > 0 ? n : 0] = '\0';
	return strcmp(target, h->device) == 0;
}

/* Another program than ours, which has it open. What belongs to other users is seen by root only. */
static bool holds_device(void *arg, const char *path, const char *pid)
{
	struct holder *h = arg;
	struct buf folder = {0};
	bool held;

	if (!isdigit((unsigned char)*pid))
		return false;
	buf_printf(&folder, "%s/fd", path);
	held = each_entry(folder.p, is_the_device, h);
	buf_free(&folder);
	if (!held)
		return false;
	name_of_process(pid, h->name);
	snprintf(h->pid, sizeof(h->pid), "%s", pid);
	return strncmp(h->name, "kabar", 5) != 0;
}

/* ---- may the gateway open it? ---- */

static bool is_member(const char *user, gid_t group)
{
	const struct passwd *who = getpwnam(user);
	gid_t groups[GROUPS_MAX];
	int n = GROUPS_MAX;

	if (!who || getgrouplist(user, who->pw_gid, groups, &n) < 0)
		return false;
	for (int i = 0; i < n; i++)
		if (groups[i] == group)
			return true;
	return false;
}

bool doctor_may(const char *user, const struct stat *st, unsigned bits)
{
	const struct passwd *who = getpwnam(user);

	if (!who)
		return true; /* nobody to ask for */
	if (who->pw_uid == 0)
		return true;
	if (who->pw_uid == st->st_uid)
		return (st->st_mode >> 6 & bits) == bits;
	if (is_member(user, st->st_gid))
		return (st->st_mode >> 3 & bits) == bits;
	return (st->st_mode & bits) == bits;
}

/* A port of the group root is the fault: nobody joins that group for it. */
static void say_forbidden(struct doctor *d, const char *device, const struct stat *st)
{
	const struct group *group = st->st_gid ? getgrgid(st->st_gid) : NULL;
	struct buf fix = {0};

	if (group && (st->st_mode & 0060) == 0060)
		buf_printf(&fix, "usermod -aG %s %%u; then log in again, or: systemctl restart kabar", group->gr_name);
	else
		buf_str(&fix, "chgrp dialout %t; chmod 660 %t; usermod -aG dialout %u; systemctl restart kabar");
	d->thing = device;
	doctor_say(d, FINDING_FAIL, "device", fix.p, "the user %s may not open %s", d->user, device);
	buf_free(&fix);
}

/* ---- a name that stays ---- */

struct alias {
	const char *device; /* resolved */
	struct buf found;
};

static bool is_alias(void *arg, const char *path, const char *name)
{
	struct alias *a = arg;
	char *real = realpath(path, NULL);
	bool same = real && strcmp(real, a->device) == 0;

	(void)name;
	if (same)
		buf_str(&a->found, path);
	free(real);
	return same;
}

static void look_at_name(struct doctor *d, const char *device, const char *real)
{
	struct alias alias = {.device = real};
	struct buf fix = {0};

	if (strncmp(device, "/dev/ttyUSB", 11) != 0 && strncmp(device, "/dev/ttyACM", 11) != 0) {
		doctor_say(d, FINDING_OK, "device", NULL, "%s is there and may be opened", device);
		return;
	}
	each_entry(BY_ID, is_alias, &alias);
	buf_printf(&fix, "device = \"%s\"; in gateway.conf", alias.found.p ? alias.found.p : BY_ID "/..");
	doctor_say(
	    d, FINDING_WARN, "device", fix.p, "%s is there, but gets another number when sticks are moved", device);
	buf_free(&alias.found);
	buf_free(&fix);
}

static bool list_name(void *arg, const char *path, const char *name)
{
	(void)name;
	buf_printf(arg, "%s%s", ((struct buf *)arg)->n ? " " : "", path);
	return false;
}

static void say_absent(struct doctor *d, const char *device)
{
	struct buf there = {0};

	each_entry(BY_ID, list_name, &there);
	doctor_say(d, FINDING_FAIL, "device", "plug the modem in, or write its name from: ls -l " BY_ID,
	    "%s: %s. There are: %s", device, strerror(errno), there.n ? there.p : "no serial devices at all");
	buf_free(&there);
}

static void examine(struct doctor *d, const char *device)
{
	char *real = realpath(device, NULL);
	struct holder holder = {.device = real};
	struct stat st;

	if (!real || stat(real, &st) != 0)
		say_absent(d, device);
	else if (!S_ISCHR(st.st_mode))
		doctor_say(d, FINDING_FAIL, "device", "write the modem's name from: ls -l " BY_ID,
		    "%s is no serial device", device);
	else if (!doctor_may(d->user, &st, 6))
		say_forbidden(d, device, &st);
	else if (each_entry("/proc", holds_device, &holder))
		doctor_say(d, FINDING_FAIL, "device", "end that program, and keep it from starting again",
		    "%s is held by %s (process %s)", device, holder.name, holder.pid);
	else
		look_at_name(d, device, real);
	free(real);
}

/* ---- listeners ---- */

/* Somebody answers there: the gateway, while it runs. */
static bool is_reached(const struct listen_place *place)
{
	int s = socket(place->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool reached = s >= 0 && connect(s, (const struct sockaddr *)&place->address, place->n) == 0;

	if (s >= 0)
		close(s);
	return reached;
}

/* While it does not run, the port must be free for it. */
static void examine_listener(struct doctor *d, const struct conf_group *bearer)
{
	const char *name = conf_string(bearer, "name"), *written = conf_string(bearer, "listen"), *why = "";
	enum link_condition condition;
	struct listen_place place;
	int s;

	MUST(listen_place_read(written, &place) == 0); /* checked with the settings */
	d->thing = written;
	if (d->runs && is_reached(&place)) {
		doctor_say(d, FINDING_OK, "listener", NULL, "%s can be reached at %s", name, written);
	} else if (d->runs) {
		doctor_say(d, FINDING_FAIL, "listener", "kabar status -c %s", "%s cannot be reached at %s: %s", name,
		    written, strerror(errno));
	} else if (listen_place_open(&place, &s, &condition, &why) < 0) {
		doctor_say(d, FINDING_FAIL, "listener", "ss -ltnp; then free %t, or write another one into %s",
		    "%s cannot listen on %s: %s", name, written, why);
	} else {
		close(s);
		doctor_say(d, FINDING_OK, "listener", NULL, "%s can listen on %s", name, written);
	}
}

void doctor_devices(struct doctor *d)
{
	for (unsigned i = 0; i < d->s->plan.links_n; i++) {
		const struct conf_group *bearer = settings_bearer(d->s, i);

		if (strcmp(conf_string(bearer, "kind"), "ussd-http") == 0)
			examine_listener(d, bearer);
		if (strcmp(conf_string(bearer, "kind"), "gsm") != 0)
			continue;
		if (conf_string(bearer, "imei"))
			doctor_say(
			    d, FINDING_OK, "device", NULL, "%s is looked for by its IMEI", conf_string(bearer, "name"));
		else
			examine(d, conf_string(bearer, "device"));
	}
}

/* ---- programs that grab serial ports ---- */

static const struct {
	const char *name, *fix;
} rivals[] = {
    {"ModemManager", "systemctl disable --now ModemManager"},
    {"brltty", "systemctl mask --now brltty brltty-udev"},
    {"gammu-smsd", "systemctl disable --now gammu-smsd"},
    {"smsd", "systemctl disable --now smstools"},
    {"pppd", "end the connection that uses it (poff -a)"},
    {"wvdial", "end it (killall wvdial)"},
};

static bool look_at_rival(void *arg, const char *path, const char *pid)
{
	struct doctor *d = arg;
	char name[32];

	(void)path;
	if (!isdigit((unsigned char)*pid))
		return false;
	name_of_process(pid, name);
	for (size_t i = 0; i < COUNT_OF(rivals); i++)
		if (strcmp(name, rivals[i].name) == 0)
			doctor_say(d, FINDING_WARN, "rivals", rivals[i].fix,
			    "%s runs (process %s): it sends commands of its own to modems", name, pid);
	return false;
}

void doctor_rivals(struct doctor *d)
{
	unsigned before = d->warned_n;

	each_entry("/proc", look_at_rival, d);
	if (d->warned_n == before)
		doctor_say(d, FINDING_OK, "rivals", NULL, "no program is known to grab modems");
}
