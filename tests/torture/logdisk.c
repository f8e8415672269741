/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * logdisk.c - a disk that can lose its power: a file system of one file, DISK, made for a loop device, which remembers what was written since the last flush.
 *
 *   logdisk FOLDER MIB     serves FOLDER/disk (MIB mebibytes of zeros) and FOLDER/control until FOLDER is unmounted
 *
 * One line written to `control` is an order:
 *   cut SEED PATH          writes to PATH what the platter holds if the power goes now: all that was flushed, and of what was written since a chance part:
 *                          nothing, all, the first writes, any writes, or any sectors (a write torn in two)
 *   lie                    from now on a flush is acknowledged and forgotten, as bad disks do
 * Reading `control` gives "writes N flushes N pending N". A flush arrives as fsync: the loop device makes one of each flush of the file system above.
 */
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fuse3/fuse.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/err.h"
#include "gateway/base/must.h"

#define SECTOR 512

struct write {
	struct write *next;
	off_t at;
	size_t n;
	char bytes[];
};

static struct { /* one disk a process */
	char *now, *safe;
	size_t size;
	struct write *first, **end;
	unsigned long writes_n, flushes_n, pending_n;
	bool lies;
} disk;

static bool is_disk(const char *path)
{
	return strcmp(path, "/disk") == 0;
}

static void flush(void)
{
	disk.flushes_n++;
	if (disk.lies)
		return;
	while (disk.first) {
		struct write *w = disk.first;

		memcpy(disk.safe + w->at, w->bytes, w->n);
		disk.first = w->next;
		free(w);
	}
	disk.end = &disk.first;
	disk.pending_n = 0;
}

/* ---- the cut ---- */

enum keep { KEEP_NOTHING, KEEP_ALL, KEEP_FIRST, KEEP_SOME, KEEP_SECTORS, KEEP_N };

static void keep_sectors(char *image, const struct write *w, unsigned *seed)
{
	for (size_t i = 0; i < w->n; i += SECTOR)
		if (rand_r(seed) & 1)
			memcpy(image + w->at + i, w->bytes + i, w->n - i < SECTOR ? w->n - i : SECTOR);
}

static void keep(char *image, unsigned seed)
{
	enum keep how = (enum keep)((unsigned)rand_r(&seed) % KEEP_N);
	unsigned long first = disk.pending_n ? (unsigned long)rand_r(&seed) % disk.pending_n : 0, i = 0;

	for (const struct write *w = disk.first; w; w = w->next, i++) {
		if (how == KEEP_SECTORS)
			keep_sectors(image, w, &seed);
		else if (how == KEEP_ALL || (how == KEEP_FIRST && i < first) || (how == KEEP_SOME && rand_r(&seed) & 1))
			memcpy(image + w->at, w->bytes, w->n);
	}
}

static int cut(unsigned seed, const char *path)
{
	char *image = must_alloc(disk.size);
	FILE *f = fopen(path, "wb");
	int err = f ? 0 : -errno;

	memcpy(image, disk.safe, disk.size);
	keep(image, seed);
	if (f && fwrite(image, disk.size, 1, f) != 1)
		err = -EIO;
	if (f && fclose(f) != 0)
		err = -EIO;
	free(image);
	return err;
}

static int order(const char *bytes, size_t n)
{
	char line[512], path[512];
	unsigned seed;

	if (n >= sizeof(line))
		return -EINVAL;
	memcpy(line, bytes, n);
	line[n] = '\0';
	if (sscanf(line, "cut %u %511s", &seed, path) == 2)
		return cut(seed, path);
	if (strncmp(line, "lie", 3) != 0)
		return -EINVAL;
	disk.lies = true;
	return 0;
}

/* ---- the file system ---- */

static int on_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	memset(st, 0, sizeof(*st));
	st->st_nlink = 1;
	if (strcmp(path, "/") == 0) {
		st->st_mode = S_IFDIR | 0755;
		return 0;
	}
	st->st_mode = S_IFREG | 0600;
	if (is_disk(path))
		st->st_size = (off_t)disk.size;
	return is_disk(path) || strcmp(path, "/control") == 0 ? 0 : -ENOENT;
}

static int on_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t at, struct fuse_file_info *fi,
    enum fuse_readdir_flags flags)
{
	(void)path, (void)at, (void)fi, (void)flags;
	fill(buf, "disk", NULL, 0, 0);
	fill(buf, "control", NULL, 0, 0);
	return 0;
}

static int on_open(const char *path, struct fuse_file_info *fi)
{
	(void)path;
	fi->direct_io = 1; /* every write and read comes here, at once */
	return 0;
}

static int on_read(const char *path, char *buf, size_t n, off_t at, struct fuse_file_info *fi)
{
	char words[128];
	const char *from = is_disk(path) ? disk.now : words;
	size_t size = disk.size;

	(void)fi;
	if (!is_disk(path))
		size = (size_t)snprintf(words, sizeof(words), "writes %lu flushes %lu pending %lu\n", disk.writes_n,
		    disk.flushes_n, disk.pending_n);
	if (at < 0 || (size_t)at >= size)
		return 0;
	n = size - (size_t)at < n ? size - (size_t)at : n;
	memcpy(buf, from + at, n);
	return (int)n;
}

static int on_write(const char *path, const char *bytes, size_t n, off_t at, struct fuse_file_info *fi)
{
	struct write *w;
	int err;

	(void)fi;
	if (!is_disk(path)) {
		err = order(bytes, n);
		return err ? err : (int)n;
	}
	if (at < 0 || (size_t)at + n > disk.size)
		return -ENOSPC;
	w = must_alloc(sizeof(*w) + n);
	w->at = at;
	w->n = n;
	memcpy(w->bytes, bytes, n);
	memcpy(disk.now + at, bytes, n);
	*disk.end = w;
	disk.end = &w->next;
	disk.writes_n++;
	disk.pending_n++;
	return (int)n;
}

static int on_fsync(const char *path, int data_only, struct fuse_file_info *fi)
{
	(void)data_only, (void)fi;
	if (is_disk(path))
		flush();
	return 0;
}

static int on_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	(void)fi;
	return is_disk(path) && (size_t)size != disk.size ? -EPERM : 0; /* a shell's ">" opens `control` so */
}

static const struct fuse_operations operations = {
    .getattr = on_getattr,
    .readdir = on_readdir,
    .open = on_open,
    .read = on_read,
    .write = on_write,
    .fsync = on_fsync,
    .truncate = on_truncate,
};

int main(int argc, char **argv)
{
	char *fuse[] = {argv[0], "-f", "-s", argc == 3 ? argv[1] : NULL, NULL};

	if (argc != 3 || atoi(argv[2]) <= 0) {
		fprintf(stderr, "usage: logdisk FOLDER MIB\n");
		return 2;
	}
	disk.size = (size_t)atoi(argv[2]) << 20;
	disk.now = must_alloc(disk.size);
	disk.safe = must_alloc(disk.size);
	disk.end = &disk.first;
	return fuse_main(4, fuse, &operations, NULL);
}
