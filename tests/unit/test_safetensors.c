/* test_safetensors.c · round trips, and each way in which a file, a write or an allocation can go wrong
 *
 * Broken files are built in memory and written to a folder of their own, which is removed at the end. `broken` is a
 * table: the header as it stands in the file, how many bytes of data follow it, and what the error has to say.
 *
 * Needs: cmocka, jansson, runtime/safetensors.c; a folder in TMPDIR or /tmp to write to. */
#include "safetensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "folder.h"
#include "disk.h"

#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static char err[600];

/* --- files of our own ----------------------------------------------------------------------------------------- */

/* length, header, data_size bytes 0, 1, 2, ... */
static void write_file(const char *header, size_t data_size)
{
	size_t n = strlen(header);
	unsigned char *bytes = malloc(8 + n + data_size);
	assert_non_null(bytes);
	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)((uint64_t)n >> 8 * i);
	memcpy(bytes + 8, header, n);
	for (size_t i = 0; i < data_size; i++)
		bytes[8 + n + i] = (unsigned char)i;
	write_at(path, bytes, 8 + n + data_size);
	free(bytes);
}

/* The read fails, and says so with the name of the file and `what`. */
static void expect_error(const char *what)
{
	memset(err, 0x5a, sizeof err);
	struct rnn_st_file *file = rnn_st_read(path, err, sizeof err);
	if (file)
		print_error("was read without an error; expected: %s\n", what);
	assert_null(file);
	if (!strstr(err, what))
		print_error("error is:  %s\nexpected:  %s\n", err, what);
	assert_non_null(strstr(err, what));
	assert_memory_equal(err, path, strlen(path));
}

static struct rnn_st_file *expect_read(void)
{
	struct rnn_st_file *file = rnn_st_read(path, err, sizeof err);
	if (!file)
		print_error("%s\n", err);
	assert_non_null(file);
	return file;
}

/* --- files that are right ------------------------------------------------------------------------------------- */

static const struct rnn_st_tensor sample[] = {
	/* name        type       rank  shape          data */
	{ { "mask",    RNN_BOOL,  2,    { 1, 3 } }, 0, "\0\1\1" },
	{ { "W",       RNN_F32,   3,    { 2, 1, 2 } }, 0, (const float[]){ 1.5f, -2, 3, 1e-30f } },
	{ { "scalar",  RNN_F64,   0,    { 0 } }, 0, (const double[]){ 3.25 } },
	{ { "empty",   RNN_F32,   2,    { 4, 0 } }, 0, NULL },
	{ { "tok",     RNN_I32,   1,    { 2 } }, 0, (const int32_t[]){ -7, 70000 } },
	{ { "ids",     RNN_I64,   1,    { 1 } }, 0, (const int64_t[]){ INT64_MIN } },
	{ { "half",    RNN_F16,   1,    { 3 } }, 0, (const uint16_t[]){ 0x3c00, 0x7bff, 1 } },
	{ { "brain",   RNN_BF16,  8,    { 1, 1, 1, 1, 1, 1, 1, 1 } }, 0, (const uint16_t[]){ 0x7fc0 } },
	{ { "\"\xc3\xa9\\", RNN_F32, 1, { 1 } }, 0, (const float[]){ 9 } },
};
static const size_t sample_size[] = { 3, 16, 8, 0, 8, 8, 6, 2, 4 };
static const struct rnn_st_pair sample_pairs[] = { { "vocab", "\n \"'\\az{}" }, { "about", "" } };

