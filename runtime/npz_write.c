/* npz_write.c · writes zip files of npy files, stored; interface in npy.h, the shape of the file in npz.c
 *
 * Sizes and offsets stay within the 32 bits of a plain zip. */
#include "npy.h"
#include "npy_inside.h"

#include <inttypes.h>
#include <string.h>

#include <zlib.h>

enum { NAME_MAX_BYTES = 60000, COUNT_MAX = 65534 };

struct npz_writer {
	struct report to;
	const struct rnn_st_tensor *tensors;
	size_t count;
	uint64_t at;            /* bytes written */
	uint64_t *local;        /* [count]: byte of the local header */
	struct st_out out;
};

static unsigned char *npz_put(unsigned char *p, uint64_t v, int bytes)
{
	for (; bytes--; v >>= 8)
		*p++ = (unsigned char)(v & 255);
	return p;
}

static int npz_write(struct npz_writer *w, const void *p, size_t size)
{
	w->at += size;
	return st_out_write(&w->out, p, size);
}

static uint32_t npz_crc(const void *data, size_t size, uLong crc)
{
	const unsigned char *p = data;
	while (size) {
		size_t n = size < WRITE_MAX ? size : WRITE_MAX;
		crc = crc32(crc, p, (uInt)n);
		p += n;
		size -= n;
	}
	return (uint32_t)crc;
}

/* The record before a member (its data follows), or, later, that of the directory. */
static int npz_member(struct npz_writer *w, size_t i, int central)
{
	const struct rnn_st_tensor *t = &w->tensors[i];
	char header[NPY_HEADER_MOST];
	unsigned char record[CENTRAL], *p = record;
	size_t bytes = 0, n = npy_make_header(&w->to, &t->is, header), name = strlen(t->is.name);
	if (!n || st_check_tensor(&w->to, t, i, &bytes))
		return -1;
	uint32_t crc = npz_crc(t->data, bytes, npz_crc(header, n, crc32(0, NULL, 0)));
	if (!central)
		w->local[i] = w->at;
	p = npz_put(p, central ? 0x02014b50 : 0x04034b50, 4);
	if (central)
		p = npz_put(p, 20, 2);          /* made by: version 2.0 */
	p = npz_put(p, 20, 2);                  /* needs */
	p = npz_put(p, 0x800, 2);               /* the name is UTF-8 */
	p = npz_put(p, 0, 2);                   /* stored */
	p = npz_put(p, 0, 2);                   /* time */
	p = npz_put(p, 0x21, 2);                /* 1980-01-01 */
	p = npz_put(p, crc, 4);
	p = npz_put(p, n + bytes, 4);
	p = npz_put(p, n + bytes, 4);
	p = npz_put(p, name + 4, 2);
	p = npz_put(p, 0, 2);                   /* extra field */
	if (central) {
		p = npz_put(p, 0, 2 + 2 + 2 + 4);       /* comment, disk, attributes */
		p = npz_put(p, w->local[i], 4);
	}
	return npz_write(w, record, (size_t)(p - record)) || npz_write(w, t->is.name, name) || npz_write(w, ".npy", 4) ||
	       (!central && (npz_write(w, header, n) || npz_write(w, t->data, bytes)));
}

static int npz_write_all(struct npz_writer *w)
{
	unsigned char end[END] = { 0 }, *p = end;
	for (size_t i = 0; i < w->count; i++)
		if (npz_member(w, i, 0))
			return -1;
	uint64_t directory = w->at;
	for (size_t i = 0; i < w->count; i++)
		if (npz_member(w, i, 1))
			return -1;
	p = npz_put(p, 0x06054b50, 4);
	p = npz_put(p, 0, 4);                   /* disks */
	p = npz_put(p, w->count, 2);
	p = npz_put(p, w->count, 2);
	p = npz_put(p, w->at - directory, 4);
	npz_put(p, directory, 4);
	return npz_write(w, end, sizeof end);
}

/* All names and sizes, before anything is written. */
static int npz_check(struct npz_writer *w)
{
	uint64_t total = END;
	if (w->count > COUNT_MAX)
		return st_error(&w->to, "%zu arrays are more than a .npz holds", w->count);
	for (size_t i = 0; i < w->count; i++) {
		size_t size;
		char header[NPY_HEADER_MOST];
		if (st_check_tensor(&w->to, &w->tensors[i], i, &size) || !npy_make_header(&w->to, &w->tensors[i].is, header))
			return -1;
		size_t name = strlen(w->tensors[i].is.name);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(w->tensors[k].is.name, w->tensors[i].is.name))
				return st_error(&w->to, "tensor '%.100s': the name is taken", w->tensors[i].is.name);
		if (name > NAME_MAX_BYTES)
			return st_error(&w->to, "tensor number %zu: its name has %zu bytes", i, name);
		total += LOCAL + CENTRAL + 2 * (name + 4) + NPY_HEADER_MOST;
		if (size > UINT32_MAX || (total += size) > UINT32_MAX)
			return st_error(&w->to, "over 4 GiB, which a .npz does not hold here; write a .safetensors");
	}
	return 0;
}

int rnn_npz_write(const char *path, const struct rnn_st_tensor *tensors, size_t count, char *err, size_t errsize)
{
	struct npz_writer w = { .to = { path, err, errsize }, .tensors = tensors, .count = count };
	if (npz_check(&w))
		return -1;
	w.local = st_alloc(count * sizeof *w.local);
	if (!w.local)
		return st_no_memory(&w.to);
	int ok = !st_out_open(&w.out, &w.to) && !npz_write_all(&w);
	int status = st_out_close(&w.out, ok);
	st_free(w.local);
	return status;
}
