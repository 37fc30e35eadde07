/* compare.c · what tests/cells/run does with safetensors files
 *
 *   compare part FILE KIND OUT           the tensors KIND:NAME of FILE as NAME; exit code 77 if there is none
 *   compare near FILE KIND GOT [MOST]    each KIND:NAME of FILE is in GOT with the same type and shape, and at most MOST
 *                                        away (where |NAME| > 1: relatively to its largest element), by default the
 *                                        tolerance in FILE's metadata; integers are equal. Prints the distances.
 *
 * Exit code: 0; 1 not near, or a file is wrong (on stderr); 2 usage. */
#include "safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TENSORS = 256, NONE = 77 };

static struct rnn_st_file *open_file(const char *path)
{
	char err[600];
	struct rnn_st_file *file = rnn_st_read(path, err, sizeof err);
	if (!file || rnn_st_count(file) > MOST_TENSORS) {
		fprintf(stderr, "compare: %s\n", file ? "too many tensors" : err);
		exit(1);
	}
	return file;
}

/* The tensors of a kind, with names that point behind "KIND:". */
static size_t of_kind(const struct rnn_st_file *file, const char *kind, struct rnn_st_tensor part[MOST_TENSORS])
{
	size_t n = 0, length = strlen(kind);
	for (size_t i = 0; i < rnn_st_count(file); i++) {
		const struct rnn_st_tensor *t = rnn_st_at(file, i);
		if (!strncmp(t->is.name, kind, length) && t->is.name[length] == ':') {
			part[n] = *t;
			part[n++].is.name += length + 1;
		}
	}
	return n;
}

static int part(const char *path, const char *kind, const char *out)
{
	char err[600];
	struct rnn_st_tensor found[MOST_TENSORS];
	struct rnn_st_file *file = open_file(path);
	size_t n = of_kind(file, kind, found);
	int code = n == 0 ? NONE : rnn_st_write(out, found, n, NULL, 0, err, sizeof err) ? 1 : 0;
	if (code == 1)
		fprintf(stderr, "compare: %s\n", err);
	rnn_st_free(file);
	return code;
}

static double distance(const struct rnn_st_tensor *want, const struct rnn_st_tensor *got)
{
	double most = 0, size = 1;
	if (want->is.type != RNN_F32)
		return memcmp(want->data, got->data, want->size) ? INFINITY : 0;
	for (size_t i = 0; i < want->size / sizeof(float); i++) {
		double w = ((const float *)want->data)[i], d = fabs(w - (double)((const float *)got->data)[i]);
		size = fmax(size, fabs(w));
		if (!(d <= most))
			most = isnan(d) ? INFINITY : d;
	}
	return most / size;
}

static int near(const char *path, const char *kind, const char *path_got, const char *given)
{
	struct rnn_st_tensor wanted[MOST_TENSORS];
	struct rnn_st_file *file = open_file(path), *got = open_file(path_got);
	const char *text = given ? given : rnn_st_metadata(file, "tolerance");
	double most = text ? atof(text) : 0;
	size_t n = of_kind(file, kind, wanted);
	int code = 0;
	for (size_t i = 0; i < n; i++) {
		char err[600];
		const struct rnn_st_tensor *y = rnn_st_match(got, &wanted[i].is, err, sizeof err);
		double d = y ? distance(&wanted[i], y) : INFINITY;
		if (y)
			printf("%s %s: %.2g, at most %.2g\n", kind, wanted[i].is.name, d, most);
		else
			fprintf(stderr, "compare: %s\n", err);
		code |= !(d <= most);
	}
	rnn_st_free(file);
	rnn_st_free(got);
	return code;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (!strcmp(what, "part") && argc == 5)
		return part(argv[2], argv[3], argv[4]);
	if (!strcmp(what, "near") && (argc == 5 || argc == 6))
		return near(argv[2], argv[3], argv[4], argc == 6 ? argv[5] : NULL);
	fputs("usage: compare part FILE KIND OUT | near FILE KIND GOT [MOST]\n", stderr);
	return 2;
}
