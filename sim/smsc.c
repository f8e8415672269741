/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * smsc.c - see smsc.h.
 * A message travels: `pending` (latency, sorted by when it is due) -> the receiver's `waiting` queue, in
 * order -> delivered. A modem that has no room or is away keeps its queue; smsc_alert (a slot freed, back on
 * the air) or the retry timer tries again.
 */
#include "sim/smsc.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "sim/fate.h"
#include "sim/ledger.h"
#include "sim/phone.h"

#define VALIDITY_DEFAULT_S (7 * 86400)
#define STATUS_DELIVERED 0x00 /* 23.040, 9.2.3.15 */
#define STATUS_NOT_OBTAINABLE 0x43
#define STATUS_EXPIRED 0x46
#define FOREIGNER "+6281999999999"

struct message {
	struct message *next;
	int64_t due_ms, expires_ms; /* monotonic */
	int64_t submit, phone_message;
	struct modem *origin; /* NULL: a phone */
	bool report_wanted, is_report;
	uint8_t mr;
	char from[48], to[48];
	struct pdu_ud ud;
	uint8_t scts[7];
	uint8_t tpdu[PDU_MAX];
	uint8_t tpdu_n;
	unsigned tries;
};

struct queue {
	struct message *first, **end;
	unsigned n;
};

/* What waits for one modem. A full SIM must not hold up reports, nor a full report memory the messages. */
struct waiting {
	struct queue messages, reports;
	bool alerted;
};

struct smsc {
	struct net *net;
	struct ledger *ledger;
	struct message *pending, *pending_last;
	struct waiting waiting[NET_MODEMS_MAX];
	uv_timer_t due, retry, alert;
};

static void pending_fire(uv_timer_t *timer);
static void alert_fire(uv_timer_t *timer);
static void retry_fire(uv_timer_t *timer);

static void queues_init(struct waiting *w)
{
	w->messages.end = &w->messages.first;
	w->reports.end = &w->reports.first;
}

struct smsc *smsc_new(struct net *net)
{
	struct smsc *s = must_alloc(sizeof(*s));

	s->net = net;
	s->ledger = ledger_new();
	for (unsigned i = 0; i < NET_MODEMS_MAX; i++)
		queues_init(&s->waiting[i]);
	MUST(uv_timer_init(net->loop, &s->due) == 0);
	MUST(uv_timer_init(net->loop, &s->retry) == 0);
	MUST(uv_timer_init(net->loop, &s->alert) == 0);
	s->due.data = s->retry.data = s->alert.data = s;
	return s;
}

static void messages_free(struct message *m)
{
	while (m) {
		struct message *next = m->next;

		free(m);
		m = next;
	}
}

/* After the loop has closed the timers. */
void smsc_free(struct smsc *s)
{
	messages_free(s->pending);
	for (unsigned i = 0; i < NET_MODEMS_MAX; i++) {
		messages_free(s->waiting[i].messages.first);
		messages_free(s->waiting[i].reports.first);
	}
	ledger_free(s->ledger);
	free(s);
}

struct ledger *smsc_ledger(struct smsc *s)
{
	return s->ledger;
}

static void pending_timer(struct smsc *s)
{
	int64_t wait = s->pending ? s->pending->due_ms - net_now_ms(s->net) : 0;

	if (s->pending)
		uv_timer_start(&s->due, pending_fire, (uint64_t)(wait > 0 ? wait : 0), 0);
}

/* Behind those that are due at the same moment. */
static void pending_add(struct smsc *s, struct message *m, int after_ms)
{
	struct message **at = &s->pending;

	m->due_ms = net_now_ms(s->net) + after_ms;
	if (s->pending_last && s->pending_last->due_ms <= m->due_ms)
		at = &s->pending_last->next;
	while (*at && (*at)->due_ms <= m->due_ms)
		at = &(*at)->next;
	m->next = *at;
	*at = m;
	if (!m->next)
		s->pending_last = m;
	if (s->pending == m)
		pending_timer(s);
}

static struct message *report_new(const struct message *of, uint8_t status)
{
	struct message *m = must_alloc(sizeof(*m));
	struct pdu_report r = {.mr = of->mr, .status = status, .to = pdu_address_of(slice_of(of->to))};

	memcpy(r.scts, of->scts, sizeof(r.scts));
	pdu_time_encode(net_epoch_ms() / 1000, r.done);
	m->is_report = true;
	m->submit = of->submit;
	m->expires_ms = INT64_MAX;
	snprintf(m->from, sizeof(m->from), "%s", of->to);
	snprintf(m->to, sizeof(m->to), "%s", of->origin->number);
	m->tpdu_n = (uint8_t)pdu_report_encode(&r, m->tpdu);
	return m;
}

/* What a centre sends that confuses two messages: the reference of this one, the recipient of another, and the end that nobody wants. */
static void foreign_report(struct smsc *s, const struct message *m)
{
	struct message other = *m;

	snprintf(other.to, sizeof(other.to), "%s", FOREIGNER);
	pending_add(s, report_new(&other, STATUS_NOT_OBTAINABLE), m->origin->report_delay_ms);
}

