/* tensors.c · cuts, joins and compares safetensors files along the first dim, which is time
 *
 *   tensors cut FILE FROM TO OUT     all tensors of FILE, of them the steps FROM..TO-1
 *   tensors join A B OUT             the steps of A, then those of B
 *   tensors same A B [MOST]          equal names, types and shapes; values bit for bit, or f32 by at most MOST apart
 *
 * Exit code: 0; 1 not the same, or a file is wrong (on stderr); 2 usage. */
#include "safetensors.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TENSORS = 64 };

static struct rnn_st_file *open_file(const char *path)
{
	char err[600];
	struct rnn_st_file *file = rnn_st_read(path, err, sizeof err);
	if (!file || rnn_st_count(file) > MOST_TENSORS) {
		fprintf(stderr, "tensors: %s\n", file ? "too many tensors" : err);
		exit(1);
	}
	return file;
}

static int save(const char *path, const struct rnn_st_tensor *t, size_t n)
{
	char err[600];
	if (rnn_st_write(path, t, n, NULL, 0, err, sizeof err)) {
		fprintf(stderr, "tensors: %s\n", err);
		return 1;
	}
	return 0;
}

static size_t step_size(const struct rnn_st_tensor *t)
{
	return t->is.shape[0] > 0 ? t->size / (size_t)t->is.shape[0] : 0;
}

static int cut(const char *path, int64_t from, int64_t to, const char *out)
{
	struct rnn_st_file *file = open_file(path);
	struct rnn_st_tensor part[MOST_TENSORS];
	for (size_t i = 0; i < rnn_st_count(file); i++) {
		part[i] = *rnn_st_at(file, i);
		if (from < 0 || from > to || to > part[i].is.shape[0]) {
			fprintf(stderr, "tensors: %s has %" PRId64 " steps\n", part[i].is.name, part[i].is.shape[0]);
			return 1;
		}
		part[i].data = (const char *)part[i].data + (size_t)from * step_size(&part[i]);
		part[i].is.shape[0] = to - from;
	}
	int code = save(out, part, rnn_st_count(file));
	rnn_st_free(file);
	return code;
}

static int join(const char *path_a, const char *path_b, const char *out)
{
	struct rnn_st_file *a = open_file(path_a), *b = open_file(path_b);
	struct rnn_st_tensor both[MOST_TENSORS];
	for (size_t i = 0; i < rnn_st_count(a); i++) {
		const struct rnn_st_tensor *x = rnn_st_at(a, i), *y = rnn_st_find(b, x->is.name);
		if (!y || y->is.rank != x->is.rank || step_size(y) != step_size(x)) {
			fprintf(stderr, "tensors: %s is not in both, or of other sizes\n", x->is.name);
			return 1;
		}
		char *data = malloc(x->size + y->size + 1);
		if (!data)
			return 1;
		memcpy(data, x->data, x->size);
		memcpy(data + x->size, y->data, y->size);
		both[i] = *x;
		both[i].data = data;
		both[i].is.shape[0] += y->is.shape[0];
	}
	int code = save(out, both, rnn_st_count(a));
	for (size_t i = 0; i < rnn_st_count(a); i++)
		free((void *)both[i].data);
	rnn_st_free(a);
	rnn_st_free(b);
	return code;
}

/* The largest distance; infinite where the bits differ otherwise. */
static double distance(const struct rnn_st_tensor *x, const struct rnn_st_tensor *y)
{
	double most = 0;
	if (!memcmp(x->data, y->data, x->size))
		return 0;
	if (x->is.type != RNN_F32)
		return INFINITY;
	for (size_t i = 0; i < x->size / sizeof(float); i++) {
		double d = fabs((double)((const float *)x->data)[i] - (double)((const float *)y->data)[i]);
		if (!(d <= most))
			most = isnan(d) ? INFINITY : d;
	}
	return most > 0 ? most : 1e-300;        /* -0 and 0: not the same bits */
}

static int same(const char *path_a, const char *path_b, double most)
{
	struct rnn_st_file *a = open_file(path_a), *b = open_file(path_b);
	int code = rnn_st_count(a) != rnn_st_count(b);
	if (code)
		fprintf(stderr, "tensors: %zu tensors and %zu\n", rnn_st_count(a), rnn_st_count(b));
	for (size_t i = 0; i < rnn_st_count(a); i++) {
		char err[600];
		const struct rnn_st_tensor *x = rnn_st_at(a, i), *y = rnn_st_match(b, &x->is, err, sizeof err);
		double d = y ? distance(x, y) : INFINITY;
		if (y)
			printf("%s: %g\n", x->is.name, d);
		else
			fprintf(stderr, "tensors: %s\n", err);
		code |= !(d <= most);
	}
	rnn_st_free(a);
	rnn_st_free(b);
	return code;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (!strcmp(what, "cut") && argc == 6)
		return cut(argv[2], atoll(argv[3]), atoll(argv[4]), argv[5]);
	if (!strcmp(what, "join") && argc == 5)
		return join(argv[2], argv[3], argv[4]);
	if (!strcmp(what, "same") && (argc == 4 || argc == 5))
		return same(argv[2], argv[3], argc == 5 ? atof(argv[4]) : 0);
	fputs("usage: tensors cut FILE FROM TO OUT | join A B OUT | same A B [MOST]\n", stderr);
	return 2;
}