static void test_round_trip(void **state)
{
	(void)state;
	assert_int_equal(rnn_st_write(path, sample, COUNT(sample), sample_pairs, 2, err, sizeof err), 0);
	assert_int_equal(files_in_folder(), 1);
	struct rnn_st_file *file = expect_read();
	assert_int_equal(rnn_st_count(file), COUNT(sample));
	for (size_t i = 0; i < COUNT(sample); i++) {
		const struct rnn_st_tensor *want = &sample[i], *got = rnn_st_find(file, want->is.name);
		assert_non_null(got);
		assert_string_equal(got->is.name, want->is.name);
		assert_int_equal(got->is.type, want->is.type);
		assert_int_equal(got->is.rank, want->is.rank);
		assert_memory_equal(got->is.shape, want->is.shape, sizeof want->is.shape);
		assert_int_equal(got->size, sample_size[i]);
		assert_non_null(got->data);
		assert_int_equal((uintptr_t)got->data % 64, 0);
		if (got->size > 0)
			assert_memory_equal(got->data, want->data, got->size);
		assert_ptr_equal(rnn_st_match(file, &want->is, err, sizeof err), got);
	}
	/* Wider types come first in the file. */
	for (size_t i = 1; i < rnn_st_count(file); i++)
		assert_true(rnn_st_type_size(rnn_st_at(file, i - 1)->is.type) >=
		            rnn_st_type_size(rnn_st_at(file, i)->is.type));
	assert_null(rnn_st_find(file, "absent"));
	assert_string_equal(rnn_st_metadata(file, "vocab"), sample_pairs[0].value);
	assert_string_equal(rnn_st_metadata(file, "about"), "");
	assert_null(rnn_st_metadata(file, "absent"));
	rnn_st_free(file);
	rnn_st_free(NULL);
}

static void test_same_bytes_each_time(void **state)
{
	(void)state;
	char bytes[2][4096];
	size_t size[2];
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rnn_st_write(path, sample, COUNT(sample), sample_pairs, 2, err, sizeof err), 0);
		FILE *file = fopen(path, "rb");
		assert_non_null(file);
		size[i] = fread(bytes[i], 1, sizeof bytes[i], file);
		fclose(file);
	}
	assert_int_equal(size[0], size[1]);
	assert_memory_equal(bytes[0], bytes[1], size[0]);
	assert_int_equal(bytes[0][0] % 8, 0);           /* padded header: data begins on a multiple of 8 */
}

static void test_nothing_at_all(void **state)
{
	(void)state;
	assert_int_equal(rnn_st_write(path, NULL, 0, NULL, 0, err, sizeof err), 0);
	struct rnn_st_file *file = expect_read();
	assert_int_equal(rnn_st_count(file), 0);
	assert_null(rnn_st_metadata(file, "any"));
	rnn_st_free(file);
	write_file("{\"__metadata__\":{}}", 0);
	rnn_st_free(expect_read());
}

/* What the format allows although our writer does not write it. */
static void test_files_of_others(void **state)
{
	(void)state;
	write_file("{\"b\":{\"shape\":[1],\"dtype\":\"F32\",\"data_offsets\":[3,7],\"new\":[{\"x\":1}]},"
	           "\"e\":{\"shape\":[0],\"dtype\":\"F64\",\"data_offsets\":[3,3]},"
	           "\"a\":{\"shape\":[3],\"dtype\":\"BOOL\",\"data_offsets\":[0,3]}}   \n\t ", 7);
	struct rnn_st_file *file = expect_read();
	assert_string_equal(rnn_st_at(file, 0)->is.name, "a");
	assert_string_equal(rnn_st_at(file, 1)->is.name, "e");
	assert_string_equal(rnn_st_at(file, 2)->is.name, "b");
	assert_memory_equal(rnn_st_find(file, "b")->data, "\3\4\5\6", 4);       /* unaligned in the file */
	assert_int_equal((uintptr_t)rnn_st_find(file, "b")->data % 64, 0);
	rnn_st_free(file);
}

