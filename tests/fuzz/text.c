/* text.c · a model tree as a model file: dims, axes, tensors in use, definitions that live */
#include "fuzz.h"

#include <stdlib.h>

struct writer { const struct fz_model *m; char *out; size_t n, size; bool axis[FZ_DIMS * 4], dim[FZ_DIMS]; };

static void put(struct writer *w, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void put(struct writer *w, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(w->out + w->n, w->size - w->n, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= w->size - w->n) {
		fprintf(stderr, "fuzz: a model text of more than %zu bytes\n", w->size);
		exit(2);
	}
	w->n += (size_t)n;
}

static const char *axis_text(int axis)
{
	static char buf[4][16];
	static int next;
	return axis_name(axis, buf[next++ % 4]);
}

/* The Lua variable of a tensor: "layer1_h7" */
static void put_tensor(struct writer *w, int tensor)
{
	const struct fz_tensor *t = &w->m->tensor[tensor];
	put(w, "%s%s%s", t->scope, *t->scope ? "_" : "", t->name);
}

static void put_node(struct writer *w, int e);

static void put_index(struct writer *w, const struct fz_index *x)
{
	put(w, "[");
	switch (x->kind) {
	case IX_AXIS:  put(w, "%s", axis_text(x->axis)); break;
	case IX_CONST: put(w, "%d", x->plus); break;
	case IX_BACK:  put(w, "%s-%d", axis_text(x->axis), x->plus); break;
	case IX_LAST:  put(w, "T-1"); break;
	case IX_GATHER: put_node(w, x->node); break;
	default:
		if (x->factor == -1)
			put(w, "%d-%s", x->plus, axis_text(x->axis));
		else if (x->factor == 1)
			put(w, "%s", axis_text(x->axis));
		else
			put(w, "%d*%s", x->factor, axis_text(x->axis));
		if (x->other >= 0)
			put(w, "+%s", axis_text(x->other));
		if (x->plus && x->factor != -1)
			put(w, "+%d", x->plus);
	}
	put(w, "]");
}

static void put_node(struct writer *w, int e)
{
	const struct fz_node *x = &w->m->node[e];
	switch (x->kind) {
	case E_NUM:
		put(w, x->num < 0 ? "(%.9g)" : "%.9g", x->num);
		break;
	case E_INT:
		put(w, "%s", x->axis[0] >= 0 ? axis_text(x->axis[0]) : w->m->dim[x->axis[1]].name);
		break;
	case E_READ:
		put_tensor(w, x->tensor);
		for (int i = 0; i < w->m->tensor[x->tensor].rank; i++)
			put_index(w, &x->idx[i]);
		break;
	case E_REDUCE:
		put(w, "%s(", x->op);
		if (x->n == 1)
			put(w, "%s, ", axis_text(x->axis[0]));
		else
			put(w, "{%s, %s}, ", axis_text(x->axis[0]), axis_text(x->axis[1]));
		put_node(w, x->arg[0]);
		put(w, ")");
		break;
	default:
		if (x->n == 1 && *x->op == '-') {
			put(w, "(-");
			put_node(w, x->arg[0]);
			put(w, ")");
		} else if (x->n == 2 && strchr("+-*/", *x->op)) {
			put(w, "(");
			put_node(w, x->arg[0]);
			put(w, " %s ", x->op);
			put_node(w, x->arg[1]);
			put(w, ")");
		} else {
			put(w, "%s(", x->op);
			for (int i = 0; i < x->n; i++) {
				put(w, "%s", i ? ", " : "");
				put_node(w, x->arg[i]);
			}
			put(w, ")");
		}
	}
}

static void use_axis(struct writer *w, int axis)
{
	w->axis[axis] = true;
	w->dim[AXIS_DIM(axis)] = true;
}

static void use_index(struct writer *w, const struct fz_index *x);

static void use_node(struct writer *w, int e)
{
	const struct fz_node *x = &w->m->node[e];
	for (int i = 0; x->kind == E_REDUCE && i < x->n; i++)
		use_axis(w, x->axis[i]);
	if (x->kind == E_INT && x->axis[0] >= 0)
		use_axis(w, x->axis[0]);
	if (x->kind == E_INT && x->axis[0] < 0)
		w->dim[x->axis[1]] = true;
	for (int i = 0; x->kind == E_READ && i < w->m->tensor[x->tensor].rank; i++)
		use_index(w, &x->idx[i]);
	for (int i = 0; i < (x->kind == E_OP ? x->n : x->kind == E_REDUCE); i++)
		use_node(w, x->arg[i]);
}

static void use_index(struct writer *w, const struct fz_index *x)
{
	if (x->kind == IX_AXIS || x->kind == IX_BACK || x->kind == IX_AFFINE)
		use_axis(w, x->axis);
	if (x->kind == IX_AFFINE && x->other >= 0)
		use_axis(w, x->other);
	if (x->kind == IX_GATHER)
		use_node(w, x->node);
}

static bool is_defined(const struct fz_model *m, int tensor)
{
	for (int d = 0; d < m->defs; d++)
		if (!m->def[d].dead && m->def[d].tensor == tensor)
			return true;
	return false;
}

static bool is_used(const struct fz_model *m, int tensor)
{
	uint8_t role = m->tensor[tensor].role;
	return role == ROLE_INPUT || role == ROLE_PARAM ? model_reads(m, tensor) : is_defined(m, tensor);
}

static void put_declarations(struct writer *w)
{
	static const char *const role[] = { "input", "param", "func", "state" };
	const struct fz_model *m = w->m;
	for (int d = 0; d < m->dims; d++) {
		if (w->dim[d] && m->dim[d].value < 0)
			put(w, "local %s = dims(\"%s\")\n", m->dim[d].name, m->dim[d].name);
		else if (w->dim[d])
			put(w, "local %s = dim(\"%s\", %d)\n", m->dim[d].name, m->dim[d].name, m->dim[d].value);
	}
	for (int a = 0; a < FZ_DIMS * 4; a++) {
		if (w->axis[a] && a == AXIS(DIM_T, 0))
			put(w, "local t = time(\"t\", T)\n");
		else if (w->axis[a])
			put(w, "local %s = axis(\"%s\")\n", axis_text(a), axis_text(a));
	}
	for (int t = 0; t < m->tensors; t++) {
		const struct fz_tensor *x = &m->tensor[t];
		if (!is_used(m, t))
			continue;
		put(w, "local ");
		put_tensor(w, t);
		put(w, *x->scope ? " = scope(\"%s\", function() return " : " = %s", x->scope);
		put(w, "%s(\"%s\", %s, {", role[x->role], x->name, x->ids ? "i32" : "f32");
		for (int d = 0; d < x->rank; d++)
			put(w, "%s%s", d ? ", " : "", m->dim[x->dim[d]].name);
		put(w, "})%s\n", *x->scope ? " end)" : "");
	}
}

static void put_list(struct writer *w, const char *name, bool (*in)(const struct fz_model *, int))
{
	bool first = true;
	put(w, ", %s = {", name);
	for (int t = 0; t < w->m->tensors; t++) {
		if (!in(w->m, t))
			continue;
		put(w, "%s", first ? "" : ", ");
		put_tensor(w, t);
		first = false;
	}
	put(w, "}");
}

static bool in_inputs(const struct fz_model *m, int t) { return m->tensor[t].role == ROLE_INPUT && is_used(m, t); }
static bool in_outputs(const struct fz_model *m, int t) { return m->tensor[t].output && is_defined(m, t); }
static bool in_states(const struct fz_model *m, int t) { return m->tensor[t].listed && is_defined(m, t); }

void model_text(const struct fz_model *m, const char *name, char *out, size_t size)
{
	struct writer w = { .m = m, .out = out, .size = size };
	for (int d = 0; d < m->defs; d++) {
		if (m->def[d].dead)
			continue;
		const struct fz_tensor *t = &m->tensor[m->def[d].tensor];
		use_node(&w, m->def[d].rhs);
		for (int i = 0; i < t->rank; i++) {
			use_index(&w, &m->def[d].left[i]);
			w.dim[t->dim[i]] = true;
		}
	}
	for (int t = 0; t < m->tensors; t++)
		for (int i = 0; is_used(m, t) && i < m->tensor[t].rank; i++)
			w.dim[m->tensor[t].dim[i]] = true;
	put_declarations(&w);
	for (int d = 0; d < m->defs; d++) {
		if (m->def[d].dead)
			continue;
		put_tensor(&w, m->def[d].tensor);
		for (int i = 0; i < m->tensor[m->def[d].tensor].rank; i++)
			put_index(&w, &m->def[d].left[i]);
		put(&w, " = ");
		put_node(&w, m->def[d].rhs);
		put(&w, "\n");
	}
	put(&w, "return model { name = \"%s\"", name);
	put_list(&w, "inputs", in_inputs);
	put_list(&w, "outputs", in_outputs);
	put_list(&w, "states", in_states);
	put(&w, " }\n");
}
