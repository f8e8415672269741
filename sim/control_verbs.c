/* SPDX-License-Identifier: GPL-2.0-or-later */
/* control_verbs.c - what the control socket can be asked: a table of verbs, and one of settings. See
 * control.h. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "sim/control.h"
#include "sim/fate.h"
#include "sim/ledger.h"
#include "sim/phone.h"
#include "sim/smsc.h"

static json_t *fail(const char *fmt, ...) PRINTF(1, 2);
static json_t *fail(const char *fmt, ...)
{
	struct buf words = {0};
	va_list ap;
	json_t *o;

	va_start(ap, fmt);
	buf_vprintf(&words, fmt, ap);
	va_end(ap);
	o = json_pack("{s:b, s:s}", "ok", 0, "error", words.p);
	buf_free(&words);
	return o;
}

static json_t *done(void)
{
	return json_pack("{s:b}", "ok", 1);
}

static const char *text_of(json_t *request, const char *key)
{
	return json_string_value(json_object_get(request, key));
}

static int64_t number_of(json_t *request, const char *key, int64_t otherwise)
{
	json_t *v = json_object_get(request, key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

/* The modem that the request names, or NULL with the answer in *failed. */
static struct modem *modem_of(struct net *net, json_t *request, json_t **failed)
{
	const char *name = text_of(request, "modem");
	struct modem *m = name ? net_modem_named(net, slice_of(name)) : NULL;

	if (!m)
		*failed = fail("no modem is named \"%s\"", name ? name : "");
	return m;
}

static int coding_named(const char *name)
{
	for (int c = CODING_GSM7; name && c <= CODING_UCS2; c++)
		if (strcmp(name, coding_name((enum coding)c)) == 0)
			return c;
	return ERR_NOT_FOUND;
}

static json_t *send_now(struct net *net, const struct phone_message *m)
{
	int64_t id = phones_send(net->phones, m);

	if (id == ERR_INVALID)
		return fail("the text is not in the GSM alphabet");
	if (id < 0)
		return fail("the text is longer than 255 parts");
	return json_pack("{s:b, s:I}", "ok", 1, "id", (json_int_t)id);
}

static json_t *do_send(struct net *net, struct control_client *c, json_t *request)
{
	struct phone_message m = {.from = text_of(request, "from"),
	    .to = text_of(request, "to"),
	    .class = (int)number_of(request, "class", -1),
	    .coding = -1,
	    .ref_bits = (int)number_of(request, "ref_bits", 8),
	    .ref = (int)number_of(request, "ref", -1),
	    .part = (int)number_of(request, "part", 0),
	    .at_s = number_of(request, "at_s", 0)};
	json_t *text = json_object_get(request, "text");
	const char *hex = text_of(request, "hex"), *coding = text_of(request, "coding");
	uint8_t bytes[140 * 16];
	int n;

	(void)c;
	if (!m.from || !m.to || !m.from[0] || !m.to[0] || (!hex && !json_is_string(text)))
		return fail("send needs from, to and text (or hex)");
	if (m.class < -1 || m.class > 3 || (m.ref_bits != 8 && m.ref_bits != 16))
		return fail("class is 0..3, ref_bits 8 or 16");
	if (m.ref < -1 || m.ref > 65535 || m.part < 0 || m.part > 255)
		return fail("ref is 0..65535, part 1..255");
	if (coding && (m.coding = coding_named(coding)) < 0)
		return fail("coding is gsm7, 8bit or ucs2");
	if (!hex) {
		m.text = (struct slice){json_string_value(text), (uint32_t)json_string_length(text)};
		return send_now(net, &m);
	}
	n = hex_decode(slice_of(hex), bytes, sizeof(bytes));
	if (n < 0)
		return fail("hex is not hex, or longer than %zu bytes", sizeof(bytes));
	m.coding = CODING_8BIT;
	m.text = (struct slice){(const char *)bytes, (uint32_t)n};
	return send_now(net, &m);
}