static void test_match(void **state)
{
	(void)state;
	assert_int_equal(rnn_st_write(path, sample, COUNT(sample), NULL, 0, err, sizeof err), 0);
	struct rnn_st_file *file = expect_read();
	static const struct {
		struct rnn_tensor want;
		const char *error;      /* NULL: matches */
	} rows[] = {
		{ { "W", RNN_F32, 3, { 2, 1, 2 } },   NULL },
		{ { "W", RNN_F32, 3, { -1, 1, -2 } }, NULL },
		{ { "W", RNN_F32, 3, { -1, 2, -2 } }, ": tensor 'W' is F32 [2,1,2]; wanted is F32 [any,2,any]" },
		{ { "W", RNN_F64, 3, { 2, 1, 2 } },   ": tensor 'W' is F32 [2,1,2]; wanted is F64 [2,1,2]" },
		{ { "W", RNN_F32, 2, { 2, 1 } },      ": tensor 'W' is F32 [2,1,2]; wanted is F32 [2,1]" },
		{ { "U", RNN_I32, 0, { 0 } },         ": tensor 'U' is missing; wanted is I32 []" },
		{ { "W", 99, 3, { 2, 1, 2 } },        ": tensor 'W' is F32 [2,1,2]; wanted is ? [2,1,2]" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct rnn_st_tensor *t = rnn_st_match(file, &rows[i].want, err, sizeof err);
		assert_int_equal(t == NULL, rows[i].error != NULL);
		if (rows[i].error) {
			assert_memory_equal(err, path, strlen(path));
			assert_string_equal(err + strlen(path), rows[i].error);
		}
	}
	rnn_st_free(file);
}

static void test_types(void **state)
{
	(void)state;
	assert_string_equal(rnn_st_type_name(RNN_BF16), "BF16");
	assert_int_equal(rnn_st_type_size(RNN_I64), 8);
	assert_null(rnn_st_type_name(-1));
	assert_null(rnn_st_type_name(RNN_BOOL + 1));
	assert_int_equal(rnn_st_type_size(RNN_BOOL + 1), 0);
}

/* --- files that are wrong ------------------------------------------------------------------------------------- */

#define T(type, shape, offsets) "{\"dtype\":" type ",\"shape\":" shape ",\"data_offsets\":" offsets "}"
#define F32 "\"F32\""

static const struct {
	const char *header;
	size_t data;
	const char *error;
} broken[] = {
	/* not a JSON object */
	{ "",                                      0, ": header (byte 8) does not begin with '{'" },
	{ " {}",                                   0, ": header (byte 8) does not begin with '{'" },
	{ "[]",                                    0, ": header (byte 8) does not begin with '{'" },
	{ "{",                                     0, ": header is not valid JSON at byte 9: " },
	{ "{\"a\":}",                              0, ": header is not valid JSON at byte 14: " },
	{ "{} x",                                  0, ": header is not valid JSON at byte " },
	{ "{\"a\xff\":1}",                         0, ": header is not valid JSON at byte " },
	{ "{\"a\\u0000\":1}",                      0, ": header is not valid JSON at byte " },
	{ "{\"a\":{\"shape\":[1],\"shape\":[1]}}", 0, "duplicate object key" },
	{ "{\"a\":" T(F32, "[1]", "[0,4]") ",\"a\":" T(F32, "[1]", "[4,8]") "}", 8, "duplicate object key" },
	/* wrong kinds */
	{ "{\"a\":1}",                                     0, ": tensor 'a' (header at byte 9): is not an object" },
	{ "{ \"x,{\\\"\":" T(F32, "[1]", "[0,4]") ", \"a\":[]}", 4,
	  ": tensor 'a' (header at byte 68): is not an object" },
	{ "{\"__metadata__\":[]}",                         0, ": __metadata__ (header at byte 9) is not an object" },
	{ "{\"__metadata__\":{\"k\":1}}",                0, ": __metadata__ (header at byte 9): 'k' is not a string" },
	{ "{\"a\":{}}",                                    0, "dtype is missing" },
	{ "{\"a\":" T("4", "[1]", "[0,4]") "}",            4, "dtype is not a string" },
	{ "{\"a\":" T("\"F12\"", "[1]", "[0,4]") "}",      4, "unknown dtype 'F12'; known are F32, " },
	{ "{\"a\":" T("\"f32\"", "[1]", "[0,4]") "}",      4, "unknown dtype 'f32'" },
	/* shapes */
	{ "{\"a\":{\"dtype\":\"F32\"}}",                   0, "shape is missing" },
	{ "{\"a\":" T(F32, "1", "[0,4]") "}",              4, "shape is not an array" },
	{ "{\"a\":" T(F32, "[1,1,1,1,1,1,1,1,1]", "[0,4]") "}", 4, "shape has 9 extents, at most 8 are supported" },
	{ "{\"a\":" T(F32, "[1,\"1\"]", "[0,4]") "}",      4, "extent 1 of shape is not an integer" },
	{ "{\"a\":" T(F32, "[1.0]", "[0,4]") "}",          4, "extent 0 of shape is not an integer" },
	{ "{\"a\":" T(F32, "[1,-1]", "[0,4]") "}",         4, "extent 1 of shape is negative: -1" },
	{ "{\"a\":" T(F32, "[9223372036854775808]", "[0,4]") "}",        4, "too big integer" },
	{ "{\"a\":" T(F32, "[9223372036854775807]", "[0,4]") "}",        4, "has too many bytes to count" },
	{ "{\"a\":" T(F32, "[4294967296,4294967296]", "[0,0]") "}",      0, "has too many bytes to count" },
	{ "{\"a\":" T(F32, "[0,4294967296,4294967296]", "[0,0]") "}",    0, "has too many bytes to count" },
	{ "{\"a\":" T(F32, "[4611686018427387904]", "[0,0]") "}",        0, "has too many bytes to count" },
	/* offsets of one tensor */
	{ "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",     0, "data_offsets is missing" },
	{ "{\"a\":" T(F32, "[1]", "{}") "}",               4, "data_offsets is not an array" },
	{ "{\"a\":" T(F32, "[1]", "[0]") "}",              4, "data_offsets has 1 numbers, not 2" },
	{ "{\"a\":" T(F32, "[1]", "[0,4,8]") "}",          4, "data_offsets has 3 numbers, not 2" },
	{ "{\"a\":" T(F32, "[1]", "[0,4.0]") "}",          4, "data_offsets[1] is not an integer" },
	{ "{\"a\":" T(F32, "[1]", "[-4,0]") "}",           4, "data_offsets[0] is negative: -4" },
	{ "{\"a\":" T(F32, "[1]", "[4,0]") "}",            4, "data_offsets are reversed: [4,0]" },
	{ "{\"a\":" T(F32, "[2]", "[0,8]") "}",            7,
	  "go beyond the end of the data, which has 7 bytes from byte 62" },
	{ "{\"a\":" T(F32, "[1]", "[4,9223372036854775807]") "}", 8, "go beyond the end of the data" },
	{ "{\"a\":" T(F32, "[3]", "[0,8]") "}",            8, "data_offsets [0,8] span 8 bytes, but F32 [3] takes 12" },
	{ "{\"a\":" T(F32, "[0]", "[0,4]") "}",            4, "data_offsets [0,4] span 4 bytes, but F32 [0] takes 0" },
	/* offsets of all together */
	{ "{\"a\":" T(F32, "[2]", "[0,8]") ",\"b\":" T(F32, "[2]", "[4,12]") "}", 12,
	  ": tensor 'b' (header at byte 62): data (byte 120) overlaps tensor 'a', which ends at byte 124" },
	{ "{\"a\":" T(F32, "[1]", "[0,4]") ",\"b\":" T(F32, "[1]", "[0,4]") "}", 4, "overlaps tensor 'a'" },
	{ "{\"a\":" T(F32, "[2]", "[0,8]") ",\"b\":" T(F32, "[0]", "[4,4]") "}", 8, "overlaps tensor 'a'" },
	{ "{\"a\":" T(F32, "[1]", "[0,4]") ",\"b\":" T(F32, "[1]", "[6,10]") "}", 10,
	  ": tensor 'b' (header at byte 62): hole of 2 bytes before its data, from byte 120" },
	{ "{\"a\":" T(F32, "[1]", "[4,8]") "}",            8, "hole of 4 bytes before its data, from byte 62" },
	{ "{\"a\":" T(F32, "[1]", "[0,4]") "}",            5, ": 1 trailing bytes from byte 66 belong to no tensor" },
	{ "{}",                                            3, ": 3 trailing bytes from byte 10 belong to no tensor" },
	/* hostile names do not reach the terminal */
	{ "{\"\\u001b[2J\\n\":1}",                         0, ": tensor '?[2J?' (header at byte 9): is not an object" },
};

static void test_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		write_file(broken[i].header, broken[i].data);
		expect_error(broken[i].error);
	}
}

