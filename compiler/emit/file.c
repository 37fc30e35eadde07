/* file.c · whole files: NAME.h and NAME.c
 *
 *   NAME_weights_size, NAME_weights_pack    params in the order that each use wants, 64-byte aligned parts
 *   NAME_workspace_size                     all memory that a run needs beside weights and the caller's arrays
 *   NAME_run                                checks, pointers, start, the loops, end
 *   NAME_model                              the same for hosts that know no names (rnn_model.h)
 *
 * Everything is printed into text first and put together at the end, since only then it is known which support functions
 * are called. */
#include "emit/emit.h"
#include "target/text_data.h"

#include <stdlib.h>

#define MAX_THREADS 64
#define VERSION "0.1"

/* Where each part of the workspace is. */
struct part { const char *to, *type; poly_id elements; };
struct file {
	struct emit e;
	const char *name;          /* of the model, as a C name */
	const char **tensor_c;     /* [tensor]: its name in signatures */
	VEC(struct part) parts;
	VEC(const char *) functions; /* names of the bodies, in order, barriers as NULL */
	VEC(bool) team;
	VEC(const char *) why;
	VEC(const char *) starts;  /* functions, one for each of program.starts */
	VEC(struct rnn_extent) extents; /* of shapes, computed from run-time dims */
	VEC(struct carried) states; /* program.carried that callers may pass: what runs forwards */
};

static void put(void *to, const char *s, size_t n) { text_putn(to, s, n); }

static void put_text(struct text *out, const char *name)
{
	for (size_t i = 0; i < text_file_count; i++)
		if (!strcmp(text_files[i].name, name))
			text_putn(out, text_files[i].text, text_files[i].size);
}

static poly_id elements(struct ctx *c, const struct buf *b, uint32_t from)
{
	poly_id n = poly_int(c, 1);
	for (uint32_t i = from; i < b->rank; i++)
		n = poly_mul(c, n, b->extent[i]);
	return n;
}

static const char *c_ident(struct ctx *c, const char *s)
{
	char *copy = base_alloc(c, strlen(s) + 2);
	strcpy(copy, s);
	for (char *p = copy; *p; p++)
		if (*p == '.' || *p == '-' || *p == ' ')
			*p = '_';
	return base_intern(c, copy);
}

static const char *param_c(struct file *f, tensor_id t)
{
	struct ctx *c = f->e.c;
	for (buf_id b = 1; b < c->buf.n && !f->tensor_c[t]; b++)
		if (c->buf.at[b].tensor == t && c->buf.at[b].kind < BUF_LOCAL && c->buf.at[b].kind != BUF_PARAM)
			f->tensor_c[t] = f->e.buf_c[b];
	if (!f->tensor_c[t])
		f->tensor_c[t] = name_unique(&f->e, c_ident(c, c->tensor.at[t].shown ? c->tensor.at[t].shown : c->tensor.at[t].name));
	return f->tensor_c[t];
}

/* ---- signatures ---------------------------------------------------------------------------------------------------- */

static const char *tensor_shape(struct ctx *c, tensor_id t)
{
	struct text s = { .c = c };
	for (uint32_t i = 0; i < c->tensor.at[t].rank; i++)
		text_printf(&s, "[%s]", poly_text(c, c->tensor.at[t].extent[i]));
	return s.s ? s.s : "";
}

static const char *run_signature(struct file *f)
{
	struct ctx *c = f->e.c;
	struct text s = { .c = c };
	text_printf(&s, "int %s_run(const void *weights", f->name);
	for (uint32_t i = 1; i < c->dim.n; i++)
		if (c->dim.at[i].value < 0)
			text_printf(&s, ", int64_t %s", c->var.at[c->dim.at[i].var].name);
	for (uint32_t i = 0; i < c->inputs.n; i++)
		text_printf(&s, ",\n\tconst %s *%s", c_type(c->tensor.at[c->inputs.at[i]].type), param_c(f, c->inputs.at[i]));
	for (uint32_t i = 0; i < c->outputs.n; i++)
		text_printf(&s, ",\n\t%s *%s", c_type(c->tensor.at[c->outputs.at[i]].type), param_c(f, c->outputs.at[i]));
	if (f->states.n)
		text_printf(&s, ",\n\tconst struct %s_state *state", f->name);
	text_puts(&s, ", void *workspace)");
	return s.s;
}

static const char *pack_signature(struct file *f)
{
	struct ctx *c = f->e.c;
	struct text s = { .c = c };
	text_printf(&s, "int %s_weights_pack(void *weights", f->name);
	for (uint32_t i = 0; i < c->params.n; i++)
		text_printf(&s, ",\n\tconst %s *%s", c_type(c->tensor.at[c->params.at[i]].type), param_c(f, c->params.at[i]));
	text_puts(&s, ")");
	return s.s;
}

static const char *dims_signature(struct file *f)
{
	struct ctx *c = f->e.c;
	struct text s = { .c = c };
	for (uint32_t i = 1; i < c->dim.n; i++)
		if (c->dim.at[i].value < 0)
			text_printf(&s, "%sint64_t %s", s.n ? ", " : "", c->var.at[c->dim.at[i].var].name);
	return s.n ? s.s : "void";
}

