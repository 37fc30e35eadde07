/* safetensors.c · what reading and writing files of tensors share; interface and format in safetensors.h, the other
 * files in safetensors_inside.h
 *
 * Needs:      jansson >= 2.11 (keys keep the order of the file, errors have codes), a little-endian machine, POSIX. */
#include "safetensors_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name;
	size_t size;
} types[] = {
	[RNN_F32] = { "F32", 4 },   [RNN_F64] = { "F64", 8 }, [RNN_F16] = { "F16", 2 },  [RNN_BF16] = { "BF16", 2 },
	[RNN_I32] = { "I32", 4 },   [RNN_I64] = { "I64", 8 }, [RNN_BOOL] = { "BOOL", 1 },
};
#define TYPES ((int32_t)(sizeof types / sizeof types[0]))

void *st_alloc(size_t size)
{
	json_malloc_t alloc;
	json_get_alloc_funcs(&alloc, NULL);
	return alloc(size ? size : 1);
}

void st_free(void *p)
{
	json_free_t release;
	json_get_alloc_funcs(NULL, &release);
	if (p)
		release(p);
}

/* --- messages ------------------------------------------------------------------------------------------------- */

/* "FILE: what". Returns -1, so that a check can end in `return st_error(...)`. */
__attribute__((format(printf, 2, 3)))
int st_error(const struct report *to, const char *format, ...)
{
	if (to->errsize == 0)
		return -1;
	int n = snprintf(to->err, to->errsize, "%s: ", to->path);
	if (n >= 0 && (size_t)n < to->errsize) {
		va_list args;
		va_start(args, format);
		vsnprintf(to->err + n, to->errsize - (size_t)n, format, args);
		va_end(args);
	}
	for (char *c = to->err; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return -1;
}

int st_no_memory(const struct report *to)
{
	return st_error(to, "out of memory");
}

/* "F32 [4,128,64]"; a run-time extent reads "any". */
const char *st_show(const struct rnn_tensor *t, char *text, size_t size)
{
	size_t n = (size_t)snprintf(text, size, "%s [", rnn_st_type_name(t->type) ? rnn_st_type_name(t->type) : "?");
	for (int32_t d = 0; d < t->rank && n < size; d++)
		n += (size_t)(t->shape[d] < 0 ? snprintf(text + n, size - n, "%sany", d ? "," : "")
		                              : snprintf(text + n, size - n, "%s%" PRId64, d ? "," : "", t->shape[d]));
	if (n < size)
		snprintf(text + n, size - n, "]");
	return text;
}

/* --- types and sizes ------------------------------------------------------------------------------------------ */

size_t rnn_st_type_size(int32_t type)
{
	return type >= 0 && type < TYPES ? types[type].size : 0;
}

const char *rnn_st_type_name(int32_t type)
{
	return type >= 0 && type < TYPES ? types[type].name : NULL;
}

/* Bytes of a tensor with known type and extents >= 0; -1: more than an int64_t holds, or a size_t once rounded up to
 * ALIGN. Extents of 0 are left out of the check, so that the product of the others fits as well, in any order. */
int st_bytes(const struct rnn_tensor *t, size_t *bytes)
{
	uint64_t product = types[t->type].size;
	int empty = 0;
	for (int32_t d = 0; d < t->rank; d++) {
		uint64_t extent = (uint64_t)t->shape[d];
		if (extent > 0 && product > (uint64_t)INT64_MAX / extent)
			return -1;
		product *= extent ? extent : 1;
		empty |= extent == 0;
	}
	if (product > SIZE_MAX - ALIGN)
		return -1;
	*bytes = empty ? 0 : (size_t)product;
	return 0;
}

/* --- files ---------------------------------------------------------------------------------------------------- */

int st_open(const struct report *to, int *fd, uint64_t *size)
{
	struct stat status;
	/* Without O_NONBLOCK, a pipe that nobody writes to would hold us here before fstat can refuse it. */
	*fd = open(to->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || fstat(*fd, &status))
		return st_error(to, "cannot open: %s", strerror(errno));
	if (!S_ISREG(status.st_mode))
		return st_error(to, "cannot open: not a regular file");
	*size = (uint64_t)status.st_size;
	return 0;
}

int st_read_bytes(const struct report *from, int fd, void *to, uint64_t size, uint64_t at)
{
	char *p = to;
	while (size > 0) {
		ssize_t n = pread(fd, p, size < WRITE_MAX ? (size_t)size : WRITE_MAX, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return st_error(from, "cannot read at byte %" PRIu64 ": %s", at, strerror(errno));
		if (n == 0)
			return st_error(from, "ended at byte %" PRIu64 " while it was read", at);
		p += n;
		at += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return 0;
}

static size_t st_aligned(size_t size)
{
	return (size + ALIGN - 1) / ALIGN * ALIGN;
}

int st_place_data(const struct report *to, struct rnn_st_file *f)
{
	size_t total = ALIGN - 1;
	for (size_t i = 0; i < f->count; i++) {
		size_t size = st_aligned(f->entry[i].tensor.size);      /* st_bytes left room for it */
		if (size > SIZE_MAX - total)
			return st_no_memory(to);
		total += size;
	}
	f->block = st_alloc(total);
	if (!f->block)
		return st_error(to, "out of memory for %zu bytes of data", total);
	char *p = (char *)f->block + (ALIGN - (uintptr_t)f->block % ALIGN) % ALIGN;
	for (size_t i = 0; i < f->count; i++) {
		f->entry[i].tensor.data = p;
		p += st_aligned(f->entry[i].tensor.size);
	}
	return 0;
}

struct rnn_st_file *st_file_new(const struct report *to)
{
	size_t size = strlen(to->path) + 1;
	struct rnn_st_file *f = st_alloc(sizeof *f);
	char *path = st_alloc(size);
	if (!f || !path) {
		st_free(f);
		st_free(path);
		st_no_memory(to);
		return NULL;
	}
	memcpy(path, to->path, size);
	*f = (struct rnn_st_file){ .path = path };
	return f;
}

void rnn_st_free(struct rnn_st_file *file)
{
	if (!file)
		return;
	json_decref(file->root);
	st_free(file->names);
	st_free(file->block);
	st_free(file->entry);
	st_free(file->path);
	st_free(file);
}

/* --- looking things up ---------------------------------------------------------------------------------------- */

size_t rnn_st_count(const struct rnn_st_file *file)
{
	return file->count;
}

const struct rnn_st_tensor *rnn_st_at(const struct rnn_st_file *file, size_t i)
{
	return &file->entry[i].tensor;
}

const struct rnn_st_tensor *rnn_st_find(const struct rnn_st_file *file, const char *name)
{
	for (size_t i = 0; i < file->count; i++)
		if (strcmp(file->entry[i].tensor.is.name, name) == 0)
			return &file->entry[i].tensor;
	return NULL;
}

const char *rnn_st_metadata(const struct rnn_st_file *file, const char *key)
{
	return json_string_value(json_object_get(file->metadata, key));
}

const struct rnn_st_tensor *rnn_st_match(const struct rnn_st_file *file, const struct rnn_tensor *want,
                                         char *err, size_t errsize)
{
	const struct report to = { file->path, err, errsize };
	char wanted[240], found[240];
	const struct rnn_st_tensor *t = rnn_st_find(file, want->name);
	int same = t && t->is.type == want->type && t->is.rank == want->rank;
	for (int32_t d = 0; same && d < want->rank; d++)
		same = want->shape[d] < 0 || want->shape[d] == t->is.shape[d];
	if (same)
		return t;
	st_show(want, wanted, sizeof wanted);
	if (!t)
		st_error(&to, "tensor '%.100s' is missing; wanted is %s", want->name, wanted);
	else
		st_error(&to, "tensor '%.100s' is %s; wanted is %s",
		         want->name, st_show(&t->is, found, sizeof found), wanted);
	return NULL;
}

/* --- before writing ------------------------------------------------------------------------------------------- */

int st_check_tensor(const struct report *to, const struct rnn_st_tensor *t, size_t number, size_t *size)
{
	const char *name = t->is.name;
	char text[240];
	if (!name)
		return st_error(to, "tensor number %zu has no name", number);
	if (rnn_st_type_size(t->is.type) == 0)
		return st_error(to, "tensor '%.100s': unknown type %d", name, (int)t->is.type);
	if (t->is.rank < 0 || t->is.rank > RANK_MAX)
		return st_error(to, "tensor '%.100s': rank is %d, not 0 to %d", name, (int)t->is.rank, RANK_MAX);
	for (int32_t d = 0; d < t->is.rank; d++)
		if (t->is.shape[d] < 0)
			return st_error(to, "tensor '%.100s': extent %d of shape is negative: %" PRId64,
			                name, (int)d, t->is.shape[d]);
	if (st_bytes(&t->is, size))
		return st_error(to, "tensor '%.100s': %s has too many bytes to count",
		                name, st_show(&t->is, text, sizeof text));
	if (!t->data && *size > 0)
		return st_error(to, "tensor '%.100s': data is NULL", name);
	return 0;
}
