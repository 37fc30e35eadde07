/* test_npy.c · npy and npz: round trips, and each way in which a file or a write can go wrong
 *
 * Broken files are right ones with some bytes replaced, or headers as they stand in the file, and what the error has to
 * say. Files that NumPy itself wrote: tests/attack/files. */
#include "npy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <zlib.h>

#include "folder.h"
#include "disk.h"

#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static char err[600];

static size_t read_raw(unsigned char *bytes, size_t most)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t n = fread(bytes, 1, most, file);
	fclose(file);
	return n;
}

static struct rnn_st_file *read_any(void)
{
	memset(err, 0, sizeof err);
	return rnn_npy_kind(path) == RNN_NPZ ? rnn_npz_read(path, err, sizeof err) : rnn_npy_read(path, err, sizeof err);
}

static void expect_error(const char *what)
{
	struct rnn_st_file *file = read_any();
	if (file || !strstr(err, what))
		print_error("error is:  %s\nexpected:  %s\n", file ? "none" : err, what);
	assert_null(file);
	assert_non_null(strstr(err, what));
	assert_memory_equal(err, path, strlen(path));
}

static void expect_same(const struct rnn_st_tensor *got, const struct rnn_st_tensor *want, size_t size)
{
	assert_non_null(got);
	assert_int_equal(got->is.type, want->is.type);
	assert_int_equal(got->is.rank, want->is.rank);
	assert_memory_equal(got->is.shape, want->is.shape, sizeof want->is.shape);
	assert_int_equal(got->size, size);
	assert_int_equal((uintptr_t)got->data % 64, 0);
	if (size)
		assert_memory_equal(got->data, want->data, size);
}

/* --- round trips ---------------------------------------------------------------------------------------------- */

static const struct rnn_st_tensor sample[] = {
	{ { "mask",     RNN_BOOL, 2, { 1, 3 } }, 0, "\0\1\1" },
	{ { "layer1.W", RNN_F32,  3, { 2, 1, 2 } }, 0, (const float[]){ 1.5f, -2, 3, 1e-30f } },
	{ { "scalar",   RNN_F64,  0, { 0 } }, 0, (const double[]){ 3.25 } },
	{ { "empty",    RNN_F32,  2, { 4, 0 } }, 0, NULL },
	{ { "tok",      RNN_I32,  1, { 2 } }, 0, (const int32_t[]){ -7, 70000 } },
	{ { "ids",      RNN_I64,  1, { 1 } }, 0, (const int64_t[]){ INT64_MIN } },
	{ { "half",     RNN_F16,  8, { 1, 1, 1, 1, 1, 1, 1, 3 } }, 0, (const uint16_t[]){ 0x3c00, 0x7bff, 1 } },
};
static const size_t sample_size[] = { 3, 16, 8, 0, 8, 8, 6 };

static void test_npy_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sample); i++) {
		unsigned char bytes[1024];
		assert_int_equal(rnn_npy_write(path, &sample[i], err, sizeof err), 0);
		assert_int_equal(files_in_folder(), 1);
		assert_int_equal((read_raw(bytes, sizeof bytes) - sample_size[i]) % 64, 0);
		assert_int_equal(rnn_npy_kind(path), RNN_NPY);
		struct rnn_st_file *file = rnn_npy_read(path, err, sizeof err);
		assert_non_null(file);
		assert_int_equal(rnn_st_count(file), 1);
		assert_string_equal(rnn_st_at(file, 0)->is.name, "");
		expect_same(rnn_st_at(file, 0), &sample[i], sample_size[i]);
		rnn_st_free(file);
	}
}

static void test_npz_round_trip(void **state)
{
	(void)state;
	for (size_t n = 0; n <= COUNT(sample); n += COUNT(sample)) {
		assert_int_equal(rnn_npz_write(path, sample, n, err, sizeof err), 0);
		assert_int_equal(files_in_folder(), 1);
		assert_int_equal(rnn_npy_kind(path), RNN_NPZ);
		struct rnn_st_file *file = rnn_npz_read(path, err, sizeof err);
		if (!file)
			print_error("%s\n", err);
		assert_non_null(file);
		assert_int_equal(rnn_st_count(file), n);
		for (size_t i = 0; i < n; i++)
			expect_same(rnn_st_find(file, sample[i].is.name), &sample[i], sample_size[i]);
		assert_null(rnn_st_metadata(file, "any"));
		rnn_st_free(file);
	}
}

