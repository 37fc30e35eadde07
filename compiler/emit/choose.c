/* choose.c · one library for several targets: NAME.c, which calls the code that this CPU runs
 *
 *   NAME_avx512.c, NAME_avx2.c   models of their own under these names, each compiled with the flags of its target
 *   NAME.c                       the functions of NAME.h: asks the CPU, and calls those of NAME_avx512_model or NAME_avx2_model
 *
 * The answer is not kept: to ask is a load and a test, so nothing is written and threads need no order. Packed weights belong to
 * the target that packed them, which is always the same one on one CPU. */
#include "emit/file.h"
#include "target/target.h"

static void print_chosen(struct file *f, const struct target *const *targets, size_t n)
{
	struct text *out = f->e.out;
	bool any = false;
	text_puts(out, "\n/* The best that this CPU runs; NULL: it runs none of them. */\nstatic const struct rnn_model *chosen(void)\n{\n"
	               "#if defined(__x86_64__) && defined(__GNUC__)\n");
	for (size_t i = 0; i < n; i++)
		if (targets[i]->cpu)
			text_printf(out, "\tif (%s)\n\t\treturn &%s_%s_model;\n", targets[i]->cpu, f->name, targets[i]->name);
	text_puts(out, "#endif\n");
	for (size_t i = 0; i < n && !any; i++)
		if ((any = !targets[i]->cpu))
			text_printf(out, "\treturn &%s_%s_model;\n}\n", f->name, targets[i]->name);
	if (!any)
		text_puts(out, "\treturn NULL;\n}\n");
}

/* An array of pointers for the functions of rnn_model, which know no names. */
static void print_array(struct file *f, const char *type, const char *array, const idvec *tensors)
{
	if (!tensors->n)
		return;
	text_printf(f->e.out, "\t%s%s[] = { ", type, array);
	for (uint32_t i = 0; i < tensors->n; i++)
		text_printf(f->e.out, "%s%s", i ? ", " : "", param_c(f, tensors->at[i]));
	text_puts(f->e.out, " };\n");
}

static void print_dims(struct file *f)
{
	const char *dims = dims_call(f, NULL);
	if (*dims)
		text_printf(f->e.out, "\tconst int64_t dims[] = { %s };\n", dims);
}

static void print_run_chosen(struct file *f)
{
	struct ctx *c = f->e.c;
	struct text *out = f->e.out;
	text_printf(out, "\n%s\n{\n\tconst struct rnn_model *m = chosen();\n", run_signature(f));
	print_dims(f);
	print_array(f, "const void *const ", "inputs", &c->inputs);
	print_array(f, "void *const ", "outputs", &c->outputs);
	if (f->states.n) {
		text_printf(out, "\tvoid *states[%u];\n\tif (state) {\n", f->states.n);
		for (uint32_t i = 0; i < f->states.n; i++)
			text_printf(out, "\t\tstates[%u] = state->%s;\n", i, param_c(f, f->states.at[i].tensor));
		text_puts(out, "\t}\n");
	}
	text_printf(out, "\treturn m ? m->run(weights, %s, %s, %s, %s, workspace) : RNN_ERROR_CPU;\n}\n", *dims_call(f, NULL) ? "dims" : "NULL",
	            c->inputs.n ? "inputs" : "NULL", c->outputs.n ? "outputs" : "NULL", f->states.n ? "state ? states : NULL" : "NULL");
}

void print_choice(struct file *f, const struct target *const *targets, size_t n)
{
	struct ctx *c = f->e.c;
	struct text *out = f->e.out, all = { .c = c };
	for (size_t i = 0; i < n; i++)
		text_printf(&all, "%s%s", i ? "," : "", targets[i]->name);
	f->targets = all.s ? all.s : "";
	text_printf(out, "/* %s.c · emitted by rnngen %s from %s: calls what this CPU runs of %s; yours to use as you like */\n", f->name, VERSION,
	            c->model_file, f->targets);
	text_printf(out, "#include \"%s.h\"\n", f->name);
	for (size_t i = 0; i < n; i++)
		text_printf(out, "#include \"%s_%s.h\"\n", f->name, targets[i]->name);
	print_chosen(f, targets, n);
	text_printf(out, "\nsize_t %s_weights_size(void)\n{\n\tconst struct rnn_model *m = chosen();\n\treturn m ? m->weights_size() : 0;\n}\n", f->name);
	text_printf(out, "\n%s\n{\n\tconst struct rnn_model *m = chosen();\n", pack_signature(f));
	print_array(f, "const void *const ", "params", &c->params);
	text_printf(out, "\treturn m ? m->weights_pack(weights, %s) : RNN_ERROR_CPU;\n}\n", c->params.n ? "params" : "NULL");
	text_printf(out, "\nsize_t %s_workspace_size(%s)\n{\n\tconst struct rnn_model *m = chosen();\n", f->name, dims_signature(f));
	print_dims(f);
	text_printf(out, "\treturn m ? m->workspace_size(%s) : 0;\n}\n", *dims_call(f, NULL) ? "dims" : "NULL");
	print_run_chosen(f);
	print_model(f);
}
