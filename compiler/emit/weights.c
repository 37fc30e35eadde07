/* weights.c · NAME_weights_size and NAME_weights_pack: params in the order that each use wants */
#include "emit/file.h"

#include "safetensors.h"

enum { HUGE_PAGE = 2 << 20 };

/* Whole pages, so that nothing else shares the last one. */
static int64_t whole_pages(int64_t n) { return (n + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE; }

/* Asked for before anything is written: pages are chosen when they are touched first. A wish; without it only speed is lost. */
static void print_advice(struct file *f)
{
	struct emit *e = &f->e;
	text_puts(e->out, "#ifdef MADV_HUGEPAGE\n");
	line(e, "const uintptr_t page = %d, first = ((uintptr_t)weights + page - 1) / page * page;", HUGE_PAGE);
	line(e, "const uintptr_t end = ((uintptr_t)weights + %s_weights_size()) / page * page;", f->name);
	line(e, "if (end > first)");
	line(e, "\t(void)madvise((void *)first, end - first, MADV_HUGEPAGE);");
	text_puts(e->out, "#endif\n");
}

static int64_t align64(int64_t n) { return (n + 63) & ~(int64_t)63; }

int64_t param_bytes(struct ctx *c, buf_id b)
{
	int64_t n = 0;
	poly_const(c, elements(c, &c->buf.at[b], 0), &n);
	return align64(n * (int64_t)rnn_st_type_size(c->buf.at[b].type));
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
		int64_t k = 1, e, at = -1;
		for (uint32_t i = 0; i < p->part.n; i++) {
			if (p->part.at[i].kind == PACK_TENSOR || p->part.at[i].dim != d)
				continue;
			k = p->part.at[i].k;
			at = p->part.at[i].kind == PACK_AT ? k : at;
			*(p->part.at[i].kind == PACK_DIV ? &div : p->part.at[i].kind == PACK_MOD ? &mod : &whole) = (int)i;
		}
		index[d] = at >= 0 ? base_internf(c, "%lld", (long long)at) : whole >= 0 ? base_internf(c, "i%d", whole) :
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
	text_printf(e->out, " as %s%s%s%s */\n", p->order, bound.n ? ", padded with zeros" : "", p->loc ? "    " : "",
	            p->loc ? loc_text(c, p->loc) : "");
	/* cold: it runs once, and unrolled and vectorized packing took clang a sixth of its time */
	text_printf(e->out, "static __attribute__((noinline, cold)) void pack_%s(%s *p, const %s *const *from)\n{\n", f->e.buf_c[id], type, type);
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

void print_weights(struct file *f)
{
	struct ctx *c = f->e.c;
	struct emit *e = &f->e;
	int64_t total = 0;
	for (uint32_t i = 0; i < c->program->params.n; i++) {
		if (c->buf.at[c->program->params.at[i]].pack)
			print_packer(f, c->program->params.at[i]);
		total += param_bytes(c, c->program->params.at[i]);
	}
	total = c->sched->huge_weights ? whole_pages(total) : total;
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
	if (c->sched->huge_weights)
		print_advice(f);
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
			line(e, "memcpy(at + %lld, %s, %lld);", (long long)at, param_c(f, b.tensor), (long long)(n * (int64_t)rnn_st_type_size(b.type)));
		}
		at += param_bytes(c, id);
	}
	if (!c->program->params.n)
		line(e, "(void)at;");
	line(e, "return RNN_OK;");
	e->depth = 0;
	text_puts(e->out, "}\n");
}
