/* describe.c · the model for hosts that know no names (rnn_model.h) */
#include "emit/file.h"

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
		} else if (poly_const(c, x->extent[i], &v) && x->extent[i] == poly_fixed(c, x->extent[i])) {  /* a bound dim is given, too */
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

void print_model(struct file *f)
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
	            c->model_name, f->targets, dims, c->inputs.n, c->outputs.n, c->params.n, carried.n);
	text_printf(out, dims ? "%s_dims, " : "NULL, ", f->name);
	text_printf(out, c->inputs.n ? "%s_inputs, " : "NULL, ", f->name);
	text_printf(out, c->outputs.n ? "%s_outputs, " : "NULL, ", f->name);
	text_printf(out, c->params.n ? "%s_params, " : "NULL, ", f->name);
	text_printf(out, carried.n ? "%s_states,\n" : "NULL,\n", f->name);
	text_printf(out, "\t%s_weights_size, any_weights_pack, any_workspace_size, any_run,\n\t%u, ", f->name, f->extents.n);
	text_printf(out, f->extents.n ? "%s_extents\n};\n" : "NULL\n};\n", f->name);
}
