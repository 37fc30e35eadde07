/* npz.c · reads zip files of npy files; interface in npy.h; the writer is npz_write.c
 *
 *   | local header, NAME.npy, data | ... | central directory: an entry for each | (ZIP64 end, locator) | end |
 *
 * The central directory is what counts; of local headers only the length and the name are used. Reading: end ->
 * directory -> the header of each array -> one aligned block -> the data, with its CRC-32.
 *
 * Guarantees: as safetensors_read.c. Memory is bounded by 1032 times the size of the file, which is what deflate can
 * do at most: entries that claim more, or lie over one another, are refused before anything is allocated. */
#include "npy.h"
#include "npy_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

enum {
	ARRAYS_MAX = 4096,
	END64 = 56, LOCATOR = 20,       /* bytes of the records, as in npy_inside.h */
	DIRECTORY_MAX = 1 << 24,
	CHUNK = 1 << 14
};

/* One file of the zip. */
struct member {
	uint64_t local, data;   /* bytes of the file where its local header and its data begin */
	uint64_t packed, size;  /* bytes, in the zip and unpacked */
	uint32_t crc;
	int deflated;
	char *name;             /* without .npy */
};

struct zip {
	struct report to;
	int fd;
	uint64_t file_size, directory, directory_size, count;
	struct member *member;
	struct rnn_st_file *file;
};