/* What NumPy 2 writes, byte by byte. */
static void test_npy_bytes(void **state)
{
	(void)state;
	unsigned char bytes[256];
	static const char head[] = "\x93NUMPY\1\0v\0{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }";
	assert_int_equal(rnn_npy_write(path, &sample[4], err, sizeof err), 0);
	assert_int_equal(read_raw(bytes, sizeof bytes), 128 + 8);
	assert_memory_equal(bytes, head, sizeof head - 1);
	for (size_t i = sizeof head - 1; i < 127; i++)
		assert_int_equal(bytes[i], ' ');
	assert_int_equal(bytes[127], '\n');
}

/* --- npy that is wrong ---------------------------------------------------------------------------------------- */

#define D(descr, order, shape) "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }"

static const struct { const char *header; size_t data; const char *error; } headers[] = {
	{ D("'<f4'", "False", "(1,)") "\n",         4, NULL },
	{ D("\"<f4\"", "True", "(1,)"),             4, NULL },           /* one dim has no order */
	{ "{'shape':(1,1),'fortran_order':False,'descr':'<f4'}", 4, NULL },
	{ "",                                       0, ": header at byte 10: '{' is expected" },
	{ "[]",                                     0, ": header at byte 10: '{' is expected" },
	{ "{",                                      0, ": header at byte 11: a key, or '}' is expected" },
	{ "{'descr' '<f4'}",                        0, ": header at byte 19: ':' is expected" },
	{ "{'descr': '<f4' 'shape'",                0, ": header at byte 26: ',' or '}' is expected" },
	{ "{'descr': '<f4",                         0, ": header at byte 24: the end of the string is expected" },
	{ "{'descr': '<f\\4'}",                      0, ": header at byte 23: the end of the string is expected" },
	{ "{'descr': '<f4'",                        0, ": header at byte 25: ',' or '}' is expected" },
	{ "{'shape': (12",                          0, ": header at byte 23: ',' or ')' is expected" },
	{ "{'shape': (",                            0, ": header at byte 21: an extent is expected" },
	{ "{'descr': 4}",                           0, ": header at byte 20: a string after 'descr' is expected" },
	{ "{'descr': '<f4', 'descr': '<f4'}",       0, ": header has the key 'descr' twice" },
	{ "{'a': 1}",                               0, ": header has the key 'a', which is unknown" },
	{ "{'descr': '<f4', 'shape': (1,)}",        4, ": header has no key 'fortran_order'" },
	{ D("'<f4'", "0", "(1,)"),                  4, "True or False is expected" },
	{ D("'<f4'", "False", "(1,)") " x",         4, "the end of the header is expected" },
	{ D("'<f4'", "False", "[1]"),               4, "'(' after 'shape': is expected" },
	{ D("'<f4'", "False", "(-1,)"),             4, "an extent is expected" },
	{ D("'<f4'", "False", "(1 1)"),             4, "',' or ')' is expected" },
	{ D("'<f4'", "False", "(1, ,)"),            4, "an extent is expected" },
	{ D("'<f4'", "False", "(9223372036854775808,)"), 4, ": extent 0 of shape is too large" },
	{ D("'<f4'", "False", "(4611686018427387904,)"), 4, "has too many bytes to count" },
	{ D("'<f4'", "False", "(1,1,1,1,1,1,1,1,1)"), 4, ": shape has over 8 extents" },
	{ D("'<f4'", "True", "(1, 1)"),             4, ": fortran_order is True: columns first; save numpy.ascont" },
	{ D("'>f4'", "False", "(1,)"),              4, ": descr '>f4' is big endian; save x.astype('<f4')" },
	{ D("'|u1'", "False", "(4,)"),              4, ": unknown descr '|u1'; known are <f4 <f8 <f2 <i4 <i8 |b1" },
	{ D("'|O'", "False", "(4,)"),               4, ": unknown descr '|O'" },
	{ D("[('a', '<f4')]", "False", "(1,)"),     4, ": its elements are records" },
	{ D("'<f4'", "False", "(2,)"),              4, ": 4 bytes follow the header (byte 67), but F32 [2] takes 8" },
	{ D("'<f4'", "False", "(0,)"),              4, ": 4 bytes follow the header (byte 67), but F32 [0] takes 0" },
};

