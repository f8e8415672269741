/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ussd_http_server.c - HTTP of ussd_http.h: libmicrohttpd in the loop of the gateway, without a thread of its own. It owns connections and what may come in by them:
 * path, method, token, size, time. What a body says and what is answered to it is ussd_http.c.
 */
#include "gateway/bearer/ussd_http.h"

#include <microhttpd.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "gateway/base/secret.h"

#define MEMORY_BYTES 16384	 /* of a connection: first line and headers must fit */
#define IDLE_S 60		 /* between two requests of one connection */
#define SWALLOW_BYTES (4u << 20) /* of a body that is refused: who is cut off while he sends reads no answer */

static struct client *client_of(struct MHD_Connection *c)
{
	return MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static const char *header(const struct client *k, const char *name)
{
	return MHD_lookup_connection_value(k->connection, MHD_HEADER_KIND, name);
}

/* ---- answers ---- */

static void add_headers(struct MHD_Response *r, const struct client *k)
{
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
	if (k->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, MHD_HTTP_METHOD_POST);
	if (k->status == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	if (k->status == MHD_HTTP_TOO_MANY_REQUESTS)
		MHD_add_response_header(r, MHD_HTTP_HEADER_RETRY_AFTER, "60");
	if (k->ends)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
}

static enum MHD_Result say(struct client *k)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(k->reply.n, k->reply.p, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result queued;

	if (!r)
		return MHD_NO; /* no memory: the connection ends, and the request may be repeated */
	if (k->phase != CLIENT_ASKED)
		k->http->open_n++;
	k->phase = CLIENT_ANSWERED;
	add_headers(r, k);
	queued = MHD_queue_response(k->connection, k->status, r);
	MHD_destroy_response(r);
	return queued;
}

/* ---- requests ---- */

static bool token_is(const char *wanted, const char *given)
{
	size_t n = strlen(wanted);

	return given && strlen(given) == n && secret_equal(wanted, given, n);
}

static bool has_token(const struct client *k)
{
	const char *wanted = conf_string(k->http->base.start.config, "token"),
		   *given = header(k, MHD_HTTP_HEADER_AUTHORIZATION);

	if (!wanted)
		return true;
	if (given && strncasecmp(given, "Bearer ", 7) == 0 && token_is(wanted, given + 7))
		return true;
	return token_is(wanted, MHD_lookup_connection_value(k->connection, MHD_GET_ARGUMENT_KIND, "token"));
}

/* Of a body whose length is said beforehand; 0: it is not. */
static unsigned long long body_length(const struct client *k)
{
	const char *z = header(k, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return z ? strtoull(z, NULL, 10) : 0;
}

/* Who names no type sends a form; parameters may follow. */
static bool is_form(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";

	return !type || (strncasecmp(type, form, sizeof(form) - 1) == 0 && strchr("; ", type[sizeof(form) - 1]));
}

static enum MHD_Result count_length(void *n, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	(void)value;
	*(unsigned *)n += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
	return MHD_YES;
}

/* Two lengths, or one beside chunks: a proxy before us may go by the other one (RFC 9112, 6.3). */
static bool has_two_lengths(const struct client *k)
{
	unsigned n = header(k, MHD_HTTP_HEADER_TRANSFER_ENCODING) != NULL;

	MHD_get_connection_values(k->connection, MHD_HEADER_KIND, count_length, &n);
	return n > 1;
}

static void refuse_size(struct client *k)
{
	char words[80];

	snprintf(words, sizeof(words), "the body is larger than %lld bytes: send a smaller one",
	    (long long)conf_int(k->http->base.start.config, "max_body"));
	http_refuse(k, MHD_HTTP_CONTENT_TOO_LARGE, words);
}

static bool address_is_too_often(const struct client *k)
{
	const struct sockaddr *a =
	    MHD_get_connection_info(k->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;

	return !ussd_limits_take(k->http->limits, ussd_limits_address(a),
	    (uint32_t)conf_int(k->http->base.start.config, "address_per_minute"), uv_now(k->http->base.host.loop));
}

static void look_at_head(struct client *k, const char *url, const char *method)
{
	const struct conf_group *g = k->http->base.start.config;
	char words[320];

	if (has_two_lengths(k)) {
		k->ends = true;
		http_refuse(k, MHD_HTTP_BAD_REQUEST, "the length of the body is said twice: send one Content-Length");
	} else if (k->ends) {
		http_refuse(
		    k, MHD_HTTP_SERVICE_UNAVAILABLE, "too many connections: use fewer, or raise max_connections");
	} else if (address_is_too_often(k)) {
		http_refuse(k, MHD_HTTP_TOO_MANY_REQUESTS, "too many requests from this address: wait a minute");
	} else if (!has_token(k)) {
		http_refuse(k, MHD_HTTP_UNAUTHORIZED,
		    "the token is missing or wrong: send Authorization: Bearer TOKEN, or ?token=TOKEN");
	} else if (strcmp(url, conf_string(g, "path")) != 0) {
		snprintf(words, sizeof(words), "nothing is here: send to %s", conf_string(g, "path"));
		http_refuse(k, MHD_HTTP_NOT_FOUND, words);
	} else if (strcmp(method, MHD_HTTP_METHOD_POST) != 0) {
		http_refuse(k, MHD_HTTP_METHOD_NOT_ALLOWED, "send a form by POST");
	} else if (!is_form(header(k, MHD_HTTP_HEADER_CONTENT_TYPE))) {
		http_refuse(k, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "send a form: application/x-www-form-urlencoded");
	} else if (body_length(k) > (unsigned long long)conf_int(g, "max_body")) {
		refuse_size(k);
	}
}

/* What is refused by its head is answered when its body has come, unless that would take too long, or the client asks first. */
static enum MHD_Result take_head(struct client *k, const char *url, const char *method)
{
	k->phase = CLIENT_BODY;
	look_at_head(k, url, method);
	if (k->status && (k->ends || body_length(k) > SWALLOW_BYTES || header(k, MHD_HTTP_HEADER_EXPECT)))
		return say(k);
	return MHD_YES;
}

static enum MHD_Result take_body(struct client *k, const char *data, size_t n)
{
	k->swallowed_n += n;
	if (k->status)
		return k->swallowed_n > SWALLOW_BYTES ? MHD_NO : MHD_YES;
	if (k->body.n + n > (size_t)conf_int(k->http->base.start.config, "max_body"))
		refuse_size(k);
	else
		buf_add(&k->body, data, n);
	return MHD_YES;
}

static enum MHD_Result take_whole(struct client *k)
{
	if (!k->status)
		http_take(k);
	if (k->phase != CLIENT_ASKED)
		return say(k);
	MHD_suspend_connection(k->connection);
	return MHD_YES;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
    const char *version, const char *data, size_t *data_n, void **request)
{
	struct client *k = client_of(c);
	enum MHD_Result went;

	(void)arg;
	(void)version;
	(void)request;
	if (k->phase == CLIENT_HEAD)
		return take_head(k, url, method);
	if (k->phase == CLIENT_ASKED)
		return say(k);
	if (!*data_n)
		return take_whole(k);
	went = take_body(k, data, *data_n);
	*data_n = 0;
	return went;
}

/* The first line has come. */
static void *on_first_line(void *arg, const char *uri, struct MHD_Connection *c)
{
	struct client *k = client_of(c);

	(void)arg;
	(void)uri;
	k->phase = CLIENT_HEAD;
	if (k->served)
		k->since_ms = uv_now(k->http->base.host.loop);
	return k;
}

static void on_completed(void *arg, struct MHD_Connection *c, void **request, enum MHD_RequestTerminationCode how)
{
	(void)arg;
	(void)request;
	http_done(client_of(c), how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
}

/* ---- connections ---- */

static struct client *client_new(struct ussd_http *h, struct MHD_Connection *c)
{
	struct client *k = must_alloc(sizeof(*k));
	int yes = 1;

	k->http = h;
	k->connection = c;
	k->fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	k->since_ms = uv_now(h->base.host.loop);
	setsockopt(k->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	MUST(h->free_n > 0); /* libmicrohttpd takes no more than slots_n */
	k->slot = h->free_slots[--h->free_n];
	h->clients[k->slot] = k;
	k->ends = ++h->clients_n > (unsigned)conf_int(h->base.start.config, "max_connections");
	return k;
}

static void client_free(struct client *k)
{
	struct ussd_http *h = k->http;

	MUST(!k->ref);
	h->clients[k->slot] = NULL;
	h->free_slots[h->free_n++] = k->slot;
	h->clients_n--;
	buf_wipe(&k->body);
	buf_wipe(&k->reply);
	buf_wipe(&k->asked.joined);
	free(k);
}

static void on_connection(void *arg, struct MHD_Connection *c, void **client, enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*client = client_new(arg, c);
	} else if (*client) {
		client_free(*client);
		*client = NULL;
	}
}

/* libmicrohttpd counts idle time only: a byte now and then would hold a connection for ever. */
static void end_slow(const struct client *k)
{
	static const char words[] = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: text/plain\r\n"
				    "Content-Length: 51\r\n\r\nthe request came too slowly: send it in one piece.\n";

	(void)!send(k->fd, words, sizeof(words) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(k->fd, SHUT_RDWR); /* libmicrohttpd sees its end, and closes it */
}

void server_sweep(struct ussd_http *h)
{
	uint64_t now = uv_now(h->base.host.loop), limit = (uint64_t)conf_int(h->base.start.config, "request_timeout");

	for (unsigned i = 0; i < h->slots_n && h->clients_n; i++) {
		const struct client *k = h->clients[i];
		bool reads = k && (k->phase == CLIENT_HEAD || k->phase == CLIENT_BODY ||
				      (k->phase == CLIENT_WAITS && !k->served));

		if (reads && now - k->since_ms > limit)
			end_slow(k);
	}
}

/* ---- the loop ---- */

static void on_wake(uv_timer_t *t)
{
	server_run(t->data);
}

static void on_poll(uv_poll_t *p, int status, int events)
{
	(void)status;
	(void)events;
	server_run(p->data);
}

void server_run(struct ussd_http *h)
{
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(h->daemon);
	if (MHD_get_timeout(h->daemon, &ms) == MHD_YES)
		uv_timer_start(&h->wake, on_wake, ms, 0);
	else
		uv_timer_stop(&h->wake);
}

void server_resume(struct client *k)
{
	MHD_resume_connection(k->connection);
	uv_timer_start(&k->http->wake, on_wake, 0, 0); /* once for all that are answered in this turn of the loop */
}

bool server_start(struct ussd_http *h)
{
	const unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
	const union MHD_DaemonInfo *info;

	h->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, h->listen_fd,
	    MHD_OPTION_CONNECTION_LIMIT, h->slots_n, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_URI_LOG_CALLBACK, on_first_line, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_END);
	if (!h->daemon) {
		close(h->listen_fd);
		return false;
	}
	info = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	MUST(uv_poll_init(h->base.host.loop, &h->poll, info->epoll_fd) == 0);
	h->poll.data = h;
	MUST(uv_poll_start(&h->poll, UV_READABLE, on_poll) == 0);
	return true;
}

void server_stop(struct ussd_http *h)
{
	MHD_run(h->daemon);
	MHD_run(h->daemon);
	uv_poll_stop(&h->poll);
	MHD_stop_daemon(h->daemon);
	h->daemon = NULL;
}
