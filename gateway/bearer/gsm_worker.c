/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_worker.c - the child of a modem: locks itself up, then lives one life (gsm_jobs.c) on a phone that is
 * libgammu 1.42. The only file that includes gammu.h; see gsm_phone.h for what each call promises.
 *
 * Facts about libgammu that shape it: ERR_NONE is 1. Callbacks must not call libgammu: they only queue.
 * GSM_SendSMS returns before the network's answer, which is the status callback's. A read with Memory 0 and a
 * flat location (ME from 100,000 on when the SIM has messages too) spares the AT+CPMS that it would send
 * else. GSM_DeleteSMS reads first, so it cannot delete what it cannot decode. Its transcript is the only way
 * to see a raw PDU.
 */
#include "gateway/bearer/gsm_worker.h"

#include <ctype.h>
#include <gammu.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/fault.h"
#include "gateway/base/log.h"
#include "gateway/base/must.h"
#include "gateway/bearer/gsm_cage.h"
#include "gateway/bearer/gsm_jobs.h"
#include "gateway/bearer/gsm_phone.h"
#include "gateway/bearer/gsm_tty.h"

#define FLAT_ME 100000 /* GSM_PHONE_MAXSMSINFOLDER */
#define NEWS_CAP 128
#define READ_TRIES 4
#define DIGITS "0123456789"

struct phone {
	GSM_StateMachine *s;
	GSM_MultiSMSMessage *multi; /* 266 KB, one for all calls */
	GSM_Error error;
	int fd;
	bool sim;					/* the SIM can hold messages */
	bool motorola;					/* see phone_network */
	int listed;					/* location where the list stands */
	char heard[sizeof(((struct gsm_sms *)0)->pdu)]; /* third line of the last answer: the PDU of +CMGR */
	struct phone_event news[NEWS_CAP];
	unsigned news_at, news_n;
	bool news_lost, interrupted; /* a notice came during a call */
};

/* Answers after which the modem is as well as before. */
static const GSM_Error refusals[] = {ERR_NOTSUPPORTED, ERR_NOTIMPLEMENTED, ERR_SECURITYERROR, ERR_NOSIM, ERR_UNKNOWN,
    ERR_UNKNOWNRESPONSE, ERR_CORRUPTED, ERR_FULL, ERR_MEMORY, ERR_MEMORY_NOT_AVAILABLE, ERR_INVALIDDATA,
    ERR_PHONE_INTERNAL, ERR_NETWORK_ERROR, ERR_EMPTYSMSC, ERR_BUSY};

static enum phone_result result_of(struct phone *p, GSM_Error error)
{
	p->error = error;
	if (error == ERR_NONE)
		return PHONE_OK;
	if (error == ERR_EMPTY || error == ERR_INVALIDLOCATION)
		return PHONE_EMPTY;
	for (unsigned i = 0; i < COUNT_OF(refusals); i++)
		if (refusals[i] == error)
			return PHONE_REFUSED;
	return PHONE_LOST;
}

const char *phone_error(const struct phone *p)
{
	return GSM_ErrorName(p->error);
}

/* --- texts ----------------------------------------------------------- */

static int64_t epoch_of(const GSM_DateTime *t)
{
	return gsm_sms_epoch(t->Year, t->Month, t->Day, t->Hour, t->Minute, t->Second, t->Timezone);
}

static enum coding coding_of(GSM_Coding_Type t)
{
	return t == SMS_Coding_8bit ? CODING_8BIT : t == SMS_Coding_Unicode_No_Compression ? CODING_UCS2 : CODING_GSM7;
}

static void copy_message(const GSM_SMSMessage *m, struct gsm_sms *out)
{
	struct gsm_place place = out->place;
	size_t udh_n = m->UDH.Type != UDH_NoUDH && m->UDH.Length > 0 ? (size_t)m->UDH.Length : 0;

	*out = (struct gsm_sms){.place = place};
	out->kind = m->PDU == SMS_Status_Report ? GSM_SMS_REPORT : m->PDU == SMS_Submit ? GSM_SMS_OURS : GSM_SMS_CAME;
	utf16_to_utf8(m->Number, out->peer, sizeof(out->peer));
	out->smsc_s = epoch_of(&m->DateTime);
	if (out->kind == GSM_SMS_REPORT) {
		out->mr = m->MessageReference;
		out->status = m->DeliveryStatus;
		out->done_s = epoch_of(&m->SMSCTime);
		return;
	}
	out->udh_n = (uint16_t)(udh_n < sizeof(out->udh) ? udh_n : sizeof(out->udh));
	memcpy(out->udh, m->UDH.Text, out->udh_n);
	gsm_sms_set_text(out, coding_of(m->Coding), m->Text, m->Length > 0 ? (size_t)m->Length : 0);
}