static json_t *do_inject(struct net *net, struct control_client *c, json_t *request)
{
	const char *pdu = text_of(request, "pdu");
	uint8_t bytes[SLOT_PDU_MAX];
	json_t *failed = NULL;
	struct modem *m = modem_of(net, request, &failed);
	int n = pdu ? hex_decode(slice_of(pdu), bytes, sizeof(bytes)) : ERR_INVALID;
	int index;

	(void)c;
	if (!m)
		return failed;
	if (n <= 0)
		return fail("pdu is 1..%d bytes of hex", SLOT_PDU_MAX);
	index = modem_inject(m, bytes, (size_t)n, json_is_true(json_object_get(request, "quiet")));
	if (index < 0)
		return fail("the SIM of %s is full", m->name);
	return json_pack("{s:b, s:i}", "ok", 1, "index", index);
}

/* The number of the request in the form that phones are kept by. */
static bool phone_number(json_t *request, char out[NET_NUMBER_MAX])
{
	const char *number = text_of(request, "number");

	if (number)
		net_number(slice_of(number), out);
	return number && out[0];
}

static json_t *do_phone(struct net *net, struct control_client *c, json_t *request)
{
	char number[NET_NUMBER_MAX];

	(void)net;
	if (!phone_number(request, number))
		return fail("phone needs a number");
	control_subscribe(c, number);
	return done();
}

static json_t *do_inbox(struct net *net, struct control_client *c, json_t *request)
{
	char number[NET_NUMBER_MAX];
	json_t *o;

	(void)c;
	if (!phone_number(request, number))
		return fail("inbox needs a number");
	o = phones_inbox(net->phones, number);
	json_object_set_new(o, "ok", json_true());
	return o;
}

static json_t *do_clear(struct net *net, struct control_client *c, json_t *request)
{
	char number[NET_NUMBER_MAX];

	(void)c;
	if (!phone_number(request, number))
		return fail("clear needs a number");
	phones_clear(net->phones, number);
	return done();
}

/* What every SMS to a number meets from now on. */
static json_t *do_fate(struct net *net, struct control_client *c, json_t *request)
{
	const char *name = text_of(request, "name");
	int64_t count = number_of(request, "count", -1);
	char number[NET_NUMBER_MAX];
	int fate = name ? fate_named(slice_of(name)) : ERR_NOT_FOUND;

	(void)c;
	if (!phone_number(request, number))
		return fail("fate needs a number");
	if (fate < 0)
		return fail("no fate is named \"%s\"", name ? name : "");
	fate_set(net->fates, number, (enum fate)fate, count, (int)number_of(request, "arg", 0));
	return done();
}

static json_t *do_ledger(struct net *net, struct control_client *c, json_t *request)
{
	int64_t from_n = number_of(request, "from_n", 1);
	json_t *o = ledger_json(smsc_ledger(net->smsc), from_n, number_of(request, "from_delivery", from_n));

	(void)c;
	json_object_set_new(o, "ok", json_true());
	return o;
}

static json_t *indexes(const struct memory *mem)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < mem->room; i++)
		if (mem->slots[i].state != SLOT_FREE)
			json_array_append_new(list, json_integer(i + 1));
	return list;
}

static json_t *modem_state(const struct modem *m)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:b, s:b, s:i, s:b, s:i, s:i}", "name", m->name, "number", m->number,
	    "tty", m->pty.link, "present", m->present, "open", m->pty.open, "registered", modem_registration(m),
	    "on_air", modem_on_air(m), "csq", m->csq, "mr", m->mr);
	json_t *memory = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "sim_used", m->sm.used, "sim_size",
	    m->sm.size, "me_used", m->me.used, "me_size", m->me.size, "sr_used", m->sr.used, "sr_size", m->sr.size,
	    "unread", (int)(memory_count(&m->sm, REC_UNREAD) + memory_count(&m->me, REC_UNREAD)), "waiting",
	    (int)smsc_waiting(m));
	json_t *at = json_pack("{s:[i,i,i,i,i], s:s, s:I, s:i, s:i, s:s}", "cnmi", m->set.mode, m->set.mt, m->set.bm,
	    m->set.ds, m->set.bfr, "last_command", m->at.last, "commands", (json_int_t)m->at.commands_n, "sim",
	    (int)m->sim, "pin_left", m->pin_left, "csca", m->csca);

	json_object_update_new(o, memory);
	json_object_update_new(o, at);
	json_object_set_new(o, "by_id", json_string(m->pty.by_id));
	json_object_set_new(o, "imei", json_string(m->imei));
	json_object_set_new(o, "script_left", json_integer(m->script.n));
	json_object_set_new(o, "ussd",
	    json_pack("{s:b, s:b, s:s, s:i}", "open", m->asked.open, "waits", m->asked.waits, "said",
		m->asked.said ? m->asked.said : "", "said_n", m->asked.said_n));
	json_object_set_new(o, "stored",
	    json_pack("{s:o, s:o, s:o}", "SM", indexes(&m->sm), "ME", indexes(&m->me), "SR", indexes(&m->sr)));
	return o;
}