static uint64_t npz_number(const unsigned char *p, int bytes)
{
	uint64_t v = 0;
	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

/* --- the end and the directory -------------------------------------------------------------------------------- */

/* Where ZIP64 holds the numbers that the end has no room for. */
static int npz_end64(struct zip *z, uint64_t end)
{
	unsigned char p[END64];
	if (end < LOCATOR || st_read_bytes(&z->to, z->fd, p, LOCATOR, end - LOCATOR))
		return end < LOCATOR ? 0 : -1;
	if (memcmp(p, "PK\6\7", 4))
		return 0;
	uint64_t at = npz_number(p + 8, 8);
	if (end < LOCATOR + END64 || at > end - LOCATOR - END64)
		return st_error(&z->to, "ZIP64 end (byte %" PRIu64 ") lies outside the file", at);
	if (st_read_bytes(&z->to, z->fd, p, END64, at))
		return -1;
	if (memcmp(p, "PK\6\6", 4))
		return st_error(&z->to, "no ZIP64 end at byte %" PRIu64, at);
	z->count = npz_number(p + 32, 8);
	z->directory_size = npz_number(p + 40, 8);
	z->directory = npz_number(p + 48, 8);
	return 0;
}

static int npz_end(struct zip *z)
{
	uint64_t most = z->file_size < END + 65535 ? z->file_size : END + 65535, end = 0;
	unsigned char *tail = st_alloc((size_t)most), *p = NULL;
	if (!tail)
		return st_no_memory(&z->to);
	int bad = st_read_bytes(&z->to, z->fd, tail, most, z->file_size - most);
	for (uint64_t i = END; !bad && !p && i <= most; i++)
		if (!memcmp(tail + most - i, "PK\5\6", 4) && npz_number(tail + most - i + 20, 2) == i - END) {
			p = tail + most - i;
			end = z->file_size - i;
		}
	if (p) {
		z->count = npz_number(p + 10, 2);
		z->directory_size = npz_number(p + 12, 4);
		z->directory = npz_number(p + 16, 4);
	}
	st_free(tail);
	if (bad)
		return -1;
	if (!p)
		return st_error(&z->to, "truncated: no end of a zip directory in the last %" PRIu64 " bytes", most);
	if (npz_end64(z, end))
		return -1;
	if (z->directory_size > end || z->directory > end - z->directory_size)
		return st_error(&z->to, "zip directory (%" PRIu64 " bytes from byte %" PRIu64 ") goes beyond its end at byte %"
		                PRIu64, z->directory_size, z->directory, end);
	if (z->directory_size > DIRECTORY_MAX || z->count > ARRAYS_MAX)
		return st_error(&z->to, "%" PRIu64 " arrays in a directory of %" PRIu64 " bytes are over the limit of %d in %d",
		                z->count, z->directory_size, ARRAYS_MAX, DIRECTORY_MAX);
	return 0;
}

/* The numbers that an entry keeps in its ZIP64 field, in this order where they are all ones. */
static int npz_extra64(const unsigned char *p, size_t n, struct member *m)
{
	uint64_t *wide[] = { &m->size, &m->packed, &m->local };
	while (n >= 4) {
		size_t size = (size_t)npz_number(p + 2, 2), at = 4;
		if (size > n - 4)
			return -1;
		for (int i = 0; npz_number(p, 2) == 1 && i < 3; i++) {
			if (*wide[i] != UINT32_MAX)
				continue;
			if (at + 8 > 4 + size)
				return -1;
			*wide[i] = npz_number(p + at, 8);
			at += 8;
		}
		p += 4 + size;
		n -= 4 + size;
	}
	return 0;
}

/* What an entry of the directory says, and whether this reader can do it. `text`: its name and extra field. */
static int npz_entry(struct zip *z, struct member *m, const unsigned char *p, size_t name, size_t extra, uint64_t at)
{
	const char *text = (const char *)p + CENTRAL;
	uint64_t flags = npz_number(p + 8, 2), method = npz_number(p + 10, 2);
	*m = (struct member){ .crc = (uint32_t)npz_number(p + 16, 4), .packed = npz_number(p + 20, 4),
	                      .size = npz_number(p + 24, 4), .local = npz_number(p + 42, 4), .deflated = method == 8 };
	if (name < 4 || memcmp(text + name - 4, ".npy", 4) || memchr(text, 0, name))
		return st_error(&z->to, "'%.*s' (zip directory at byte %" PRIu64 ") is no array: its name does not end in .npy",
		                (int)(name < 100 ? name : 100), text, at);
	if (npz_extra64((const unsigned char *)text + name, extra, m))
		return st_error(&z->to, "'%.*s' (zip directory at byte %" PRIu64 ") has a broken ZIP64 field",
		                (int)(name < 100 ? name : 100), text, at);
	if (flags & 1 || (method && method != 8))
		return st_error(&z->to, "'%.*s' (zip directory at byte %" PRIu64 ") is %s; save it with numpy.savez",
		                (int)(name < 100 ? name : 100), text, at, flags & 1 ? "encrypted" : "packed in an unknown way");
	if (m->deflated ? m->size / 1032 > m->packed + 1 : m->size != m->packed)
		return st_error(&z->to, "'%.*s' (zip directory at byte %" PRIu64 "): %" PRIu64 " bytes cannot be the %" PRIu64
		                " of its data", (int)(name < 100 ? name : 100), text, at, m->size, m->packed);
	return 0;
}

static int npz_local(struct zip *z, struct member *m, const char *text, size_t name)
{
	unsigned char p[LOCAL];
	char same[256];
	uint64_t room = z->directory;
	if (m->local > room || room - m->local < LOCAL)
		return st_error(&z->to, "'%.100s': its local header (byte %" PRIu64 ") is not before the directory (byte %" PRIu64
		                ")", m->name, m->local, room);
	if (st_read_bytes(&z->to, z->fd, p, LOCAL, m->local))
		return -1;
	size_t n = name < sizeof same ? name : sizeof same;
	m->data = m->local + LOCAL + npz_number(p + 26, 2) + npz_number(p + 28, 2);
	if (memcmp(p, "PK\3\4", 4) || npz_number(p + 26, 2) != name || m->data > room)
		return st_error(&z->to, "'%.100s': no local header of it at byte %" PRIu64, m->name, m->local);
	if (st_read_bytes(&z->to, z->fd, same, n, m->local + LOCAL))
		return -1;
	if (memcmp(same, text, n))
		return st_error(&z->to, "'%.100s': the local header at byte %" PRIu64 " has another name", m->name, m->local);
	if (m->packed > room - m->data)
		return st_error(&z->to, "'%.100s': its %" PRIu64 " bytes from byte %" PRIu64 " go beyond the directory (byte %"
		                PRIu64 ")", m->name, m->packed, m->data, room);
	return 0;
}

static int npz_directory(struct zip *z, const unsigned char *p)
{
	size_t left = (size_t)z->directory_size, names = 0;
	for (uint64_t i = 0; i < z->count; i++) {
		struct member *m = &z->member[i];
		uint64_t at = z->directory + (z->directory_size - left);
		size_t name = left < CENTRAL ? 0 : (size_t)npz_number(p + 28, 2);
		size_t extra = left < CENTRAL ? 0 : (size_t)npz_number(p + 30, 2);
		size_t size = left < CENTRAL ? 0 : CENTRAL + name + extra + (size_t)npz_number(p + 32, 2);
		if (left < CENTRAL || memcmp(p, "PK\1\2", 4) || size > left)
			return st_error(&z->to, "zip directory is broken at byte %" PRIu64, at);
		if (npz_entry(z, m, p, name, extra, at))
			return -1;
		m->name = z->file->names + names;
		memcpy(m->name, p + CENTRAL, name - 4);
		m->name[name - 4] = '\0';
		names += name - 3;
		for (uint64_t k = 0; k < i; k++)
			if (!strcmp(z->member[k].name, m->name))
				return st_error(&z->to, "array '%.100s' is there twice (zip directory at byte %" PRIu64 ")", m->name, at);
		if (npz_local(z, m, (const char *)p + CENTRAL, name))
			return -1;
		p += size;
		left -= size;
	}
	if (left)
		return st_error(&z->to, "%zu bytes too many in the zip directory, from byte %" PRIu64, left,
		                z->directory + z->directory_size - left);
	return 0;
}

static int npz_by_place(const void *pa, const void *pb)
{
	const struct member *a = pa, *b = pb;
	return a->local < b->local ? -1 : a->local > b->local;
}

static int npz_members(struct zip *z)
{
	unsigned char *p = st_alloc((size_t)z->directory_size);
	z->member = st_alloc((size_t)z->count * sizeof *z->member);
	z->file->names = st_alloc((size_t)z->directory_size);
	if (!p || !z->member || !z->file->names) {
		st_free(p);
		return st_no_memory(&z->to);
	}
	int bad = st_read_bytes(&z->to, z->fd, p, z->directory_size, z->directory) || npz_directory(z, p);
	st_free(p);
	if (bad)
		return -1;
	qsort(z->member, (size_t)z->count, sizeof *z->member, npz_by_place);
	for (uint64_t i = 1; i < z->count; i++)
		if (z->member[i].local < z->member[i - 1].data + z->member[i - 1].packed)
			return st_error(&z->to, "array '%.100s' (entry at byte %" PRIu64 ") overlaps '%.100s'", z->member[i].name,
			                z->member[i].local, z->member[i - 1].name);
	return 0;
}

/* --- the arrays ----------------------------------------------------------------------------------------------- */

struct stream {
	struct zip *z;
	const struct member *m;
	uint64_t taken;         /* bytes of the packed data that zlib has got */
	uLong crc;
	int open;
	z_stream zlib;
	unsigned char chunk[CHUNK];
};

static void *npz_alloc(void *nobody, uInt n, uInt size)
{
	(void)nobody;
	return st_alloc((size_t)n * size);
}

static void npz_free(void *nobody, void *p)
{
	(void)nobody;
	st_free(p);
}

static int npz_inflate(struct npy_source *s, unsigned char *to, size_t size)
{
	struct stream *t = s->from;
	z_stream *f = &t->zlib;
	while (size) {
		if (!f->avail_in && t->taken < t->m->packed) {
			uint64_t n = t->m->packed - t->taken < CHUNK ? t->m->packed - t->taken : CHUNK;
			if (st_read_bytes(&s->to, t->z->fd, t->chunk, n, t->m->data + t->taken))
				return -1;
			f->next_in = t->chunk;
			f->avail_in = (uInt)n;
			t->taken += n;
		}
		f->next_out = to;
		f->avail_out = size < WRITE_MAX ? (uInt)size : WRITE_MAX;
		int code = inflate(f, Z_NO_FLUSH);
		size_t got = (size_t)(f->next_out - to);
		to += got;
		size -= got;
		if (code == Z_MEM_ERROR)
			return st_no_memory(&s->to);
		if (size && code != Z_OK)                    /* Z_BUF_ERROR where there is nothing left to go on with */
			return npy_error(s, "its deflated data is broken at byte %" PRIu64 ": %s",
			                 t->m->data + t->taken - f->avail_in, f->msg ? f->msg : "it ends too early");
	}
	return 0;
}

static int npz_bytes(struct npy_source *s, void *to, size_t size)
{
	struct stream *t = s->from;
	if (t->m->deflated ? npz_inflate(s, to, size)
	                   : st_read_bytes(&s->to, t->z->fd, to, size, t->m->data + s->at))
		return -1;
	for (size_t i = 0; i < size; ) {
		size_t n = size - i < WRITE_MAX ? size - i : WRITE_MAX;
		t->crc = crc32(t->crc, (const unsigned char *)to + i, (uInt)n);
		i += n;
	}
	return 0;
}

/* Reads the header of a member, and with data its elements too. */
static int npz_array(struct zip *z, struct stream *t, const struct member *m, struct rnn_st_tensor *out, int data)
{
	struct npy_source s = { .to = z->to, .name = m->name, .start = m->local, .size = m->size, .read = npz_bytes,
	                        .from = t };
	struct rnn_st_tensor is = { .is.name = m->name };
	*t = (struct stream){ .z = z, .m = m, .crc = crc32(0, NULL, 0) };
	t->zlib.zalloc = npz_alloc;
	t->zlib.zfree = npz_free;
	if (m->deflated && inflateInit2(&t->zlib, -MAX_WBITS) != Z_OK)
		return st_no_memory(&z->to);
	int bad = npy_read_header(&s, &is);
	if (!bad && data)
		bad = npy_read(&s, (void *)(uintptr_t)out->data, is.size);
	if (m->deflated)
		inflateEnd(&t->zlib);
	if (bad)
		return -1;
	if (data && t->crc != m->crc)
		return npy_error(&s, "CRC-32 is %08lx, but %08lx in the directory: the file is damaged", t->crc,
		                 (unsigned long)m->crc);
	if (!data)
		*out = is;
	return 0;
}

static int npz_arrays(struct zip *z)
{
	struct rnn_st_file *f = z->file;
	struct stream *t = st_alloc(sizeof *t);
	f->entry = st_alloc((size_t)z->count * sizeof *f->entry);
	int bad = !t || !f->entry ? st_no_memory(&z->to) : 0;
	for (uint64_t i = 0; !bad && i < z->count; i++) {
		f->entry[i] = (struct entry){ .key = (size_t)i };
		bad = npz_array(z, t, &z->member[i], &f->entry[i].tensor, 0);
		f->count++;
	}
	bad = bad || st_place_data(&z->to, f);
	for (uint64_t i = 0; !bad && i < z->count; i++)
		bad = npz_array(z, t, &z->member[i], &f->entry[i].tensor, 1);
	st_free(t);
	return bad ? -1 : 0;
}

struct rnn_st_file *rnn_npz_read(const char *path, char *err, size_t errsize)
{
	struct zip z = { .to = { path, err, errsize }, .fd = -1 };
	int bad = st_open(&z.to, &z.fd, &z.file_size) || !(z.file = st_file_new(&z.to)) || npz_end(&z) || npz_members(&z) ||
	          npz_arrays(&z);
	if (bad) {
		rnn_st_free(z.file);
		z.file = NULL;
	}
	st_free(z.member);
	if (z.fd >= 0)
		close(z.fd);
	return z.file;
}
