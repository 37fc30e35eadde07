/* npy.h · arrays of NumPy in files: NAME.npy holds one, NAME.npz several with names
 *
 * npy follows numpy.lib.format (NEP 1), versions 1.0, 2.0 and 3.0:
 *
 *   byte 0          6       8                10 (12)                                    a multiple of 64
 *        | \x93NUMPY | 1 0  | N: u16 (u32)   | {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } \n | data |
 *
 * npz is a zip (PKWARE's APPNOTE) of NAME.npy, stored or deflated; ZIP64 is read. Types: <f2 <f4 <f8 <i4 <i8 |b1.
 * All else (big endian, structured, objects, complex, Fortran order of two dims and more) is refused with a fix.
 *
 * What is read is a struct rnn_st_file, as of safetensors.h: all functions there take it, rnn_st_free() frees it,
 * errors, threads and memory are as there. Metadata there is none. The array of a npy is called "". */
#ifndef RNN_NPY_H
#define RNN_NPY_H

#include "safetensors.h"

enum rnn_npy_kind { RNN_NPY_NEITHER, RNN_NPY, RNN_NPZ };

/* By the first bytes of the file; NEITHER too where it cannot be read. */
enum rnn_npy_kind rnn_npy_kind(const char *path);

struct rnn_st_file *rnn_npy_read(const char *path, char *err, size_t errsize);
struct rnn_st_file *rnn_npz_read(const char *path, char *err, size_t errsize);

/* Version 1.0; in a npz stored, with the date 1980-01-01, the same bytes each time. At most 4 GiB. BF16 is refused:
 * NumPy has none. The file appears complete or not at all. 0: done; -1: failed, see err. */
int rnn_npy_write(const char *path, const struct rnn_st_tensor *tensor, char *err, size_t errsize);
int rnn_npz_write(const char *path, const struct rnn_st_tensor *tensors, size_t count, char *err, size_t errsize);

#endif