/* --- what libgammu tells: only queued -------------------------------- */

static struct phone_event *news_add(struct phone *p, enum phone_news news)
{
	struct phone_event *e;

	if (p->news_n == NEWS_CAP) {
		p->news_lost = true;
		return NULL;
	}
	e = &p->news[(p->news_at + p->news_n++) % NEWS_CAP];
	*e = (struct phone_event){.news = news};
	return e;
}

static void on_sms(GSM_StateMachine *s, GSM_SMSMessage *m, void *arg)
{
	struct phone *p = arg;
	bool stored =
	    m->PDU == 0 || (m->PDU == SMS_Status_Report && m->Number[0] == 0 && m->Number[1] == 0 && m->Location > 0);
	struct phone_event *e = news_add(p, stored ? NEWS_ARRIVED : NEWS_DIRECT);

	(void)s;
	p->interrupted = true;
	if (!e)
		return;
	if (!stored) {
		copy_message(m, &e->sms);
	} else if (m->Memory == MEM_SM || m->Memory == MEM_ME || m->Memory == MEM_SR) {
		snprintf(e->place.mem, sizeof(e->place.mem), "%s", GSM_MemoryTypeToString(m->Memory));
		e->place.loc = m->Location;
	}
}

static void on_sent(GSM_StateMachine *s, int status, int mr, void *arg)
{
	struct phone_event *e = news_add(arg, NEWS_RESULT);

	(void)s;
	if (e) {
		e->code = status;
		e->mr = mr;
	}
}

/* A line of the transcript: `3 "0791.."`. Only listened to while an undecodable message is read again. */
static void on_transcript(const char *line, void *arg)
{
	struct phone *p = arg;
	size_t n = 0;

	if (strcmp(line, "Works, will use it") == 0) /* AT+MODE=2, while it opens */
		p->motorola = true;
	if (strncmp(line, "3 \"", 3) != 0)
		return;
	for (line += 3; *line && *line != '"' && n + 1 < sizeof(p->heard); line++)
		p->heard[n++] = isprint((unsigned char)*line) ? *line : '?';
	p->heard[n] = '\0';
}

bool phone_next(struct phone *p, struct phone_event *out)
{
	if (p->news_n) {
		*out = p->news[p->news_at];
		p->news_at = (p->news_at + 1) % NEWS_CAP;
		p->news_n--;
		return true;
	}
	if (!p->news_lost)
		return false;
	p->news_lost = false;
	*out = (struct phone_event){.news = NEWS_ARRIVED};
	return true;
}

enum phone_result phone_pump(struct phone *p)
{
	struct pollfd f = {p->fd, POLLIN, 0};
	unsigned before = p->news_n;

	/* libgammu reads 0 from a device that is gone, as from a silent one: only poll() tells. */
	if (GSM_ReadDevice(p->s, FALSE) < 0 ||
	    (!WITHOUT(hangup) && poll(&f, 1, 0) > 0 && (f.revents & (POLLHUP | POLLERR | POLLNVAL))))
		return PHONE_LOST;
	return p->news_n > before || p->news_lost ? PHONE_OK : PHONE_EMPTY;
}

/* --- opening --------------------------------------------------------- */

int phone_fd(const struct phone *p)
{
	return p->fd;
}

static enum phone_trouble trouble_of(GSM_Error error)
{
	if (error == ERR_DEVICENOTEXIST)
		return TROUBLE_ABSENT;
	if (error == ERR_DEVICEOPENERROR || error == ERR_DEVICELOCKED || error == ERR_DEVICEBUSY)
		return TROUBLE_LOCKED;
	return error == ERR_DEVICENOPERMISSION ? TROUBLE_FORBIDDEN : TROUBLE_MUTE;
}

struct phone *phone_open(const char *device, const char *connection, enum phone_trouble *trouble)
{
	struct phone *p = must_alloc(sizeof(*p));
	GSM_Config *c;

