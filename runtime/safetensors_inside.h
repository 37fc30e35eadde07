/* safetensors_inside.h · inside runtime/: what the readers and writers of tensor files share
 *
 *   safetensors.c        types, messages, memory, looking up
 *   safetensors_read.c   safetensors -> struct rnn_st_file
 *   safetensors_write.c  tensors -> safetensors
 *   safetensors_out.c    a file that appears under its name complete or not at all
 *   npy.c, npz*.c        the same for the formats of NumPy
 *
 * A function that returns int and may fail has called st_error when it returns -1. */
#ifndef RNN_SAFETENSORS_INSIDE_H
#define RNN_SAFETENSORS_INSIDE_H

#include "safetensors.h"

#include <jansson.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "files of tensors are little endian and are used in place"
#endif

#define RANK_MAX 8              /* of struct rnn_tensor */
#define ALIGN 64                /* bytes; what rnn_model asks of weights */
#define WRITE_MAX (1 << 30)     /* bytes a read or write(); Linux takes just under 2 GiB */
#define METADATA "__metadata__"

/* A tensor of the file; data_offsets as they stand there. */
struct entry {
	struct rnn_st_tensor tensor;
	uint64_t begin, end;
	size_t key;             /* place among the keys of the header, to find its byte for a message */
};

struct rnn_st_file {
	char *path;
	json_t *root;           /* owns names and metadata; NULL: the file is NumPy's */
	json_t *metadata;       /* inside root; NULL: none */
	char *names;            /* owns the names where root is NULL */
	struct entry *entry;    /* [count], by begin */
	size_t count;
	void *block;            /* all data, as allocated */
};

/* Whose errors go where. */
struct report {
	const char *path;
	char *err;
	size_t errsize;
};

/* ---- safetensors.c */

void *st_alloc(size_t size);
void st_free(void *p);
/* "FILE: what", cut to fit. Returns -1, so that a check can end in `return st_error(...)`. */
__attribute__((format(printf, 2, 3)))
int st_error(const struct report *to, const char *format, ...);
int st_no_memory(const struct report *to);
/* "F32 [4,128,64]"; a run-time extent reads "any". */
const char *st_show(const struct rnn_tensor *t, char *text, size_t size);
/* Bytes of a tensor with known type and extents >= 0; -1, without a message: more than an int64_t holds, or a size_t
 * once rounded up to ALIGN. */
int st_bytes(const struct rnn_tensor *t, size_t *bytes);
/* Opens a regular file and takes its size; the caller closes *fd, also after a failure, unless it is -1. */
int st_open(const struct report *to, int *fd, uint64_t *size);
int st_read_bytes(const struct report *from, int fd, void *to, uint64_t size, uint64_t at);
/* One block for the data of all entries, whose sizes are known: each tensor on a line of its own. */
int st_place_data(const struct report *to, struct rnn_st_file *f);
struct rnn_st_file *st_file_new(const struct report *to);       /* with its path; NULL: failed */
/* Is the tensor one that can be written: name, type, rank, extents, data? Takes its size in bytes. */
int st_check_tensor(const struct report *to, const struct rnn_st_tensor *t, size_t number, size_t *size);

/* ---- safetensors_out.c: open, write any number of times, then close; close is called in any case
 *
 *   open -> NAME.tmp-PID-0, beside NAME -> write ... -> close(keep): fsync, rename to NAME, fsync of the folder
 *                                                       close(drop): the temporary file goes */
struct st_out {
	struct report to;
	char *temporary;        /* name */
	int fd;
	int exists;             /* the temporary file does, and has to go on failure */
};

int st_out_open(struct st_out *out, const struct report *to);
int st_out_write(const struct st_out *out, const void *from, size_t size);
int st_out_close(struct st_out *out, int keep);

#endif
