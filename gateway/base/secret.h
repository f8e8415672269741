/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * secret.h - the gateway's key and what is done with it: sealing, keyed hashes, codes, wiping. The only file behind it that knows libsodium.
 *
 * One key file of 32 random bytes (mode 0400, outside the database) is made at the first start; each use gets a key of its own, derived from it
 * (crypto_kdf). struct keys is immutable after opening and may be read by any thread. Nothing here draws randomness: nonces come from the
 * caller's seed mixed with the key and the plaintext (synthetic IV), so a step stays deterministic and a nonce never repeats for two texts.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/str.h"

struct keys;

#define HASH_BYTES 16
enum key_use { KEY_SEAL = 1, KEY_SEEN, KEY_NIK, KEY_CODE, KEY_AUDIT, KEY_CHECK, KEY_ERASED };

/* Reads the key file, or makes it when `may_create` (dir must exist; whole or not at all, never over another, fsync of file and directory). ERR_NOT_FOUND (missing and may not), ERR_DENIED (mode is open to others),
 * ERR_CORRUPT (not 32 bytes), ERR_IO. On failure *why (free it) says it in words. */
int keys_open(const char *path, bool may_create, struct keys **out, char **why) MUST_USE;
struct keys *keys_for_test(uint64_t seed); /* a fixed key; tests and the replayer's store only */
void keys_close(struct keys *k);	   /* wipes */

/* Sealed = 24-byte nonce, ciphertext, tag (XChaCha20-Poly1305); `context` (e.g. "dialogue", "nik") is bound in. */
void secret_seal(const struct keys *k, const char *context, struct slice plain, struct buf *out);
/* ERR_CORRUPT if it was not sealed by this key and context. out is appended to; wipe it with buf_wipe. */
int secret_open(const struct keys *k, const char *context, struct slice sealed, struct buf *out) MUST_USE;
/* Keyed hash (BLAKE2b, 16 bytes) of the concatenation of n slices, each with its length in front. */
void secret_hash(
    const struct keys *k, enum key_use use, const struct slice *parts, unsigned n, uint8_t out[HASH_BYTES]);
bool secret_equal(const void *a, const void *b, size_t n); /* constant time */
void secret_wipe(void *p, size_t n);
/* Random bytes from the system: for seeds of events (in io/) and key files, never below floor 4 otherwise. */
void secret_random(void *out, size_t n);

/* A stream of pseudo-random numbers from an event's seed: deterministic, not for keys. */
struct chance {
	uint64_t state;
};
uint64_t chance_next(struct chance *c);
uint32_t chance_below(struct chance *c, uint32_t limit); /* 0..limit-1, unbiased */