static void test_headers(void **state)
{
	(void)state;
	for (int version = 1; version <= 3; version++)
		for (size_t i = 0; i < COUNT(headers); i++) {
			size_t n = strlen(headers[i].header), begin = version == 1 ? 10 : 12;
			unsigned char bytes[512] = "\x93NUMPY";
			bytes[6] = (unsigned char)version;
			bytes[8] = (unsigned char)n;
			memcpy(bytes + begin, headers[i].header, n);
			write_at(path, bytes, begin + n + headers[i].data);
			if (headers[i].error && version == 1) {
				expect_error(headers[i].error);
				continue;
			}
			struct rnn_st_file *file = read_any();
			assert_int_equal(file != NULL, headers[i].error == NULL);
			rnn_st_free(file);
		}
}

static const struct { size_t at; const char *bytes; size_t n, cut; const char *error; } changes[] = {
	{ 0, "X", 1, 0,         "does not begin with \\x93NUMPY" },
	{ 6, "\4", 1, 0,        ": npy version 4.0 (byte 6)" },
	{ 7, "\1", 1, 0,        ": npy version 1.1 (byte 6)" },
	{ 8, "\xff\xff", 2, 0,  ": header length 65535 (byte 8) goes beyond the end" },
	{ 6, "\2\0\0\0\0\1", 6, 0, ": header length 16777216 (byte 8) goes beyond the limit of 1 MiB" },
	{ 0, "", 0, 136,        ": truncated: it has 0 bytes, but byte 9 is needed" },
	{ 0, "", 0, 130,        ": truncated: it has 6 bytes, but byte 9 is needed" },
	{ 6, "\2", 1, 125,      ": truncated: it has 11 bytes, but byte 11 is needed" },
	{ 0, "", 0, 1,          ": 7 bytes follow the header (byte 128), but I32 [2] takes 8" },
};

static void test_npy_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		unsigned char bytes[256];
		assert_int_equal(rnn_npy_write(path, &sample[4], err, sizeof err), 0);
		size_t n = read_raw(bytes, sizeof bytes);
		memcpy(bytes + changes[i].at, changes[i].bytes, changes[i].n);
		write_at(path, bytes, n - changes[i].cut);
		expect_error(changes[i].error);
	}
}

/* --- npz that is wrong ---------------------------------------------------------------------------------------- */

/* A zip of two, "a" and "bc", then bytes of it changed: from its end where `at` is negative. */
static const struct { int at; const char *bytes; int n, cut; const char *error; } zips[] = {
	{ -22, "X", 1, 0,          ": truncated: no end of a zip directory" },
	{ 0, "", 0, 1,             ": truncated: no end of a zip directory" },
	{ -6, "\xff\xff\xff", 3, 0, ": zip directory (103 bytes from byte " },
	{ -10, "\1", 1, 0,         ": zip directory is broken at byte " },
	{ -12, "\1", 1, 0,         ": 52 bytes too many in the zip directory, from byte " },
	{ -12, "\3", 1, 0,         ": zip directory is broken at byte " },
	{ -12, "\xff\xff", 2, 0,   ": 65535 arrays in a directory of" },
	{ -125, "X", 1, 0,         ": zip directory is broken at byte " },
	{ -125 + 8, "\1", 1, 0,    ") is encrypted; save it with numpy.savez" },
	{ -125 + 10, "\14", 1, 0,  ") is packed in an unknown way; save it with numpy.savez" },
	{ -125 + 24, "\1", 1, 0,   " bytes cannot be the " },
	{ -125 + 16, "X", 1, 0,    ": array 'a' (entry at byte 0): CRC-32 is " },
	{ -125 + 42, "\1", 1, 0,   ": 'a': no local header of it at byte 1" },
	{ -125 + 45, "\1", 1, 0,   ": 'a': its local header (byte 16777216) is not before the directory" },
	{ -125 + 48, "x", 1, 0,    "'a.xpy' (zip directory at byte " },
	{ -125 + 46, "q", 1, 0,    ": 'q': the local header at byte 0 has another name" },
	{ -125 + 10, "\10", 1, 0,  ": array 'a' (entry at byte 0): its deflated data is broken at byte " },
	{ 35 + 128, "X", 1, 0,     ": array 'a' (entry at byte 0): CRC-32 is " },
	{ 35, "X", 1, 0,           ": array 'a' (entry at byte 0): does not begin with \\x93NUMPY" },
};

