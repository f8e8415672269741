/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_system.c - examinations of the machine: clock, disk, key file, service, backup. See doctor.h. */
#include <errno.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "gateway/cli/backup.h"
#include "gateway/cli/doctor.h"
#include "storage/alarms.h"

#define YEAR_2025_MS INT64_C(1735689600000)
#define BEHIND_MS 60000
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define MB (INT64_C(1024) * 1024)

/* ---- clock ---- */

void doctor_clock(struct doctor *d)
{
	struct timex clock = {0};
	int64_t newest_ms = 0;
	char age[24];

	if (d->now_ms < YEAR_2025_MS) {
		doctor_say(d, FINDING_FAIL, "clock", "timedatectl set-ntp true; or: date -s '2026-11-24 21:00'",
		    "the clock says a year that has long passed");
		return;
	}
	if (d->store && store_newest_ms(d->store, &newest_ms) == 0 && newest_ms > d->now_ms + BEHIND_MS) {
		doctor_say(d, FINDING_FAIL, "clock",
		    "timedatectl set-ntp true; if the clock is right now: kabar clock confirm -c %s",
		    "the clock is %s behind the newest message: announcements and reminders wait",
		    cli_age(newest_ms - d->now_ms, age));
		return;
	}
	if (adjtimex(&clock) < 0 || (clock.status & STA_UNSYNC))
		doctor_say(d, FINDING_WARN, "clock",
		    "timedatectl set-ntp true (a village without internet: a real-time clock with a battery)",
		    "no time server sets the clock");
	else
		doctor_say(d, FINDING_OK, "clock", NULL, "it is set by a time server, and behind no message");
}

/* ---- disk ---- */

struct file_system {
	unsigned long magic;
	const char *name, *why; /* why not; NULL: a good one */
};
static const struct file_system systems[] = {
    {0xef53, "ext4", NULL},
    {0x58465342, "xfs", NULL},
    {0x9123683e, "btrfs", NULL},
    {0xf2f52010, "f2fs", NULL},
    {0x794c7630, "overlay", "of a container: a volume of the host outlives it"},
    {0x01021994, "tmpfs", "which lives in memory: all is lost when the power fails"},
    {0x4d44, "vfat", "which has no journal and no owners: a power cut damages it"},
    {0x2011bab0, "exfat", "which has no journal and no owners: a power cut damages it"},
    {0x6969, "nfs", "of a network: SQLite's locks do not hold there"},
    {0xff534d42, "cifs", "of a network: SQLite's locks do not hold there"},
    {0xfe534d42, "smb2", "of a network: SQLite's locks do not hold there"},
};

static void look_at_kind(struct doctor *d, const char *folder)
{
	struct statfs fs;

	if (statfs(folder, &fs) != 0)
		return;
	for (size_t i = 0; i < COUNT_OF(systems); i++) {
		if ((unsigned long)fs.f_type != systems[i].magic)
			continue;
		if (systems[i].why)
			doctor_say(d, FINDING_WARN, "disk", "in %s: gateway.state_dir on a local disk with ext4",
			    "%s is on %s, %s", folder, systems[i].name, systems[i].why);
		else
			doctor_say(d, FINDING_OK, "disk", NULL, "%s is on %s", folder, systems[i].name);
		return;
	}
	doctor_say(d, FINDING_WARN, "disk", "in %s: gateway.state_dir on a local disk with ext4",
	    "%s is on a file system (%#lx) that nobody here knows", folder, (unsigned long)fs.f_type);
}