static json_t *do_state(struct net *net, struct control_client *c, json_t *request)
{
	json_t *list = json_array();

	(void)c;
	(void)request;
	for (unsigned i = 0; i < net->modems_n; i++)
		json_array_append_new(list, modem_state(net->modems[i]));
	return json_pack("{s:b, s:o}", "ok", 1, "modems", list);
}

/* Settings: each returns NULL, or what is wrong. */
static const char *range(json_t *v, int min, int max, int *out)
{
	if (!json_is_integer(v) || json_integer_value(v) < min || json_integer_value(v) > max)
		return "out of range";
	*out = (int)json_integer_value(v);
	return NULL;
}

static const char *set_csq(struct modem *m, json_t *v)
{
	return range(v, 0, 99, &m->csq);
}

static const char *set_registered(struct modem *m, json_t *v)
{
	const char *wrong = range(v, 0, 5, &m->registered);

	modem_registration_changed(m);
	return wrong;
}

static const char *set_latency(struct modem *m, json_t *v)
{
	return range(v, 0, 600000, &m->latency_ms);
}

static const char *set_report_delay(struct modem *m, json_t *v)
{
	return range(v, 0, 86400000, &m->report_delay_ms);
}

static const char *set_report_again(struct modem *m, json_t *v)
{
	return range(v, 0, 86400000, &m->report_again_ms);
}

static const char *set_mr(struct modem *m, json_t *v)
{
	int mr = m->mr;
	const char *wrong = range(v, 0, 255, &mr);

	m->mr = (uint8_t)mr;
	return wrong;
}

static const char *set_balance(struct modem *m, json_t *v)
{
	return range(v, 0, 999999, &m->balance);
}

static const char *set_sms_price(struct modem *m, json_t *v)
{
	return range(v, 0, 1000000, &m->sms_price);
}

static const char *set_ussd_coding(struct modem *m, json_t *v)
{
	static const char *const words[] = {[USSD_BY_CHARSET] = "text", [USSD_UCS2] = "ucs2", [USSD_PACKED] = "packed"};

	for (unsigned i = 0; json_is_string(v) && i < COUNT_OF(words); i++)
		if (strcmp(json_string_value(v), words[i]) == 0) {
			m->ussd_coding = (enum ussd_coding)i;
			return NULL;
		}
	return "not text, ucs2 or packed";
}

static const char *set_slots(struct modem *m, json_t *v)
{
	int slots = 0;
	const char *wrong = range(v, 1, 10000, &slots);

	if (wrong)
		return wrong;
	memory_resize(&m->sm, (unsigned)slots);
	modem_room(m);
	return NULL;
}

static const char *set_csca(struct modem *m, json_t *v)
{
	if (!json_is_string(v))
		return "not a text";
	snprintf(m->csca, sizeof(m->csca), "%s", json_string_value(v));
	return NULL;
}

static const char *set_number(struct modem *m, json_t *v)
{
	if (!json_is_string(v))
		return "not a text";
	net_number(slice_of(json_string_value(v)), m->number);
	return NULL;
}

