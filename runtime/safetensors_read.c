/* safetensors_read.c · reads safetensors files; interface, format and its source in safetensors.h
 *
 * Length -> header text -> JSON -> a tensor an entry, each checked alone -> sorted by offset and checked against its
 * neighbours -> one aligned block, filled from the file tensor by tensor:
 *
 *   file:    | E: 100 bytes | W: 64 bytes |           gaps would be holes, which the format forbids
 *   memory:  | E: 100 bytes | pad to 128  | W: 64 |   every tensor on a 64-byte line
 *
 * Guarantees: no input, size or failed allocation makes it read or write outside its buffers; all that a file
 *             can get wrong is an error with a place. Values are not looked at: NaN or a BOOL of 2 pass. */
#include "safetensors_inside.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER_MAX 100000000    /* bytes; the limit of the original implementation */

/* What the steps of one read share. */
struct reader {
	struct report to;
	int fd;
	uint64_t file_size, header_size, data_size;
	char *header;           /* header_size bytes */
	struct rnn_st_file *file;
};

/* --- messages ------------------------------------------------------------------------------------------------- */

/* Byte in the file of the key number `key` of the header, which is known to be a JSON object. */
static uint64_t st_key_byte(const struct reader *r, size_t key)
{
	int depth = 0, is_key = 0;
	for (uint64_t i = 0; i < r->header_size; i++) {
		char c = r->header[i];
		if (c == '{' || c == '[') {
			is_key = ++depth == 1;
		} else if (c == '}' || c == ']') {
			depth--;
		} else if (c == ',') {
			is_key = depth == 1;
		} else if (c == '"') {
			if (is_key && key-- == 0)
				return 8 + i;
			is_key = 0;
			for (i++; i < r->header_size && r->header[i] != '"'; i++)
				i += r->header[i] == '\\';
		}
	}
	return 8;
}

/* "FILE: tensor 'NAME' (header at byte B): what" */
__attribute__((format(printf, 3, 4)))
static int st_entry_error(const struct reader *r, const struct entry *e, const char *format, ...)
{
	char what[400];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	return st_error(&r->to, "tensor '%.100s' (header at byte %" PRIu64 "): %s",
	                e->tensor.is.name, st_key_byte(r, e->key), what);
}

/* --- reading: the header -------------------------------------------------------------------------------------- */

static int st_read_header(struct reader *r)
{
	unsigned char length[8];
	if (r->file_size < 8)
		return st_error(&r->to, "truncated header: the file has %" PRIu64
		                " bytes, but its header length takes the first 8", r->file_size);
	if (st_read_bytes(&r->to, r->fd, length, 8, 0))
		return -1;
	for (int i = 7; i >= 0; i--)
		r->header_size = r->header_size << 8 | length[i];
	if (r->header_size > HEADER_MAX)
		return st_error(&r->to, "header length %" PRIu64 " (byte 0) is over the limit of %d bytes; "
		                "this may not be a safetensors file", r->header_size, HEADER_MAX);
	if (r->header_size > r->file_size - 8)
		return st_error(&r->to, "truncated header: header length %" PRIu64 " (byte 0) goes beyond the "
		                "file, which has %" PRIu64 " bytes after byte 8", r->header_size, r->file_size - 8);
	r->data_size = r->file_size - 8 - r->header_size;
	r->header = st_alloc((size_t)r->header_size);
	if (!r->header)
		return st_error(&r->to, "out of memory for a header of %" PRIu64 " bytes", r->header_size);
	if (st_read_bytes(&r->to, r->fd, r->header, r->header_size, 8))
		return -1;
	if (r->header_size == 0 || r->header[0] != '{')
		return st_error(&r->to, "header (byte 8) does not begin with '{'");
	return 0;
}

