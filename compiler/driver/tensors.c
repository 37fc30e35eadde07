/* tensors.c · files of tensors on their way into a model and out of it (see tensors.h)
 *
 * Every tensor that is missing, is of another shape or type, or that the model does not have, is reported, all in one
 * go. Types are converted where no value can change, but for F64, which is rounded to F32, and I64, which has to fit:
 *
 *   the model wants   F32                  F64                  I32        I64        BOOL
 *   the file may hold F32 F64 F16 BF16     F64 F32 F16 BF16     I32 I64    I64 I32    BOOL */
#include "driver/tensors.h"

#include "npy.h"

#include <inttypes.h>

/* ---- shapes in words ------------------------------------------------------------------------------------------- */

/* "T", or "2 * T" for an extent that is computed from a dim. */
static const char *extent_name(struct taker *r, int64_t d)
{
	const struct rnn_model *m = r->h.model;
	const struct rnn_extent *x = d < m->dims ? NULL : &m->extent[d - m->dims];
	if (!x)
		return m->dim[d];
	const char *times = x->factor == 1 ? m->dim[x->dim] : base_internf(r->c, "%" PRId64 " * %s", x->factor, m->dim[x->dim]);
	return x->plus ? base_internf(r->c, "%s %c %" PRId64, times, x->plus < 0 ? '-' : '+', x->plus < 0 ? -x->plus : x->plus) :
	       times;
}

/* "F32 [T, N, 64]"; extents of known dims as numbers. */
static const char *wanted_text(struct taker *r, const struct rnn_tensor *t)
{
	struct text out = { .c = r->c };
	text_printf(&out, "%s [", rnn_st_type_name(t->type));
	for (int32_t d = 0; d < t->rank; d++) {
		int64_t k = t->shape[d] >= 0 ? t->shape[d] : r->dims[-1 - t->shape[d]];
		text_puts(&out, d ? ", " : "");
		if (k >= 0)
			text_printf(&out, "%" PRId64, k);
		else
			text_puts(&out, extent_name(r, -1 - t->shape[d]));
	}
	text_puts(&out, "]");
	return out.s;
}

static bool is_float(int32_t type)
{
	return type == RNN_F32 || type == RNN_F64 || type == RNN_F16 || type == RNN_BF16;
}

static bool convertible(int32_t from, int32_t to)
{
	bool ids = from == RNN_I32 || from == RNN_I64;
	return from == to || (is_float(from) && (to == RNN_F32 || to == RNN_F64)) ||
	       (ids && (to == RNN_I32 || to == RNN_I64));
}

/* A fix that names the sizes of the model which --set changes. */
static void fix_sizes(struct taker *r)
{
	struct text dims = { .c = r->c };
	for (uint32_t d = 1; d < r->c->dim.n; d++)
		if (!r->c->dim.at[d].var)
			text_printf(&dims, "%s--set %s=... (now %" PRId64 ")", dims.s ? ", " : "", r->c->dim.at[d].name,
			            r->c->dim.at[d].value);
	if (dims.s)
		diag_fix(r->c, "correct the data file, or the sizes of the model: %s", dims.s);
}

/* ---- does it fit? ---------------------------------------------------------------------------------------------- */

/* The run-time dim that extent d is or is computed from. */
static int64_t dim_of(const struct rnn_model *m, int64_t d)
{
	return d < m->dims ? d : m->extent[d - m->dims].dim;
}

/* The extent x where its dim has that value; -1: no int64 holds it. */
static int64_t extent_at(const struct rnn_extent *x, int64_t value)
{
	int64_t size;
	if (__builtin_mul_overflow(x->factor, value, &size) || __builtin_add_overflow(size, x->plus, &size))
		return -1;
	return size;
}