/* The message has come to its end: its sender hears of it, as its modem's setting says. */
static void report(struct smsc *s, const struct message *m, uint8_t status)
{
	struct modem *to = m->origin;
	int none;

	if (!to || !m->report_wanted || to->report == REPORT_NEVER ||
	    fate_hit(s->net->fates, m->to, FATE_unreported, &none))
		return;
	if (mishap_hit(&to->mishaps, MISHAP_foreign_report))
		foreign_report(s, m);
	if (to->report == REPORT_FAILED)
		status = STATUS_NOT_OBTAINABLE;
	for (int i = 0; i < (to->report == REPORT_TWICE ? 2 : 1); i++)
		pending_add(s, report_new(m, status), to->report_delay_ms + i * to->report_again_ms);
}

static void delivered(struct smsc *s, const struct message *m, const char *modem, const char *where)
{
	struct ledger_delivery row = {.time_ms = net_epoch_ms(),
	    .submit = m->submit,
	    .message = m->phone_message,
	    .modem = modem,
	    .report = m->is_report,
	    .tpdu_n = m->tpdu_n,
	    .tries = m->tries + 1};

	snprintf(row.from, sizeof(row.from), "%s", m->from);
	snprintf(row.to, sizeof(row.to), "%s", m->to);
	snprintf(row.where, sizeof(row.where), "%s", where);
	memcpy(row.tpdu, m->tpdu, m->tpdu_n);
	ledger_add_delivery(s->ledger, row);
}

/* One try. ERR_* of modem_receive. */
static int hand_over(struct smsc *s, struct modem *m, struct message *msg)
{
	uint8_t pdu[PDU_MAX];
	size_t n = pdu_smsc_encode(NET_SMSC, pdu);
	char where[16] = "";
	int err;

	memcpy(pdu + n, msg->tpdu, msg->tpdu_n);
	err = modem_receive(m, pdu, n + msg->tpdu_n, where);
	if (err == 0)
		delivered(s, msg, m->name, where);
	return err;
}

static struct message *queue_pop(struct queue *q)
{
	struct message *m = q->first;

	q->first = m->next;
	if (!q->first)
		q->end = &q->first;
	q->n--;
	return m;
}

/* Delivers what waits in a queue, in order, until one does not go. */
static void pump_queue(struct smsc *s, struct modem *m, struct queue *q)
{
	while (q->first) {
		struct message *msg = q->first;
		bool expired = net_now_ms(s->net) > msg->expires_ms;

		if (!expired && hand_over(s, m, msg) < 0) {
			msg->tries++;
			if (!uv_is_active((uv_handle_t *)&s->retry))
				uv_timer_start(&s->retry, retry_fire, SMSC_RETRY_MS, 0);
			return;
		}
		if (expired)
			delivered(s, msg, m->name, "expired");
		report(s, msg, expired ? STATUS_EXPIRED : STATUS_DELIVERED);
		free(queue_pop(q));
	}
}

static void pump(struct smsc *s, struct modem *m)
{
	pump_queue(s, m, &s->waiting[m->index].messages);
	pump_queue(s, m, &s->waiting[m->index].reports);
}

static void retry_fire(uv_timer_t *timer)
{
	struct smsc *s = timer->data;

	for (unsigned i = 0; i < s->net->modems_n; i++)
		pump(s, s->net->modems[i]);
}

static void alert_fire(uv_timer_t *timer)
{
	struct smsc *s = timer->data;

	for (unsigned i = 0; i < s->net->modems_n; i++)
		if (s->waiting[i].alerted) {
			s->waiting[i].alerted = false;
			pump(s, s->net->modems[i]);
		}
}

unsigned smsc_waiting(const struct modem *m)
{
	const struct waiting *w = &m->net->smsc->waiting[m->index];

	return w->messages.n + w->reports.n;
}

void smsc_alert(struct modem *m)
{
	struct smsc *s = m->net->smsc;

	if (!s || smsc_waiting(m) == 0)
		return;
	s->waiting[m->index].alerted = true;
	uv_timer_start(&s->alert, alert_fire, 0, 0);
}

static void to_phone(struct smsc *s, const struct message *m, const char *number)
{
	int status;

	if (fate_hit(s->net->fates, number, FATE_undelivered, &status)) {
		delivered(s, m, "", "nowhere");
		report(s, m, (uint8_t)status);
		return;
	}
	phones_take(s->net->phones, m->from, number, &m->ud);
	delivered(s, m, "", "phone");
	report(s, m, STATUS_DELIVERED);
}

