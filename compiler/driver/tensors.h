/* tensors.h · inside driver/: tensors of files become a model's, under its names, in its types and shapes
 *
 *   tensors.c  the files: reading, checking, converting, writing
 *   map.c      maps: files that say which of the user's tensors make which param
 *   sizes.c    the sizes of the model from the shapes in the file of weights, before it is compiled */
#ifndef RNNGEN_TENSORS_H
#define RNNGEN_TENSORS_H

#include "driver/host.h"

#include "safetensors.h"

enum { DIMS_MAX = 64 };

/* ---- map.c ------------------------------------------------------------------------------------------------------- */

struct map;

/* "weight_ih_l0[1 0 of 4]": a tensor of the file, or blocks of it along its first dim, in the order given. */
struct map_term {
	const char *name;
	uint32_t of, n;                        /* 0, 0: the whole tensor */
	const uint32_t *block;                 /* [n], each < of */
};

/* What a param is made of: the sum of sources; none: zeros. */
struct recipe {
	loc_t at;                              /* line of the map; 0: a tensor that has the param's own name */
	uint32_t n;
	const struct rnn_st_tensor **from;     /* [n] */
	const struct map_term *term;           /* [n] */
};

/* path: a file, or the name of a shipped map, "torch_lstm". NULL: see diags. */
const struct map *map_load(struct ctx *c, const char *path);
const char *map_path(const struct map *m);
/* The sources of `want` in f: those of the first line that makes it and whose tensors are there. With m NULL the tensor
 * of its own name. false: there is none. Fixed extents of want that the line gives must be equal. */
bool map_recipe(struct ctx *c, const struct map *m, const struct rnn_st_file *f, const struct rnn_tensor *want,
                struct recipe *out);
/* Why map_recipe failed, as a diagnostic. */
void map_explain(struct ctx *c, const struct map *m, const struct rnn_st_file *f, const char *path,
                 const struct rnn_tensor *want);
/* Does the map say that this tensor is not needed? */
bool map_drops(struct ctx *c, const struct map *m, const struct rnn_st_file *f, const char *name);
/* Is, by names, every one of want made under m, or under NULL there, and every tensor of f used? */
bool map_names_fit(struct ctx *c, const struct map *m, const struct rnn_st_file *f, const struct rnn_tensor *want,
                   int32_t n);
/* The shipped map under which all of f is used and all of want is made; NULL: none, or f has a name of the model's. */
const struct map *map_shipped(struct ctx *c, const struct rnn_st_file *f, const struct rnn_tensor *want, int32_t n);
/* The shape of a source, blocks taken. false: it has no such blocks. */
bool map_shape(const struct rnn_st_tensor *from, const struct map_term *term, struct rnn_tensor *out);
/* Can `have` be read as `want` by taking neighbouring dims apart or together? [4H][X] is [4][H][X]. */
bool map_regroups(const struct rnn_tensor *have, const struct rnn_tensor *want);

/* ---- tensors.c --------------------------------------------------------------------------------------------------- */

struct taker {
	struct ctx *c;
	struct host h;
	int64_t dims[DIMS_MAX];                /* run-time dims, then computed extents; -1: not known yet */
	const char *dim_from[DIMS_MAX];        /* the tensor that gave it */
};

/* The tensors of a file, to be freed with rnn_st_free. NULL: see diags. */
struct rnn_st_file *tensors_open(struct taker *r, const char *path);
/* Takes all n tensors from f, the file `path`, into memory of the model's types. Learns dims that are not known yet.
 * map: the maker of params, else NULL. */
bool tensors_take(struct taker *r, const struct rnn_st_file *f, const char *path, const char *what,
                  const struct map *map, const struct rnn_tensor *want, int32_t n, void **out);
/* Can a file of this name hold n tensors? A .npy holds one. Asked before anything runs. */
bool tensors_one_file(struct ctx *c, const char *path, int32_t n);
/* In the format that the name ends in. */
bool tensors_write(struct taker *r, const char *path, const struct rnn_tensor *t, int32_t n, void *const *data);
/* A file of any format; err as in safetensors.h. */
struct rnn_st_file *tensors_read(const char *path, char *err, size_t errsize);

#endif
