/* signatures.c · signatures of the emitted functions, and NAME.h */
#include "emit/file.h"

static const char *tensor_shape(struct ctx *c, tensor_id t)
{
	struct text s = { .c = c };
	for (uint32_t i = 0; i < c->tensor.at[t].rank; i++)
		text_printf(&s, "[%s]", poly_text(c, c->tensor.at[t].extent[i]));
	return s.s ? s.s : "";
}

const char *run_signature(struct file *f)
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

const char *pack_signature(struct file *f)
{
	struct ctx *c = f->e.c;
	struct text s = { .c = c };
	text_printf(&s, "int %s_weights_pack(void *weights", f->name);
	for (uint32_t i = 0; i < c->params.n; i++)
		text_printf(&s, ",\n\tconst %s *%s", c_type(c->tensor.at[c->params.at[i]].type), param_c(f, c->params.at[i]));
	text_puts(&s, ")");
	return s.s;
}

const char *dims_signature(struct file *f)
{
	struct ctx *c = f->e.c;
	struct text s = { .c = c };
	for (uint32_t i = 1; i < c->dim.n; i++)
		if (c->dim.at[i].value < 0)
			text_printf(&s, "%sint64_t %s", s.n ? ", " : "", c->var.at[c->dim.at[i].var].name);
	return s.n ? s.s : "void";
}

const char *dims_call(struct file *f, const char *fmt)
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

void print_header(struct file *f, struct text *out)
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
	text_printf(out, "/* Bytes of the packed weights; the memory must be 64-byte aligned%s. */\nsize_t %s_weights_size(void);\n\n",
	            f->e.c->sched->huge_weights ? ", and should begin at a multiple of 2 MiB, untouched: weights_pack\n * asks for"
	            " huge pages" : "", f->name);
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
	text_puts(out, ". Returns enum rnn_status.");
	for (uint32_t i = 1, k = 0; i < c->dim.n; i++) {
		const struct bound *b = sched_bound_of(c, i);
		if (b)
			text_printf(out, "%s %s", k++ ? ";" : "\n * Other sizes than the schedule promises are RNN_ERROR_DIM:", sched_bound_text(c, c->dim.at[i].name, b));
	}
	text_puts(out, " */\n");
	text_printf(out, "%s;\n\nextern const struct rnn_model %s_model;\n\n#ifdef __cplusplus\n}\n#endif\n#endif\n",
	            run_signature(f), f->name);
}