static void look_at_room(struct doctor *d, const char *folder)
{
	struct statvfs fs;
	int64_t free_mb, size_mb;

	if (statvfs(folder, &fs) != 0)
		return;
	d->thing = folder;
	free_mb = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize / MB;
	size_mb = (int64_t)fs.f_blocks * (int64_t)fs.f_frsize / MB;
	if (fs.f_flag & ST_RDONLY)
		doctor_say(d, FINDING_FAIL, "disk",
		    "dmesg | tail (a disk that fails becomes read-only); mount -o remount,rw",
		    "%s cannot be written: its file system is read-only", folder);
	else if (access(folder, W_OK) != 0)
		doctor_say(
		    d, FINDING_FAIL, "disk", "chown -R %u: %t", "%s cannot be written: %s", folder, strerror(errno));
	else if (free_mb < 20)
		doctor_say(d, FINDING_FAIL, "disk", "du -xh / | sort -h | tail; journalctl --vacuum-size=50M",
		    "%lld of %lld MB are free at %s", (long long)free_mb, (long long)size_mb, folder);
	else if (free_mb < 200 || free_mb * 20 < size_mb)
		doctor_say(d, FINDING_WARN, "disk", "du -xh / | sort -h | tail; journalctl --vacuum-size=50M",
		    "%lld of %lld MB are free at %s", (long long)free_mb, (long long)size_mb, folder);
	else
		doctor_say(
		    d, FINDING_OK, "disk", NULL, "%lld of %lld MB are free", (long long)free_mb, (long long)size_mb);
}

void doctor_disk(struct doctor *d)
{
	char *copy = must_strdup(d->s->store_path);
	const char *folder = dirname(copy);

	if (access(folder, F_OK) != 0) {
		doctor_say(d, FINDING_WARN, "disk", "kabar run -c %s (the first start makes it)", "%s is not there yet",
		    folder);
	} else {
		look_at_kind(d, folder);
		look_at_room(d, folder);
	}
	if (d->store && db_log_bytes(d->store->db) > 64 * MB)
		doctor_say(d, FINDING_WARN, "disk", "fuser -v that file; end the program that reads it for hours",
		    "the log %s-wal has %lld MB: a reader keeps it from being reused", d->s->store_path,
		    (long long)(db_log_bytes(d->store->db) / MB));
	free(copy);
}

/* ---- key ---- */

void doctor_key(struct doctor *d)
{
	const char *path = d->s->key_path;
	struct stat key;

	d->thing = path;
	if (stat(path, &key) != 0 && !d->store && access(d->s->store_path, F_OK) != 0)
		doctor_say(
		    d, FINDING_WARN, "key", "kabar run -c %s (the first start makes it)", "%s is not there yet", path);
	else if (stat(path, &key) != 0)
		doctor_say(d, FINDING_FAIL, "key",
		    "put the copy of the key file back; without it what is sealed stays sealed", "%s: %s", path,
		    strerror(errno));
	else if (key.st_mode & 077)
		doctor_say(d, FINDING_FAIL, "key", "chmod 400 %t", "%s may be read by others (mode %03o)", path,
		    key.st_mode & 0777);
	else if (!doctor_may(d->user, &key, 4))
		doctor_say(
		    d, FINDING_FAIL, "key", "chown %u: %t", "the gateway (user %s) may not read %s", d->user, path);
	else if (key.st_size != 32)
		doctor_say(d, FINDING_FAIL, "key", "put the copy of the key file back", "%s has %lld bytes, not 32",
		    path, (long long)key.st_size);
	else
		doctor_say(d, FINDING_OK, "key", NULL, "%s is private; is a copy of it in a safe place?", path);
}

/* ---- service ---- */

static bool is_enabled(void)
{
	static const char *const places[] = {"/etc/systemd/system/multi-user.target.wants/kabar.service",
	    "/etc/systemd/system/default.target.wants/kabar.service"};

	for (size_t i = 0; i < COUNT_OF(places); i++)
		if (access(places[i], F_OK) == 0)
			return true;
	return false;
}