static const char *dims_call(struct file *f, const char *fmt)
{
	struct ctx *c = f->e.c;
	struct text s = { .c = c };
	int k = 0;
	for (uint32_t i = 1; i < c->dim.n; i++) {
		if (c->dim.at[i].value >= 0)
			continue;
		text_puts(&s, k ? ", " : "");
		if (fmt)
			text_printf(&s, "dims[%d]", k);
		else
			text_puts(&s, c->var.at[c->dim.at[i].var].name);
		k++;
	}
	return s.n ? s.s : "";
}

/* ---- header -------------------------------------------------------------------------------------------------------- */

static const char *upper(struct ctx *c, const char *s)
{
	char *u = base_alloc(c, strlen(s) + 1);
	for (size_t i = 0; s[i]; i++)
		u[i] = (char)(s[i] >= 'a' && s[i] <= 'z' ? s[i] - 32 : s[i]);
	return u;
}

static void print_header(struct file *f, struct text *out)
{
	struct ctx *c = f->e.c;
	const char *up = upper(c, f->name);
	text_printf(out, "/* %s.h · emitted by rnngen %s from %s; yours to use as you like */\n", f->name, VERSION,
	            c->model_file);
	text_printf(out, "#ifndef %s_H\n#define %s_H\n\n", up, up);
	put_text(out, "rnn_model");
	text_puts(out, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
	if (f->states.n) {
		text_printf(out, "/* What one sequence hands to the next: read as the start, overwritten with the end. A NULL member starts\n"
		                 " * as the model says and is not kept. */\nstruct %s_state {\n", f->name);
		for (uint32_t i = 0; i < f->states.n; i++) {
			const struct carried *k = &f->states.at[i];
			struct text shape = { .c = c };
			const struct tensor *t = &c->tensor.at[k->tensor];
			text_printf(&shape, "[%u]", k->steps);
			for (uint32_t d = 1; d < t->rank; d++)
				text_printf(&shape, "[%s]", poly_text(c, t->extent[d]));
			text_printf(out, "\t%s *%s;  /* %s, oldest step first */\n", c_type(t->type), param_c(f, k->tensor), shape.s);
		}
		text_puts(out, "};\n\n");
	}
	text_printf(out, "/* Bytes of the packed weights; the memory must be 64-byte aligned. */\nsize_t %s_weights_size(void);\n\n", f->name);
	text_puts(out, "/* Packs, once:");
	for (uint32_t i = 0; i < c->params.n; i++)
		text_printf(out, " %s%s", c->tensor.at[c->params.at[i]].name, tensor_shape(c, c->params.at[i]));
	text_printf(out, ". */\n%s;\n\n", pack_signature(f));
	text_printf(out, "/* Bytes of the workspace for these sizes; 64-byte aligned; one for each run at a time. Nothing else is\n * allocated. 0: a size is negative or too large. */\n"
	            "size_t %s_workspace_size(%s);\n\n", f->name, dims_signature(f));
	text_puts(out, "/* Inputs");
	for (uint32_t i = 0; i < c->inputs.n; i++)
		text_printf(out, " %s%s", c->tensor.at[c->inputs.at[i]].name, tensor_shape(c, c->inputs.at[i]));
	text_puts(out, "; outputs");
	for (uint32_t i = 0; i < c->outputs.n; i++)
		text_printf(out, " %s%s", c->tensor.at[c->outputs.at[i]].name, tensor_shape(c, c->outputs.at[i]));
	text_puts(out, ". Returns enum rnn_status. */\n");
	text_printf(out, "%s;\n\nextern const struct rnn_model %s_model;\n\n#ifdef __cplusplus\n}\n#endif\n#endif\n",
	            run_signature(f), f->name);
}

/* ---- weights ------------------------------------------------------------------------------------------------------- */

static int64_t align64(int64_t n) { return (n + 63) & ~(int64_t)63; }

static int64_t type_bytes(enum rnn_type t)
{
	static const int64_t bytes[] = { 4, 8, 2, 2, 4, 8, 1 };
	return bytes[t];
}

static int64_t param_bytes(struct ctx *c, buf_id b)
{
	int64_t n = 0;
	poly_const(c, elements(c, &c->buf.at[b], 0), &n);
	return align64(n * type_bytes(c->buf.at[b].type));
}

/* A function that copies a param, or several, into the order of one use. */
static void print_packer(struct file *f, buf_id id)
{
	struct ctx *c = f->e.c;
	const struct buf b = c->buf.at[id];
	const struct pack *p = &c->sched->packs.at[b.pack - 1];
	const struct tensor *t = &c->tensor.at[p->tensors.at[0]];
	struct text source = { .c = c }, bound = { .c = c };
	const char *index[8];
	for (uint32_t d = 0; d < t->rank; d++) {
		int div = -1, mod = -1, whole = -1;
		int64_t k = 1, e;
		for (uint32_t i = 0; i < p->part.n; i++) {
			if (p->part.at[i].kind == PACK_TENSOR || p->part.at[i].dim != d)
				continue;
			k = p->part.at[i].k;
			*(p->part.at[i].kind == PACK_DIV ? &div : p->part.at[i].kind == PACK_MOD ? &mod : &whole) = (int)i;
		}
		index[d] = whole >= 0 ? base_internf(c, "i%d", whole) :
		           base_internf(c, "(i%d * %lld + i%d)", div, (long long)k, mod);
		poly_const(c, t->extent[d], &e);
		if (whole < 0 && e % k)
			text_printf(&bound, "%si%d * %lld + i%d < %lld", bound.n ? " && " : "", div, (long long)k, mod, (long long)e);
	}
	for (uint32_t d = 0; d < t->rank; d++) {
		int64_t s = 1, e;
		for (uint32_t i = d + 1; i < t->rank; i++) {
			poly_const(c, t->extent[i], &e);
			s *= e;
		}
		text_printf(&source, s == 1 ? "%s%s" : "%s%s * %lld", d ? " + " : "", index[d], (long long)s);
	}
	struct emit *e = &f->e;
	const char *type = c_type(b.type);
	text_printf(e->out, "\n/* %s", t->name);
	for (uint32_t i = 1; i < p->tensors.n; i++)
		text_printf(e->out, ", %s", c->tensor.at[p->tensors.at[i]].name);
	text_printf(e->out, " as %s%s    %s */\n", p->order, bound.n ? ", padded with zeros" : "", loc_text(c, p->loc));
	text_printf(e->out, "static void pack_%s(%s *p, const %s *const *from)\n{\n", f->e.buf_c[id], type, type);
	e->depth = 1;
	const char *which = "0";
	for (uint32_t i = 0; i < p->part.n; i++) {
		line(e, "for (int64_t i%u = 0; i%u < %s; i%u++)", i, i, poly_text(c, b.extent[i]), i);
		if (p->part.at[i].kind == PACK_TENSOR)
			which = base_internf(c, "i%u", i);
	}
	if (bound.n)
		line(e, "\t*p++ = %s ? from[%s][%s] : 0;", bound.s, which, source.s);
	else
		line(e, "\t*p++ = from[%s][%s];", which, source.s);
	e->depth = 0;
	text_puts(e->out, "}\n");
}

static void print_weights(struct file *f)
{
	struct ctx *c = f->e.c;
	struct emit *e = &f->e;
	int64_t total = 0;
	for (uint32_t i = 0; i < c->program->params.n; i++) {
		if (c->buf.at[c->program->params.at[i]].pack)
			print_packer(f, c->program->params.at[i]);
		total += param_bytes(c, c->program->params.at[i]);
	}
	text_printf(e->out, "\nsize_t %s_weights_size(void) { return %lld; }\n\n%s\n{\n", f->name, (long long)total, pack_signature(f));
	e->depth = 1;
	line(e, "char *at = (char *)weights;");
	struct text nulls = { .c = c };
	for (uint32_t i = 0; i < c->params.n; i++)
		text_printf(&nulls, " || !%s", param_c(f, c->params.at[i]));
	line(e, "if (!weights%s)", nulls.s ? nulls.s : "");
	line(e, "\treturn RNN_ERROR_NULL;");
	line(e, "if ((uintptr_t)weights %% 64)");
	line(e, "\treturn RNN_ERROR_ALIGN;");
	int64_t at = 0;
	for (uint32_t i = 0; i < c->program->params.n; i++) {
		buf_id id = c->program->params.at[i];
		const struct buf b = c->buf.at[id];
		if (b.pack) {
			const struct pack *p = &c->sched->packs.at[b.pack - 1];
			line(e, "{");
			struct text from = { .c = c };
			for (uint32_t k = 0; k < p->tensors.n; k++)
				text_printf(&from, "%s%s", k ? ", " : "", param_c(f, p->tensors.at[k]));
			line(e, "\tconst %s *const from[] = { %s };", c_type(b.type), from.s);
			line(e, "\tpack_%s((%s *)(void *)(at + %lld), from);", e->buf_c[id], c_type(b.type), (long long)at);
			line(e, "}");
		} else {
			int64_t n = 0;
			poly_const(c, elements(c, &b, 0), &n);
			line(e, "memcpy(at + %lld, %s, %lld);", (long long)at, param_c(f, b.tensor), (long long)(n * type_bytes(b.type)));
		}
		at += param_bytes(c, id);
	}
	if (!c->program->params.n)
		line(e, "(void)at;");
	line(e, "return RNN_OK;");
	e->depth = 0;
	text_puts(e->out, "}\n");
}

/* ---- workspace and run --------------------------------------------------------------------------------------------- */

static bool has_start(struct ctx *c, const struct carried *k) { return c->buf.at[k->buf].fold == 0; }

static void list_parts(struct file *f)
{
	struct ctx *c = f->e.c;
	for (uint32_t i = 0; i < c->program->works.n; i++) {
		buf_id id = c->program->works.at[i];
		struct buf b = c->buf.at[id];
		if (b.timed && b.fold)
			b.extent[0] = poly_int(c, b.fold);
		poly_id n = elements(c, &b, 0);
		if (b.per_thread)
			n = poly_scale(c, n, MAX_THREADS);
		VEC_PUSH(c, f->parts, (struct part){ f->e.buf_c[id], c_type(b.type), n });
	}
	for (uint32_t i = 0; i < c->program->carried.n; i++) {
		const struct carried *k = &c->program->carried.at[i];
		if (!has_start(c, k))
			continue;
		const struct buf *b = &c->buf.at[k->buf];
		VEC_PUSH(c, f->parts, (struct part){ base_internf(c, "%s_start", f->e.buf_c[k->buf]), c_type(b->type),
		                                     poly_scale(c, elements(c, b, 1), (int64_t)k->steps) });
	}
	if (c->program->barrier)
		VEC_PUSH(c, f->parts, (struct part){ "flag", "int64_t", poly_int(c, 8 * MAX_THREADS) });
}

static void print_frame(struct file *f)
{
	struct ctx *c = f->e.c;
	struct emit *e = &f->e;
	text_printf(e->out, "\n/* All that the loops need to know of one run. */\nstruct %s_frame {\n", f->name);
	e->depth = 1;
	line(e, "int64_t threads;");
	if (c->dim.n > 1) {
		struct text d = { .c = c };
		for (uint32_t i = 1; i < c->dim.n; i++)
			if (c->dim.at[i].value < 0)
				text_printf(&d, "%s%s", d.n ? ", " : "", c->var.at[c->dim.at[i].var].name);
		if (d.n)
			line(e, "int64_t %s;", d.s);
	}
	for (buf_id b = 1; b < c->buf.n; b++) {
		const struct buf *x = &c->buf.at[b];
		if (x->kind >= BUF_LOCAL)
			continue;
		bool read_only = x->kind == BUF_INPUT || x->kind == BUF_PARAM;
		struct text shape = { .c = c };
		for (uint32_t i = 0; i < x->rank; i++)
			text_printf(&shape, "[%s]", i == 0 && x->fold ? base_internf(c, "%lld of %s", (long long)x->fold,
			            poly_text(c, x->extent[0])) : poly_text(c, x->extent[i]));
		line(e, "%s%s *%s;  /* %s */", read_only ? "const " : "", c_type(x->type), e->buf_c[b], shape.s ? shape.s : "one");
	}
	for (uint32_t i = 0; i < f->parts.n; i++) {
		const char *s = f->parts.at[i].to;
		size_t n = strlen(s);
		if ((n > 6 && !strcmp(s + n - 6, "_start")) || !strcmp(s, "flag"))
			line(e, "%s *%s;", f->parts.at[i].type, s);
	}
	e->depth = 0;
	text_puts(e->out, "};\n");
}

/* Refuses run-time dims that are negative or so large that an index could overflow. */
static void print_room(struct file *f, const char *error)
{
	struct ctx *c = f->e.c;
	bool any = false;
	for (uint32_t i = 1; i < c->dim.n; i++) {
		const char *d = c->dim.at[i].value < 0 ? c->var.at[c->dim.at[i].var].name : NULL;
		if (!d)
			continue;
		if (!any)
			line(&f->e, "int64_t room = INT64_C(1) << 38;  /* elements for each combination of sizes: no index overflows */");
		any = true;
		line(&f->e, "if (%s < 0 || %s > room)", d, d);
		line(&f->e, "\treturn %s;", error);
		line(&f->e, "room /= %s ? %s : 1;", d, d);
	}
}

static void print_workspace(struct file *f)
{
	struct ctx *c = f->e.c;
	struct emit *e = &f->e;
	if (f->parts.n)
		text_puts(e->out, "\n/* Bytes of a part of the workspace: whole lines of memory. */\n"
	          "static inline size_t part(int64_t n, size_t size) { return ((size_t)n * size + 63) / 64 * 64; }\n");
	text_printf(e->out, "\nsize_t %s_workspace_size(%s)\n{\n", f->name, dims_signature(f));
	e->depth = 1;
	struct text body = { .c = c };
	for (uint32_t i = 0; i < f->parts.n; i++)
		text_printf(&body, "%spart(%s, sizeof(%s))", i ? " +\n\t       " : "", poly_c(e, f->parts.at[i].elements), f->parts.at[i].type);
	print_room(f, "0");
	line(e, "return %s;", body.s ? body.s : "64");
	e->depth = 0;
	text_puts(e->out, "}\n");
}

static void print_checks(struct file *f)
{
	struct ctx *c = f->e.c;
	struct emit *e = &f->e;
	struct text nulls = { .c = c };
	for (uint32_t i = 0; i < c->inputs.n; i++)
		text_printf(&nulls, " || !%s", param_c(f, c->inputs.at[i]));
	for (uint32_t i = 0; i < c->outputs.n; i++)
		text_printf(&nulls, " || !%s", param_c(f, c->outputs.at[i]));
	line(e, "if (!weights || !workspace%s)", nulls.s ? nulls.s : "");
	line(e, "\treturn RNN_ERROR_NULL;");
	line(e, "if ((uintptr_t)weights %% 64 || (uintptr_t)workspace %% 64)");
	line(e, "\treturn RNN_ERROR_ALIGN;");
	print_room(f, "RNN_ERROR_DIM");
	for (uint32_t i = 0; i < c->program->checks.n; i++) {
		const struct check *k = &c->program->checks.at[i];
		const struct buf *b = &c->buf.at[k->buf];
		const char *n = param_c(f, b->tensor);
		line(e, "for (int64_t i = 0; i < %s; i++)", poly_c(e, elements(c, b, 0)));
		line(e, "\tif (%s[i] < 0 || %s[i] >= %s)", n, n, poly_c(e, k->limit));
		line(e, "\t\treturn RNN_ERROR_INDEX;");
	}
}

/* Rows before time 0: the caller's state, else zeros. */
static void print_start(struct file *f)
{
	struct ctx *c = f->e.c;
	struct emit *e = &f->e;
	for (uint32_t i = 0; i < c->program->carried.n; i++) {
		const struct carried *k = &c->program->carried.at[i];
		const struct buf *b = &c->buf.at[k->buf];
		const char *s = param_c(f, k->tensor), *n = e->buf_c[k->buf], *type = c_type(b->type);
		poly_id row = elements(c, b, 1);
		poly_id rows = poly_scale(c, row, has_start(c, k) ? (int64_t)k->steps : b->fold);
		const char *to = has_start(c, k) ? base_internf(c, "%s_start", n) : n;
		bool own = c->tensor.at[k->tensor].backward;    /* its start is the model's alone */
		if (!own)
			line(e, "if (!state || !state->%s) {", s);
		e->depth += !own;
		line(e, "memset(f.%s, 0, (size_t)(%s) * sizeof(%s));", to, poly_c(e, rows), type);
		for (uint32_t q = 0; q < c->program->starts.n; q++)
			if (c->program->starts.at[q].tensor == k->tensor)
				line(e, "%s(&f);", f->starts.at[q]);
		e->depth -= !own;
		if (own)
			continue;
		line(e, "} else {");
		if (has_start(c, k) || (b->fold == (int64_t)k->steps && k->steps == 1))
			line(e, "\tf.%s = state->%s;", to, s);
		for (uint32_t q = 1; !has_start(c, k) && k->steps + b->fold > 2 && q <= k->steps; q++)
			line(e, "\tmemcpy(f.%s + %s, state->%s + %s, (size_t)(%s) * sizeof(%s));", n,
			     poly_c(e, poly_scale(c, row, b->fold - (int64_t)q)), s,
			     poly_c(e, poly_scale(c, row, (int64_t)(k->steps - q))), poly_c(e, row), type);
		line(e, "}");
	}
}

/* The last rows become the caller's state. */
static void print_end(struct file *f)
{
	struct ctx *c = f->e.c;
	struct emit *e = &f->e;
	for (uint32_t i = 0; i < f->states.n; i++) {
		const struct carried *k = &f->states.at[i];
		const struct buf *b = &c->buf.at[k->buf];
		const char *s = param_c(f, k->tensor), *n = e->buf_c[k->buf], *type = c_type(b->type);
		const char *T = poly_c(e, b->extent[0]), *row = poly_c(e, elements(c, b, 1));
		if (b->fold == (int64_t)k->steps && k->steps == 1)
			continue;
		line(e, "if (state && state->%s) {", s);
		line(e, "\tfor (int64_t k = 0; k < %u; k++) {", k->steps);
		if (has_start(c, k))
			line(e, "\t\tconst %s *last = %s - %u + k >= 0 ? f.%s + (%s - %u + k) * (%s) : f.%s_start + (%s + k) * (%s);", type,
			     T, k->steps, n, T, k->steps, row, n, T, row);
		else
			line(e, "\t\tconst %s *last = f.%s + (%s - %u + k + %lld) %% %lld * (%s);", type, n, T, k->steps,
			     (long long)b->fold, (long long)b->fold, row);
		line(e, "\t\tmemmove(state->%s + k * (%s), last, (size_t)(%s) * sizeof(%s));", s, row, row, type);
		line(e, "\t}");
		line(e, "}");
	}
}

static void print_run(struct file *f)
{
	struct ctx *c = f->e.c;
	struct emit *e = &f->e;
	text_printf(e->out, "\n%s\n{\n", run_signature(f));
	e->depth = 1;
	line(e, "struct %s_frame f;", f->name);
	line(e, "char *at = (char *)workspace;");
	print_checks(f);
	if (c->program->parallel) {
		text_puts(e->out, "#ifdef _OPENMP\n");
		line(e, "f.threads = omp_get_max_threads() < %d ? omp_get_max_threads() : %d;", MAX_THREADS, MAX_THREADS);
		text_puts(e->out, "#else\n");
		line(e, "f.threads = 1;");
		text_puts(e->out, "#endif\n");
	} else {
		line(e, "f.threads = 1;");
	}
	for (uint32_t i = 1; i < c->dim.n; i++)
		if (c->dim.at[i].value < 0)
			line(e, "f.%s = %s;", c->var.at[c->dim.at[i].var].name, c->var.at[c->dim.at[i].var].name);
	int64_t offset = 0;
	for (buf_id b = 1; b < c->buf.n; b++) {
		const struct buf *x = &c->buf.at[b];
		if (x->kind == BUF_INPUT || x->kind == BUF_OUTPUT)
			line(e, "f.%s = %s;", e->buf_c[b], param_c(f, x->tensor));
	}
	for (uint32_t i = 0; i < c->program->params.n; i++) {
		buf_id b = c->program->params.at[i];
		line(e, "f.%s = (const %s *)(const void *)((const char *)weights + %lld);", e->buf_c[b], c_type(c->buf.at[b].type),
		     (long long)offset);
		offset += param_bytes(c, b);
	}
	for (uint32_t i = 0; i < f->parts.n; i++) {
		const struct part *p = &f->parts.at[i];
		line(e, "f.%s = (%s *)(void *)at;", p->to, p->type);
		if (i + 1 < f->parts.n)
			line(e, "at += part(%s, sizeof(%s));", poly_c(e, p->elements), p->type);
	}
	if (!f->parts.n)
		line(e, "(void)at;");
	print_start(f);
	if (c->program->barrier) {
		line(e, "memset(f.flag, 0, %d);", 64 * MAX_THREADS);
		line(e, "OMP(omp parallel num_threads((int)f.threads))");
		line(e, "{");
		e->depth++;
		line(e, "struct team team = { 0, 1, 0, f.flag, 4000 }, *me = &team;");
		text_puts(e->out, "#ifdef _OPENMP\n");
		line(e, "me->thread = omp_get_thread_num();");
		line(e, "me->threads = omp_get_num_threads();");
		text_puts(e->out, "#endif\n");
	}
	for (uint32_t i = 0; i < f->functions.n; i++) {
		if (f->functions.at[i]) {
			line(e, "%s(&f%s);", f->functions.at[i], f->team.at[i] ? ", me" : "");
			continue;
		}
		line(e, "if (me->threads > 1)");
		line(e, "\tbarrier(me);  /* %s */", f->why.at[i]);
	}
	if (c->program->barrier) {
		e->depth--;
		line(e, "}");
	}
	print_end(f);
	line(e, "return RNN_OK;");
	e->depth = 0;
	text_puts(e->out, "}\n");
}

/* ---- self-description ---------------------------------------------------------------------------------------------- */

/* -1-d for a run-time dim, or for an extent computed from one. */
static int64_t run_time_shape(struct file *f, poly_id extent)
{
	struct ctx *c = f->e.c;
	int32_t dims = 0;
	struct rnn_extent x = { -1, 0, 0 };
	for (uint32_t d = 1; d < c->dim.n; d++) {
		if (c->dim.at[d].value >= 0)
			continue;
		if (extent == poly_var(c, c->dim.at[d].var))
			return -1 - dims;
		int64_t plus;
		if (poly_linear_in(c, extent, c->dim.at[d].var) && poly_const(c, poly_without(c, extent, c->dim.at[d].var), &plus))
			x = (struct rnn_extent){ dims, poly_coef(c, extent, c->dim.at[d].var), plus };
		dims++;
	}
	for (uint32_t i = 0; i < f->extents.n; i++)
		if (!memcmp(&f->extents.at[i], &x, sizeof x))
			return -1 - dims - (int64_t)i;
	VEC_PUSH(c, f->extents, x);
	return -dims - (int64_t)f->extents.n;
}

static const char *shape_c(struct file *f, tensor_id t, int64_t steps)
{
	struct ctx *c = f->e.c;
	struct text s = { .c = c };
	const struct tensor *x = &c->tensor.at[t];
	for (uint32_t i = 0; i < x->rank; i++) {
		int64_t v = 0;
		text_puts(&s, i ? ", " : "");
		if (steps && i == 0) {
			text_printf(&s, "%lld", (long long)steps);
		} else if (poly_const(c, x->extent[i], &v)) {
			text_printf(&s, "%lld", (long long)v);
		} else {
			text_printf(&s, "%lld", (long long)run_time_shape(f, x->extent[i]));
		}
	}
	return s.s ? s.s : "0";
}

static void describe(struct file *f, const char *what, const idvec *tensors, bool states)
{
	struct ctx *c = f->e.c;
	static const char *const type[] = { "RNN_F32", "RNN_F64", "RNN_F16", "RNN_BF16", "RNN_I32", "RNN_I64", "RNN_BOOL" };
	if (!tensors->n)
		return;
	text_printf(f->e.out, "\nstatic const struct rnn_tensor %s_%s[] = {\n", f->name, what);
	for (uint32_t i = 0; i < tensors->n; i++) {
		const struct tensor *t = &c->tensor.at[tensors->at[i]];
		text_printf(f->e.out, "\t{ \"%s\", %s, %u, { %s } },\n", t->shown && !states ? t->shown : t->name, type[t->type], t->rank,
		            shape_c(f, tensors->at[i], states ? (int64_t)f->states.at[i].steps : 0));
	}
	text_puts(f->e.out, "};\n");
}

static void cast_list(struct file *f, const idvec *tensors, const char *array, bool is_const)
{
	struct ctx *c = f->e.c;
	for (uint32_t i = 0; i < tensors->n; i++)
		text_printf(f->e.out, ", (%s%s *)%s[%u]", is_const ? "const " : "", c_type(c->tensor.at[tensors->at[i]].type), array, i);
}

static void print_model(struct file *f)
{
	struct ctx *c = f->e.c;
	struct text *out = f->e.out;
	idvec carried = { 0 };
	uint32_t dims = 0;
	for (uint32_t i = 0; i < f->states.n; i++)
		VEC_PUSH(c, carried, f->states.at[i].tensor);
	for (uint32_t i = 1; i < c->dim.n; i++)
		dims += c->dim.at[i].value < 0;
	text_puts(out, "\n/* ---- for hosts that know no names ---- */\n");
	describe(f, "inputs", &c->inputs, false);
	describe(f, "outputs", &c->outputs, false);
	describe(f, "params", &c->params, false);
	describe(f, "states", &carried, true);
	if (dims) {
		text_printf(out, "\nstatic const char *const %s_dims[] = {", f->name);
		for (uint32_t i = 1, k = 0; i < c->dim.n; i++)
			if (c->dim.at[i].value < 0)
				text_printf(out, "%s \"%s\"", k++ ? "," : "", c->dim.at[i].name);
		text_puts(out, " };\n");
	}
	text_printf(out, "\nstatic int any_weights_pack(void *weights, const void *const *params)\n{\n");
	if (!c->params.n)
		text_puts(out, "\t(void)params;\n");
	text_printf(out, "\treturn %s_weights_pack(weights", f->name);
	cast_list(f, &c->params, "params", true);
	text_printf(out, ");\n}\n\nstatic size_t any_workspace_size(const int64_t *dims)\n{\n%s\treturn %s_workspace_size(%s);\n}\n",
	            dims ? "" : "\t(void)dims;\n", f->name, dims_call(f, "dims"));
	text_puts(out, "\nstatic int any_run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,\n"
	               "\tvoid *const *states, void *workspace)\n{\n");
	if (!dims)
		text_puts(out, "\t(void)dims;\n");
	if (!c->inputs.n)
		text_puts(out, "\t(void)inputs;\n");
	if (carried.n) {
		text_printf(out, "\tstruct %s_state state;\n\tif (states) {\n", f->name);
		for (uint32_t i = 0; i < carried.n; i++)
			text_printf(out, "\t\tstate.%s = (%s *)states[%u];\n", param_c(f, carried.at[i]), c_type(c->tensor.at[carried.at[i]].type), i);
		text_puts(out, "\t}\n");
	} else {
		text_puts(out, "\t(void)states;\n");
	}
	text_printf(out, "\treturn %s_run(weights%s%s", f->name, dims ? ", " : "", dims_call(f, "dims"));
	cast_list(f, &c->inputs, "inputs", true);
	cast_list(f, &c->outputs, "outputs", false);
	text_printf(out, "%s, workspace);\n}\n", carried.n ? ", states ? &state : NULL" : "");
	if (f->extents.n)
		text_printf(out, "\nstatic const struct rnn_extent %s_extents[] = {\n", f->name);
	for (uint32_t i = 0; i < f->extents.n; i++)
		text_printf(out, "\t{ %d, %lld, %lld },\n", f->extents.at[i].dim, (long long)f->extents.at[i].factor,
		            (long long)f->extents.at[i].plus);
	text_puts(out, f->extents.n ? "};\n" : "");
	text_printf(out, "\nconst struct rnn_model %s_model = {\n\tRNN_MODEL_ABI, \"%s\", \"%s\",\n\t%u, %u, %u, %u, %u,\n\t", f->name,
	            c->model_name, c->target->name, dims, c->inputs.n, c->outputs.n, c->params.n, carried.n);
	text_printf(out, dims ? "%s_dims, " : "NULL, ", f->name);
	text_printf(out, c->inputs.n ? "%s_inputs, " : "NULL, ", f->name);
	text_printf(out, c->outputs.n ? "%s_outputs, " : "NULL, ", f->name);
	text_printf(out, c->params.n ? "%s_params, " : "NULL, ", f->name);
	text_printf(out, carried.n ? "%s_states,\n" : "NULL,\n", f->name);
	text_printf(out, "\t%s_weights_size, any_weights_pack, any_workspace_size, any_run,\n\t%u, ", f->name, f->extents.n);
	text_printf(out, f->extents.n ? "%s_extents\n};\n" : "NULL\n};\n", f->name);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------ */

static void print_bodies(struct file *f)
{
	struct ctx *c = f->e.c;
	stmt_id s = c->body;
	if (s && c->stmt.at[s].kind == S_REGION) {
		f->e.region = true;
		s = c->stmt.at[s].body;
	}
	while (s) {
		idvec list = { 0 };
		if (c->stmt.at[s].kind == S_BARRIER) {
			VEC_PUSH(c, f->functions, NULL);
			VEC_PUSH(c, f->team, true);
			VEC_PUSH(c, f->why, c->stmt.at[s].note);
			s = c->stmt.at[s].next;
			continue;
		}
		const char *name = NULL;
		for (; s; ) {  /* what belongs to one stage or recurrence: its comment, its loops, their tails */
			const struct stmt x = c->stmt.at[s];
			const char *of = x.kind == S_FOR && x.flavor == LOOP_TIME ?
			                 base_internf(c, "%s_%s_steps", f->name, c_ident(c, c->rec.at[x.rec].name)) :
			                 base_internf(c, "%s_%s", f->name, x.stage ? c_ident(c, c->stage.at[x.stage].name) : "rest");
			if (x.kind == S_BARRIER || (name && of != name))
				break;
			name = of;
			VEC_PUSH(c, list, s);
			s = x.next;
		}
		bool team = false;
		name = name_unique(&f->e, name);
		body_function(&f->e, name, list.at, list.n, &team);
		c->stmt.at[list.at[list.n - 1]].next = s;
		VEC_PUSH(c, f->functions, name);
		VEC_PUSH(c, f->team, team);
		VEC_PUSH(c, f->why, NULL);
	}
}

static void print_starts(struct file *f)
{
	struct ctx *c = f->e.c;
	f->e.region = false;
	f->e.starting = true;
	for (uint32_t i = 0; i < c->program->starts.n; i++) {
		const struct start s = c->program->starts.at[i];
		idvec list = { 0 };
		bool team;
		for (stmt_id k = s.body; k; k = c->stmt.at[k].next)
			VEC_PUSH(c, list, k);
		const char *name = name_unique(&f->e, base_internf(c, "%s_start_%s", f->name, c_ident(c, c->tensor.at[s.tensor].name)));
		body_function(&f->e, name, list.at, list.n, &team);
		VEC_PUSH(c, f->starts, name);
	}
	f->e.starting = false;
}

static bool has_barrier(const struct text *t) { return t->s && strstr(t->s, "barrier(me);"); }
static bool find_private_use(const struct text *t) { return t->s && strstr(t->s, "thread_number()"); }

bool emit_model(struct ctx *c, struct emitted *out)
{
	struct file f = { .e = { .c = c }, .name = c_ident(c, c->model_name) };
	struct text body = { .c = c }, head = { .c = c };
	f.e.out = &body;
	c->emitting = true;
	f.tensor_c = base_alloc(c, c->tensor.n * sizeof *f.tensor_c);
	for (uint32_t i = 0; i < c->params.n; i++)
		param_c(&f, c->params.at[i]);
	f.e.names.n = 0;  /* params are named in one function only, where nothing else is */
	names_prepare(&f.e);
	list_parts(&f);
	for (uint32_t i = 0; i < c->program->carried.n; i++)
		if (!c->tensor.at[c->program->carried.at[i].tensor].backward)
			VEC_PUSH(c, f.states, c->program->carried.at[i]);
	print_bodies(&f);
	print_starts(&f);
	struct text bodies = body;
	body = (struct text){ .c = c };
	print_weights(&f);
	print_workspace(&f);
	struct text sizes = body;
	body = (struct text){ .c = c };
	print_frame(&f);
	struct text frame = body;
	body = (struct text){ .c = c };
	print_run(&f);
	print_model(&f);

	text_printf(&head, "/* %s.c · emitted by rnngen %s from %s", f.name, VERSION, c->model_file);
	if (c->sched->file)
		text_printf(&head, " and %s", c->sched->file);
	text_printf(&head, " for %s; yours to use as you like */\n", c->target->name);
	text_head(c->target->name, put, &head);
	text_printf(&head, "#include \"%s.h\"\n", f.name);
	if (c->program->parallel) {
		text_puts(&head, "#ifdef _OPENMP\n#include <omp.h>\n");
		if (c->program->barrier)
			text_puts(&head, "#include <sched.h>\n");
		text_puts(&head, "#define OMP(...) _Pragma(#__VA_ARGS__)\n#else\n#define OMP(...)\n#endif\n");
	}
	text_puts(&head, "\n");
	struct text_request ask = { c->target->name, f.e.use.at, f.e.use.n };
	size_t which = 0;
	if (text_functions(&ask, put, &head, &which) != TEXT_OK) {
		fprintf(stderr, "rnngen: internal error: target %s has no %s for %d lanes\n", c->target->name, ask.use[which].name,
		        ask.use[which].lanes);
		exit(3);
	}
	if (f.e.use_min)
		text_puts(&head, "\nstatic inline int64_t min_i(int64_t a, int64_t b) { return a < b ? a : b; }\n");
	if (f.e.use_max)
		text_puts(&head, "\nstatic inline int64_t max_i(int64_t a, int64_t b) { return a > b ? a : b; }\n");
	if (find_private_use(&bodies))
		put_text(&head, "thread");
	if (c->program->barrier) {
		static const char *const kind[] = { "", "omp", "spin", "flag" };
		bool waits = has_barrier(&bodies) || has_barrier(&body);
		put_text(&head, "team");
		if (waits)
			text_puts(&head, "\n#ifdef _OPENMP");
		if (waits && c->program->barrier != BARRIER_OMP)
			put_text(&head, "wait");
		if (waits) {
			put_text(&head, kind[c->program->barrier]);
			text_puts(&head, "#else\nstatic void barrier(struct team *me) { me->step++; }\n#endif\n");
		}
	}
	text_puts(&head, frame.s);
	text_puts(&head, sizes.s);
	text_puts(&head, bodies.s ? bodies.s : "");
	text_puts(&head, body.s);
	out->c = head;
	out->h = (struct text){ .c = c };
	print_header(&f, &out->h);
	c->emitting = false;
	return true;
}
