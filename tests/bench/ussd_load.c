/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ussd_load.c - a USSD gateway under load, of the Africa's Talking form: many sessions over a few keep-alive connections, on one core (epoll). Owns the sessions, their numbers and
 * names, what each types and what it must read. Knows nothing of Kabar but that form and a few words of its screens.
 *
 * Usage: ussd_load PORT [CONNECTIONS [PATH [CODE]]]
 * Orders come by stdin, one a line; each is answered by one JSON line on stdout, when all of it has been answered by the other side:
 *   walks FILE       sessions do what those of a recorded file do (session, number, text, CON or END, ..), and read CON and END as there, instead of what `built_in` says
 *   open N           N new sessions dial
 *   pace RATE S      RATE steps a second for S seconds; a session that has come to the end of its walk is replaced by one of a new number
 *   rush S           the same as fast as the connections carry it
 *   finish           every open session goes on to the end of its walk
 *
 * A latency goes from the moment at which the step was due (not from the moment at which a connection was free for it) until its answer is complete.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/ussd_walks.h"

#define ANSWER_MAX 8192
#define NOBODY UINT32_MAX
#define SECOND_NS INT64_C(1000000000)

struct session {
	uint32_t life; /* counts all sessions: number, name and id follow from it */
	uint32_t next; /* in its queue */
	const struct walk *walk;
	unsigned step; /* the next one */
	char text[TEXT_MAX];
};
struct queue {
	uint32_t first, last;
};
struct connection {
	int fd;
	uint32_t session; /* NOBODY: idle */
	int64_t due_ns;
	size_t n;
	char answer[ANSWER_MAX];
};
struct order {
	const char *name;
	struct queue from;   /* sessions that may step */
	struct queue stay;   /* those that wait for the next order */
	uint64_t steps_n;    /* no more than these */
	int64_t interval_ns; /* between two; 0: none */
	int64_t ends_ns;
	bool once;  /* a session steps but once */
	bool renew; /* a session at the end of its walk is replaced */
};
struct figures {
	float *ms;
	uint64_t n, cap, con, end, wrong, broken, own_names;
	char first_wrong[600];
};

static struct {
	uint16_t port;
	unsigned connections_n;
	const char *path, *code;
} options = {0, 64, "/ussd", "*123%23"};
static struct session *sessions;
static uint32_t sessions_n, lives;
static struct queue idle = {NOBODY, NOBODY};
static struct connection *connections;
static unsigned *idle_connections, idle_n;
static int poll_fd;
static struct figures figures;

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void give_up(const char *what)
{
	fprintf(stderr, "ussd_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- sessions ---- */

static void queue_add(struct queue *q, uint32_t i)
{
	sessions[i].next = NOBODY;
	if (q->last == NOBODY)
		q->first = i;
	else
		sessions[q->last].next = i;
	q->last = i;
}

static uint32_t queue_take(struct queue *q)
{
	uint32_t i = q->first;

	if (i != NOBODY) {
		q->first = sessions[i].next;
		if (q->first == NOBODY)
			q->last = NOBODY;
	}
	return i;
}

/* A new number dials. */
static void session_begin(struct session *s)
{
	s->life = lives++;
	s->walk = &walks[s->life % walks_n];
	s->step = 0;
	s->text[0] = '\0';
}

/* What is typed for the session's step is joined to all that it typed before. */
static void session_type(struct session *s)
{
	const char *input = s->walk->steps[s->step].input;
	char name[32];
	size_t n = strlen(s->text);

	if (input == NAME) {
		walks_name(s->life, name);
		input = name;
	}
	snprintf(s->text + n, sizeof(s->text) - n, "%s%s", n ? "*" : "", input);
}

/* ---- HTTP ---- */

static void connection_open(struct connection *c)
{
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)(c - connections)};
	int one = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0 ||
	    epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &e) < 0)
		give_up("cannot connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->session = NOBODY;
	c->n = 0;
}

static void form_encode(const char *text, char *out)
{
	for (; *text; text++)
		if (*text == ' ')
			*out++ = '+';
		else
			out += sprintf(out, strchr("#+%&=", *text) ? "%%%02X" : "%c", (unsigned char)*text);
	*out = '\0';
}

static void send_step(struct connection *c, uint32_t i, int64_t due_ns)
{
	struct session *s = &sessions[i];
	char text[3 * TEXT_MAX], body[4 * TEXT_MAX], request[5 * TEXT_MAX];
	int body_n, n;

	session_type(s);
	form_encode(s->text, text);
	body_n = snprintf(body, sizeof(body),
	    "sessionId=ATUid_load_%06" PRIu32 "&phoneNumber=%%2B62812%08" PRIu32
	    "&networkCode=51010&serviceCode=%s&text=%s",
	    s->life, s->life, options.code, text);
	n = snprintf(request, sizeof(request),
	    "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Type: "
	    "application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
	    options.path, options.port, body_n, body);
	c->session = i;
	c->due_ns = due_ns;
	c->n = 0;
	if (send(c->fd, request, (size_t)n, MSG_NOSIGNAL) != n && errno != EPIPE && errno != ECONNRESET)
		give_up("cannot send"); /* a connection that was closed is seen when it is read */
}