/* A service of a user ends when the user logs out, unless it lingers. */
static bool look_at_user_service(struct doctor *d)
{
	const struct passwd *who = getpwnam(d->user);
	struct buf unit = {0}, linger = {0};
	bool found, lingers;

	buf_printf(&unit, "%s/.config/systemd/user/default.target.wants/kabar.service", who ? who->pw_dir : "");
	buf_printf(&linger, "/var/lib/systemd/linger/%s", d->user);
	found = access(unit.p, F_OK) == 0;
	lingers = access(linger.p, F_OK) == 0;
	if (found && !lingers)
		doctor_say(d, FINDING_FAIL, "service", "loginctl enable-linger",
		    "kabar is a service of the user %s and ends when that one logs out", d->user);
	else if (found)
		doctor_say(d, FINDING_OK, "service", NULL, "a service of the user %s, who lingers", d->user);
	buf_free(&unit);
	buf_free(&linger);
	return found;
}

void doctor_service(struct doctor *d)
{
	if (access("/run/systemd/system", F_OK) != 0)
		doctor_say(d, FINDING_WARN, "service",
		    "have something start `kabar run` at every boot, and again when it ends",
		    "there is no systemd here");
	else if (is_enabled())
		doctor_say(d, FINDING_OK, "service", NULL, "systemd starts it at every boot");
	else if (!look_at_user_service(d))
		doctor_say(d, FINDING_WARN, "service", "systemctl enable --now kabar",
		    "nothing starts the gateway after a power cut");
}

/* ---- backup ---- */

static bool same_disk(const char *a, const char *b)
{
	struct stat one, two;

	return stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev;
}

/* The folder of backup.dir: is it there, may the gateway write into it? False and said when not. */
static bool look_at_backup_folder(struct doctor *d, const char *folder)
{
	struct stat st;

	d->thing = folder;
	if (stat(folder, &st) != 0)
		doctor_say(d, FINDING_FAIL, "backup", "mount that disk; or: mkdir %t; chown %u: %t",
		    "backup.dir %s: %s. No backup can be made", folder, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		doctor_say(d, FINDING_FAIL, "backup", "name a folder as backup.dir in %s", "backup.dir %s is no folder",
		    folder);
	else if (!doctor_may(d->user, &st, 3))
		doctor_say(d, FINDING_FAIL, "backup", "chown %u: %t (a stick with FAT: mount it with uid=%u)",
		    "the gateway (user %s) may not write into backup.dir %s. No backup can be made", d->user, folder);
	else if (access(folder, W_OK) != 0 && errno == EROFS)
		doctor_say(
		    d, FINDING_FAIL, "backup", "mount -o remount,rw %t", "backup.dir %s is mounted read-only", folder);
	else
		return true;
	return false;
}

void doctor_backup(struct doctor *d)
{
	char *path, age[24];
	int64_t ms = backup_last_ms(d->s, &path);
	const char *folder = conf_string(conf_group(d->s->conf, "backup"), "dir");
	const char *fix = folder ? "journalctl -u kabar | grep backup; or now: kabar backup %t/kabar-1.db -c %s"
				 : "write backup: { dir = \"/media/usb\"; }; into %s and restart; or now: kabar backup "
				   "/media/usb/kabar-1.db -c %s";

	if (folder && !look_at_backup_folder(d, folder))
		;
	else if (ms == 0 && folder)
		doctor_say(
		    d, FINDING_WARN, "backup", fix, "no backup was made yet; backup.dir %s can be written", folder);
	else if (ms == 0)
		doctor_say(d, FINDING_WARN, "backup", fix, "no backup was ever made");
	else if (d->now_ms - ms > 7 * DAY_MS)
		doctor_say(d, FINDING_WARN, "backup", fix, "the last backup is %s old: %s",
		    cli_age(d->now_ms - ms, age), path);
	else if (access(path, F_OK) == 0 && same_disk(path, d->s->store_path))
		doctor_say(d, FINDING_WARN, "backup", "copy it to another disk, and the key file to a third place",
		    "%s lies on the disk of the store: both die together", path);
	else
		doctor_say(d, FINDING_OK, "backup", NULL, "%s old: %s", cli_age(d->now_ms - ms, age), path);
	free(path);
}