	p->s = GSM_AllocStateMachine();
	MUST(p->s);
	c = GSM_GetConfig(p->s, 0);
	memset(c, 0, sizeof(*c));
	c->Device = must_strdup(device);
	c->Connection = must_strdup(connection);
	c->DebugFile = must_strdup("");
	for (unsigned i = 0; i < COUNT_OF(c->CNMIParams); i++)
		c->CNMIParams[i] = -1;
	strcpy(c->DebugLevel, "text"); /* for on_transcript, until it is open */
	GSM_SetConfigNum(p->s, 1);
	p->multi = must_alloc(sizeof(*p->multi));
	p->error = GSM_InitConnection_Log(p->s, 1, on_transcript, p);
	p->fd = p->error == ERR_NONE ? gsm_tty_find(device) : -1; /* libgammu does not say which it opened */
	if (p->fd < 0) {
		*trouble = trouble_of(p->error);
		log_debug(LOG_LINK, "libgammu opens %s: %s", device, phone_error(p));
		phone_close(p);
		return NULL;
	}
	GSM_SetDebugLevel(NULL, GSM_GetDebug(p->s));
	GSM_SetIncomingSMSCallback(p->s, on_sms, p);
	GSM_SetSendSMSStatusCallback(p->s, on_sent, p);
	*trouble = TROUBLE_NONE;
	return p;
}

void phone_close(struct phone *p)
{
	GSM_TerminateConnection(p->s);
	GSM_FreeStateMachine(p->s);
	free(p->multi);
	free(p);
}

enum phone_result phone_security(struct phone *p, enum phone_security *out)
{
	static const enum phone_security of[] = {[SEC_Pin] = SECURITY_PIN,
	    [SEC_Puk] = SECURITY_PUK,
	    [SEC_Phone] = SECURITY_OTHER,
	    [SEC_Network] = SECURITY_OTHER};
	GSM_SecurityCodeType type = SEC_None;
	enum phone_result r = result_of(p, GSM_GetSecurityStatus(p->s, &type));

	*out = p->error == ERR_NOSIM ? SECURITY_NO_SIM : SECURITY_READY;
	if (r == PHONE_OK && (unsigned)type < COUNT_OF(of))
		*out = of[type];
	return r == PHONE_LOST ? r : PHONE_OK; /* a modem that does not know AT+CPIN wants none */
}

enum phone_result phone_enter_pin(struct phone *p, const char *pin)
{
	GSM_SecurityCode code = {.Type = SEC_Pin};
	enum phone_result r;

	snprintf(code.Code, sizeof(code.Code), "%s", pin);
	r = result_of(p, GSM_EnterSecurityCode(p->s, &code));
	explicit_bzero(&code, sizeof(code));
	return r;
}

void phone_identity(struct phone *p, char imei[40], char imsi[40])
{
	char *line = must_alloc(4096); /* libgammu copies the modem's line unbounded */

	snprintf(imei, 40, "%s", GSM_GetIMEI(p->s, line) == ERR_NONE && line[strspn(line, DIGITS)] == '\0' ? line : "");
	line[0] = '\0';
	snprintf(
	    imsi, 40, "%s", GSM_GetSIMIMSI(p->s, line) == ERR_NONE && line[strspn(line, DIGITS)] == '\0' ? line : "");
	free(line);
}

void phone_smsc(struct phone *p, char out[40])
{
	GSM_SMSC smsc = {.Location = 1};

	out[0] = '\0';
	if (GSM_GetSMSC(p->s, &smsc) == ERR_NONE)
		utf16_to_utf8(smsc.Number, out, 40);
}

/* A +CUSD with line ends in its text breaks libgammu's parser: while libgammu reads, none is shown (gsm_dial.c). */
enum phone_result phone_watch(struct phone *p)
{
	enum phone_result r = result_of(p, GSM_SetIncomingUSSD(p->s, FALSE));

	return r == PHONE_LOST ? r : result_of(p, GSM_SetIncomingSMS(p->s, TRUE));
}

/* What both kinds of registration, for calls and for packets, say together: either is enough to send. A modem that cannot tell may still send. */
static enum link_condition registration(const GSM_NetworkInfo *n)
{
	static const enum link_condition of[] = {[GSM_NoNetwork] = CONDITION_NO_NETWORK,
	    [GSM_RequestingNetwork] = CONDITION_SEARCHING,
	    [GSM_RegistrationDenied] = CONDITION_DENIED};