static int st_parse(struct reader *r)
{
	json_error_t why;
	why.text[0] = '\0';
	r->file->root = json_loadb(r->header, (size_t)r->header_size, JSON_REJECT_DUPLICATES, &why);
	if (r->file->root)
		return 0;
	/* For a failed allocation jansson has no text, or, inside a string, calls the string bad syntax. To tell that
	 * from bad input, ask for as much as the longest string would have taken. */
	void *probe = st_alloc(2 * (size_t)r->header_size);
	st_free(probe);
	if (!probe || why.text[0] == '\0' || json_error_code(&why) == json_error_out_of_memory)
		return st_error(&r->to, "out of memory while parsing the header");
	return st_error(&r->to, "header is not valid JSON at byte %d: %s", 8 + why.position, why.text);
}

static int st_check_metadata(struct reader *r, json_t *metadata, size_t key)
{
	const char *name;
	json_t *value;
	uint64_t at = st_key_byte(r, key);
	if (!json_is_object(metadata))
		return st_error(&r->to, METADATA " (header at byte %" PRIu64 ") is not an object", at);
	json_object_foreach(metadata, name, value)
		if (!json_is_string(value))
			return st_error(&r->to, METADATA " (header at byte %" PRIu64 "): '%.100s' is not a string",
			                at, name);
	r->file->metadata = metadata;
	return 0;
}

/* --- reading: one tensor -------------------------------------------------------------------------------------- */

static int st_entry_type(const struct reader *r, struct entry *e, const json_t *dtype)
{
	if (!json_is_string(dtype))
		return st_entry_error(r, e, "dtype %s", dtype ? "is not a string" : "is missing");
	for (int32_t t = 0; rnn_st_type_name(t); t++)
		if (strcmp(rnn_st_type_name(t), json_string_value(dtype)) == 0) {
			e->tensor.is.type = t;
			return 0;
		}
	return st_entry_error(r, e, "unknown dtype '%.20s'; known are F32, F64, F16, BF16, I32, I64, BOOL",
	                      json_string_value(dtype));
}

static int st_entry_shape(const struct reader *r, struct entry *e, const json_t *shape)
{
	struct rnn_tensor *t = &e->tensor.is;
	char text[240];
	if (!json_is_array(shape))
		return st_entry_error(r, e, "shape %s", shape ? "is not an array" : "is missing");
	if (json_array_size(shape) > RANK_MAX)
		return st_entry_error(r, e, "shape has %zu extents, at most %d are supported",
		                      json_array_size(shape), RANK_MAX);
	t->rank = (int32_t)json_array_size(shape);
	for (int32_t d = 0; d < t->rank; d++) {
		const json_t *extent = json_array_get(shape, (size_t)d);
		if (!json_is_integer(extent))
			return st_entry_error(r, e, "extent %d of shape is not an integer", d);
		if (json_integer_value(extent) < 0)
			return st_entry_error(r, e, "extent %d of shape is negative: %" JSON_INTEGER_FORMAT,
			                      d, json_integer_value(extent));
		t->shape[d] = json_integer_value(extent);
	}
	if (st_bytes(t, &e->tensor.size))
		return st_entry_error(r, e, "%s has too many bytes to count", st_show(t, text, sizeof text));
	return 0;
}

static int st_entry_offsets(const struct reader *r, struct entry *e, const json_t *offsets)
{
	int64_t at[2];
	char text[240];
	if (!json_is_array(offsets))
		return st_entry_error(r, e, "data_offsets %s", offsets ? "is not an array" : "is missing");
	if (json_array_size(offsets) != 2)
		return st_entry_error(r, e, "data_offsets has %zu numbers, not 2", json_array_size(offsets));
	for (size_t i = 0; i < 2; i++) {
		const json_t *offset = json_array_get(offsets, i);
		if (!json_is_integer(offset))
			return st_entry_error(r, e, "data_offsets[%zu] is not an integer", i);
		at[i] = json_integer_value(offset);
		if (at[i] < 0)
			return st_entry_error(r, e, "data_offsets[%zu] is negative: %" PRId64, i, at[i]);
	}
	e->begin = (uint64_t)at[0];
	e->end = (uint64_t)at[1];
	if (e->begin > e->end)
		return st_entry_error(r, e, "data_offsets are reversed: [%" PRId64 ",%" PRId64 "]", at[0], at[1]);
	if (e->end > r->data_size)
		return st_entry_error(r, e, "data_offsets [%" PRId64 ",%" PRId64 "] go beyond the end of the data, "
		                      "which has %" PRIu64 " bytes from byte %" PRIu64,
		                      at[0], at[1], r->data_size, 8 + r->header_size);
	if (e->end - e->begin != e->tensor.size)
		return st_entry_error(r, e, "data_offsets [%" PRId64 ",%" PRId64 "] span %" PRIu64 " bytes, "
		                      "but %s takes %zu", at[0], at[1], e->end - e->begin,
		                      st_show(&e->tensor.is, text, sizeof text), e->tensor.size);
	return 0;
}