static void route(struct smsc *s, struct message *msg)
{
	char number[NET_NUMBER_MAX];
	struct modem *m;
	struct queue *q;

	net_number(slice_of(msg->to), number);
	m = net_modem_numbered(s->net, number);
	if (m) {
		q = msg->is_report ? &s->waiting[m->index].reports : &s->waiting[m->index].messages;
		msg->next = NULL;
		*q->end = msg;
		q->end = &msg->next;
		if (++q->n == 1) /* else one in front of it is stuck, and it comes after that one */
			pump_queue(s, m, q);
		return;
	}
	if (!msg->is_report)
		to_phone(s, msg, number);
	free(msg);
}

static void pending_fire(uv_timer_t *timer)
{
	struct smsc *s = timer->data;

	while (s->pending && s->pending->due_ms <= net_now_ms(s->net)) {
		struct message *m = s->pending;

		s->pending = m->next;
		if (!s->pending)
			s->pending_last = NULL;
		route(s, m);
	}
	pending_timer(s);
}

static int64_t expiry_ms(struct smsc *s, const struct pdu_submit *submit)
{
	int64_t validity_s = VALIDITY_DEFAULT_S;

	if (submit->validity_s >= 0)
		validity_s = submit->validity_s;
	else if (submit->expires_s)
		validity_s = submit->expires_s - net_epoch_ms() / 1000;
	return net_now_ms(s->net) + validity_s * 1000;
}

/* The DELIVER that the receiver will get. */
static struct message *message_new(const char *from, const char *to, const struct pdu_ud *ud, uint8_t pid, int64_t at_s)
{
	struct message *m = must_alloc(sizeof(*m));
	struct pdu_deliver d = {.first_octet = 0x04, .pid = pid, .from = pdu_address_of(slice_of(from)), .ud = *ud};

	if (ud->udhi)
		d.first_octet |= PDU_UDHI;
	pdu_time_encode(at_s ? at_s : net_epoch_ms() / 1000, d.scts);
	memcpy(m->scts, d.scts, sizeof(m->scts));
	snprintf(m->from, sizeof(m->from), "%s", from);
	snprintf(m->to, sizeof(m->to), "%s", to);
	m->ud = *ud;
	m->tpdu_n = (uint8_t)pdu_deliver_encode(&d, m->tpdu);
	return m;
}

static int64_t ledger_submit(struct modem *from, const uint8_t *tpdu, size_t n, uint8_t mr, int cms)
{
	struct ledger_submit row = {.time_ms = net_epoch_ms(),
	    .modem = from->name,
	    .mr = mr,
	    .cms = cms,
	    .tpdu_n = (uint8_t)(n < PDU_MAX ? n : PDU_MAX)};
	struct pdu_submit s;

	snprintf(row.from, sizeof(row.from), "%s", from->number);
	memcpy(row.tpdu, tpdu, row.tpdu_n);
	if (pdu_submit_decode(tpdu, n, &s) == 0) {
		net_number(slice_of(s.to.text), row.to);
		row.report_wanted = s.first_octet & PDU_SRR;
	}
	return ledger_add_submit(from->net->smsc->ledger, row);
}

void smsc_refused(struct modem *from, const uint8_t *tpdu, size_t n, int cms)
{
	ledger_submit(from, tpdu, n, 0, cms);
}

/* For REPORT_EARLY: the report is there before the modem has told that the message is sent. */
static void report_early(struct smsc *s, struct message *m)
{
	struct message *r = report_new(m, STATUS_DELIVERED);

	m->report_wanted = false;
	if (hand_over(s, m->origin, r) < 0)
		pending_add(s, r, 0);
	else
		free(r);
}

void smsc_submit(struct modem *from, const uint8_t *tpdu, size_t n, uint8_t mr)
{
	struct smsc *s = from->net->smsc;
	struct pdu_submit submit;
	struct message *m;
	char to[NET_NUMBER_MAX];

	MUST(pdu_submit_decode(tpdu, n, &submit) == 0);
	net_number(slice_of(submit.to.text), to);
	from->balance -= from->balance < from->sms_price ? from->balance : from->sms_price;
	m = message_new(from->number, to, &submit.ud, submit.pid, 0);
	m->submit = ledger_submit(from, tpdu, n, mr, 0);
	m->origin = from;
	m->mr = mr;
	m->report_wanted = submit.first_octet & PDU_SRR;
	m->expires_ms = expiry_ms(s, &submit);
	if (m->report_wanted && from->report == REPORT_EARLY)
		report_early(s, m);
	pending_add(s, m, from->latency_ms);
}

void smsc_from_phone(
    struct smsc *s, int64_t message, const char *from, const char *to, const struct pdu_ud *ud, int64_t at_s)
{
	char number[NET_NUMBER_MAX];
	struct message *m = message_new(from, to, ud, 0, at_s);
	struct modem *receiver;

	net_number(slice_of(to), number);
	receiver = net_modem_numbered(s->net, number);
	m->phone_message = message;
	m->expires_ms = net_now_ms(s->net) + (int64_t)VALIDITY_DEFAULT_S * 1000;
	pending_add(s, m, receiver ? receiver->latency_ms : s->net->latency_ms);
}