static void test_npz_changed(void **state)
{
	(void)state;
	struct rnn_st_tensor two[2] = { sample[4], sample[5] };
	two[0].is.name = "a";
	two[1].is.name = "bc";
	for (size_t i = 0; i < COUNT(zips); i++) {
		unsigned char bytes[1024];
		assert_int_equal(rnn_npz_write(path, two, 2, err, sizeof err), 0);
		int n = (int)read_raw(bytes, sizeof bytes), at = zips[i].at < 0 ? n + zips[i].at : zips[i].at;
		memcpy(bytes + at, zips[i].bytes, (size_t)zips[i].n);
		write_at(path, bytes, (size_t)(n - zips[i].cut));
		expect_error(zips[i].error);
	}
}

/* Two entries that share bytes; two of one name. */
static void test_npz_overlap(void **state)
{
	(void)state;
	unsigned char bytes[1024];
	struct rnn_st_tensor two[2] = { sample[4], sample[4] };
	two[0].is.name = "a";
	two[1].is.name = "b";
	assert_int_equal(rnn_npz_write(path, two, 2, err, sizeof err), 0);
	size_t n = read_raw(bytes, sizeof bytes), second = n - 22 - 51, first = second - 51;
	bytes[first + 20]++;
	bytes[first + 24]++;
	write_at(path, bytes, n);
	expect_error(": array 'b' (entry at byte 171) overlaps 'a'");
	bytes[second + 46] = 'a';
	bytes[171 + 30] = 'a';
	write_at(path, bytes, n);
	expect_error(": array 'a' is there twice (zip directory at byte ");
}

/* --- zips of others ------------------------------------------------------------------------------------------- */

static unsigned char *put(unsigned char *p, uint64_t v, int bytes)
{
	for (; bytes--; v >>= 8)
		*p++ = (unsigned char)(v & 255);
	return p;
}

enum { LARGE = 20000, ROOM = 400000, WIDE_EXTRA = 5 + 28 };

/* A zip of one file: deflated or stored; wide: with its numbers in ZIP64 fields, behind a field of another kind. */
static size_t make_zip(unsigned char *to, const char *name, const void *data, size_t size, int deflated, int wide)
{
	static unsigned char body[ROOM];
	size_t length = strlen(name), n = size;
	memcpy(body, data, size);
	if (deflated) {
		z_stream z = { .next_in = (unsigned char *)(uintptr_t)data, .avail_in = (uInt)size, .next_out = body,
		               .avail_out = ROOM };
		assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		n = z.total_out;
		deflateEnd(&z);
	}
	uLong crc = crc32(crc32(0, NULL, 0), data, (uInt)size);
	unsigned char *p = to;
	for (int central = 0; central < 2; central++) {
		int extra = central && wide;
		p = put(p, central ? 0x02014b50 : 0x04034b50, 4);
		p = put(p, central ? 20 : 0, central ? 2 : 0);
		p = put(put(put(p, 20, 2), 0, 2), deflated ? 8 : 0, 2);
		p = put(put(p, 0, 4), crc, 4);
		p = put(put(p, extra ? UINT32_MAX : n, 4), extra ? UINT32_MAX : size, 4);
		p = put(put(p, length, 2), extra ? WIDE_EXTRA : 0, 2);
		p = put(put(p, 0, central ? 10 : 0), extra ? UINT32_MAX : 0, central ? 4 : 0);
		memcpy(p, name, length);
		p += length;
		if (extra)
			p = put(put(put(put(put(put(put(put(p, 0x5455, 2), 1, 2), 9, 1), 1, 2), 24, 2), size, 8), n, 8), 0, 8);
		if (!central) {
			memcpy(p, body, n);
			p += n;
		}
	}
	uint64_t directory = 30 + length + n, end = (uint64_t)(p - to);
	if (wide) {
		p = put(put(put(put(put(p, 0x06064b50, 4), 44, 8), 45, 4), 0, 8), 1, 8);
		p = put(put(put(put(p, 1, 8), end - directory, 8), directory, 8), 0, 0);
		p = put(put(put(put(p, 0x07064b50, 4), 0, 4), end, 8), 1, 4);
	}
	p = put(put(put(put(p, 0x06054b50, 4), 0, 4), wide ? 0xffff : 1, 2), wide ? 0xffff : 1, 2);
	p = put(put(put(p, wide ? UINT32_MAX : end - directory, 4), wide ? UINT32_MAX : directory, 4), 0, 2);
	return (size_t)(p - to);
}

