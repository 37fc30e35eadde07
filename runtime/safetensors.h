/* safetensors.h · named tensors in files: how weights reach a model and outputs leave it
 *
 * Follows the format of https://github.com/huggingface/safetensors (README, "Format"), little endian:
 *
 *   byte 0        8             8+N                                  end of file
 *        | N: u64 | JSON header | tensors, row major, edge to edge |
 *
 *   header: {"__metadata__": {"key": "value"},
 *            "layer1.W": {"dtype": "F32", "shape": [4,128,64], "data_offsets": [0,131072]}, ...}
 *
 * with data_offsets [begin,end) in bytes, counted from 8+N. Types are those of enum rnn_type; a file with any
 * other dtype is refused. Unknown keys beside dtype, shape and data_offsets are ignored, as the original does.
 *
 * Errors: a function that fails writes one line into err[errsize], cut to fit: the file, the tensor or the byte, and
 * what is wrong. Control characters taken from a file are shown as '?'. err may be NULL if errsize is 0.
 * Sizes and offsets are in bytes, shapes in elements. Nothing here is global: threads may work on different
 * files, and may share one that is read only. Memory comes from jansson's allocator (json_set_alloc_funcs). */
#ifndef RNN_SAFETENSORS_H
#define RNN_SAFETENSORS_H

#include "rnn_model.h"

struct rnn_st_tensor {
	struct rnn_tensor is;   /* name, type, rank, shape; every extent >= 0, unused ones 0 */
	size_t size;            /* of data, in bytes: product of the extents times that of the type; write ignores it */
	const void *data;       /* row major; as read: 64-byte aligned. May be NULL to write a tensor of no elements */
};

struct rnn_st_pair {
	const char *key, *value;
};

struct rnn_st_file;

/* Reads a whole file, which must be a regular one. NULL: failed, see err. */
struct rnn_st_file *rnn_st_read(const char *path, char *err, size_t errsize);
void rnn_st_free(struct rnn_st_file *file);     /* NULL is allowed; all that was got from file is gone after it */

size_t rnn_st_count(const struct rnn_st_file *file);
const struct rnn_st_tensor *rnn_st_at(const struct rnn_st_file *file, size_t i);  /* i < count; in order of data */
const struct rnn_st_tensor *rnn_st_find(const struct rnn_st_file *file, const char *name);      /* NULL: absent */
const char *rnn_st_metadata(const struct rnn_st_file *file, const char *key);                   /* NULL: absent */

/* The tensor that a model asks for: same name, type, rank and extents, where a run-time extent (< 0) takes any.
 * NULL: missing or different, see err, which shows what is wanted and what the file holds. */
const struct rnn_st_tensor *rnn_st_match(const struct rnn_st_file *file, const struct rnn_tensor *want,
                                         char *err, size_t errsize);

/* Writes tensors (wider types first, otherwise in the order given) and metadata. The file appears under `path` complete
 * and on disk, or, on failure, not at all: what was there stays. A symbolic link is replaced, not followed.
 * 0: done; -1: failed, see err. */
int rnn_st_write(const char *path, const struct rnn_st_tensor *tensors, size_t count,
                 const struct rnn_st_pair *metadata, size_t pairs, char *err, size_t errsize);

size_t rnn_st_type_size(int32_t type);          /* bytes an element; 0: not an enum rnn_type */
const char *rnn_st_type_name(int32_t type);     /* "F32"; NULL: not an enum rnn_type */

#endif