	if (n->State == GSM_HomeNetwork || n->PacketState == GSM_HomeNetwork)
		return CONDITION_OK;
	if (n->State == GSM_RoamingNetwork || n->PacketState == GSM_RoamingNetwork)
		return CONDITION_ROAMING;
	return (unsigned)n->State < COUNT_OF(of) ? of[n->State] : CONDITION_OK;
}

static void network_words(const GSM_NetworkInfo *n, struct phone_network *out)
{
	const char *how = out->condition == CONDITION_ROAMING	   ? "roaming"
			  : out->condition == CONDITION_NO_NETWORK ? "no network"
			  : out->condition == CONDITION_DENIED	   ? "the network refuses this SIM"
			  : out->condition == CONDITION_SEARCHING  ? "searching"
								   : "registered";
	bool in = out->condition == CONDITION_OK || out->condition == CONDITION_ROAMING;
	char name[60] = "";

	if (in && utf16_units(n->NetworkName))
		utf16_to_utf8(n->NetworkName, name, sizeof(name));
	else if (in && n->NetworkCode[0])
		utf16_to_utf8(GSM_GetNetworkName(n->NetworkCode), name, sizeof(name));
	snprintf(out->words, sizeof(out->words), "%s%s%s", name, name[0] ? ", " : "", how);
}

/*
 * A modem that says OK to AT+MODE=2 is a Motorola for libgammu, which then leaves that mode for AT+CSQ and
 * AT+CREG and waits for a banner when it comes back. One that says OK to everything has no banner, and each
 * later command fails: neither is asked.
 */
enum phone_result phone_network(struct phone *p, struct phone_network *out)
{
	GSM_SignalQuality signal = {0};
	GSM_NetworkInfo *n;
	enum phone_result r;

	*out = (struct phone_network){.signal_percent = -1};
	if (p->motorola)
		return PHONE_OK;
	r = result_of(p, GSM_GetSignalQuality(p->s, &signal));
	if (r == PHONE_LOST)
		return r;
	if (r == PHONE_OK)
		out->signal_percent = signal.SignalPercent;
	n = must_alloc(sizeof(*n) + 4096); /* libgammu's copies of names are generous */
	r = result_of(p, GSM_GetNetworkInfo(p->s, n));
	out->condition = registration(n);
	if (n->State != 0 && n->State != GSM_NetworkStatusUnknown)
		network_words(n, out);
	free(n);
	return r == PHONE_LOST ? r : PHONE_OK;
}

/* --- messages -------------------------------------------------------- */

/* Where libgammu shall look. Memory stays 0 (but for reports): see the head. */
static void aim(const struct phone *p, const struct gsm_place *place, GSM_SMSMessage *m)
{
	memset(m, 0, sizeof(*m));
	m->Location = place->loc;
	if (strcmp(place->mem, "SR") == 0) {
		m->Memory = MEM_SR;
		m->Folder = 1;
	} else if (strcmp(place->mem, "ME") == 0 && p->sim) {
		m->Location += FLAT_ME;
	}
}

/*
 * A notice that comes in one piece with the answer replaces libgammu's error by its own success, or the
 * reverse. So an answer with a notice in it is believed only when a text came of it; and what has no type was
 * never filled.
 */
static enum phone_result read_once(struct phone *p, const struct gsm_place *place)
{
	GSM_SMSMessage *m = &p->multi->SMS[0];
	enum phone_result r = PHONE_EMPTY;

	for (int tries = 0; tries < READ_TRIES; tries++) {
		p->interrupted = false;
		p->multi->Number = 0;
		aim(p, place, m);
		r = result_of(p, GSM_GetSMS(p->s, p->multi));
		if (r == PHONE_OK && m->PDU == 0)
			r = PHONE_EMPTY;
		if (!p->interrupted || r == PHONE_LOST || (r == PHONE_OK && m->Length > 0))
			break;
	}
	return r;
}

enum phone_result phone_read(struct phone *p, const struct gsm_place *place, struct gsm_sms *out)
{
	enum phone_result r = read_once(p, place);