/* The body once the answer is complete; NULL: more must come. */
static const char *answer_body(struct connection *c, int *status)
{
	const char *head_end, *length;

	c->answer[c->n] = '\0';
	head_end = strstr(c->answer, "\r\n\r\n");
	if (!head_end)
		return NULL;
	length = strcasestr(c->answer, "\r\nContent-Length:");
	if (sscanf(c->answer, "HTTP/1.1 %d", status) != 1 || !length || length > head_end) {
		fprintf(stderr, "ussd_load: no answer of HTTP/1.1 with its Content-Length: %.200s\n", c->answer);
		exit(1);
	}
	return (size_t)(c->answer + c->n - head_end - 4) < strtoul(length + 17, NULL, 10) ? NULL : head_end + 4;
}

/* ---- what came ---- */

static void note_latency(int64_t due_ns)
{
	if (figures.n == figures.cap) {
		figures.cap = figures.cap ? 2 * figures.cap : 65536;
		figures.ms = realloc(figures.ms, figures.cap * sizeof(*figures.ms));
		if (!figures.ms)
			give_up("memory");
	}
	figures.ms[figures.n++] = (float)((double)(now_ns() - due_ns) / 1e6);
}

static bool answer_fits(const struct session *s, int status, const char *body)
{
	const struct step *step = &s->walk->steps[s->step];
	char name[32];
	bool fits = status == 200 && (!step->kind || strncmp(body, step->kind, 4) == 0);

	if (!fits || !step->holds)
		return fits;
	if (step->holds != NAME)
		return strstr(body, step->holds) != NULL;
	walks_name(s->life, name);
	fits = strcasestr(body, name) != NULL;
	figures.own_names += fits;
	return fits;
}

static void note_wrong(const struct session *s, int status, const char *body)
{
	char *p;

	if (figures.wrong++)
		return;
	snprintf(figures.first_wrong, sizeof(figures.first_wrong), "%s: HTTP %d %s", s->text, status, body);
	for (p = figures.first_wrong; *p; p++)
		if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ')
			*p = ' ';
}

/* Where a session goes when its step has been answered. */
static void session_settle(struct order *o, uint32_t i, bool over)
{
	struct session *s = &sessions[i];

	if (over && !o->renew)
		return;
	if (over)
		session_begin(s);
	queue_add(o->once ? &o->stay : &o->from, i);
}

static void connection_idle(struct connection *c)
{
	c->session = NOBODY;
	c->n = 0;
	idle_connections[idle_n++] = (unsigned)(c - connections);
}

static void take_answer(struct order *o, struct connection *c, int status, const char *body)
{
	uint32_t i = c->session;
	struct session *s = &sessions[i];
	bool fits = answer_fits(s, status, body);

	note_latency(c->due_ns);
	figures.con += strncmp(body, "CON ", 4) == 0;
	figures.end += strncmp(body, "END ", 4) == 0;
	if (!fits)
		note_wrong(s, status, body);
	s->step++;
	connection_idle(c);
	session_settle(o, i, !fits || s->step == s->walk->n);
}

/* The other side closed: an idle connection is opened again, a step that waits on it is counted as broken. */
static void connection_lost(struct order *o, struct connection *c)
{
	uint32_t i = c->session;

	close(c->fd);
	connection_open(c);
	if (i == NOBODY)
		return;
	figures.broken++;
	connection_idle(c);
	session_settle(o, i, true);
}

static void connection_read(struct order *o, struct connection *c)
{
	ssize_t got = recv(c->fd, c->answer + c->n, sizeof(c->answer) - 1 - c->n, MSG_DONTWAIT);
	const char *body;
	int status;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		connection_lost(o, c);
		return;
	}
	c->n += (size_t)got;
	body = c->session == NOBODY ? NULL : answer_body(c, &status);
	if (body)
		take_answer(o, c, status, body);
}

/* ---- orders ---- */

static bool more_to_send(const struct order *o, uint64_t sent, int64_t now)
{
	return sent < o->steps_n && now < o->ends_ns && o->from.first != NOBODY;
}

/* Sends what is due while a connection is free. Returns when the next one is due; -1: when something comes. */
static int64_t send_due(struct order *o, int64_t began, uint64_t *sent)
{
	int64_t now = now_ns();

	while (more_to_send(o, *sent, now) && idle_n) {
		int64_t due = o->interval_ns ? began + (int64_t)*sent * o->interval_ns : now;

		if (due > now)
			return due;
		send_step(&connections[idle_connections[--idle_n]], queue_take(&o->from), due);
		++*sent;
	}
	return -1;
}