static void test_broken_length(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t size;
		const char *error;
	} rows[] = {
		{ "",                               0, ": truncated header: the file has 0 bytes" },
		{ "\2\0\0\0\0\0\0",                 7, ": truncated header: the file has 7 bytes" },
		{ "\3\0\0\0\0\0\0\0{}",            10, ": truncated header: header length 3 (byte 0) goes beyond the "
		                                       "file, which has 2 bytes after byte 8" },
		{ "\2\0\0\0\0\0\0\0",               8, ": truncated header: header length 2 (byte 0) goes beyond" },
		{ "\1\341\365\5\0\0\0\0{}",        10, ": header length 100000001 (byte 0) is over the limit" },
		{ "\0\341\365\5\0\0\0\0{}",        10, ": truncated header: header length 100000000" },
		{ "\377\377\377\377\377\377\377\377{}", 10,
		  ": header length 18446744073709551615 (byte 0) is over the limit" },
		{ "{\"a\":12}  ",                  10, "is over the limit of 100000000 bytes; this may not be" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		write_at(path, rows[i].bytes, rows[i].size);
		expect_error(rows[i].error);
	}
}

/* Every prefix of a right file is an error, and so is every prefix with a byte of it changed, or a right file: whatever
 * comes back, it comes back without a fault (the sanitizers watch). */
