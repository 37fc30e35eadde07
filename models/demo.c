/* demo.c · a C program that uses a compiled model: the character LM predicts, writes and is timed
 *
 *   demo WEIGHTS.safetensors SAMPLE.safetensors INTERPRETED.safetensors TEXT
 *
 * prints the loss on the held-out part of TEXT, a text that the model writes, the time that a character of it takes,
 * and how far its outputs are from those that PyTorch (in SAMPLE) and rnngen's interpreter computed from the same
 * weights and the inputs in SAMPLE.
 *
 *   demo --inputs SAMPLE.safetensors INPUTS.safetensors
 *
 * writes those inputs to a file of their own, for the interpreter: rnngen run --interpret --input INPUTS.safetensors.
 *
 * Needs:      the emitted C of models/char_lm, which is char_lm_model: tok i32 [T,N] -> y f32 [T,N,V];
 *             runtime/safetensors.c and jansson; the two files that tests/train_char_lm.py writes.
 * Guarantees: 0: all done; 1: an error, on stderr, or a difference over DIFF_MAX; 2: wrong arguments. */
#include "rnn_model.h"
#include "safetensors.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const struct rnn_model char_lm_model;

enum { CHUNK = 256 };           /* characters a run() on the held-out text */
enum { WRITE = 300 };           /* characters to write */
#define PROMPT "  You may "     /* what the model is told to go on from */
#define TEMPERATURE 0.6         /* p^(1/temperature): below 1, likely characters become likelier */
#define SEED 1

/* The largest |y - PyTorch's y|. Both compute in float32 from the same weights, but add in another order and have their
 * own exp and tanh. A logit is a sum of 128 products whose sizes add up to 20 at most: another order moves it by a few
 * 2^-24 * 20 = 1.2e-6 at worst, and what the state carries along is of that size too, since the gates damp it. A
 * probability moves by at most half of what the logits do. PyTorch's own distance from float64, which the training
 * script prints, is 7e-7; 1e-5 leaves room for another order, and none for a wrong gate or index: one gate that is off
 * by 1 % already moves a probability by 4e-3. */
#define DIFF_MAX 1e-5

#define MODEL (&char_lm_model)
#define DIMS_MAX 8
#define STATES_MAX 8
#define PARAMS_MAX 32