static int st_read_entries(struct reader *r)
{
	struct rnn_st_file *f = r->file;
	const char *name;
	json_t *value;
	size_t key = 0;
	f->entry = st_alloc(json_object_size(f->root) * sizeof *f->entry);
	if (!f->entry)
		return st_error(&r->to, "out of memory for %zu tensors", json_object_size(f->root));
	json_object_foreach(f->root, name, value) {
		if (strcmp(name, METADATA) == 0) {
			if (st_check_metadata(r, value, key++))
				return -1;
			continue;
		}
		struct entry *e = &f->entry[f->count++];
		*e = (struct entry){ .tensor.is.name = name, .key = key++ };
		if (!json_is_object(value))
			return st_entry_error(r, e, "is not an object");
		if (st_entry_type(r, e, json_object_get(value, "dtype")) ||
		    st_entry_shape(r, e, json_object_get(value, "shape")) ||
		    st_entry_offsets(r, e, json_object_get(value, "data_offsets")))
			return -1;
	}
	return 0;
}

/* --- reading: all tensors together ---------------------------------------------------------------------------- */

/* By begin; an empty tensor comes before the one that begins where it lies; then as in the header. */
static int st_by_offset(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return a->key < b->key ? -1 : a->key > b->key;
}

static int st_check_cover(struct reader *r)
{
	struct rnn_st_file *f = r->file;
	uint64_t data = 8 + r->header_size, covered = 0;
	qsort(f->entry, f->count, sizeof *f->entry, st_by_offset);
	for (size_t i = 0; i < f->count; i++) {
		const struct entry *e = &f->entry[i];
		if (e->begin < covered)
			return st_entry_error(r, e, "data (byte %" PRIu64 ") overlaps tensor '%.100s', which ends at "
			                      "byte %" PRIu64, data + e->begin, f->entry[i - 1].tensor.is.name,
			                      data + covered);
		if (e->begin > covered)
			return st_entry_error(r, e, "hole of %" PRIu64 " bytes before its data, from byte %" PRIu64,
			                      e->begin - covered, data + covered);
		covered = e->end;
	}
	if (covered < r->data_size)
		return st_error(&r->to, "%" PRIu64 " trailing bytes from byte %" PRIu64 " belong to no tensor",
		                r->data_size - covered, data + covered);
	return 0;
}

static int st_read_data(struct reader *r)
{
	struct rnn_st_file *f = r->file;
	if (st_place_data(&r->to, f))
		return -1;
	for (size_t i = 0; i < f->count; i++) {
		const struct entry *e = &f->entry[i];
		/* The block is ours; only its readers see it as const. */
		if (st_read_bytes(&r->to, r->fd, (void *)(uintptr_t)e->tensor.data, e->tensor.size,
		                  8 + r->header_size + e->begin))
			return -1;
	}
	return 0;
}

static int st_read_all(struct reader *r)
{
	if (st_open(&r->to, &r->fd, &r->file_size))
		return -1;
	r->file = st_file_new(&r->to);
	if (!r->file)
		return -1;
	return st_read_header(r) || st_parse(r) || st_read_entries(r) || st_check_cover(r) || st_read_data(r) ? -1 : 0;
}

struct rnn_st_file *rnn_st_read(const char *path, char *err, size_t errsize)
{
	struct reader r = { .to = { path, err, errsize }, .fd = -1 };
	if (st_read_all(&r)) {
		rnn_st_free(r.file);
		r.file = NULL;
	}
	st_free(r.header);
	if (r.fd >= 0)
		close(r.fd);
	return r.file;
}