static void test_cut_and_flipped(void **state)
{
	(void)state;
	char bytes[4096];
	assert_int_equal(rnn_st_write(path, sample, COUNT(sample), sample_pairs, 2, err, sizeof err), 0);
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	for (size_t n = 0; n < size; n++) {
		write_at(path, bytes, n);
		expect_error(": ");
	}
	for (size_t i = 0; i < size; i++) {
		char was = bytes[i];
		bytes[i] = (char)(was ^ 1 << i % 8);
		write_at(path, bytes, size);
		rnn_st_free(rnn_st_read(path, err, sizeof err));
		bytes[i] = was;
	}
}

static void test_not_a_file(void **state)
{
	(void)state;
	unlink(path);
	expect_error(": cannot open: No such file or directory");
	assert_int_equal(mkdir(path, 0700), 0);
	expect_error(": cannot open: not a regular file");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_error(": cannot open: not a regular file");
	assert_int_equal(unlink(path), 0);
}

static void test_error_is_cut(void **state)
{
	(void)state;
	unlink(path);
	memset(err, 0x5a, sizeof err);
	assert_null(rnn_st_read(path, err, 5));
	assert_int_equal(strlen(err), 4);
	assert_int_equal(err[5], 0x5a);
	assert_null(rnn_st_read(path, NULL, 0));
}

/* --- writes that fail ----------------------------------------------------------------------------------------- */

static void expect_no_write(const struct rnn_st_tensor *t, size_t count, const struct rnn_st_pair *pair, size_t pairs,
                            const char *what)
{
	write_at(path, "before", 6);
	assert_int_equal(rnn_st_write(path, t, count, pair, pairs, err, sizeof err), -1);
	if (!strstr(err, what))
		print_error("error is:  %s\nexpected:  %s\n", err, what);
	assert_non_null(strstr(err, what));
	assert_memory_equal(err, path, strlen(path));
	/* What was there is there, and nothing else. */
	char now[8] = "";
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	assert_int_equal(fread(now, 1, sizeof now, file), 6);
	fclose(file);
	assert_string_equal(now, "before");
	assert_int_equal(files_in_folder(), 1);
}

