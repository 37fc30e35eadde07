/* names.c · C names: the model's own, made unique, and no words of C */
#include "emit/emit.h"

static const char *const words[] = {
	"auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float",
	"for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof", "static",
	"struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "bool", "true", "false", "class",
	"new", "delete", "this", "template", "typename", "operator", "private", "public", "protected", "virtual", "try",
	"catch", "throw", "using", "namespace", "friend", "explicit", "export", "and", "or", "not", "xor", "asm", "wchar_t",
	"nullptr", "constexpr", "decltype", "noexcept", "static_assert", "thread_local", "alignas", "alignof", "mutable",
	/* of the emitted file itself */
	"f", "me", "state", "states", "weights", "workspace", "dims", "at", "end", "share", "barrier", "wait_for", "PATIENCE", "team",
	"thread", "threads", "part", "from", "p", "room", "share", "next_part", "group", "group_of", "any_run", "min_i", "max_i", "OMP", "inputs", "outputs", "params", "main", "errno", "stdin",
	"stdout", "stderr", "linux", "unix", "i386", "NULL", "NAN", "INFINITY", "EOF", "j0", "j1", "jn", "y0", "y1", "yn",
	"exp", "log", "tanh", "sqrt", "fma", "floor", "gamma", "index", "memcpy", "memset"
};

static bool is_word(const char *s)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(s, words[i]))
			return true;
	/* v8, load8, first16: types and functions of the support text end in the lanes */
	return n > 1 && s[n - 1] >= '0' && s[n - 1] <= '9' && strchr("vmufrlstegnmbha", s[0]) && !strchr(s, '_');
}

const char *name_unique(struct emit *e, const char *want)
{
	struct ctx *c = e->c;
	const char *name = base_intern(c, is_word(want) ? base_internf(c, "%s_", want) : want);
	const char *base = name;
	for (int k = 2;; k++) {
		bool taken = false;
		for (uint32_t i = 0; i < e->names.n; i++)
			taken |= e->names.at[i] == name;
		for (uint32_t i = 0; i < e->shares.n; i++)
			taken |= e->shares.at[i].first == name || e->shares.at[i].end == name;
		if (!taken)
			break;
		name = base_internf(c, "%s_%d", base, k);
	}
	VEC_PUSH(c, e->names, name);
	return name;
}

/* Names that hold in the whole file: dims and buffers. */
void names_prepare(struct emit *e)
{
	struct ctx *c = e->c;
	e->buf_c = base_alloc(c, c->buf.n * sizeof *e->buf_c);
	e->stride = base_alloc(c, c->buf.n * sizeof *e->stride);
	for (buf_id b = 1; b < c->buf.n; b++) {
		poly_id s = poly_int(c, 1);
		for (uint32_t i = c->buf.at[b].rank; i-- > 0; s = poly_mul(c, s, c->buf.at[b].extent[i]))
			e->stride[b][i] = s;
	}
	e->offsets = c->list.n;
	e->offset = base_alloc(c, e->offsets * sizeof *e->offset);
	for (uint32_t i = 1; i < c->dim.n; i++)
		if (c->dim.at[i].value < 0)
			c->var.at[c->dim.at[i].var].name = name_unique(e, c->dim.at[i].name);
	for (buf_id b = 1; b < c->buf.n; b++)
		if (c->buf.at[b].kind < BUF_LOCAL)
			e->buf_c[b] = name_unique(e, c->buf.at[b].name);
}

/* A register of a tile: the buffer's name and its place, dims of extent 1 left out. */
const char *name_component(struct emit *e, buf_id b, uint32_t idx)
{
	struct ctx *c = e->c;
	const struct buf *x = &c->buf.at[b];
	struct text t = { .c = c };
	text_puts(&t, e->buf_c[b] ? e->buf_c[b] : x->name);  /* no name yet: only looked at, from outside its block */
	for (uint32_t i = 0; i < x->rank; i++) {
		poly_id p = c->expr.at[c->list.at[idx + i]].poly;
		int64_t at = 0, extent = 0;
		bool last = i + 1 == x->rank && x->lanes;
		poly_const(c, x->extent[i], &extent);
		if (last && e->lane)
			p = poly_without(c, p, e->lane);
		poly_const(c, p, &at);
		if (extent > (last ? x->lanes : 1))
			text_printf(&t, "_%lld", (long long)(last ? at / x->lanes : at));
	}
	return base_intern(c, t.s);
}
