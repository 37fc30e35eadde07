/* safetensors_write.c · writes safetensors files; interface, format and its source in safetensors.h
 *
 * Everything is checked, then the header made, then the file written (safetensors_out.c). */
#include "safetensors_inside.h"

#include <inttypes.h>
#include <string.h>

#define HEADER_MAX 100000000    /* bytes; the limit of the original implementation */

/* What the steps of one write share. */
struct writer {
	struct report to;
	const struct rnn_st_tensor *tensors;
	size_t count;
	size_t *order;          /* [count]: the order of the data */
	size_t *size;           /* [count]: bytes, by number of the tensor */
	json_t *root;
	char *header;           /* length, JSON and padding: all that comes before the data */
	size_t header_size;
};

/* A JSON string, or NULL after an error. */
static json_t *st_text(const struct writer *w, const char *what, const char *text)
{
	json_t *checked = json_string(text), *raw = checked ? NULL : json_string_nocheck(text);
	if (!checked && raw)
		st_error(&w->to, "%s '%.100s' is not UTF-8", what, text);
	else if (!checked)
		st_no_memory(&w->to);
	json_decref(raw);
	return checked;
}

static int st_add_metadata(struct writer *w, const struct rnn_st_pair *metadata, size_t pairs)
{
	json_t *object = json_object();
	if (json_object_set_new(w->root, METADATA, object))
		return st_no_memory(&w->to);
	for (size_t i = 0; i < pairs; i++) {
		const char *key = metadata[i].key;
		if (!key || !metadata[i].value)
			return st_error(&w->to, "metadata number %zu is NULL", i);
		if (json_object_get(object, key))
			return st_error(&w->to, "metadata '%.100s' is given twice", key);
		json_t *checked = st_text(w, "metadata key", key);
		json_t *value = checked ? st_text(w, key, metadata[i].value) : NULL;
		json_decref(checked);
		if (!value)
			return -1;
		if (json_object_set_new(object, key, value))
			return st_no_memory(&w->to);
	}
	return 0;
}

/* Checks a tensor and takes its name. */
static int st_take_name(struct writer *w, size_t i)
{
	const char *name = w->tensors[i].is.name;
	if (name && (strcmp(name, METADATA) == 0 || json_object_get(w->root, name)))
		return st_error(&w->to, "tensor '%.100s': the name is taken", name);
	if (st_check_tensor(&w->to, &w->tensors[i], i, &w->size[i]))
		return -1;
	json_t *checked = st_text(w, "name of tensor", name);
	if (!checked)
		return -1;
	return json_object_set_new(w->root, name, checked) ? st_no_memory(&w->to) : 0;
}

static int st_add_tensor(struct writer *w, size_t i, uint64_t begin)
{
	const struct rnn_tensor *t = &w->tensors[i].is;
	json_t *shape = json_array();
	for (int32_t d = 0; d < t->rank; d++)
		if (json_array_append_new(shape, json_integer(t->shape[d]))) {
			json_decref(shape);
			return st_no_memory(&w->to);
		}
	/* json_pack takes over `shape`, also when it fails. */
	json_t *entry = json_pack("{s:s, s:o, s:[I,I]}", "dtype", rnn_st_type_name(t->type), "shape", shape, "data_offsets",
	                          (json_int_t)begin, (json_int_t)(begin + w->size[i]));
	return json_object_set_new(w->root, t->name, entry) ? st_no_memory(&w->to) : 0;
}

/* Wider elements first, so that each tensor lies on a multiple of its element size. */
static int st_add_tensors(struct writer *w)
{
	uint64_t begin = 0;
	size_t n = 0;
	for (size_t i = 0; i < w->count; i++)
		if (st_take_name(w, i))
			return -1;
	for (size_t width = 8; width > 0; width /= 2)
		for (size_t i = 0; i < w->count; i++) {
			if (rnn_st_type_size(w->tensors[i].is.type) != width)
				continue;
			if (w->size[i] > (uint64_t)INT64_MAX - begin)
				return st_error(&w->to, "too many bytes to count");
			if (st_add_tensor(w, i, begin))
				return -1;
			begin += w->size[i];
			w->order[n++] = i;
		}
	return 0;
}

static int st_make_header(struct writer *w)
{
	size_t text = json_dumpb(w->root, NULL, 0, JSON_COMPACT), padded = (text + 7) / 8 * 8;
	if (text == 0)
		return st_no_memory(&w->to);
	if (padded > HEADER_MAX)
		return st_error(&w->to, "header of %zu bytes is over the limit of %d", padded, HEADER_MAX);
	w->header_size = 8 + padded;
	w->header = st_alloc(w->header_size);
	if (!w->header)
		return st_no_memory(&w->to);
	for (int i = 0; i < 8; i++)
		w->header[i] = (char)(padded >> 8 * i & 0xff);
	memset(w->header + 8, ' ', padded);
	if (json_dumpb(w->root, w->header + 8, padded, JSON_COMPACT) != text)
		return st_no_memory(&w->to);
	return 0;
}

static int st_write_data(const struct writer *w, const struct st_out *out)
{
	if (st_out_write(out, w->header, w->header_size))
		return -1;
	for (size_t i = 0; i < w->count; i++)
		if (st_out_write(out, w->tensors[w->order[i]].data, w->size[w->order[i]]))
			return -1;
	return 0;
}

static int st_write_all(struct writer *w, const struct rnn_st_pair *metadata, size_t pairs)
{
	struct st_out out;
	if (w->count > SIZE_MAX / sizeof *w->order)
		return st_no_memory(&w->to);
	w->root = json_object();
	w->order = st_alloc(w->count * sizeof *w->order);
	w->size = st_alloc(w->count * sizeof *w->size);
	if (!w->root || !w->order || !w->size)
		return st_no_memory(&w->to);
	if ((pairs && st_add_metadata(w, metadata, pairs)) || st_add_tensors(w) || st_make_header(w))
		return -1;
	int ok = !st_out_open(&out, &w->to) && !st_write_data(w, &out);
	return st_out_close(&out, ok);
}

int rnn_st_write(const char *path, const struct rnn_st_tensor *tensors, size_t count,
                 const struct rnn_st_pair *metadata, size_t pairs, char *err, size_t errsize)
{
	struct writer w = { .to = { path, err, errsize }, .tensors = tensors, .count = count };
	int status = st_write_all(&w, metadata, pairs);
	json_decref(w.root);
	st_free(w.order);
	st_free(w.size);
	st_free(w.header);
	return status;
}