/* Extent d of the model has `size` elements in tensor `from`: learns its dim. False: that contradicts what is known. */
static bool learn(struct taker *r, int64_t d, int64_t size, const char *from)
{
	const struct rnn_model *m = r->h.model;
	const struct rnn_extent *x = d < m->dims ? NULL : &m->extent[d - m->dims];
	int64_t dim = dim_of(m, d), value = size;
	if (x && __builtin_sub_overflow(size, x->plus, &value))
		return false;
	value = x ? value / x->factor : value;
	if (value < 0 || (x && extent_at(x, value) != size) || (r->dims[dim] >= 0 && r->dims[dim] != value))
		return false;
	if (r->dims[dim] < 0)
		r->dim_from[dim] = from;
	r->dims[dim] = value;
	for (int32_t i = 0; i < m->extents; i++)
		if (m->extent[i].dim == dim)
			r->dims[m->dims + i] = extent_at(&m->extent[i], value);
	return true;
}

/* Do the file's extents fit, the run-time dims included? Learns dims that are not known yet. */
static bool fits(struct taker *r, const char *path, const struct rnn_tensor *want, const struct rnn_tensor *have,
                 bool param)
{
	bool ok = want->rank == have->rank && convertible(have->type, want->type);
	for (int32_t d = 0; ok && d < want->rank; d++) {
		int64_t k = want->shape[d];
		ok = k >= 0 ? have->shape[d] == k : learn(r, -1 - k, have->shape[d], want->name);
	}
	if (ok)
		return true;
	diag(r->c, ERR_data, 0, "%s: '%s' is %s, the model wants %s", path, want->name, wanted_text(r, have),
	     wanted_text(r, want));
	for (int32_t d = 0; d < want->rank; d++) {
		int64_t extent = -1 - want->shape[d];
		const char *from = extent < 0 ? NULL : r->dim_from[dim_of(r->h.model, extent)];
		if (from && from != want->name)
			diag_note(r->c, 0, "%s = %" PRId64 " comes from '%s'", extent_name(r, extent), r->dims[extent], from);
	}
	if (param && convertible(have->type, want->type))
		fix_sizes(r);
	return false;
}

/* The same for a param that a map makes. */
static bool recipe_fits(struct taker *r, const char *path, const struct rnn_tensor *want, const struct recipe *made)
{
	bool ok = true;
	for (uint32_t i = 0; i < made->n; i++) {
		struct rnn_tensor have;
		const struct rnn_tensor *from = &made->from[i]->is;
		const struct map_term *term = &made->term[i];
		if (!map_shape(made->from[i], term, &have)) {
			diag(r->c, ERR_data, made->at, "%s: '%s' is %s, which has no %u blocks of equal size along its first dim",
			     path, from->name, wanted_text(r, from), term->of);
			ok = false;
		} else if (!convertible(have.type, want->type) || !map_regroups(&have, want)) {
			diag(r->c, ERR_data, made->at, "%s: '%s' is %s, which does not make '%s', %s", path, from->name,
			     wanted_text(r, from), want->name, wanted_text(r, want));
			fix_sizes(r);
			ok = false;
		}
	}
	return ok;
}

static bool listed(const struct rnn_tensor *t, int32_t n, const char *name)
{
	for (int32_t i = 0; i < n; i++)
		if (!strcmp(t[i].name, name))
			return true;
	return false;
}

/* The file lacks want[k]; if one of its surplus tensors has nearly this name, that is shown. */
static void missing(struct taker *r, const struct rnn_st_file *f, const char *path, const struct rnn_tensor *all,
                    int32_t count, int32_t k)
{
	const struct rnn_tensor *want = &all[k];
	size_t n = 0;
	const char **names = base_alloc(r->c, (rnn_st_count(f) + 1) * sizeof *names);
	for (size_t i = 0; i < rnn_st_count(f); i++)
		if (!listed(all, count, rnn_st_at(f, i)->is.name))
			names[n++] = rnn_st_at(f, i)->is.name;
	const char *near = base_nearest(r->c, want->name, names, n);
	diag(r->c, ERR_data, 0, "%s has no tensor '%s', %s", path, want->name, wanted_text(r, want));
	if (near)
		diag_note(r->c, 0, "it has '%s', %s", near, wanted_text(r, &rnn_st_find(f, near)->is));
}

static bool used(const struct recipe *made, int32_t n, const struct rnn_st_tensor *t)
{
	for (int32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < made[i].n; k++)
			if (made[i].from[k] == t)
				return true;
	return false;
}