static unsigned char packed[ROOM], npy[ROOM];
static float large[LARGE];

/* The bytes of a .npy with numbers that do not pack well; their number. */
static size_t large_npy(struct rnn_st_tensor *t)
{
	uint32_t r = 1;
	for (int i = 0; i < LARGE; i++)
		large[i] = (float)((r = r * 1664525 + 1013904223) >> 8);
	*t = (struct rnn_st_tensor){ { "a", RNN_F32, 1, { LARGE } }, 0, large };
	assert_int_equal(rnn_npy_write(path, t, err, sizeof err), 0);
	return read_raw(npy, sizeof npy);
}

static void test_npz_of_others(void **state)
{
	(void)state;
	struct rnn_st_tensor t;
	size_t size = large_npy(&t);
	for (int kind = 0; kind < 4; kind++) {
		write_at(path, packed, make_zip(packed, "a.npy", npy, size, kind & 1, kind >> 1));
		struct rnn_st_file *file = read_any();
		if (!file)
			print_error("%s\n", err);
		assert_non_null(file);
		assert_int_equal(rnn_st_count(file), 1);
		expect_same(rnn_st_find(file, "a"), &t, sizeof large);
		rnn_st_free(file);
	}
}

#define FIFTY "12345678901234567890123456789012345678901234567890"

/* Bytes of such a zip changed: from the directory's entry, or from the end where `at` is negative. */
static const struct {
	const char *name;
	int deflated, wide, at;
	const char *bytes;
	int n;
	const char *error;
} others[] = {
	{ "a.txt", 0, 0, 0, "", 0,            ": 'a.txt' (zip directory at byte " },
	{ "npy", 0, 0, 0, "", 0,              ": 'npy' (zip directory at byte " },
	{ "a.npy", 0, 0, 46, "\0", 1,         ") is no array: its name does not end in .npy" },
	{ FIFTY FIFTY "1234.txt", 0, 0, 0, "", 0, ": '" FIFTY FIFTY "' (zip directory at byte " },
	{ FIFTY FIFTY "1.npy", 0, 0, 8, "\1", 1, ": '" FIFTY FIFTY "' (zip directory at byte " },
	{ FIFTY FIFTY "1.npy", 0, 0, 24, "\1", 1, ": '" FIFTY FIFTY "' (zip directory at byte " },
	{ FIFTY FIFTY "1.npy", 0, 1, 46 + 105 + 7, "\5", 1, ": '" FIFTY FIFTY "' (zip directory at byte " },
	{ "a.npy", 0, 0, 28, "\377", 1,       ": zip directory is broken at byte " },
	{ "a.npy", 0, 1, 46 + 5 + 7, "\27", 1, ") has a broken ZIP64 field" },
	{ "a.npy", 0, 1, 46 + 5 + 7, "\31", 1, ") has a broken ZIP64 field" },
	{ "a.npy", 0, 1, 46 + 5 + 5, "\2", 1, " is not before the directory" },
	{ "a.npy", 0, 1, -22 - 76, "X", 1,    ": no ZIP64 end at byte " },
	{ "a.npy", 0, 1, -22 - 7, "\1", 1,    ") lies outside the file" },
	{ "a.npy", 0, 1, -22 - 44, "\1\20", 2, ": 4097 arrays in a directory of " },
	{ "a.npy", 1, 0, 20, "\0\60\0", 3,    "its deflated data is broken at byte 12323: it ends too early" },
};

