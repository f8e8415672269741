/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gsm_tty.c - see gsm_tty.h. AT commands of 3GPP TS 27.005; answers are read line by line. */
#include "gateway/bearer/gsm_tty.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/err.h"
#include "gateway/bearer/gsm_cage.h"

#define COMMAND_MS 5000
#define REPLY_MAX 65536

static const struct speed {
	int baud;
	speed_t code;
} speeds[] = {{9600, B9600}, {19200, B19200}, {38400, B38400}, {57600, B57600}, {115200, B115200}, {230400, B230400},
    {460800, B460800}, {921600, B921600}};

/* "at115200"; a bare "at" is what libgammu takes it for. */
static speed_t speed_of(const char *connection)
{
	int baud = atoi(connection + strcspn(connection, "0123456789"));

	for (unsigned i = 0; i < COUNT_OF(speeds); i++)
		if (speeds[i].baud == baud)
			return speeds[i].code;
	return B19200;
}

static int raw_mode(int fd, const char *connection)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return ERR_IO;
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cflag &= ~(tcflag_t)HUPCL; /* the line stays up between this and libgammu */
	cfsetispeed(&t, speed_of(connection));
	cfsetospeed(&t, speed_of(connection));
	return tcsetattr(fd, TCSANOW, &t) < 0 ? ERR_IO : 0;
}

int gsm_tty_open(const char *device, const char *connection, int *fd)
{
	int err;

	*fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return errno == ENOENT	 ? ERR_NOT_FOUND
		       : errno == EACCES ? ERR_DENIED
		       : errno == EBUSY	 ? ERR_BUSY
					 : ERR_IO;
	err = flock(*fd, LOCK_EX | LOCK_NB) < 0 ? ERR_BUSY : raw_mode(*fd, connection);
	if (err < 0)
		close(*fd);
	return err;
}

int gsm_tty_find(const char *device)
{
	struct stat want, is;

	if (stat(device, &want) < 0 || !S_ISCHR(want.st_mode))
		return -1;
	for (int fd = 3; fd < GSM_CAGE_FDS; fd++) {
		char path[32];

		/* by its name: another thread may be opening it in this moment */
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (stat(path, &is) == 0 && S_ISCHR(is.st_mode) && is.st_rdev == want.st_rdev)
			return fd;
	}
	return -1;
}

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Takes the first complete line out of `held` without its line end; empty ones are skipped. */
bool gsm_tty_take_line(struct buf *held, char *line, size_t cap)
{
	size_t from = 0, end, n;

	while (from < held->n && (held->p[from] == '\r' || held->p[from] == '\n'))
		from++;
	for (end = from; end < held->n && held->p[end] != '\r' && held->p[end] != '\n'; end++)
		;
	if (end >= held->n)
		return false;
	n = end - from < cap - 1 ? end - from : cap - 1;
	memcpy(line, held->p + from, n);
	line[n] = '\0';
	memmove(held->p, held->p + end, held->n - end);
	held->n -= end;
	held->p[held->n] = '\0';
	return true;
}

/* The next line until `until`; 1 a line, 0 none in time, ERR_IO. */
static int next_line(int fd, struct buf *held, int64_t until, char *line, size_t cap)
{
	char bytes[512];

	for (;;) {
		struct pollfd f = {fd, POLLIN, 0};
		int64_t left = until - monotonic_ms();
		ssize_t n;

		if (held->n && gsm_tty_take_line(held, line, cap))
			return 1;
		if (left <= 0)
			return 0;
		if (poll(&f, 1, (int)left) <= 0)
			continue;
		n = read(fd, bytes, sizeof(bytes));
		if (n > 0 && held->n < REPLY_MAX)
			buf_add(held, bytes, (size_t)n);
		else if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || held->n >= REPLY_MAX)
			return ERR_IO;
	}
}