static void test_refused_writes(void **state)
{
	(void)state;
	static const float data[1];
	static const struct {
		struct rnn_st_tensor tensor;
		const char *error;
	} rows[] = {
		{ { { NULL, RNN_F32, 1, { 1 } }, 0, data },            ": tensor number 1 has no name" },
		{ { { "first", RNN_F32, 1, { 1 } }, 0, data },         ": tensor 'first': the name is taken" },
		{ { { "__metadata__", RNN_F32, 1, { 1 } }, 0, data },  ": tensor '__metadata__': the name is taken" },
		{ { { "a\xff", RNN_F32, 1, { 1 } }, 0, data },         "is not UTF-8" },
		{ { { "a", 7, 1, { 1 } }, 0, data },                   ": tensor 'a': unknown type 7" },
		{ { { "a", -1, 1, { 1 } }, 0, data },                  ": tensor 'a': unknown type -1" },
		{ { { "a", RNN_F32, 9, { 1 } }, 0, data },             ": tensor 'a': rank is 9, not 0 to 8" },
		{ { { "a", RNN_F32, -1, { 1 } }, 0, data },            ": tensor 'a': rank is -1, not 0 to 8" },
		{ { { "a", RNN_F32, 2, { 1, -1 } }, 0, data },
		  ": tensor 'a': extent 1 of shape is negative: -1" },
		{ { { "a", RNN_F32, 1, { INT64_MAX } }, 0, data },     "has too many bytes to count" },
		{ { { "a", RNN_F32, 1, { 1 } }, 0, NULL },             ": tensor 'a': data is NULL" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rnn_st_tensor two[2] = { { { "first", RNN_F32, 1, { 1 } }, 0, data }, rows[i].tensor };
		expect_no_write(two, 2, NULL, 0, rows[i].error);
	}
	/* Each is countable, both together are not. */
	struct rnn_st_tensor huge[2] = { { { "a", RNN_BOOL, 1, { INT64_MAX - 8 } }, 0, data },
	                                 { { "b", RNN_BOOL, 1, { 9 } }, 0, data } };
	expect_no_write(huge, 2, NULL, 0, ": too many bytes to count");

	expect_no_write(NULL, 0, (struct rnn_st_pair[]){ { "k", NULL } }, 1, ": metadata number 0 is NULL");
	expect_no_write(NULL, 0, (struct rnn_st_pair[]){ { NULL, "v" } }, 1, ": metadata number 0 is NULL");
	expect_no_write(NULL, 0, (struct rnn_st_pair[]){ { "k", "v" }, { "k", "w" } }, 2,
	                ": metadata 'k' is given twice");
	expect_no_write(NULL, 0, (struct rnn_st_pair[]){ { "k", "\xff" } }, 1, "is not UTF-8");
	expect_no_write(NULL, 0, (struct rnn_st_pair[]){ { "\xff", "v" } }, 1, "is not UTF-8");
}

/* A limit on the size of files stands for a full disk: write() fails half way in the same manner. */
static void test_full_disk(void **state)
{
	(void)state;
	static const float data[4096];
	struct rnn_st_tensor t = { { "a", RNN_F32, 1, { 4096 } }, 0, data };
	struct rlimit was, low;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	low = was;
	signal(SIGXFSZ, SIG_IGN);
	for (rlim_t limit = 0; limit <= 16384; limit = limit ? 4 * limit : 4) {
		write_at(path, "before", 6);
		low.rlim_cur = limit;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
		int status = rnn_st_write(path, &t, 1, NULL, 0, err, sizeof err);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
		assert_int_equal(status, -1);
		assert_non_null(strstr(err, ": cannot write: File too large"));
		assert_int_equal(files_in_folder(), 1);
		struct stat now;
		assert_int_equal(stat(path, &now), 0);
		assert_int_equal(now.st_size, 6);
	}
	signal(SIGXFSZ, SIG_DFL);
}

static int put_sample(char *why, size_t size)
{
	return rnn_st_write(path, sample, COUNT(sample), sample_pairs, 2, why, size);
}

static void test_failing_disk(void **state)
{
	(void)state;
	disk_write_fails(put_sample, path);
	disk_read_fails(rnn_st_read, path);
}

static void test_bad_places(void **state)
{
	(void)state;
	char inside[300];
	unlink(path);
	snprintf(inside, sizeof inside, "%s/absent/file", folder);
	assert_int_equal(rnn_st_write(inside, NULL, 0, NULL, 0, err, sizeof err), -1);
	assert_non_null(strstr(err, ": cannot create "));
	for (int i = 0; i < 1000; i++) {                /* as many leftovers as there are names */
		snprintf(inside, sizeof inside, "%s.tmp-%ld-%d", path, (long)getpid(), i);
		FILE *f = fopen(inside, "wb");
		assert_non_null(f);
		fclose(f);
	}
	assert_int_equal(rnn_st_write(path, NULL, 0, NULL, 0, err, sizeof err), -1);
	assert_non_null(strstr(err, "-999: File exists"));
	assert_int_equal(files_in_folder(), 1000);
	for (int i = 0; i < 1000; i++) {
		snprintf(inside, sizeof inside, "%s.tmp-%ld-%d", path, (long)getpid(), i);
		assert_int_equal(unlink(inside), 0);
	}
	assert_int_equal(mkdir(path, 0700), 0);         /* a folder is in the way: the last step, rename, fails */
	assert_int_equal(rnn_st_write(path, NULL, 0, NULL, 0, err, sizeof err), -1);
	assert_non_null(strstr(err, ": cannot rename from "));
	assert_int_equal(files_in_folder(), 1);
	assert_int_equal(rmdir(path), 0);
}

static void test_without_folder_and_over_leftovers(void **state)
{
	(void)state;
	char leftover[100];
	int here = open(".", O_RDONLY);
	assert_true(here >= 0);
	assert_int_equal(chdir(folder), 0);
	snprintf(leftover, sizeof leftover, "file.tmp-%ld-0", (long)getpid());      /* of a process that was killed */
	int fd = open(leftover, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
	mode_t mask = umask(027);
	assert_int_equal(rnn_st_write("file", sample, COUNT(sample), NULL, 0, err, sizeof err), 0);
	umask(mask);
	struct stat now;
	assert_int_equal(stat("file", &now), 0);
	assert_int_equal(now.st_mode & 0777, 0640);
	assert_int_equal(unlink(leftover), 0);
	assert_int_equal(fchdir(here), 0);
	close(here);
	assert_int_equal(files_in_folder(), 1);
}

/* --- allocations that fail ------------------------------------------------------------------------------------ */

static int allocations_left;    /* < 0: no limit */

static void *limited_alloc(size_t size)
{
	if (allocations_left == 0)
		return NULL;
	if (allocations_left > 0)
		allocations_left--;
	return malloc(size);
}

/* All allocations from number n on fail, for each n until the call comes through. */
static void test_out_of_memory(void **state)
{
	(void)state;
	int n;
	write_at(path, "before", 6);
	json_set_alloc_funcs(limited_alloc, free);
	for (n = 0; ; n++) {
		allocations_left = n;
		int status = rnn_st_write(path, sample, COUNT(sample), sample_pairs, 2, err, sizeof err);
		allocations_left = -1;
		if (status == 0)
			break;
		assert_non_null(strstr(err, "out of memory"));
		assert_int_equal(files_in_folder(), 1);
	}
	assert_true(n > 20);
	for (n = 0; ; n++) {
		allocations_left = n;
		struct rnn_st_file *file = rnn_st_read(path, err, sizeof err);
		allocations_left = -1;
		if (file) {
			rnn_st_free(file);
			break;
		}
		assert_non_null(strstr(err, "out of memory"));
	}
	assert_true(n > 20);
	json_set_alloc_funcs(malloc, free);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_same_bytes_each_time),
		cmocka_unit_test(test_nothing_at_all),
		cmocka_unit_test(test_files_of_others),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_broken_length),
		cmocka_unit_test(test_cut_and_flipped),
		cmocka_unit_test(test_not_a_file),
		cmocka_unit_test(test_error_is_cut),
		cmocka_unit_test(test_refused_writes),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_failing_disk),
		cmocka_unit_test(test_bad_places),
		cmocka_unit_test(test_without_folder_and_over_leftovers),
		cmocka_unit_test(test_out_of_memory),
	};
	return cmocka_run_group_tests_name("safetensors", tests, make_folder, remove_folder);
}