static void test_npz_of_others_changed(void **state)
{
	(void)state;
	struct rnn_st_tensor t;
	size_t size = large_npy(&t);
	for (size_t i = 0; i < COUNT(others); i++) {
		size_t n = make_zip(packed, others[i].name, npy, size, others[i].deflated, others[i].wide);
		size_t entry = n - 22 - (others[i].wide ? 76 + WIDE_EXTRA : 0) - 46 - strlen(others[i].name);
		memcpy(packed + (others[i].at < 0 ? n : entry) + others[i].at, others[i].bytes, (size_t)others[i].n);
		write_at(path, packed, n);
		expect_error(others[i].error);
	}
	/* of the numbers only one is in the ZIP64 field */
	size_t whole = make_zip(packed, "a.npy", npy, size, 0, 1), at = whole - 22 - 76 - WIDE_EXTRA - 51;
	put(put(packed + at + 20, size, 4), size, 4);
	put(packed + at + 51 + 9, 0, 8);
	write_at(path, packed, whole);
	struct rnn_st_file *read = read_any();
	assert_non_null(read);
	expect_same(rnn_st_find(read, "a"), &t, sizeof large);
	rnn_st_free(read);
	/* an entry whose local header would begin a byte before the directory */
	size_t n = make_zip(packed, "a.npy", npy, size, 0, 0), directory = n - 22 - 51;
	put(packed + directory + 42, directory - 1, 4);
	write_at(path, packed, n);
	expect_error(" is not before the directory");
	/* one that says it has more data than there is */
	n = make_zip(packed, "a.npy", npy, size, 0, 0);
	put(put(packed + directory + 20, size + 1, 4), size + 1, 4);
	write_at(path, packed, n);
	expect_error(" go beyond the directory (byte ");
	/* ZIP64 without room for it */
	memset(packed, 0, 42);
	memcpy(packed, "PK\6\7", 4);
	memcpy(packed + 20, "PK\5\6", 4);
	write_at(path, packed, 42);
	assert_null(rnn_npz_read(path, err, sizeof err));
	assert_non_null(strstr(err, ": ZIP64 end (byte 0) lies outside the file"));
	/* a directory of 17 MiB */
	put(packed + 20 + 12, 17 << 20, 4);
	write_at(path, "PK\3\4", 4);
	assert_int_equal(truncate(path, 17 << 20), 0);
	FILE *file = fopen(path, "ab");
	assert_non_null(file);
	assert_int_equal(fwrite(packed + 20, 1, 22, file), 22);
	fclose(file);
	expect_error(": 0 arrays in a directory of 17825792 bytes are over the limit");
}

/* --- failing disks -------------------------------------------------------------------------------------------- */

static void test_reads_fail(void **state)
{
	(void)state;
	struct rnn_st_tensor t;
	size_t size = large_npy(&t);
	disk_read_fails(rnn_npy_read, path);
	disk_reads = (struct disk){ 0, EIO };
	assert_int_equal(rnn_npy_kind(path), RNN_NPY_NEITHER);
	disk_reads.left = -1;
	assert_int_equal(rnn_npy_kind(path), RNN_NPY);
	for (int kind = 0; kind < 4; kind++) {
		write_at(path, packed, make_zip(packed, "a.npy", npy, size, kind & 1, kind >> 1));
		disk_read_fails(rnn_npz_read, path);
	}
	unlink(path);
	assert_null(rnn_npy_read(path, err, sizeof err));
	assert_non_null(strstr(err, ": cannot open: No such file or directory"));
	assert_null(rnn_npz_read(path, err, sizeof err));
	assert_non_null(strstr(err, ": cannot open: No such file or directory"));
	assert_int_equal(rnn_npy_kind(path), RNN_NPY_NEITHER);
	write_at(path, "PK", 2);
	assert_int_equal(rnn_npy_kind(path), RNN_NPY_NEITHER);
}

