/* safetensors_out.c · a file that appears under its name complete and on disk, or not at all; see safetensors_inside.h
 *
 * A process that is killed on the way leaves NAME.tmp-PID-0 beside NAME, and NAME as it was. */
#include "safetensors_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int st_out_open(struct st_out *w, const struct report *to)
{
	*w = (struct st_out){ .to = *to, .fd = -1 };
	size_t size = strlen(to->path) + 64;
	w->temporary = st_alloc(size);
	if (!w->temporary)
		return st_no_memory(&w->to);
	/* open instead of mkstemp: the file gets the mode that the user's umask gives, not 0600. */
	for (int i = 0; i < 1000; i++) {
		snprintf(w->temporary, size, "%s.tmp-%ld-%d", w->to.path, (long)getpid(), i);
		w->fd = open(w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (w->fd >= 0 || errno != EEXIST)
			break;
	}
	if (w->fd < 0)
		return st_error(&w->to, "cannot create %s: %s", w->temporary, strerror(errno));
	w->exists = 1;
	return 0;
}

int st_out_write(const struct st_out *w, const void *from, size_t size)
{
	const char *p = from;
	while (size > 0) {
		ssize_t n = write(w->fd, p, size < WRITE_MAX ? size : WRITE_MAX);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return st_error(&w->to, "cannot write: %s", strerror(errno));
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Puts the new name of a file on disk. A folder that cannot be synced (some file systems) is no failure: the file
 * itself is complete, and after a crash either it or the one before it is there. */
static void st_sync_folder(const char *temporary)
{
	const char *slash = strrchr(temporary, '/');
	size_t length = slash == temporary ? 1 : slash ? (size_t)(slash - temporary) : 0;
	char *folder = st_alloc(length + 2);
	if (!folder)
		return;
	memcpy(folder, length ? temporary : ".", length ? length : 1);
	folder[length ? length : 1] = '\0';
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	st_free(folder);
}

static int st_keep(struct st_out *w)
{
	/* Delayed errors of the disk show up in fsync or close. */
	int bad = fsync(w->fd) ? errno : 0;
	if (close(w->fd) && !bad)
		bad = errno;
	w->fd = -1;
	if (bad)
		return st_error(&w->to, "cannot write: %s", strerror(bad));
	if (rename(w->temporary, w->to.path))
		return st_error(&w->to, "cannot rename from %s: %s", w->temporary, strerror(errno));
	w->exists = 0;
	st_sync_folder(w->temporary);
	return 0;
}

int st_out_close(struct st_out *w, int keep)
{
	int status = keep ? st_keep(w) : -1;
	if (w->fd >= 0)
		close(w->fd);
	if (w->exists)
		unlink(w->temporary);
	st_free(w->temporary);
	return status;
}
