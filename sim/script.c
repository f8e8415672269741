/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.c - see script.h. */
#include "sim/script.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/err.h"
#include "sim/modem.h"

static const struct moment_info infos[MOMENT_N] = {
#define X(name, words) {#name, words},
    MOMENT_MAP(X)
#undef X
};

const struct moment_info *moment_info(enum moment when)
{
	return &infos[when];
}

static int moment_named(const char *name)
{
	for (int i = 0; i < MOMENT_N; i++)
		if (strcmp(name, infos[i].name) == 0)
			return i;
	return ERR_NOT_FOUND;
}

static const char *text_of(json_t *step, const char *key)
{
	const char *text = json_string_value(json_object_get(step, key));

	return text ? text : "";
}

static const char *take_fault(json_t *step, struct script_step *out)
{
	const char *name = text_of(step, json_object_get(step, "name") ? "name" : "do");
	json_t *arg = json_object_get(step, "arg");
	int fault = strcmp(name, "none") == 0 ? MISHAP_N : mishap_named(slice_of(name));

	if (fault < 0)
		return "no fault is named so (kabar-sim --list-faults shows them)";
	out->what = (enum mishap)fault;
	out->count = json_integer_value(json_object_get(step, "count"));
	if (json_is_integer(arg))
		snprintf(out->arg, sizeof(out->arg), "%lld", (long long)json_integer_value(arg));
	else
		snprintf(out->arg, sizeof(out->arg), "%s", text_of(step, "arg"));
	return NULL;
}

static const char *take_step(json_t *step, struct script_step *out)
{
	int at = moment_named(text_of(step, "at"));

	*out = (struct script_step){0};
	if (at < 0)
		return "no moment is named as in \"at\" (kabar-sim --list-faults shows them)";
	out->at = (enum moment)at;
	out->after = json_integer_value(json_object_get(step, "after_n"));
	snprintf(out->on, sizeof(out->on), "%s", text_of(step, "on"));
	return take_fault(step, out);
}

static const char *happen(struct modem *m, const struct script_step *s)
{
	if (s->what == MISHAP_N)
		modem_mishaps_clear(m);
	else if (modem_mishap(m, s->what, s->count, s->arg) < 0)
		return "that is no argument of this fault";
	return NULL;
}

const char *script_add(struct modem *m, json_t *steps)
{
	struct script *s = &m->script;
	unsigned n = s->n, chain = ++s->chains;
	const char *wrong = NULL;

	if (json_array_size(steps) == 0 || json_array_size(steps) > SCRIPT_STEPS - n)
		return "\"steps\" is a list of steps, 32 in all scripts of a modem";
	for (size_t i = 0; !wrong && i < json_array_size(steps); i++) {
		wrong = take_step(json_array_get(steps, i), &s->steps[n]);
		s->steps[n++].chain = chain;
	}
	if (!wrong)
		s->n = n;
	return wrong;
}

const char *script_fault(struct modem *m, json_t *step)
{
	struct script_step now = {0};
	const char *wrong;
	json_t *steps;

	if (!json_object_get(step, "at")) {
		wrong = take_fault(step, &now);
		return wrong ? wrong : happen(m, &now);
	}
	steps = json_pack("[O]", step);
	wrong = script_add(m, steps);
	json_decref(steps);
	return wrong;
}

void script_clear(struct modem *m)
{
	m->script.n = 0;
}

static bool first_of_chain(const struct script *s, unsigned i)
{
	for (unsigned before = 0; before < i; before++)
		if (s->steps[before].chain == s->steps[i].chain)
			return false;
	return true;
}

static bool is_due(struct script *s, unsigned i, enum moment at, struct slice line)
{
	struct script_step *step = &s->steps[i];
	size_t n = strlen(step->on);

	if (step->at != at || line.n < n || strncasecmp(line.p ? line.p : "", step->on, n) != 0 ||
	    !first_of_chain(s, i))
		return false;
	return step->after-- <= 0;
}

/* What a step does may be a moment itself, or clear the script: due steps are taken out first. */
void script_moment(struct modem *m, enum moment at, struct slice line)
{
	struct script *s = &m->script;
	struct script_step due[SCRIPT_STEPS];
	unsigned due_n = 0, left = 0;
	bool is[SCRIPT_STEPS];

	for (unsigned i = 0; i < s->n; i++)
		is[i] = is_due(s, i, at, line);
	for (unsigned i = 0; i < s->n; i++) {
		if (is[i])
			due[due_n++] = s->steps[i];
		else
			s->steps[left++] = s->steps[i];
	}
	s->n = left;
	for (unsigned i = 0; i < due_n; i++)
		(void)happen(m, &due[i]);
}