static int put_npy(char *why, size_t size) { return rnn_npy_write(path, &sample[1], why, size); }
static int put_npz(char *why, size_t size) { return rnn_npz_write(path, sample, COUNT(sample), why, size); }

static void test_writes_fail(void **state)
{
	(void)state;
	disk_write_fails(put_npy, path);
	disk_write_fails(put_npz, path);
	char inside[300];
	snprintf(inside, sizeof inside, "%s/absent/file", folder);
	assert_int_equal(rnn_npy_write(inside, &sample[1], err, sizeof err), -1);
	assert_non_null(strstr(err, ": cannot create "));
	assert_int_equal(rnn_npz_write(inside, sample, 1, err, sizeof err), -1);
	assert_non_null(strstr(err, ": cannot create "));
}

/* Every prefix is an error; with a byte changed, whatever comes back comes back without a fault. */
static void test_cut_and_flipped(void **state)
{
	(void)state;
	for (int zip = 0; zip < 2; zip++) {
		unsigned char bytes[4096];
		assert_int_equal(zip ? rnn_npz_write(path, sample, COUNT(sample), err, sizeof err)
		                     : rnn_npy_write(path, &sample[4], err, sizeof err), 0);
		size_t size = read_raw(bytes, sizeof bytes);
		for (size_t n = 0; n < size; n++) {
			write_at(path, bytes, n);
			expect_error(": ");
		}
		for (size_t i = 0; i < size; i++) {
			unsigned char was = bytes[i];
			bytes[i] = (unsigned char)(was ^ 1 << i % 8);
			write_at(path, bytes, size);
			rnn_st_free(read_any());
			bytes[i] = was;
		}
	}
}

/* --- writes that fail ----------------------------------------------------------------------------------------- */

static void expect_before(void)
{
	unsigned char now[16] = "";
	assert_int_equal(read_raw(now, sizeof now), 6);
	assert_string_equal((char *)now, "before");
}

static void test_refused_writes(void **state)
{
	(void)state;
	static const float data[2];
	const struct rnn_st_tensor bf16 = { { "a", RNN_BF16, 1, { 1 } }, 0, data };
	const struct rnn_st_tensor one = { { "a", RNN_F32, 1, { 1 } }, 0, data }, same[2] = { one, one };
	const struct rnn_st_tensor huge = { { "a", RNN_F32, 1, { INT64_C(1) << 31 } }, 0, data };
	write_at(path, "before", 6);
	assert_int_equal(rnn_npy_write(path, &bf16, err, sizeof err), -1);
	assert_non_null(strstr(err, ": tensor 'a' is BF16, which NumPy does not have; write a .safetensors"));
	assert_int_equal(rnn_npz_write(path, same, 2, err, sizeof err), -1);
	assert_non_null(strstr(err, ": tensor 'a': the name is taken"));
	assert_int_equal(rnn_npz_write(path, &huge, 1, err, sizeof err), -1);
	assert_non_null(strstr(err, ": over 4 GiB"));
	struct rnn_st_tensor half[2] = { { { "a", RNN_BOOL, 1, { INT64_C(3) << 30 } }, 0, data },
	                                 { { "b", RNN_BOOL, 1, { INT64_C(3) << 30 } }, 0, data } };
	assert_int_equal(rnn_npz_write(path, half, 2, err, sizeof err), -1);
	assert_non_null(strstr(err, ": over 4 GiB"));
	const struct rnn_st_tensor wrong = { { "a", RNN_F32, 9, { 1 } }, 0, data };
	assert_int_equal(rnn_npy_write(path, &wrong, err, sizeof err), -1);
	assert_non_null(strstr(err, ": tensor 'a': rank is 9, not 0 to 8"));
	assert_int_equal(rnn_npz_write(path, &wrong, 1, err, sizeof err), -1);
	assert_non_null(strstr(err, ": tensor 'a': rank is 9, not 0 to 8"));
	assert_int_equal(rnn_npz_write(path, &bf16, 1, err, sizeof err), -1);
	assert_non_null(strstr(err, ": tensor 'a' is BF16, which NumPy does not have"));
	static char name[60002];
	memset(name, 'n', sizeof name - 1);
	const struct rnn_st_tensor named = { { name, RNN_F32, 1, { 1 } }, 0, data };
	assert_int_equal(rnn_npz_write(path, &named, 1, err, sizeof err), -1);
	assert_non_null(strstr(err, ": tensor number 0: its name has 60001 bytes"));
	assert_int_equal(rnn_npz_write(path, same, 65535, err, sizeof err), -1);        /* counted before any is looked at */
	assert_non_null(strstr(err, ": 65535 arrays are more than a .npz holds"));
	expect_before();
	assert_int_equal(files_in_folder(), 1);
}

