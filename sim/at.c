/* SPDX-License-Identifier: GPL-2.0-or-later */
/* at.c - see at.h. Here: bytes in, lines, results out. How a line becomes commands is in at_parse.c. */
#include "sim/at.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/at_parse.h"
#include "sim/modem.h"
#include "sim/script.h"

#define LINE_MAX_N 2048
#define HELD_MAX 65536
#define ESC 0x1b
#define CTRL_Z 0x1a

static void trace(struct modem *m, char direction, struct slice line)
{
	FILE *f = m->net->trace;
	struct timespec t;

	if (!f)
		return;
	clock_gettime(CLOCK_REALTIME, &t);
	fprintf(f, "%lld.%03ld %s %c ", (long long)t.tv_sec, t.tv_nsec / 1000000, m->name, direction);
	for (uint32_t i = 0; i < line.n; i++)
		fputc(line.p[i] == '\r' || line.p[i] == '\n' ? '|' : line.p[i], f);
	fputc('\n', f);
	fflush(f);
}

static void out(struct modem *m, struct slice s)
{
	if (!mishap_armed(&m->mishaps, MISHAP_hang))
		pty_write(&m->pty, s.p, s.n);
}

static void out_line(struct modem *m, struct slice line, bool before)
{
	trace(m, '>', line);
	if (before)
		out(m, SLICE_LIT("\r\n"));
	out(m, line);
	out(m, SLICE_LIT("\r\n"));
}

void at_defaults(struct modem *m)
{
	struct at *a = &m->at;

	a->echo = a->verbose = true;
	a->quiet = false;
	a->s3 = '\r';
	a->s4 = '\n';
	a->s5 = '\b';
	a->cmee = 0;
}

void at_reset(struct modem *m)
{
	struct at *a = &m->at;

	at_defaults(m);
	a->state = AT_COMMAND;
	a->at = 0;
	a->data = NULL;
	a->deaf = false;
	buf_clear(&a->in);
	buf_clear(&a->line);
	buf_clear(&a->held);
}

void at_free(struct modem *m)
{
	buf_free(&m->at.in);
	buf_free(&m->at.line);
	buf_free(&m->at.held);
	buf_free(&m->at.again);
}

/* V.250, 5.7.1: the first line of a response begins with <CR><LF>, each ends with it; ATV0 leaves the
 * beginning out. */
void at_info_slice(struct modem *m, struct slice line)
{
	out_line(m, line, m->at.verbose && !m->at.answered);
	m->at.answered = true;
}

void at_info(struct modem *m, const char *fmt, ...)
{
	struct buf line = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&line, fmt, ap);
	va_end(ap);
	at_info_slice(m, buf_as_slice(&line));
	buf_free(&line);
}

static void urcs_flush(struct modem *m)
{
	struct at *a = &m->at;

	if (a->state != AT_COMMAND || a->line.n || a->held.n == 0)
		return;
	trace(m, '>', slice_trim(buf_as_slice(&a->held)));
	out(m, buf_as_slice(&a->held));
	buf_clear(&a->held);
}

void at_urc(struct modem *m, const char *fmt, ...)
{
	struct at *a = &m->at;
	va_list ap;

	if (!m->present || !m->pty.open || a->held.n > HELD_MAX)
		return;
	buf_str(&a->held, "\r\n");
	va_start(ap, fmt);
	buf_vprintf(&a->held, fmt, ap);
	va_end(ap);
	buf_str(&a->held, "\r\n");
	urcs_flush(m);
}

void at_urc_now(struct modem *m, const char *fmt, ...)
{
	struct buf line = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&line, fmt, ap);
	va_end(ap);
	out_line(m, buf_as_slice(&line), true);
	buf_free(&line);
}

/* What the fault's notice says. */
static const char *notice_words(const struct modem *m, enum mishap which)
{
	const char *own = mishap_arg(&m->mishaps, which);

	return own[0] ? own : "^RSSI:17";
}

static void noise(struct modem *m)
{
	static const char *const lines[] = {"^RSSI:17", "^HCSQ:\"LTE\",44,38,121,20", "^BOOT:20001234,0,0,0,78",
	    "+ZUSIMR:2", "^DSFLOWRPT:00000000,00000000,00000000,00000000,00000000,00000000,00000000"};
	const char *own = mishap_arg(&m->mishaps, MISHAP_urc_noise);

	if (mishap_hit(&m->mishaps, MISHAP_urc_noise))
		out_line(m, slice_of(own[0] ? own : lines[net_random(m->net) % COUNT_OF(lines)]), true);
}

static void result(struct modem *m, int code)
{
	char words[96];

	at_result_words(m->at.cmee, m->at.verbose, code, words);
	trace(m, '>', slice_of(words));
	if (!m->at.quiet) {
		if (m->at.verbose)
			out(m, SLICE_LIT("\r\n"));
		out(m, slice_of(words));
		out(m, m->at.verbose ? SLICE_LIT("\r\n") : SLICE_LIT("\r"));
	}
	noise(m);
}

/* The line is done: `code` AT_SILENT says nothing. */
static void line_done(struct modem *m, int code)
{
	if (code != AT_SILENT)
		result(m, code);
	script_moment(m, MOMENT_answered, slice_of(m->at.last));
	m->at.state = AT_COMMAND;
	m->at.answered = false;
	m->at.at = 0;
	buf_clear(&m->at.line);
	urcs_flush(m);
}

