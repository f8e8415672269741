/* SPDX-License-Identifier: GPL-2.0-or-later */
/* secret.c - see secret.h. The only file that knows libsodium. */
#include "gateway/base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/err.h"

#define KEY_BYTES 32
#define CONTEXT "kabar-v1" /* crypto_kdf: 8 bytes */

struct keys {
	uint8_t of[KEY_CHECK + 1][KEY_BYTES];
	uint8_t nonce[KEY_BYTES]; /* of synthetic nonces */
};

static void start_library(void)
{
	MUST(sodium_init() >= 0);
}

static struct keys *derive(uint8_t master[KEY_BYTES])
{
	struct keys *k = must_alloc(sizeof(*k));

	start_library();
	for (unsigned use = KEY_SEAL; use <= KEY_CHECK; use++)
		crypto_kdf_derive_from_key(k->of[use], KEY_BYTES, use, CONTEXT, master);
	crypto_kdf_derive_from_key(k->nonce, KEY_BYTES, 100, CONTEXT, master);
	sodium_memzero(master, KEY_BYTES);
	return k;
}

static char *say(const char *fmt, ...) PRINTF(1, 2);

static char *say(const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	return buf_take(&b);
}

static int sync_folder(const char *path)
{
	char *copy = must_strdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = -1;

	free(copy);
	if (fd >= 0) {
		rc = fsync(fd);
		close(fd);
	}
	return rc;
}

/* Writes beside the path and gives the whole file its name: a crash leaves no key or a whole one, and never takes the place of another. */
static int create(const char *path, uint8_t master[KEY_BYTES], char **why)
{
	char *fresh = say("%s.%ld.new", path, (long)getpid());
	int fd, failed = 0;

	unlink(fresh);
	fd = open(fresh, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0400);
	if (fd < 0) {
		*why = say("cannot make the key file %s: %s. Check that its folder exists and may be written.", path,
		    strerror(errno));
		free(fresh);
		return ERR_IO;
	}
	randombytes_buf(master, KEY_BYTES);
	errno = 0;
	if (write(fd, master, KEY_BYTES) != KEY_BYTES || fsync(fd) != 0 || link(fresh, path) != 0)
		failed = errno ? errno : ENOSPC;
	close(fd);
	unlink(fresh);
	free(fresh);
	if (!failed && sync_folder(path) != 0)
		failed = errno;
	if (!failed)
		return 0;
	*why = say("cannot write the key file %s: %s. Is the disk full?", path, strerror(failed));
	return ERR_IO;
}

static int read_master(const char *path, int fd, uint8_t master[KEY_BYTES], char **why)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		*why = say("the key file %s is no regular file.", path);
		return ERR_IO;
	}
	if (st.st_mode & 077) {
		*why = say("the key file %s is open to other users. Type: chmod 0400 %s", path, path);
		return ERR_DENIED;
	}
	if (st.st_size != KEY_BYTES || read(fd, master, KEY_BYTES) != KEY_BYTES) {
		*why = say("the key file %s is damaged: it must have 32 bytes. Restore it from its backup.", path);
		return ERR_CORRUPT;
	}
	return 0;
}

int keys_open(const char *path, bool may_create, struct keys **out, char **why)
{
	uint8_t master[KEY_BYTES];
	int fd, rc;

	start_library();
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && may_create) {
		rc = create(path, master, why);
	} else if (fd < 0) {
		rc = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
		*why = rc == ERR_NOT_FOUND ? say("the key file %s is missing: what the store has sealed cannot be "
						 "read. Restore it from its backup.",
						 path)
					   : say("cannot read the key file %s: %s.", path, strerror(errno));
	} else {
		rc = read_master(path, fd, master, why);
		close(fd);
	}
	if (rc == 0)
		*out = derive(master);
	return rc;
}

struct keys *keys_for_test(uint64_t seed)
{
	uint8_t master[KEY_BYTES] = {0};

	memcpy(master, &seed, sizeof(seed));
	return derive(master);
}

void keys_close(struct keys *k)
{
	if (!k)
		return;
	sodium_memzero(k, sizeof(*k));
	free(k);
}

#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

void secret_seal(const struct keys *k, const char *context, struct slice plain, struct buf *out)
{
	uint8_t nonce[NONCE_BYTES], *cipher;
	crypto_generichash_state h;

	crypto_generichash_init(&h, k->nonce, KEY_BYTES, NONCE_BYTES);
	crypto_generichash_update(&h, (const uint8_t *)context, strlen(context) + 1);
	crypto_generichash_update(&h, (const uint8_t *)(plain.n ? plain.p : ""), plain.n);
	crypto_generichash_final(&h, nonce, NONCE_BYTES);
	cipher = must_alloc(plain.n + TAG_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(cipher, NULL, (const uint8_t *)(plain.n ? plain.p : ""), plain.n,
	    (const uint8_t *)context, strlen(context), NULL, nonce, k->of[KEY_SEAL]);
	buf_add(out, nonce, NONCE_BYTES);
	buf_add(out, cipher, plain.n + TAG_BYTES);
	free(cipher);
}

int secret_open(const struct keys *k, const char *context, struct slice sealed, struct buf *out)
{
	uint8_t *plain;
	size_t n;
	int rc;

	if (sealed.n < NONCE_BYTES + TAG_BYTES)
		return ERR_CORRUPT;
	n = sealed.n - NONCE_BYTES - TAG_BYTES;
	plain = must_alloc(n + 1);
	rc = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, (const uint8_t *)sealed.p + NONCE_BYTES,
	    n + TAG_BYTES, (const uint8_t *)context, strlen(context), (const uint8_t *)sealed.p, k->of[KEY_SEAL]);
	if (rc == 0)
		buf_add(out, plain, n);
	sodium_memzero(plain, n + 1);
	free(plain);
	return rc == 0 ? 0 : ERR_CORRUPT;
}

void secret_hash(const struct keys *k, enum key_use use, const struct slice *parts, unsigned n, uint8_t out[HASH_BYTES])
{
	crypto_generichash_state h;

	crypto_generichash_init(&h, k->of[use], KEY_BYTES, HASH_BYTES);
	for (unsigned i = 0; i < n; i++) {
		uint32_t length = parts[i].n;

		crypto_generichash_update(&h, (const uint8_t *)&length, sizeof(length));
		if (length)
			crypto_generichash_update(&h, (const uint8_t *)parts[i].p, length);
	}
	crypto_generichash_final(&h, out, HASH_BYTES);
}

bool secret_equal(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void secret_wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

void secret_random(void *out, size_t n)
{
	start_library();
	randombytes_buf(out, n);
}

/* splitmix64: small, good enough for codes that are checked with limits, and the same on every machine. */
uint64_t chance_next(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t chance_below(struct chance *c, uint32_t limit)
{
	uint64_t edge, v;

	MUST(limit > 0);
	edge = UINT64_MAX - UINT64_MAX % limit;
	do
		v = chance_next(c);
	while (v >= edge);
	return (uint32_t)(v % limit);
}