static const char *set_report(struct modem *m, json_t *v)
{
	if (!json_is_string(v) || modem_set_report(m, json_string_value(v)) < 0)
		return "not ok, never, twice, failed or early";
	return NULL;
}

static const char *set_present(struct modem *m, json_t *v)
{
	if (!json_is_boolean(v))
		return "not true or false";
	return modem_set_present(m, json_is_true(v)) < 0 ? "the system gives no pty" : NULL;
}

static const struct {
	const char *key;
	const char *(*set)(struct modem *m, json_t *value);
} settings[] = {
    {"csq", set_csq},
    {"registered", set_registered},
    {"latency_ms", set_latency},
    {"slots", set_slots},
    {"csca", set_csca},
    {"number", set_number},
    {"report", set_report},
    {"report_delay_ms", set_report_delay},
    {"report_again_ms", set_report_again},
    {"mr", set_mr},
    {"balance", set_balance},
    {"sms_price", set_sms_price},
    {"ussd_coding", set_ussd_coding},
    {"present", set_present},
};

static json_t *set_one(struct modem *m, const char *key, json_t *value)
{
	const char *wrong;

	for (unsigned i = 0; i < COUNT_OF(settings); i++)
		if (strcmp(key, settings[i].key) == 0) {
			wrong = settings[i].set(m, value);
			return wrong ? fail("%s: %s", key, wrong) : NULL;
		}
	return fail("nothing is named \"%s\"", key);
}

static json_t *do_set(struct net *net, struct control_client *c, json_t *request)
{
	json_t *failed = NULL, *value;
	struct modem *m = modem_of(net, request, &failed);
	const char *key;

	(void)c;
	if (!m)
		return failed;
	json_object_foreach(request, key, value)
	{
		if (strcmp(key, "do") == 0 || strcmp(key, "modem") == 0)
			continue;
		failed = set_one(m, key, value);
		if (failed)
			return failed;
	}
	return done();
}

static json_t *do_fault(struct net *net, struct control_client *c, json_t *request)
{
	json_t *failed = NULL;
	struct modem *m = modem_of(net, request, &failed);
	const char *name = text_of(request, "name"), *wrong;

	(void)c;
	if (!m)
		return failed;
	if (!name)
		return fail("fault needs a name");
	wrong = script_fault(m, request);
	return wrong ? fail("%s: %s", name, wrong) : done();
}

static json_t *do_script(struct net *net, struct control_client *c, json_t *request)
{
	json_t *failed = NULL;
	struct modem *m = modem_of(net, request, &failed);
	const char *wrong;

	(void)c;
	if (!m)
		return failed;
	wrong = script_add(m, json_object_get(request, "steps"));
	return wrong ? fail("%s", wrong) : done();
}

static json_t *do_ussd(struct net *net, struct control_client *c, json_t *request)
{
	json_t *failed = NULL;
	struct modem *m = modem_of(net, request, &failed);

	(void)c;
	if (!m)
		return failed;
	ussd_ask(m, (int)number_of(request, "status", 0), text_of(request, "text"), (int)number_of(request, "dcs", 15));
	return done();
}

static json_t *do_quit(struct net *net, struct control_client *c, json_t *request)
{
	(void)c;
	(void)request;
	net_quit(net);
	return done();
}

static const struct {
	const char *name;
	json_t *(*run)(struct net *net, struct control_client *c, json_t *request);
} verbs[] = {
    {"send", do_send},
    {"inject", do_inject},
    {"phone", do_phone},
    {"inbox", do_inbox},
    {"clear", do_clear},
    {"fate", do_fate},
    {"ledger", do_ledger},
    {"state", do_state},
    {"set", do_set},
    {"fault", do_fault},
    {"script", do_script},
    {"ussd", do_ussd},
    {"quit", do_quit},
};

json_t *control_answer(struct net *net, struct control_client *c, json_t *request)
{
	const char *verb = text_of(request, "do");

	for (unsigned i = 0; verb && i < COUNT_OF(verbs); i++)
		if (strcmp(verb, verbs[i].name) == 0)
			return verbs[i].run(net, c, request);
	return fail("nothing is done by \"%s\"", verb ? verb : "");
}