/* Runs what is left of the line until it ends, fails or waits. */
static void line_run(struct modem *m)
{
	struct at *a = &m->at;
	int code = AT_OK;

	a->state = AT_BUSY;
	while (code == AT_OK && a->at < a->line.n)
		code = at_parse_one(m);
	if (code == AT_PENDING || code == AT_PROMPTS)
		return;
	line_done(m, code);
}

static bool is_command(struct slice line)
{
	return line.n >= 2 && (line.p[0] | 32) == 'a' && (line.p[1] | 32) == 't';
}

static void line_ready(struct modem *m)
{
	struct at *a = &m->at;
	struct slice line = slice_trim(buf_as_slice(&a->line));

	if (line.n == 2 && (line.p[0] | 32) == 'a' && line.p[1] == '/') {
		buf_clear(&a->line);
		buf_slice(&a->line, buf_as_slice(&a->again));
		line = buf_as_slice(&a->line);
	}
	if (line.n)
		trace(m, '<', line);
	if (!is_command(line)) {
		buf_clear(&a->line);
		urcs_flush(m);
		return;
	}
	a->commands_n++;
	snprintf(a->last, sizeof(a->last), SLICE_FMT, SLICE_ARG(line));
	buf_clear(&a->again);
	buf_slice(&a->again, line);
	script_moment(m, MOMENT_command, line);
	if (mishap_hit_on(&m->mishaps, MISHAP_no_answer, line)) {
		line_done(m, AT_SILENT);
		return;
	}
	if (mishap_hit(&m->mishaps, MISHAP_urc_before_answer))
		at_urc_now(m, "%s", notice_words(m, MISHAP_urc_before_answer));
	if (mishap_hit_on(&m->mishaps, MISHAP_command_error, line)) {
		line_done(m, AT_ERROR);
		return;
	}
	a->at = (size_t)(line.p - a->line.p) + 2;
	a->line.n = (size_t)(line.p - a->line.p) + line.n;
	line_run(m);
}

static void data_ready(struct modem *m)
{
	struct at *a = &m->at;
	struct buf data = a->line;
	int code;

	a->line = (struct buf){0};
	a->state = AT_BUSY;
	trace(m, '<', buf_as_slice(&data));
	code = a->data(m, buf_as_slice(&data));
	buf_free(&data);
	if (code != AT_PENDING)
		line_done(m, code);
}

static void echo(struct modem *m, char c)
{
	if (m->at.echo && !mishap_armed(&m->mishaps, MISHAP_no_echo))
		out(m, (struct slice){&c, 1});
}

static void data_byte(struct modem *m, char c)
{
	struct at *a = &m->at;

	if (c == ESC) {
		buf_clear(&a->line);
		line_done(m, AT_OK);
		return;
	}
	echo(m, c);
	if (c == CTRL_Z) {
		data_ready(m);
		return;
	}
	if (a->line.n < LINE_MAX_N)
		buf_char(&a->line, c);
	if (a->line.n == 1)
		script_moment(m, MOMENT_cmgs_typing, (struct slice){0});
	if (c == '\r' && m->set.cmgf == 1)
		out(m, SLICE_LIT("\n> "));
}

static void command_byte(struct modem *m, char c)
{
	struct at *a = &m->at;

	if (c == ESC || c == CTRL_Z) {
		buf_clear(&a->line);
		return;
	}
	echo(m, c);
	if ((uint8_t)c == a->s3)
		line_ready(m);
	else if ((uint8_t)c == a->s5)
		a->line.n -= a->line.n > 0;
	else if ((uint8_t)c != a->s4 && a->line.n < LINE_MAX_N)
		buf_char(&a->line, c);
}

/* Takes what came in, until a command has to be waited for. */
static void drain(struct modem *m)
{
	struct at *a = &m->at;
	size_t i = 0;

	if (a->draining)
		return;
	a->draining = true;
	while (i < a->in.n && a->state != AT_BUSY) {
		char c = a->in.p[i++];

		if (a->state == AT_DATA)
			data_byte(m, c);
		else
			command_byte(m, c);
	}
	if (i && a->in.n >= i) {
		memmove(a->in.p, a->in.p + i, a->in.n - i);
		a->in.n -= i;
	}
	a->draining = false;
	pty_flush(&m->pty);
}

void at_input(struct modem *m, const char *p, size_t n)
{
	if (mishap_armed(&m->mishaps, MISHAP_hang) || m->at.deaf)
		return;
	buf_add(&m->at.in, p, n);
	drain(m);
}

void at_finish(struct modem *m, int code)
{
	if (code == AT_OK)
		line_run(m);
	else
		line_done(m, code);
	drain(m);
}

static void prompt_show(void *arg)
{
	struct modem *m = arg;

	m->at.deaf = false;
	if (m->at.state != AT_BUSY || !m->at.data || m->job.life != m->life)
		return;
	if (mishap_hit(&m->mishaps, MISHAP_urc_before_prompt))
		at_urc_now(m, "%s", notice_words(m, MISHAP_urc_before_prompt));
	buf_clear(&m->at.line);
	m->at.state = AT_DATA;
	out(m, SLICE_LIT("\r\n> "));
	script_moment(m, MOMENT_cmgs_prompt, (struct slice){0});
	drain(m);
}

void at_prompt(struct modem *m, int (*data)(struct modem *m, struct slice data))
{
	m->at.data = data;
	m->job.life = m->life;
	m->at.deaf = mishap_hit(&m->mishaps, MISHAP_late_prompt);
	if (m->at.deaf)
		net_after(m->net, atoi(mishap_arg(&m->mishaps, MISHAP_late_prompt)), prompt_show, m);
	else
		prompt_show(m);
}
