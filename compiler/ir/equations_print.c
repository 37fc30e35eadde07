/* equations_print.c · the model as text in the language's own notation, and the hash of its normalised form
 *
 * The hash is of the same text with axes numbered in each definition, in the order in which they appear, so that
 * neither the names of axes nor the layout of the model file matter. */
#include "ir/equations.h"

static void print_dims(struct ctx *c, struct text *out)
{
	for (uint32_t i = 1; i < c->dim.n; i++) {
		const struct dim *d = &c->dim.at[i];
		if (d->value < 0)
			text_printf(out, "local %s = dim(\"%s\")\n", d->name, d->name);
		else
			text_printf(out, "local %s = dim(\"%s\", %lld)\n", d->name, d->name, (long long)d->value);
	}
}

static void print_axes(struct ctx *c, struct text *out)
{
	for (var_id v = 1; v < c->var.n; v++) {
		const struct var *x = &c->var.at[v];
		if (x->kind == VAR_AXIS && x->extent)
			text_printf(out, "local %s = %s(\"%s\", %s)\n", x->name, x->is_time ? "time" : "axis", x->name,
			            poly_text(c, x->extent));
	}
}

static void print_tensor(struct ctx *c, const struct tensor *t, struct text *out)
{
	static const char *const role[] = { "input", "param", "func", "state" };
	text_printf(out, "%s%s = %s(\"%s\", %s, {", *t->scope ? "" : "local ", t->name, role[t->role], t->local,
	            type_name(t->type));
	for (uint32_t i = 0; i < t->rank; i++)
		text_printf(out, "%s%s", i ? ", " : "", poly_text(c, t->extent[i]));
	text_puts(out, "})\n");
}

static void print_list(struct ctx *c, const char *name, const idvec *list, struct text *out)
{
	if (!list->n)
		return;
	text_printf(out, ", %s = {", name);
	for (uint32_t i = 0; i < list->n; i++)
		text_printf(out, "%s%s", i ? ", " : "", c->tensor.at[list->at[i]].name);
	text_puts(out, "}");
}

static void print_def(struct ctx *c, const struct def *d, struct text *out)
{
	text_printf(out, d->nidx ? "%s = " : "define(%s, ", equations_left(c, d));
	expr_print(c, d->rhs, out);
	text_puts(out, d->nidx ? "\n" : ")\n");
}

static void print_model(struct ctx *c, struct text *out)
{
	text_printf(out, "return model { name = \"%s\"", c->model_name ? c->model_name : "");
	print_list(c, "inputs", &c->inputs, out);
	print_list(c, "outputs", &c->outputs, out);
	print_list(c, "states", &c->states, out);
	text_puts(out, " }\n");
}

void equations_print(struct ctx *c, struct text *out)
{
	print_dims(c, out);
	print_axes(c, out);
	for (tensor_id t = 1; t < c->tensor.n; t++)
		if (!c->tensor.at[t].derived)
			print_tensor(c, &c->tensor.at[t], out);
	for (def_id d = 1; d < c->def.n; d++)
		if (!c->tensor.at[c->def.at[d].tensor].derived)
			print_def(c, &c->def.at[d], out);
	print_model(c, out);
}

/* ---- the hash ---------------------------------------------------------------------------------------------------- */

struct numbering { const char **name; uint32_t n; };        /* the names that axes had; NULL: not met yet */

static void number_axis(struct ctx *c, struct numbering *m, var_id v)
{
	if (c->var.at[v].kind != VAR_AXIS || m->name[v])
		return;
	m->name[v] = c->var.at[v].name;
	c->var.at[v].name = base_internf(c, "%s%u", c->var.at[v].is_time ? "@" : "$", m->n++);
}

static void number_poly(struct ctx *c, struct numbering *m, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++)
		for (int k = 0; k < t[i].n; k++)
			number_axis(c, m, t[i].var[k]);
}

static bool number_node(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	for (uint32_t i = 0; x->kind == X_REDUCE && i < x->nidx; i++)
		number_axis(c, arg, c->list.at[x->idx + i]);
	if (x->kind == X_POLY)
		number_poly(c, arg, x->poly);
	return false;
}

/* Prints d with numbers for the names of its axes. */
static void print_numbered(struct ctx *c, const struct def *d, struct text *out)
{
	struct numbering m = { base_alloc(c, c->var.n * sizeof *m.name), 0 };
	for (uint32_t i = 0; i < d->nidx; i++)
		number_poly(c, &m, d->idx[i]);
	expr_any(c, d->rhs, number_node, &m);
	print_def(c, d, out);
	for (var_id v = 1; v < c->var.n; v++)
		if (m.name[v])
			c->var.at[v].name = m.name[v];
}

static uint64_t hash_of(const struct text *t)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < t->n; i++)
		h = (h ^ (unsigned char)t->s[i]) * 1099511628211u;
	return h;
}

uint64_t equations_hash_of(struct ctx *c, tensor_id tensor)
{
	struct text t = { .c = c };
	for (uint32_t i = 0; i < c->tensor.at[tensor].defs.n; i++)
		print_numbered(c, &c->def.at[c->tensor.at[tensor].defs.at[i]], &t);
	return hash_of(&t);
}

uint64_t equations_hash(struct ctx *c)
{
	struct text t = { .c = c };
	for (tensor_id i = 1; i < c->tensor.n; i++)
		if (!c->tensor.at[i].derived)
			print_tensor(c, &c->tensor.at[i], &t);
	for (def_id d = 1; d < c->def.n; d++)
		if (!c->tensor.at[c->def.at[d].tensor].derived)
			print_numbered(c, &c->def.at[d], &t);
	print_model(c, &t);
	return hash_of(&t);
}
