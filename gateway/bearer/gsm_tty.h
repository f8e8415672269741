/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gsm_tty.h - a modem without libgammu, for the few things that libgammu cannot do, before it opens the
 * device: hear the late answer to a submit (its start flushes the line and clears its callbacks), read and
 * delete a message that it cannot decode. Blocking, in the child only.
 */
#pragma once

#include "gateway/bearer/gsm_sms.h"

/* What a modem said about the submit that was in flight when the last life ended. */
struct gsm_evidence {
	bool answered; /* code and mr are true */
	int code, mr;  /* 0 and the TP-MR, or the error */
	unsigned stored_n;
	struct gsm_place stored[8]; /* where reports came to lie (+CDSI) */
};

/* The device in raw mode, not flushed. ERR_NOT_FOUND, ERR_BUSY (locked), ERR_DENIED, ERR_IO. */
int gsm_tty_open(const char *device, const char *connection, int *fd) MUST_USE;

/* The descriptor under which this process has the device open; -1: it has not. */
int gsm_tty_find(const char *device);

/*
 * Listens until the answer has come, at most `ms`; each delivery report of `peer` that passes (+CDS) is handed to `report`. ERR_IO: the device is gone. Says nothing to the
 * modem: it could break off the submit.
 */
int gsm_tty_listen(int fd, const char *peer, int ms, void (*report)(void *arg, const struct gsm_sms *sms), void *arg,
    struct gsm_evidence *out) MUST_USE;

/* One command; the lines of its answer go to `reply` (cleared first, may be NULL). 0, ERR_DENIED (ERROR, with
 * its code in *code), ERR_IO (gone or silent). */
int gsm_tty_command(int fd, const char *command, int ms, struct buf *reply, int *code) MUST_USE;

/* The same; with_echo: what the modem echoes is among the lines. */
int gsm_tty_exchange(int fd, const char *command, int ms, struct buf *reply, int *code, bool with_echo) MUST_USE;

/* Makes the modem ready for the next two: cancels a prompt, PDU mode. ERR_IO. */
int gsm_tty_begin(int fd) MUST_USE;
/* The PDU of a slot as the modem writes it, "" when it is empty. ERR_DENIED, ERR_IO. */
int gsm_tty_read(int fd, const struct gsm_place *place, char pdu[1001]) MUST_USE;
/* Deletes it if that PDU still lies there. 0 also when it is empty already; ERR_CONSTRAINT: another message
 * lies there; ERR_DENIED, ERR_IO. */
int gsm_tty_delete(int fd, const struct gsm_place *place, const char *pdu) MUST_USE;

/* What these are made of. Takes the first complete line out of `held` without its line end; empty ones are skipped. */
bool gsm_tty_take_line(struct buf *held, char *line, size_t cap);
/* Does the line end an answer? OK is code 0, an error its code, or -1. */
bool gsm_tty_final(const char *line, int *code);
void gsm_tty_place(const char *z, struct gsm_place *out);    /* `"SM",3`; left alone if it is none */
int gsm_tty_write(int fd, const char *p, size_t n) MUST_USE; /* ERR_IO */