static double run(struct order *o)
{
	struct epoll_event events[64];
	int64_t began = now_ns();
	uint64_t sent = 0;

	for (;;) {
		int64_t next = send_due(o, began, &sent), now = now_ns();
		int64_t wait_ns = next < 0 ? SECOND_NS : next > now ? next - now : 0;
		struct timespec wait = {.tv_sec = wait_ns / SECOND_NS, .tv_nsec = wait_ns % SECOND_NS};
		int n;

		if (idle_n == options.connections_n && !more_to_send(o, sent, now))
			break;
		n = epoll_pwait2(poll_fd, events, 64, &wait, NULL);
		if (n < 0 && errno != EINTR)
			give_up("epoll");
		for (int i = 0; i < n; i++)
			connection_read(o, &connections[events[i].data.u32]);
	}
	return (double)(now_ns() - began) / 1e9;
}

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static double percentile(double part)
{
	uint64_t at = (uint64_t)((double)figures.n * part);

	return figures.n ? (double)figures.ms[at < figures.n ? at : figures.n - 1] : 0;
}

static void tell(const struct order *o, double seconds)
{
	uint32_t open = 0;

	for (uint32_t i = idle.first; i != NOBODY; i = sessions[i].next)
		open++;
	qsort(figures.ms, figures.n, sizeof(*figures.ms), by_value);
	printf("{\"order\": \"%s\", \"steps\": %" PRIu64
	       ", \"seconds\": %.3f, \"per_s\": %.0f, \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"max_ms\": %.2f, "
	       "\"con\": %" PRIu64 ", \"end\": %" PRIu64 ", \"wrong\": %" PRIu64 ", \"broken\": %" PRIu64
	       ", \"own_names\": %" PRIu64 ", \"open\": %" PRIu32 ", \"first_wrong\": \"%s\"}\n",
	    o->name, figures.n, seconds, (double)figures.n / seconds, percentile(0.5), percentile(0.99), percentile(1),
	    figures.con, figures.end, figures.wrong, figures.broken, figures.own_names, open, figures.first_wrong);
	fflush(stdout);
}

static void carry_out(struct order o)
{
	float *kept = figures.ms;
	uint64_t cap = figures.cap;
	double seconds;

	figures = (struct figures){.ms = kept, .cap = cap};
	o.stay = (struct queue){NOBODY, NOBODY};
	if (o.once) {
		o.stay = idle;
	} else {
		o.from = idle;
	}
	seconds = run(&o);
	idle = o.once ? o.stay : o.from;
	tell(&o, seconds);
}

static void order_open(uint32_t n)
{
	struct order o = {.name = "open", .from = {NOBODY, NOBODY}, .steps_n = n, .ends_ns = INT64_MAX, .once = true};

	sessions = realloc(sessions, (sessions_n + n) * sizeof(*sessions));
	if (!sessions)
		give_up("memory");
	for (uint32_t i = sessions_n; i < sessions_n + n; i++) {
		session_begin(&sessions[i]);
		queue_add(&o.from, i);
	}
	sessions_n += n;
	carry_out(o);
}

static void order_walks(const char *path)
{
	if (!walks_read(path))
		give_up(path);
	printf("{\"order\": \"walks\", \"walks\": %u}\n", walks_n);
	fflush(stdout);
}

static void obey(const char *line)
{
	double rate, seconds;
	uint32_t n;
	char path[512];

	if (sscanf(line, "open %" SCNu32, &n) == 1)
		order_open(n);
	else if (sscanf(line, "pace %lf %lf", &rate, &seconds) == 2)
		carry_out((struct order){.name = "pace",
		    .steps_n = (uint64_t)(rate * seconds),
		    .interval_ns = (int64_t)(1e9 / rate),
		    .ends_ns = INT64_MAX,
		    .renew = true});
	else if (sscanf(line, "rush %lf", &seconds) == 1)
		carry_out((struct order){.name = "rush",
		    .steps_n = UINT64_MAX,
		    .ends_ns = now_ns() + (int64_t)(seconds * 1e9),
		    .renew = true});
	else if (strncmp(line, "finish", 6) == 0)
		carry_out((struct order){.name = "finish", .steps_n = UINT64_MAX, .ends_ns = INT64_MAX});
	else if (sscanf(line, "walks %511s", path) == 1)
		order_walks(path);
	else
		fprintf(stderr, "ussd_load: not an order (open N, pace RATE S, rush S, finish, walks FILE): %s", line);
}

int main(int argc, char **argv)
{
	char line[1024];

	if (argc < 2 || atoi(argv[1]) <= 0) {
		fprintf(stderr, "Usage: ussd_load PORT [CONNECTIONS [PATH [CODE]]]\n");
		return 2;
	}
	options.port = (uint16_t)atoi(argv[1]);
	options.connections_n = argc > 2 ? (unsigned)atoi(argv[2]) : options.connections_n;
	options.path = argc > 3 ? argv[3] : options.path;
	options.code = argc > 4 ? argv[4] : options.code;
	poll_fd = epoll_create1(EPOLL_CLOEXEC);
	connections = calloc(options.connections_n, sizeof(*connections));
	idle_connections = calloc(options.connections_n, sizeof(*idle_connections));
	if (poll_fd < 0 || !connections || !idle_connections)
		give_up("start");
	for (unsigned i = 0; i < options.connections_n; i++) {
		connection_open(&connections[i]);
		connection_idle(&connections[i]);
	}
	while (fgets(line, sizeof(line), stdin))
		obey(line);
	return 0;
}