/* Finds all of `want` in the file, and nothing else there. */
static bool match(struct taker *r, const struct rnn_st_file *f, const char *path, const char *what,
                  const struct map *map, const struct rnn_tensor *want, int32_t n, struct recipe *made)
{
	bool ok = true;
	for (int32_t i = 0; i < n; i++) {
		bool found = map_recipe(r->c, map, f, &want[i], &made[i]);
		if (!found && map)
			map_explain(r->c, map, f, path, &want[i]);
		else if (!found)
			missing(r, f, path, want, n, i);
		else if (map)
			ok &= recipe_fits(r, path, &want[i], &made[i]);
		else
			ok &= fits(r, path, &want[i], &made[i].from[0]->is, !strcmp(what, "param"));
		ok &= found;
	}
	for (size_t k = 0; k < rnn_st_count(f); k++) {
		const struct rnn_tensor *have = &rnn_st_at(f, k)->is;
		if (used(made, n, rnn_st_at(f, k)) || (!map && listed(want, n, have->name)) ||
		    map_drops(r->c, map, f, have->name))
			continue;
		diag(r->c, ERR_data, 0, "%s: '%s' is no %s of the model%s", path, have->name, what, map ? ", and the map leaves "
		     "it over" : "");
		if (map)
			diag_fix(r->c, "add a line to the map that makes a param of it, or: _ = %s", have->name);
		else
			diag_fix(r->c, "remove it from the file");
		ok = false;
	}
	return ok;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* a + b, exactly, in a type of whole numbers. false: it does not fit. */
static bool whole_sum(int64_t a, int64_t b, int32_t type, int64_t *sum)
{
	int64_t most = type == RNN_I32 ? INT32_MAX : INT64_MAX, least = -most - 1;
	if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
		return false;
	*sum = a + b;
	return *sum >= least && *sum <= most;
}

static int64_t whole_load(int32_t type, const void *p, size_t i)
{
	return type == RNN_I32 ? ((const int32_t *)p)[i] : ((const int64_t *)p)[i];
}

static void whole_store(int32_t type, void *p, size_t i, int64_t v)
{
	if (type == RNN_I32)
		((int32_t *)p)[i] = (int32_t)v;
	else
		((int64_t *)p)[i] = v;
}

/* A source of a sum, with the blocks that are taken of it. */
struct part { const struct rnn_st_tensor *from; const struct map_term *term; size_t n, block; bool first; };

static size_t part_place(const struct part *p, size_t i)
{
	return p->term->of ? p->term->block[i / p->block] * p->block + i % p->block : i;
}

/* Whole numbers, not as double, which is exact to 2^53 only. */
static bool add_whole(struct taker *r, const char *path, const struct part *p, const struct rnn_tensor *want, void *sum)
{
	for (size_t i = 0; i < p->n; i++) {
		size_t k = part_place(p, i);
		int64_t v = whole_load(p->from->is.type, p->from->data, k), total;
		if (!whole_sum(v, p->first ? 0 : whole_load(want->type, sum, i), want->type, &total)) {
			diag(r->c, ERR_data, 0, "%s: '%s' holds %" PRId64 " at element %zu, %s for %s", path, p->from->is.name, v, k,
			     p->first ? "too large" : "whose sum is too large", rnn_st_type_name(want->type));
			return false;
		}
		whole_store(want->type, sum, i, total);
	}
	return true;
}

/* Adds a source to the sum, or begins it. false: a whole number too large for the model's type. */
static bool add(struct taker *r, const char *path, const struct part *p, const struct rnn_tensor *want, void *sum)
{
	int32_t type = p->from->is.type;
	if (p->first && type == want->type && !p->term->of && want->type != RNN_BOOL) {
		if (p->n)
			memcpy(sum, p->from->data, p->n * rnn_st_type_size(want->type));
		return true;
	}
	if (want->type == RNN_I32 || want->type == RNN_I64)
		return add_whole(r, path, p, want, sum);
	for (size_t i = 0; i < p->n; i++) {
		double v = number_load(type, p->from->data, part_place(p, i)), was = p->first ? 0 : number_load(want->type, sum, i);
		number_store(want->type, sum, i, want->type == RNN_BOOL ? v != 0 || was != 0 : p->first ? v : was + v);
	}
	return true;
}

/* The tensor's data in the model's type; NULL: see diags. */
static void *make(struct taker *r, const char *path, const struct recipe *made, const struct rnn_tensor *want)
{
	void *p = host_memory(&r->h, host_bytes(want, r->dims));
	for (uint32_t i = 0; i < made->n; i++) {
		const struct map_term *term = &made->term[i];
		size_t all = host_elements(&made->from[i]->is, NULL), block = term->of ? all / term->of : all;
		struct part part = { made->from[i], term, term->of ? block * term->n : all, block, i == 0 };
		if (!add(r, path, &part, want, p))
			return NULL;
	}
	return p;
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

struct rnn_st_file *tensors_read(const char *path, char *err, size_t errsize)
{
	switch (rnn_npy_kind(path)) {
	case RNN_NPY: return rnn_npy_read(path, err, errsize);
	case RNN_NPZ: return rnn_npz_read(path, err, errsize);
	default:      return rnn_st_read(path, err, errsize);
	}
}

/* A .npy cannot say which of several tensors it holds. */
static bool named(struct taker *r, const char *path, const char *what, const struct rnn_tensor *want, int32_t n)
{
	struct text names = { .c = r->c };
	if (rnn_npy_kind(path) != RNN_NPY)
		return true;
	for (int32_t i = 0; i < n; i++)
		text_printf(&names, i ? ", '%s'" : " '%s'", want[i].name);
	diag(r->c, ERR_data, 0, "%s holds one array without a name, and the model has %d %ss:%s", path, (int)n, what,
	     names.s ? names.s : " none");
	diag_fix(r->c, "give a .npz or a .safetensors, where arrays have these names");
	return false;
}

static bool ends_in(const char *path, const char *end)
{
	size_t n = strlen(path), k = strlen(end);
	return n > k && !strcmp(path + n - k, end);
}

bool tensors_one_file(struct ctx *c, const char *path, int32_t n)
{
	if (!ends_in(path, ".npy") || n == 1)
		return true;
	diag(c, ERR_file, 0, "%s: a .npy holds one array, and there are %d to write", path, (int)n);
	diag_fix(c, "write a .npz or a .safetensors");
	return false;
}

struct rnn_st_file *tensors_open(struct taker *r, const char *path)
{
	char err[512];
	struct rnn_st_file *f = tensors_read(path, err, sizeof err);
	if (!f)
		diag(r->c, ERR_data, 0, "%s", err);
	return f;
}

bool tensors_take(struct taker *r, const struct rnn_st_file *f, const char *path, const char *what,
                  const struct map *map, const struct rnn_tensor *want, int32_t n, void **out)
{
	struct recipe *made = base_alloc(r->c, (size_t)(n + 1) * sizeof *made);
	bool ok = n == 1 || named(r, path, what, want, n);
	ok = ok && match(r, f, path, what, map, want, n, made);
	for (int32_t i = 0; ok && i < n; i++)
		ok = (out[i] = make(r, path, &made[i], &want[i])) != NULL;
	return ok;
}

bool tensors_write(struct taker *r, const char *path, const struct rnn_tensor *t, int32_t n, void *const *data)
{
	char err[512];
	struct rnn_st_tensor *out = base_alloc(r->c, (size_t)(n + 1) * sizeof *out);
	for (int32_t i = 0; i < n; i++) {
		out[i] = (struct rnn_st_tensor){ .is = t[i], .data = data[i] };
		for (int32_t d = 0; d < t[i].rank; d++)
			out[i].is.shape[d] = t[i].shape[d] >= 0 ? t[i].shape[d] : r->dims[-1 - t[i].shape[d]];
	}
	int failed = ends_in(path, ".npy") ? rnn_npy_write(path, out, err, sizeof err) :
	             ends_in(path, ".npz") ? rnn_npz_write(path, out, (size_t)n, err, sizeof err) :
	                                     rnn_st_write(path, out, (size_t)n, NULL, 0, err, sizeof err);
	if (!failed)
		return true;
	diag(r->c, ERR_file, 0, "%s", err);
	return false;
}
