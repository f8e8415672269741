/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings_keys.c - the master copy of every key of gateway.conf: type, default, range and meaning. Those of a bearer's kind stand with the bearer. */
#include "gateway/bearer/bearer.h"
#include "gateway/settings.h"

static const struct conf_key gateway_keys[] = {
    {"name", CONF_STRING, "kabar", 1, 40, NULL, 0, "Name of this gateway: in every row that it owns, and in reports."},
    {"state_dir", CONF_STRING, "var", 1, 400, NULL, CONF_PATH,
	"Folder of the key file, the control socket and, by default, the store."},
    {"key_file", CONF_STRING, NULL, 0, 0, NULL, CONF_PATH,
	"The key that seals personal data; made at the first start. Default: state_dir/kabar.key. Keep a copy in a "
	"safe place."},
    {"timezone", CONF_STRING, "Asia/Jakarta", 1, 60, NULL, 0,
	"Time zone of people whose village says none: Asia/Jakarta, Asia/Makassar, Asia/Jayapura."},
    {"language", CONF_STRING, "id", 2, 3, NULL, 0, "Language of answers unless a person chose another."},
    {"dinas", CONF_STRING, "Dinas Tenaga Kerja", 1, 22, NULL, CONF_RELOAD,
	"Name of the office that keeps the data, as people read it."},
    {"notice_version", CONF_STRING, "1", 1, 20, NULL, CONF_RELOAD,
	"Version of the privacy notice that consents refer to."},
    {"demo", CONF_BOOL, "false", 0, 1, NULL, 0,
	"Loads sample villages and events into an empty store, and sends drafts, marked so. Never for real people."},
    {"menus_dir", CONF_STRING, NULL, 0, 0, NULL, CONF_PATH,
	"Folder of words and menus. Default: menus beside the program's tree, or the installed one."},
    {"content_dir", CONF_STRING, NULL, 0, 0, NULL, CONF_PATH,
	"Folder of the shipped draft content. Default: storage/demo beside the program's tree, or the installed one."},
    {"log_level", CONF_STRING, "info", 0, 0, "error|warn|info|debug", CONF_RELOAD, "How much is said on stderr."},
    {"reply_expires", CONF_DURATION, "6h", 60000, 604800000, NULL, CONF_RELOAD,
	"An answer that could not be sent for so long is dropped."},
    {"ussd_idle", CONF_DURATION, "60s", 1000, 3600000, NULL, CONF_RELOAD,
	"A USSD session without an answer for so long is over: what waits is told once by SMS."},
    {"ussd_whole", CONF_DURATION, "180s", 1000, 3600000, NULL, CONF_RELOAD,
	"A USSD session is over after so long in all: operators cut it then."},
    {"dialogue_idle", CONF_DURATION, "24h", 60000, 604800000, NULL, CONF_RELOAD,
	"A question that nobody answers for so long, by SMS or by dialling again, is forgotten with all answers before it."},
    {"unknown_retry", CONF_DURATION, "60s", 1000, 86400000, NULL, CONF_RELOAD,
	"An answer of which nobody knows whether the network took it is sent once more after this."},
    {"replies_per_hour", CONF_INT, "30", 1, 1000, NULL, CONF_RELOAD,
	"Answers to one number in an hour, cries for help apart; then one SMS says when to write again: robots are not "
	"fed."},
    {"retry_after", CONF_STRING, "30s 2m 10m 30m", 1, 80, NULL, CONF_RELOAD,
	"Pauses after the first, second, .. time that the network refused a message for the moment; the last one stays "
	"until the message expires."},
    {"sos_retry_after", CONF_STRING, "5s 15s 30s 60s", 1, 80, NULL, CONF_RELOAD,
	"The same for what a cry for help sends."},
    {"fail_over", CONF_DURATION, "60s", 1000, 86400000, NULL, CONF_RELOAD,
	"When a bearer has not been able to send for so long, another one sends its messages."},
    {"sign_of_life", CONF_STRING, "07:00", 0, 5, NULL, CONF_RELOAD,
	"When operators get the daily SMS that all is well, local time; \"\" is never."},
    {"want_report", CONF_BOOL, "true", 0, 1, NULL, CONF_RELOAD, "Ask the network for delivery reports."},
    {0},
};
static const struct conf_key store_keys[] = {
    {"kind", CONF_STRING, "sqlite", 0, 0, "sqlite", 0, "The database."},
    {"path", CONF_STRING, NULL, 0, 0, NULL, CONF_PATH, "Its file. Default: state_dir/kabar.db."},
    {0},
};
static const struct conf_key alarm_keys[] = {
    {"look", CONF_DURATION, "60s", 1000, 600000, NULL, 0, "How often the gateway looks whether something is wrong."},
    {"link_down", CONF_DURATION, "3m", 0, 86400000, NULL, CONF_RELOAD, "A bearer that is down for so long is told."},
    {"outbox", CONF_DURATION, "10m", 60000, 86400000, NULL, CONF_RELOAD,
	"An answer that waits for so long without leaving is told."},
    {"sos", CONF_DURATION, "3m", 0, 86400000, NULL, CONF_RELOAD,
	"The same for what belongs to a cry for help: no bearer could hand it over."},
    {"sos_untaken", CONF_DURATION, "10m", 1000, 86400000, NULL, CONF_RELOAD,
	"A cry for help that nobody has taken for so long is told (`kabar case take`)."},
    {"disk_mb", CONF_INT, "200", 0, 1000000000, NULL, CONF_RELOAD,
	"Less free space than this where the store lies is told."},
    {"disk_percent", CONF_INT, "3", 0, 90, NULL, CONF_RELOAD, "The same in percent of the file system."},
    {"wal_mb", CONF_INT, "64", 16, 100000, NULL, 0,
	"A write-ahead log of the store above this is told: some program reads the store for too long."},
    {"backup", CONF_DURATION, "0", 0, 8640000000, NULL, CONF_RELOAD,
	"No `kabar backup` for so long is told, such as \"7d\"; 0 is never."},
    {0},
};
static const struct conf_key backup_keys[] = {
    {"dir", CONF_STRING, NULL, 0, 0, NULL, CONF_PATH,
	"Folder into which the gateway backs itself up, best on another disk. Without it only `kabar backup` does. The "
	"key "
	"file is never in it."},
    {"every", CONF_DURATION, "24h", 1000, 2592000000, NULL, 0, "How often."},
    {"keep", CONF_INT, "7", 1, 1000, NULL, 0, "How many of these are kept; older ones are deleted."},
    {0},
};
static const struct conf_key bearer_keys[] = {
    {"name", CONF_STRING, NULL, 1, 20, NULL, CONF_REQUIRED, "Name of the bearer, in status and logs."},
    {"kind", CONF_STRING, NULL, 0, 0, NULL, CONF_REQUIRED, "What it is."},
    {"number", CONF_STRING, "", 0, 20, NULL, 0,
	"Our number there, as people dial it. Texts from our own numbers are never answered."},
    {0},
};
static const struct conf_key route_keys[] = {
    {"prefix", CONF_STRING, "", 0, 20, NULL, CONF_REQUIRED | CONF_RELOAD,
	"Beginning of the recipient's number, such as \"+62811\"; \"\" is every number. The longest counts."},
    {"bearer", CONF_STRING, NULL, 1, 20, NULL, CONF_REQUIRED | CONF_RELOAD, "Name of the bearer that carries it."},
    {"lanes", CONF_STRING, "sos notification broadcast", 1, 60, NULL, CONF_RELOAD,
	"For which messages: sos (alerts), notification (reminders, news of one's own), broadcast (announcements)."},
    {0},
};
static const struct conf_key operator_keys[] = {
    {"number", CONF_STRING, NULL, 1, 20, NULL, CONF_REQUIRED | CONF_RELOAD,
	"Number that cries for help and alarms are sent to."},
    {"hours", CONF_STRING, "00-24", 0, 0, NULL, CONF_RELOAD,
	"Hours of duty, local time, such as \"08-20\" or \"20-08\"."},
    {0},
};

static const struct conf_key *keys_of_bearer(const char *kind)
{
	const struct bearer_kind *k = bearer_kind_by_name(kind);

	return k ? k->keys : NULL;
}

const struct conf_group_def settings_groups[] = {
    {"gateway", false, "The gateway itself.", gateway_keys, NULL, NULL},
    {"store", false, "Where messages and records are kept.", store_keys, NULL, NULL},
    {"alarms", false, "When operators are told by SMS that something is wrong: at most once an hour of a kind.",
	alarm_keys, NULL, NULL},
    {"backup", false, "Backups that the gateway makes by itself.", backup_keys, NULL, NULL},
    {"bearers", true, "Ways into the network: one group a modem or a listener.", bearer_keys, keys_of_bearer, "gsm|ussd-http|null"},
    {"routes", true,
	"Which bearer carries what is sent unasked. Without routes: the one that the person wrote to last, else the "
	"first.",
	route_keys, NULL, NULL},
    {"operators", true, "People who are alerted at a cry for help.", operator_keys, NULL, NULL},
};
const unsigned settings_groups_n = COUNT_OF(settings_groups);