	*out = (struct gsm_sms){.place = *place};
	if (r == PHONE_REFUSED) {
		/* Once more with the transcript on: does a PDU lie there? */
		p->heard[0] = '\0';
		GSM_SetDebugLevel("textall", GSM_GetDebug(p->s));
		r = read_once(p, place);
		GSM_SetDebugLevel(NULL, GSM_GetDebug(p->s));
	}
	if (r == PHONE_OK)
		copy_message(&p->multi->SMS[0], out);
	if (r != PHONE_REFUSED || !p->heard[0] || strcmp(p->heard, "OK") == 0)
		return r;
	out->kind = GSM_SMS_UNDECODABLE;
	memcpy(out->pdu, p->heard, sizeof(out->pdu));
	return PHONE_UNDECODABLE;
}

enum phone_result phone_delete(struct phone *p, const struct gsm_place *place)
{
	GSM_SMSMessage m;

	aim(p, place, &m);
	return result_of(p, GSM_DeleteSMS(p->s, &m));
}

enum phone_result phone_list(struct phone *p, bool first, struct gsm_sms *out)
{
	GSM_SMSMessage *m = &p->multi->SMS[0];
	enum phone_result r;

	if (first)
		p->listed = 0;
	memset(m, 0, sizeof(*m));
	m->Location = p->listed;
	p->interrupted = false;
	r = result_of(p, GSM_GetNextSMS(p->s, p->multi, first));
	if (r == PHONE_LOST || r == PHONE_EMPTY)
		return r;
	if (m->Location == 0 || m->Location == p->listed)
		return r == PHONE_OK ? PHONE_EMPTY : r; /* the list itself was refused, or does not move */
	p->listed = m->Location;
	out->place = (struct gsm_place){.loc = m->Location % FLAT_ME};
	memcpy(out->place.mem, m->Location >= FLAT_ME || !p->sim ? "ME" : "SM", 3);
	if (r != PHONE_OK || m->PDU == 0 || (p->interrupted && m->Length == 0))
		return PHONE_UNDECODABLE; /* or doubtful, see read_once */
	copy_message(m, out);
	return PHONE_OK;
}

enum phone_result phone_memories(struct phone *p, struct phone_memories *out)
{
	GSM_SMSMemoryStatus st = {0};
	enum phone_result r = result_of(p, GSM_GetSMSStatus(p->s, &st));

	*out = (struct phone_memories){st.SIMUsed, st.SIMSize, st.PhoneUsed, st.PhoneSize};
	p->sim = st.SIMSize > 0 || st.PhoneSize == 0;
	return r;
}

enum phone_result phone_send(struct phone *p, const struct phone_out *out)
{
	GSM_SMSMessage m = {0};
	struct buf tilde = {0};
	struct slice text = out->utf16;

	GSM_SetDefaultSMSData(&m);
	utf16_of_ascii(out->to, m.Number, sizeof(m.Number));
	utf16_of_ascii(out->smsc, m.SMSC.Number, sizeof(m.SMSC.Number));
	m.SMSC.Location = 0;
	m.SMSC.Validity.Relative = (GSM_ValidityPeriod)out->validity;
	m.Class = GSM_SMS_None;
	m.PDU = out->want_report ? SMS_Status_Report : SMS_Submit;
	m.Coding = out->coding == CODING_GSM7	? SMS_Coding_Default_No_Compression
		   : out->coding == CODING_UCS2 ? SMS_Coding_Unicode_No_Compression
						: SMS_Coding_8bit;
	if (out->udh.n && out->udh.n <= sizeof(m.UDH.Text)) {
		m.UDH.Type = UDH_UserUDH;
		m.UDH.Length = (int)out->udh.n;
		memcpy(m.UDH.Text, out->udh.p, out->udh.n);
	}
	if (out->coding == CODING_UCS2) {
		gsm_tilde_redo((const uint8_t *)text.p, text.n, &tilde);
		text = buf_as_slice(&tilde);
	}
	if (text.n > sizeof(m.Text) - 2)
		text.n = sizeof(m.Text) - 2;
	if (text.n)
		memcpy(m.Text, text.p, text.n);
	m.Length = (int)(out->coding == CODING_8BIT ? text.n : text.n / 2);
	buf_free(&tilde);
	return result_of(p, GSM_SendSMS(p->s, &m));
}

int gsm_worker_main(int fd, const char *name)
{
	int code = gsm_cage(fd);

	return code ? code : gsm_jobs_run(fd, name);
}
