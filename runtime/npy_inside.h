/* npy_inside.h · what npy.c and npz.c share: npy as a stream of bytes, from a file or from inside a zip */
#ifndef RNN_NPY_INSIDE_H
#define RNN_NPY_INSIDE_H

#include "safetensors_inside.h"

/* Where the bytes of one npy come from. */
struct npy_source {
	struct report to;
	const char *name;       /* of the array, for messages; NULL: the file holds only one */
	uint64_t start;         /* byte of the file where the npy, or its entry in the zip, begins */
	uint64_t size, at;      /* bytes of the npy; those read so far */
	int (*read)(struct npy_source *, void *to, size_t size);        /* has reported when it returns -1 */
	void *from;
};

/* "FILE: array 'NAME' (entry at byte B): what"; without a name "FILE: what". Returns -1. */
__attribute__((format(printf, 2, 3)))
int npy_error(const struct npy_source *s, const char *format, ...);
int npy_read(struct npy_source *s, void *to, uint64_t size);
/* Reads the header; fills type, rank, shape, and size in bytes, which is what is left of the source. */
int npy_read_header(struct npy_source *s, struct rnn_st_tensor *t);

/* Bytes of a zip's records, names apart: of an entry, in the directory, at the end (APPNOTE 6.3.10, 4.3). */
enum { LOCAL = 30, CENTRAL = 46, END = 22 };

enum { NPY_HEADER_MOST = 384 };
/* The bytes before the data, a multiple of 64; 0: failed, see to. */
size_t npy_make_header(const struct report *to, const struct rnn_tensor *t, char text[NPY_HEADER_MOST]);

#endif
