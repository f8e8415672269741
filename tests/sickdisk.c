/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sickdisk.c - preloaded in tests: writes and syncs of the files whose path begins with $SICKDISK_PATH fail with the error that stands in the file $SICKDISK (ENOSPC, EIO, EROFS), for as
 * long as that file is there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int error_now(void)
{
	const char *path = getenv("SICKDISK");
	char word[16] = "";
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return 0;
	if (read(fd, word, sizeof(word) - 1) < 0)
		word[0] = '\0';
	close(fd);
	return strncmp(word, "ENOSPC", 6) == 0 ? ENOSPC : strncmp(word, "EROFS", 5) == 0 ? EROFS : EIO;
}

static int is_ours(int fd)
{
	const char *path = getenv("SICKDISK_PATH");
	char link[64], target[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return path && n > 0 && strncmp(target, path, strlen(path)) == 0;
}

/* The error of this file, 0 none; it has happened already. */
static int fails(int fd)
{
	int saved = errno, error = error_now();

	errno = saved;
	if (!error || !is_ours(fd))
		return 0;
	errno = error;
	return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite(int fd, const void *from, size_t n, off_t at)
{
	return fails(fd) ? -1 : REAL(pwrite)(fd, from, n, at);
}

ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at)
{
	return fails(fd) ? -1 : REAL(pwrite64)(fd, from, n, at);
}

ssize_t write(int fd, const void *from, size_t n)
{
	return fails(fd) ? -1 : REAL(write)(fd, from, n);
}

int fdatasync(int fd)
{
	return fails(fd) ? -1 : REAL(fdatasync)(fd);
}

int fsync(int fd)
{
	return fails(fd) ? -1 : REAL(fsync)(fd);
}

int ftruncate(int fd, off_t n)
{
	return fails(fd) ? -1 : REAL(ftruncate)(fd, n);
}