/* A full disk (here: a limit on the size of files) is an error, and a process that is killed while it writes (the same
 * limit, with the signal not ignored) leaves what was there, too. */
static void test_full_and_killed(void **state)
{
	(void)state;
	static const float data[4096];
	struct rnn_st_tensor t = { { "a", RNN_F32, 1, { 4096 } }, 0, data };
	for (int kind = 0; kind < 3; kind++)
		for (int killed = 0; killed < 2; killed++) {
			write_at(path, "before", 6);
			fflush(NULL);
			pid_t child = fork();
			assert_true(child >= 0);
			if (!child) {
				signal(SIGXFSZ, killed ? SIG_DFL : SIG_IGN);
				setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
				setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 8192, 8192 });
				int bad = kind == 0 ? rnn_npy_write(path, &t, err, sizeof err) :
				          kind == 1 ? rnn_npz_write(path, &t, 1, err, sizeof err) :
				          rnn_st_write(path, &t, 1, NULL, 0, err, sizeof err);
				_exit(bad && strstr(err, ": cannot write: File too large") ? 7 : 0);
			}
			int status;
			assert_int_equal(waitpid(child, &status, 0), child);
			if (killed)
				assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
			else
				assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
			expect_before();
			assert_int_equal(files_in_folder(), 1 + killed);
			char left[400];
			snprintf(left, sizeof left, "%s.tmp-%ld-0", path, (long)child);
			assert_int_equal(unlink(left), killed ? 0 : -1);
		}
}

/* --- allocations that fail ------------------------------------------------------------------------------------ */

static int allocations_left;

static void *limited_alloc(size_t size)
{
	return allocations_left == 0 ? NULL : (allocations_left -= allocations_left > 0, malloc(size));
}

static void test_out_of_memory(void **state)
{
	(void)state;
	struct rnn_st_tensor t;
	size_t size = large_npy(&t);
	json_set_alloc_funcs(limited_alloc, free);
	for (int step = 0; step < 5; step++) {
		if (step == 4)                             /* zlib allocates, too */
			write_at(path, packed, make_zip(packed, "a.npy", npy, size, 1, 0));
		int n, done = 0;
		for (n = 0; !done; n++) {
			allocations_left = n;
			struct rnn_st_file *file = NULL;
			if (step == 0 || step == 2)
				done = !(step ? rnn_npz_write(path, sample, COUNT(sample), err, sizeof err)
				              : rnn_npy_write(path, &sample[1], err, sizeof err));
			else
				done = (file = step == 1 ? rnn_npy_read(path, err, sizeof err) : rnn_npz_read(path, err, sizeof err)) != NULL;
			allocations_left = -1;
			if (!done)
				assert_non_null(strstr(err, "out of memory"));
			rnn_st_free(file);
		}
		assert_true(n > 1);
	}
	json_set_alloc_funcs(malloc, free);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_npy_round_trip),
		cmocka_unit_test(test_npz_round_trip),
		cmocka_unit_test(test_npy_bytes),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_npy_changed),
		cmocka_unit_test(test_npz_changed),
		cmocka_unit_test(test_npz_overlap),
		cmocka_unit_test(test_npz_of_others),
		cmocka_unit_test(test_npz_of_others_changed),
		cmocka_unit_test(test_reads_fail),
		cmocka_unit_test(test_writes_fail),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_refused_writes),
		cmocka_unit_test(test_full_and_killed),
		cmocka_unit_test(test_out_of_memory),
	};
	return cmocka_run_group_tests_name("npy", tests, make_folder, remove_folder);
}