static bool starts(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

/* OK is 0, an error its code; false: the line ends no answer. */
bool gsm_tty_final(const char *line, int *code)
{
	*code = -1;
	if (strcmp(line, "OK") == 0)
		*code = 0;
	else if (starts(line, "+CMS ERROR:") || starts(line, "+CME ERROR:"))
		*code = isdigit((unsigned char)line[12]) ? atoi(line + 12) : -1;
	else
		return strcmp(line, "ERROR") == 0;
	return true;
}

/* `"SM",3` */
void gsm_tty_place(const char *z, struct gsm_place *out)
{
	struct gsm_place p = {0};

	if (sscanf(z, " \"%2[A-Z]\" , %d", p.mem, &p.loc) == 2)
		*out = p;
}

int gsm_tty_listen(int fd, const char *peer, int ms, void (*report)(void *arg, const struct gsm_sms *sms), void *arg,
    struct gsm_evidence *out)
{
	int64_t until = monotonic_ms() + ms;
	struct buf held = {0};
	struct gsm_sms sms;
	char line[400];
	const char *answer;
	bool report_next = false;
	int got = 0, code;

	*out = (struct gsm_evidence){0};
	while (!out->answered && (got = next_line(fd, &held, until, line, sizeof(line))) > 0) {
		if (report_next && gsm_sms_report_to(line, peer, &sms) == 0)
			report(arg, &sms);
		report_next = starts(line, "+CDS:");
		if (starts(line, "+CDSI:") && out->stored_n < COUNT_OF(out->stored)) {
			gsm_tty_place(line + 6, &out->stored[out->stored_n]);
			out->stored_n += out->stored[out->stored_n].mem[0] != '\0';
		}
		if ((answer = strstr(line, "+CMGS:"))) { /* behind an echo, too */
			out->answered = true;
			out->mr = atoi(answer + 6) & 255;
		} else if (starts(line, "+CMS ERROR:") && gsm_tty_final(line, &code)) {
			out->answered = true;
			out->code = code;
		}
	}
	buf_free(&held);
	return got < 0 ? got : 0;
}

int gsm_tty_write(int fd, const char *p, size_t n)
{
	while (n > 0) {
		struct pollfd f = {fd, POLLOUT, 0};
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno != EAGAIN && errno != EINTR)
			return ERR_IO;
		if (done < 0 && poll(&f, 1, COMMAND_MS) <= 0)
			return ERR_IO;
		p += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return 0;
}

int gsm_tty_exchange(int fd, const char *command, int ms, struct buf *reply, int *code, bool with_echo)
{
	int64_t until = monotonic_ms() + ms;
	struct buf held = {0};
	char line[1200];
	int got = gsm_tty_write(fd, command, strlen(command)), ignored;

	code = code ? code : &ignored;
	if (got == 0)
		got = gsm_tty_write(fd, "\r", 1);
	if (reply)
		buf_clear(reply);
	while (got >= 0 && (got = next_line(fd, &held, until, line, sizeof(line))) > 0) {
		if (gsm_tty_final(line, code))
			break;
		if (reply && (with_echo || strcmp(line, command) != 0))
			buf_printf(reply, "%s\n", line);
	}
	buf_free(&held);
	return got <= 0 ? ERR_IO : *code ? ERR_DENIED : 0;
}

int gsm_tty_command(int fd, const char *command, int ms, struct buf *reply, int *code)
{
	return gsm_tty_exchange(fd, command, ms, reply, code, false);
}

int gsm_tty_begin(int fd)
{
	int err = gsm_tty_write(fd, "\x1b\r", 2);

	/* A modem that just woke up may lose the first line. */
	if (err == 0 && gsm_tty_command(fd, "AT", 1000, NULL, NULL) == ERR_IO)
		err = gsm_tty_command(fd, "AT", COMMAND_MS, NULL, NULL);
	if (err == 0)
		err = gsm_tty_command(fd, "AT+CMGF=0", COMMAND_MS, NULL, NULL);
	return err < 0 ? ERR_IO : 0;
}

static int choose_memory(int fd, const struct gsm_place *place)
{
	char command[32];

	snprintf(command, sizeof(command), "AT+CPMS=\"%s\"", place->mem);
	return gsm_tty_command(fd, command, COMMAND_MS, NULL, NULL);
}

int gsm_tty_read(int fd, const struct gsm_place *place, char pdu[1001])
{
	struct buf reply = {0};
	char command[32], *line;
	int code = 0, err = choose_memory(fd, place);

	pdu[0] = '\0';
	snprintf(command, sizeof(command), "AT+CMGR=%d", place->loc);
	if (err == 0)
		err = gsm_tty_command(fd, command, COMMAND_MS, &reply, &code);
	line = err == 0 && reply.p ? strstr(reply.p, "+CMGR:") : NULL;
	line = line ? strchr(line, '\n') : NULL;
	if (line)
		snprintf(pdu, 1001, "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
	for (char *c = pdu; *c; c++)
		*c = isprint((unsigned char)*c) ? *c : '?';
	buf_free(&reply);
	return err == ERR_DENIED && (code == 321 || code == 320 || code == -1) ? 0 : err; /* how modems say "empty" */
}

int gsm_tty_delete(int fd, const struct gsm_place *place, const char *pdu)
{
	char command[32], lies[1001];
	int err = gsm_tty_read(fd, place, lies);

	if (err < 0 || !lies[0])
		return err;
	if (strcmp(lies, pdu) != 0)
		return ERR_CONSTRAINT;
	snprintf(command, sizeof(command), "AT+CMGD=%d", place->loc);
	return gsm_tty_command(fd, command, COMMAND_MS, NULL, NULL);
}