/* Everything that running the model takes. Row N = 1 is served by `state`; a NULL state starts afresh each time. */
struct host {
	int t_dim, n_dim;               /* which run-time dim is T and which N */
	int64_t vocab;                  /* V */
	int16_t id[256];                /* of a byte; -1: not in the vocabulary */
	const char *chars;              /* of an id */
	void *weights;                  /* packed */
	void *workspace;
	size_t workspace_size;
	void *state[STATES_MAX];        /* N = 1 */
	size_t state_size[STATES_MAX];
	float *y;                       /* [CHUNK][1][V] */
};

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *format, ...)
{
	va_list args;
	fflush(stdout);
	fputs("demo: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* 64-byte aligned, zeroed. aligned_alloc wants a multiple of the alignment. */
static void *alloc(size_t size)
{
	size_t rounded = (size / 64 + 1) * 64;
	void *p = rounded > size ? aligned_alloc(64, rounded) : NULL;
	if (!p)
		die("out of memory for %zu bytes", size);
	return memset(p, 0, rounded);
}

/* --- the model ------------------------------------------------------------------------------------------------ */

static int find_dim(const char *name)
{
	for (int d = 0; d < MODEL->dims; d++)
		if (strcmp(MODEL->dim[d], name) == 0)
			return d;
	die("model '%s' has no dim '%s'", MODEL->name, name);
}

/* The model is the one that this program is written for. */
static void check_model(struct host *host)
{
	if (MODEL->abi != RNN_MODEL_ABI)
		die("model '%s' has ABI %d, this program knows %d", MODEL->name, (int)MODEL->abi, RNN_MODEL_ABI);
	host->t_dim = find_dim("T");
	host->n_dim = find_dim("N");
	if (MODEL->dims != 2 || MODEL->inputs != 1 || MODEL->outputs != 1)
		die("model '%s' has %d dims, %d inputs, %d outputs; wanted are 2 (T, N), 1 (tok), 1 (y)", MODEL->name,
		    (int)MODEL->dims, (int)MODEL->inputs, (int)MODEL->outputs);
	if (MODEL->states > STATES_MAX || MODEL->params > PARAMS_MAX)
		die("model '%s' has %d states and %d params; at most %d and %d are wanted", MODEL->name,
		    (int)MODEL->states, (int)MODEL->params, STATES_MAX, PARAMS_MAX);
	const struct rnn_tensor *tok = &MODEL->input[0], *y = &MODEL->output[0];
	int64_t t = -1 - host->t_dim, n = -1 - host->n_dim;
	if (strcmp(tok->name, "tok") != 0 || tok->type != RNN_I32 || tok->rank != 2 || tok->shape[0] != t ||
	    tok->shape[1] != n)
		die("input '%s' of model '%s' is not tok i32 [T,N]", tok->name, MODEL->name);
	if (strcmp(y->name, "y") != 0 || y->type != RNN_F32 || y->rank != 3 || y->shape[0] != t || y->shape[1] != n ||
	    y->shape[2] < 1)
		die("output '%s' of model '%s' is not y f32 [T,N,V]", y->name, MODEL->name);
	host->vocab = y->shape[2];
}

static void load_weights(struct host *host, const struct rnn_st_file *file)
{
	const void *params[PARAMS_MAX];
	char err[600];
	int missing = 0;
	for (int p = 0; p < MODEL->params; p++) {
		const struct rnn_st_tensor *t = rnn_st_match(file, &MODEL->param[p], err, sizeof err);
		if (!t)
			fprintf(stderr, "demo: %s\n", err);
		missing += !t;
		params[p] = t ? t->data : NULL;
	}
	if (missing)
		die("%d of the %d weights of model '%s' are missing or different",
		    missing, (int)MODEL->params, MODEL->name);
	host->weights = alloc(MODEL->weights_size());
	int status = MODEL->weights_pack(host->weights, params);
	if (status)
		die("weights_pack fails with status %d", status);
}

static void load_vocabulary(struct host *host, const struct rnn_st_file *file, const char *path)
{
	host->chars = rnn_st_metadata(file, "vocab");
	if (!host->chars)
		die("%s: metadata 'vocab' is missing", path);
	if ((int64_t)strlen(host->chars) != host->vocab)
		die("%s: metadata 'vocab' has %zu characters, the model has %" PRId64,
		    path, strlen(host->chars), host->vocab);
	for (int c = 0; c < 256; c++)
		host->id[c] = -1;
	for (int i = 0; host->chars[i]; i++) {
		unsigned char c = (unsigned char)host->chars[i];
		if (c >= 0x80 || host->id[c] >= 0)
			die("%s: metadata 'vocab': character %d is %s",
			    path, i, c >= 0x80 ? "not ASCII" : "there twice");
		host->id[c] = (int16_t)i;
	}
}

/* The char LM starts from h = c = 0, which is what alloc gives; run() then leaves the end here for the next. */
static void make_states(struct host *host)
{
	for (int s = 0; s < MODEL->states; s++) {
		const struct rnn_tensor *state = &MODEL->state[s];
		size_t size = rnn_st_type_size(state->type);
		for (int d = 0; d < state->rank; d++) {
			if (state->shape[d] == -1 - host->t_dim)
				die("state '%s' of model '%s' runs over T", state->name, MODEL->name);
			size *= (size_t)(state->shape[d] < 0 ? 1 : state->shape[d]);     /* N = 1 */
		}
		host->state_size[s] = size;
		host->state[s] = alloc(size);
	}
}

static void reset_states(struct host *host)
{
	for (int s = 0; s < MODEL->states; s++)
		memset(host->state[s], 0, host->state_size[s]);
}

/* y [t][n][V] of tok [t][n]; states: host->state, or NULL to start and end without. */
static void run(struct host *host, int64_t t, int64_t n, const int32_t *tok, float *y, void *const *states)
{
	int64_t dims[DIMS_MAX] = { 0 };
	dims[host->t_dim] = t;
	dims[host->n_dim] = n;
	size_t size = MODEL->workspace_size(dims);
	if (!host->workspace || size > host->workspace_size) {
		free(host->workspace);
		host->workspace = alloc(size);
		host->workspace_size = size;
	}
	int status = MODEL->run(host->weights, dims, (const void *const[]){ tok }, (void *const[]){ y }, states,
	                        host->workspace);
	if (status)
		die("run(T = %" PRId64 ", N = %" PRId64 ") fails with status %d", t, n, status);
}

/* --- what is printed ------------------------------------------------------------------------------------------ */

/* The ids of the held-out text; *count of them. */
static int32_t *read_held_out(const struct host *host, const struct rnn_st_file *file, const char *path, size_t *count)
{
	const char *from = rnn_st_metadata(file, "held_out_from");
	char *end = NULL;
	long start = from ? strtol(from, &end, 10) : -1;
	if (start < 0 || end == from || *end)
		die("weights: metadata 'held_out_from' is missing or not a number");
	FILE *text = fopen(path, "rb");
	if (!text || fseek(text, 0, SEEK_END))
		die("%s: cannot be read", path);
	long size = ftell(text);
	if (size - start < 2 || fseek(text, start, SEEK_SET))
		die("%s: has %ld characters, but the held-out part begins at %ld", path, size, start);
	int32_t *ids = alloc((size_t)(size - start) * sizeof *ids);
	for (long i = start; i < size; i++) {
		int c = getc(text);
		if (c == EOF)
			die("%s: cannot be read at byte %ld", path, i);
		if (host->id[c] < 0)
			die("%s: byte %ld is 0x%02x, which is not in the vocabulary", path, i, (unsigned)c);
		ids[i - start] = host->id[c];
	}
	fclose(text);
	*count = (size_t)(size - start);
	return ids;
}

/* Mean of -log p(ids[i+1] | ids[..i]), in nats, over all but the first, read in chunks that carry the state. */
static double held_out_loss(struct host *host, const int32_t *ids, size_t count)
{
	double sum = 0;
	reset_states(host);
	for (size_t i = 0; i < count - 1; i += CHUNK) {
		size_t t = count - 1 - i < CHUNK ? count - 1 - i : CHUNK;
		run(host, (int64_t)t, 1, ids + i, host->y, host->state);
		/* FLT_MIN's neighbourhood: a probability that float32 rounds to 0 counts as 1e-38, not as infinity. */
		for (size_t k = 0; k < t; k++)
			sum -= log(fmax((double)host->y[(int64_t)k * host->vocab + ids[i + k + 1]], 1e-38));
	}
	return sum / (double)(count - 1);
}

/* splitmix64 (Steele, Lea, Flood 2014): a double in [0,1) */
static double next_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static int32_t draw(const float *p, int64_t vocab, uint64_t *seed)
{
	double weight[256], sum = 0;
	int64_t v;
	for (v = 0; v < vocab; v++)
		sum += weight[v] = pow((double)p[v], 1 / TEMPERATURE);
	double at = next_random(seed) * sum;
	for (v = 0; v < vocab - 1 && at >= weight[v]; v++)
		at -= weight[v];
	return (int32_t)v;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Writes WRITE characters to stdout, one run(T = 1) each; the median seconds of a run. */
static double write_text(struct host *host)
{
	double seconds[WRITE];
	uint64_t seed = SEED;
	reset_states(host);
	fputs(PROMPT, stdout);
	for (const char *c = PROMPT; *c; c++) {
		int32_t tok = host->id[(unsigned char)*c];
		if (tok < 0)
			die("the prompt has '%c', which is not in the vocabulary", *c);
		run(host, 1, 1, &tok, host->y, host->state);
	}
	for (int i = 0; i < WRITE; i++) {
		struct timespec from, to;
		int32_t tok = draw(host->y, host->vocab, &seed);
		putchar(host->chars[tok]);
		clock_gettime(CLOCK_MONOTONIC, &from);
		run(host, 1, 1, &tok, host->y, host->state);
		clock_gettime(CLOCK_MONOTONIC, &to);
		seconds[i] = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
	}
	putchar('\n');
	qsort(seconds, WRITE, sizeof *seconds, by_size);
	return seconds[WRITE / 2];
}

/* The largest |a - b|; infinite if any is not a number. */
static double largest_difference(const float *a, const float *b, size_t count)
{
	double most = 0;
	for (size_t i = 0; i < count; i++) {
		double difference = fabs((double)a[i] - (double)b[i]);
		if (!(difference <= most))
			most = isnan(difference) ? INFINITY : difference;
	}
	return most;
}

static struct rnn_st_file *read_file(const char *path)
{
	char err[600];
	struct rnn_st_file *file = rnn_st_read(path, err, sizeof err);
	if (!file)
		die("%s", err);
	return file;
}

static const struct rnn_st_tensor *find_tensor(const struct rnn_st_file *file, const struct rnn_tensor *want)
{
	char err[600];
	const struct rnn_st_tensor *found = rnn_st_match(file, want, err, sizeof err);
	if (!found)
		die("%s", err);
	return found;
}

/* Runs the inputs of the sample and prints how far y is from PyTorch's y, which the sample holds too, and from the
 * interpreter's; the larger of the two. */
static double sample_difference(struct host *host, const char *sample, const char *interpreted)
{
	struct rnn_st_file *file = read_file(sample), *other = read_file(interpreted);
	const struct rnn_st_tensor *tok = find_tensor(file, &MODEL->input[0]), *torch = find_tensor(file, &MODEL->output[0]),
	                           *equations = find_tensor(other, &MODEL->output[0]);
	int64_t t = tok->is.shape[0], n = tok->is.shape[1];
	size_t count = torch->size / sizeof(float);
	if (torch->is.shape[0] != t || torch->is.shape[1] != n || count == 0 || equations->size != torch->size)
		die("%s: tok is [%" PRId64 ",%" PRId64 "], but y is [%" PRId64 ",%" PRId64 ",...]", sample, t, n,
		    torch->is.shape[0], torch->is.shape[1]);
	float *y = alloc(torch->size);
	run(host, t, n, tok->data, y, NULL);
	double a = largest_difference(y, torch->data, count), b = largest_difference(y, equations->data, count);
	const char *version = rnn_st_metadata(file, "torch");
	printf("outputs         differ by at most %.2g from PyTorch %s, by at most %.2g from the reference interpreter\n"
	       "                (%" PRId64 " x %" PRId64 " x %" PRId64 " probabilities; bound %g)\n", a,
	       version ? version : "(unknown version)", b, t, n, host->vocab, DIFF_MAX);
	free(y);
	rnn_st_free(other);
	rnn_st_free(file);
	return a > b ? a : b;
}

/* The inputs of a sample alone: a file for `rnngen run --input`. */
static int write_inputs(const char *sample, const char *path)
{
	char err[600];
	struct rnn_st_file *file = read_file(sample);
	if (rnn_st_write(path, find_tensor(file, &MODEL->input[0]), 1, NULL, 0, err, sizeof err))
		die("%s", err);
	rnn_st_free(file);
	return 0;
}

int main(int argc, char **argv)
{
	struct host host = { 0 };
	size_t count;
	bool inputs = argc == 4 && !strcmp(argv[1], "--inputs");
	if (argc != 5 && !inputs) {
		fputs("usage: demo WEIGHTS.safetensors SAMPLE.safetensors INTERPRETED.safetensors TEXT\n"
		      "       demo --inputs SAMPLE.safetensors INPUTS.safetensors\n", stderr);
		return 2;
	}
	check_model(&host);
	if (inputs)
		return write_inputs(argv[2], argv[3]);
	struct rnn_st_file *file = read_file(argv[1]);
	load_weights(&host, file);
	load_vocabulary(&host, file, argv[1]);
	make_states(&host);
	host.y = alloc(CHUNK * (size_t)host.vocab * sizeof *host.y);

	int32_t *held_out = read_held_out(&host, file, argv[4], &count);
	printf("held-out loss   %.4f nats per character, over %zu characters\n",
	       held_out_loss(&host, held_out, count), count - 1);
	printf("written         at temperature %g, seed %d:\n\n", TEMPERATURE, SEED);
	double seconds = write_text(&host);
	printf("\ntime            %.1f us per character when writing (T = 1, N = 1, median of %d, target %s)\n",
	       1e6 * seconds, WRITE, MODEL->target);
	double difference = sample_difference(&host, argv[2], argv[3]);

	free(held_out);
	free(host.y);
	for (int s = 0; s < MODEL->states; s++)
		free(host.state[s]);
	free(host.workspace);
	free(host.weights);
	rnn_st_free(file);
	if (difference > DIFF_MAX)
		die("outputs are off by more than %g", DIFF_MAX);
	return 0;
}
