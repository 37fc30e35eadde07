/* run.c · the workspace, and NAME_run: checks, pointers, the start, calls of the bodies, the end */
#include "emit/file.h"

static bool has_start(struct ctx *c, const struct carried *k) { return c->buf.at[k->buf].fold == 0; }

/* Numbers in flags: a line of memory for each thread, and another where it has a group. */
static int64_t flags(struct ctx *c) { return (c->program->groups ? 16 : 8) * MAX_THREADS; }

static bool hands_out(struct ctx *c, stmt_id s, void *loops)
{
	const struct stmt *x = &c->stmt.at[s];
	*(int64_t *)loops += x->kind == S_FOR && x->flavor == LOOP_PARALLEL && x->sharing >= SHARE_DYNAMIC;
	return false;
}

void list_parts(struct file *f)
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
		VEC_PUSH(c, f->parts, (struct part){ "flag", "int64_t", poly_int(c, flags(c)) });
	int64_t tickets = 0;
	stmt_any(c, c->program->barrier ? c->body : 0, hands_out, &tickets);
	if (tickets)
		VEC_PUSH(c, f->parts, (struct part){ "ticket", "int64_t", poly_int(c, 8 * tickets) });
}

void print_frame(struct file *f)
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
		if ((n > 6 && !strcmp(s + n - 6, "_start")) || !strcmp(s, "flag") || !strcmp(s, "ticket"))
			line(e, "%s *%s;", f->parts.at[i].type, s);
	}
	e->depth = 0;
	text_puts(e->out, "};\n");
}

/* Refuses run-time dims that are negative, so large that an index could overflow, or not as the schedule has promised. */
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
		const struct bound *b = sched_bound_of(c, i);
		struct text broken = { .c = c };
		if (!b)
			continue;
		if (b->min == b->max)
			text_printf(&broken, " || %s != %lld", d, (long long)b->min);
		else if (b->min > 0)
			text_printf(&broken, " || %s < %lld", d, (long long)b->min);
		if (b->max < INT64_MAX && b->min != b->max)
			text_printf(&broken, " || %s > %lld", d, (long long)b->max);
		if (b->multiple > 1 && b->min != b->max)
			text_printf(&broken, " || %s %% %lld", d, (long long)b->multiple);
		if (!broken.s)
			continue;
		line(&f->e, "/* m:%s    %s */", sched_bound_text(c, c->dim.at[i].name, b), loc_text(c, b->loc));
		line(&f->e, "if (%s)", broken.s + 4);
		line(&f->e, "\treturn %s;", error);
	}
}

void print_workspace(struct file *f)
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
		const int64_t from = has_start(c, k) ? 0 : b->fold - (int64_t)k->steps;     /* in a ring, -1 is its last row */
		const char *to = has_start(c, k) ? base_internf(c, "%s_start", n) : n;
		bool own = c->tensor.at[k->tensor].backward;    /* its start is the model's alone */
		if (!own)
			line(e, "if (!state || !state->%s) {", s);
		e->depth += !own;
		line(e, "memset(f.%s%s, 0, (size_t)(%s) * sizeof(%s));", to, from ? base_internf(c, " + %s", poly_c(e, poly_scale(c, row, from))) : "",
		     poly_c(e, poly_scale(c, row, (int64_t)k->steps)), type);
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

static void print_step(struct emit *e, const struct step *s)
{
	switch ((enum step_kind)s->kind) {
	case STEP_CALL:
		line(e, "%s(&f%s);", s->text, s->team ? ", me" : "");
		break;
	case STEP_BARRIER:
		if (e->fences)
			print_fence(e);
		line(e, "if (me->threads > 1)");
		line(e, "\tbarrier(me);  /* %s */", s->text);
		break;
	case STEP_IF: case STEP_ELSE_IF: case STEP_ELSE:
		e->depth -= s->kind != STEP_IF;
		line(e, "%s%s%s%s {", s->kind == STEP_IF ? "" : "} else", s->kind == STEP_IF ? "if (" : s->text ? " if (" : "", s->text ? s->text : "",
		     s->text ? ")" : "");
		e->depth++;
		break;
	case STEP_END:
		e->depth--;
		line(e, "}");
		break;
	}
}

void print_run(struct file *f)
{
	struct ctx *c = f->e.c;
	struct emit *e = &f->e;
	text_printf(e->out, "\n%s\n{\n", run_signature(f));
	e->depth = 1;
	line(e, "struct %s_frame f;", f->name);
	line(e, "char *at = (char *)workspace;");
	if (c->profile)
		line(e, "rnn_laps.last = rnn_ticks();");
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
	if (c->profile)
		line(e, "rnn_lap(0, 1);");
	if (c->program->barrier) {
		line(e, "memset(f.flag, 0, %lld);", (long long)(8 * flags(c)));
		if (e->tickets)
			line(e, "memset(f.ticket, 0, %u);", 64 * e->tickets);
		if (c->program->pinned) {
			line(e, "struct cpus its;");
			line(e, "cpus_of_caller(&its);");
		}
		line(e, "OMP(omp parallel num_threads((int)f.threads))");
		line(e, "{");
		e->depth++;
		line(e, "struct team team = { 0, 1, 0, f.flag, 4000 }, *me = &team;");
		text_puts(e->out, "#ifdef _OPENMP\n");
		line(e, "me->thread = omp_get_thread_num();");
		line(e, "me->threads = omp_get_num_threads();");
		text_puts(e->out, "#endif\n");
		if (c->program->pinned) {
			line(e, "struct cpus was;");
			line(e, "pin(me, &its, &was);");
		}
	}
	for (uint32_t i = 0; i < f->steps.n; i++)
		print_step(e, &f->steps.at[i]);
	if (e->streams)
		print_fence(e);
	if (c->program->barrier) {
		if (c->program->pinned)
			line(e, "unpin(&was);");
		e->depth--;
		line(e, "}");
	}
	print_end(f);
	if (c->profile)
		line(e, "rnn_lap(0, 0);");
	line(e, "return RNN_OK;");
	e->depth = 0;
	text_puts(e->out, "}\n");
}
