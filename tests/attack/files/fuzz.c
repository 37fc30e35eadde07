/* fuzz.c · bytes as a file of each format that rnngen reads: for libFuzzer, and for the broken files beside it
 *
 *   PARSER="safetensors", "npy", "npz", "map"      which one: a macro for libFuzzer, the first argument of main
 *
 * What must hold: no crash, no leak, no hang; a file that is refused gets a message that begins with its name; of a
 * file that is taken every byte can be read; and what has been written again is read as the same. The message of a map
 * is a diagnostic. main: prints what is said about each file, or "taken"; exit code 1 if any file is not readable. */
#define _GNU_SOURCE
#include "driver/tensors.h"
#include "npy.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const char *sandbox_share(struct ctx *c)
{
	(void)c;
	return NULL;
}

static uint64_t touched;        /* so that reads are not left out */

/* Writes the tensors again in the format they came in, reads them, compares. */
static void again(const struct rnn_st_file *f, int npz)
{
	char path[64], err[300];
	size_t n = rnn_st_count(f);
	struct rnn_st_tensor *t = calloc(n + 1, sizeof *t);
	snprintf(path, sizeof path, "/dev/shm/rnngen-fuzz.%ld", (long)getpid());
	for (size_t i = 0; t && i < n; i++)
		t[i] = *rnn_st_at(f, i);
	if (!t || (npz ? rnn_npz_write(path, t, n, err, sizeof err) : rnn_st_write(path, t, n, NULL, 0, err, sizeof err)))
		abort();
	struct rnn_st_file *g = npz ? rnn_npz_read(path, err, sizeof err) : rnn_st_read(path, err, sizeof err);
	unlink(path);
	if (!g || rnn_st_count(g) != n)
		abort();
	for (size_t i = 0; i < n; i++) {
		const struct rnn_st_tensor *a = &t[i], *b = rnn_st_find(g, a->is.name);
		if (!b || b->is.type != a->is.type || b->size != a->size || memcmp(b->data, a->data, a->size))
			abort();
	}
	rnn_st_free(g);
	free(t);
}

static void tensors(const char *path, const char *parser, char *err, size_t errsize)
{
	static int rounds;
	*err = '\0';
	struct rnn_st_file *f = !strcmp(parser, "npy") ? rnn_npy_read(path, err, errsize) :
	                        !strcmp(parser, "npz") ? rnn_npz_read(path, err, errsize) : rnn_st_read(path, err, errsize);
	if (!f && strncmp(err, path, strlen(path)))
		abort();
	for (size_t i = 0; f && i < rnn_st_count(f); i++) {
		const struct rnn_st_tensor *t = rnn_st_at(f, i);
		const unsigned char *p = t->data;
		for (size_t k = 0; k < t->size; k++)
			touched += p[k];
		touched += strlen(t->is.name);
	}
	/* Writing is slow, for it waits for the disk: one time in 64, and at first. */
	if (f && strcmp(parser, "npy") && rounds++ % 64 == 0)
		again(f, !strcmp(parser, "npz"));
	rnn_st_free(f);
}

/* The map on weights of a layer of LSTM as torch has them. */
static bool map(const char *path, struct ctx *c)
{
	static const float zeros[8 * 8];
	static const struct rnn_st_tensor weights[] = {
		{ { "weight_ih_l0", RNN_F32, 2, { 8, 3 } }, 0, zeros }, { { "weight_hh_l0", RNN_F32, 2, { 8, 2 } }, 0, zeros },
		{ { "bias_ih_l0", RNN_F32, 1, { 8 } }, 0, zeros },      { { "bias_hh_l0", RNN_F32, 1, { 8 } }, 0, zeros },
	};
	static const struct rnn_tensor want[] = {
		{ "W", RNN_F32, 3, { 4, 2, 3 } }, { "layer1.U", RNN_F32, 3, { 4, 2, 2 } }, { "b", RNN_F32, 2, { 4, 2 } },
		{ "layer2.forward.W", RNN_F32, 3, { 4, 2, 3 } }, { "layer99.l0.b", RNN_F32, 0, { 0 } },
	};
	static struct rnn_st_file *f;
	char name[64];
	snprintf(name, sizeof name, "/dev/shm/rnngen-fuzz.%ld", (long)getpid());
	if (!f && !rnn_st_write(name, weights, 4, NULL, 0, NULL, 0))
		f = rnn_st_read(name, NULL, 0);
	unlink(name);
	if (!f)
		abort();
	const struct map *m = map_load(c, path);
	if (!m != !!c->errors)
		abort();
	for (size_t i = 0; m && i < sizeof want / sizeof *want; i++) {
		struct recipe made;
		struct rnn_tensor shape;
		if (!map_recipe(c, m, f, &want[i], &made)) {
			map_explain(c, m, f, path, &want[i]);
			continue;
		}
		for (uint32_t k = 0; k < made.n; k++)
			if (map_shape(made.from[k], &made.term[k], &shape))
				touched += map_regroups(&shape, &want[i]);
	}
	for (size_t i = 0; m && i < rnn_st_count(f); i++)
		touched += map_drops(c, m, f, rnn_st_at(f, i)->is.name);
	return m;
}

static void parse(const char *path, const char *parser, FILE *out)
{
	char err[600];
	if (!strcmp(parser, "map")) {
		struct ctx *c = ctx_new("fuzz");
		if (map(path, c))
			fprintf(out, "%s: taken\n", path);
		else
			diag_print(c, out);
		ctx_free(c);
		return;
	}
	tensors(path, parser, err, sizeof err);
	fprintf(out, "%s%s\n", *err ? err : path, *err ? "" : ": taken");
}

#ifdef PARSER
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static FILE *nowhere;
	static int fd = -1;
	char path[64];
	nowhere = nowhere ? nowhere : fopen("/dev/null", "w");
	if (fd < 0)
		fd = memfd_create("fuzz", 0);
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, bytes, n, 0) != (ssize_t)n)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	parse(path, PARSER, nowhere);
	return 0;
}
#else
int main(int argc, char **argv)
{
	int bad = 0;
	for (int i = 2; i < argc; i++) {
		bad |= access(argv[i], R_OK) != 0;
		parse(argv[i], argv[1], stdout);
	}
	return bad;
}
#endif
