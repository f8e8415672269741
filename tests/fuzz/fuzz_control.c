/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_control.c - the control socket: the real listener on a Unix socket, the real verbs over a store in memory with the demo content. Each line of the input is a
 * connection of its own; its first byte says where the request is torn in two. Rules: a request that is one line gets one line of JSON, whatever it holds; no request makes
 * a verb fail; one that is refused changes nothing; what is stored stands up to store_check, which also looks for NIKs.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/engine/command.h"
#include "gateway/io/control.h"
#include "storage/books.h"
#include "storage/content.h"
#include "tests/fuzz/fuzz.h"

#define NOW_MS INT64_C(1795482000000)

static uv_loop_t loop;
static struct control *control;
static struct store *store;
static struct plan plan;
static struct sockaddr_un at = {.sun_family = AF_UNIX};
static bool wrote; /* some verb has changed something since BEGIN */

static int64_t audits(void)
{
	int64_t n = 0;

	MUST(db_query(store->db, Q_audit_last, "z", "test") == 0);
	if (db_next(store->db, Q_audit_last) == 1)
		n = db_int(store->db, Q_audit_last, 0);
	db_end(store->db, Q_audit_last);
	return n;
}

static void post(void *arg, const struct event *e)
{
	struct effect answer = {.kind = EF_ANSWER, .to = e->from, .ref = e->ref, .last = true};
	struct buf reply = {0};
	json_t *said;
	int64_t before = audits(), changed;
	int rc;

	(void)arg;
	MUST(e->kind == EV_COMMAND && e->ref && e->u.command.uid == getuid());
	MUST(db_savepoint(store->db) == 0);
	rc = command_run(store, &plan, e->u.command.json, e->u.command.uid, NOW_MS, 1, &reply);
	MUST(rc == 0 || rc == ERR_INVALID);
	MUST((rc ? db_rollback_to(store->db) : db_release(store->db)) == 0);
	said = json_loadb(reply.p, reply.n, 0, NULL);
	MUST(json_is_object(said) && json_object_size(said) > 0);
	changed = audits() - before;
	MUST(!json_object_get(said, "error") || (changed == 0 && json_object_size(said) == 1));
	wrote |= changed > 0;
	json_decref(said);
	answer.text = buf_as_slice(&reply);
	control_answer(control, &answer);
	buf_free(&reply);
}

static void run_loop(void)
{
	for (int i = 0; i < 4; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
}

static void send_all(int fd, struct slice s)
{
	MUST(send(fd, s.p, s.n, MSG_NOSIGNAL) == (ssize_t)s.n);
	run_loop();
}

static void ask(struct slice request)
{
	char reply[65536];
	uint32_t cut = request.n ? (unsigned char)request.p[0] % request.n : 0;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ssize_t n;

	MUST(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	send_all(fd, (struct slice){request.p, cut});
	send_all(fd, slice_from(request, cut));
	send_all(fd, SLICE_LIT("\n"));
	n = recv(fd, reply, sizeof(reply), MSG_DONTWAIT);
	MUST(n > 1 && n < (ssize_t)sizeof(reply) && memchr(reply, '\n', (size_t)n) == reply + n - 1);
	MUST(recv(fd, reply, 1, MSG_DONTWAIT) == 0); /* one answer, and the end */
	close(fd);
	run_loop();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const struct plan_link links[] = {{"m1", "+6281100000001", false, 0}};
	struct store_start start = {.path = ":memory:", .keys = keys_for_test(1), .gateway = "test", .mode = DB_WRITER};
	struct complaints complaints = {0};
	struct menus *menus;
	char *why = NULL;

	(void)argc;
	(void)argv;
	MUST(menus_load("menus", &complaints, &menus) == 0);
	fuzz_quiet();
	plan = (struct plan){.gateway = "test",
	    .timezone = "Asia/Makassar",
	    .language = "id",
	    .dinas = "Dinas",
	    .notice_version = "1",
	    .menus = menus,
	    .links = links,
	    .links_n = 1};
	MUST(store_open(&start, &store, &why) == 0);
	MUST(store_begin(store) == 0 && content_load(store, "storage/demo", true, NOW_MS) == 0 &&
	     store_commit(store) == 0);
	MUST(uv_loop_init(&loop) == 0);
	snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/kabar-fuzz-%d.sock", (int)getpid());
	control = control_open(&loop, at.sun_path, post, NULL, &why);
	MUST(control);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = fuzz_slice(data, size);
	struct buf words = {0};

	MUST(store_begin(store) == 0);
	wrote = false;
	for (unsigned i = 0; rest.n && i < 8; i++)
		ask(fuzz_line(&rest));
	if (wrote && store_check(store, &words) != 0)
		fprintf(stderr, "store_check: %s\n", words.p);
	MUST(words.n == 0);
	store_rollback(store);
	buf_free(&words);
	return 0;
}
