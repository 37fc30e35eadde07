/* file.c · whole files: NAME.h and NAME.c
 *
 *   NAME_weights_size, NAME_weights_pack    params in the order that each use wants, 64-byte aligned parts
 *   NAME_workspace_size                     all memory that a run needs beside weights and the caller's arrays
 *   NAME_run                                checks, pointers, start, the loops, end
 *   NAME_model                              the same for hosts that know no names (rnn_model.h)
 *
 * Everything is printed into text first and put together at the end, since only then it is known which support functions
 * are called. */
#include "emit/file.h"
#include "target/text_data.h"

#include <stdlib.h>

static void put(void *to, const char *s, size_t n) { text_putn(to, s, n); }

void put_text(struct text *out, const char *name)
{
	for (size_t i = 0; i < text_file_count; i++)
		if (!strcmp(text_files[i].name, name))
			text_putn(out, text_files[i].text, text_files[i].size);
}

poly_id elements(struct ctx *c, const struct buf *b, uint32_t from)
{
	poly_id n = poly_int(c, 1);
	for (uint32_t i = from; i < b->rank; i++)
		n = poly_mul(c, n, b->extent[i]);
	return n;
}

const char *param_c(struct file *f, tensor_id t)
{
	struct ctx *c = f->e.c;
	for (buf_id b = 1; b < c->buf.n && !f->tensor_c[t]; b++)
		if (c->buf.at[b].tensor == t && c->buf.at[b].kind < BUF_LOCAL && c->buf.at[b].kind != BUF_PARAM)
			f->tensor_c[t] = f->e.buf_c[b];
	if (!f->tensor_c[t])
		f->tensor_c[t] = name_unique(&f->e, base_ident(c, c->tensor.at[t].shown ? c->tensor.at[t].shown : c->tensor.at[t].name));
	return f->tensor_c[t];
}

/* ---- the whole ------------------------------------------------------------------------------------------------------ */

static void add_step(struct file *f, enum step_kind kind, const char *text, bool team)
{
	VEC_PUSH(f->e.c, f->steps, (struct step){ (uint8_t)kind, team, text });
}

/* "_N1_T4", behind names of functions for these sizes alone. */
static const char *suffix(struct ctx *c, const struct special *k)
{
	struct text t = { .c = c };
	for (uint32_t i = 0; k && i < k->sizes.n; i++)
		text_printf(&t, "_%s%lld", c->dim.at[k->sizes.at[i].dim].name, (long long)k->sizes.at[i].value);
	return t.s ? t.s : "";
}

static void print_bodies(struct file *f, stmt_id s);

/* Cases of m:specialize, one after the other, then what is for all other sizes. */
static void print_cases(struct file *f, stmt_id s)
{
	struct ctx *c = f->e.c;
	for (enum step_kind kind = STEP_IF; s && c->stmt.at[s].special; kind = STEP_ELSE_IF) {
		const struct stmt x = c->stmt.at[s];
		const struct special *k = &c->sched->specials.at[x.special - 1];
		struct text test = { .c = c };
		for (uint32_t i = 0; i < k->sizes.n; i++)
			text_printf(&test, "%s%s == %lld", i ? " && " : "", c->var.at[c->dim.at[k->sizes.at[i].dim].var].name,
			            (long long)k->sizes.at[i].value);
		add_step(f, kind, test.s, false);
		f->e.special = k;
		print_bodies(f, x.body);
		f->e.special = NULL;
		s = x.other;
	}
	add_step(f, STEP_ELSE, NULL, false);
	print_bodies(f, s);
	add_step(f, STEP_END, NULL, false);
}

/* Functions of the statements, and how NAME_run calls them. */
static void print_bodies(struct file *f, stmt_id s)
{
	struct ctx *c = f->e.c;
	while (s) {
		idvec list = { 0 };
		if (c->stmt.at[s].kind == S_BARRIER || c->stmt.at[s].special) {
			if (c->stmt.at[s].special)
				print_cases(f, s);
			else
				add_step(f, STEP_BARRIER, c->stmt.at[s].note, true);
			s = c->stmt.at[s].next;
			continue;
		}
		const char *name = NULL;
		for (; s; ) {  /* what belongs to one stage or recurrence: its comment, its loops, their tails */
			const struct stmt x = c->stmt.at[s];
			const char *of = (x.kind == S_FOR || x.kind == S_LAP) && x.rec ?
			                 base_internf(c, "%s_%s_steps", f->name, base_ident(c, c->rec.at[x.rec].name)) :
			                 base_internf(c, "%s_%s", f->name, x.stage ? base_ident(c, c->stage.at[x.stage].name) : "rest");
			if (x.kind == S_BARRIER || (name && of != name))
				break;
			name = of;
			VEC_PUSH(c, list, s);
			s = x.next;
		}
		bool team = false;
		name = name_unique(&f->e, base_internf(c, "%s%s", name, suffix(c, f->e.special)));
		body_function(&f->e, name, list.at, list.n, &team);
		c->stmt.at[list.at[list.n - 1]].next = s;
		add_step(f, STEP_CALL, name, team);
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
		const char *name = name_unique(&f->e, base_internf(c, "%s_start_%s", f->name, base_ident(c, c->tensor.at[s.tensor].name)));
		body_function(&f->e, name, list.at, list.n, &team);
		VEC_PUSH(c, f->starts, name);
	}
	f->e.starting = false;
}

static bool has_barrier(const struct text *t) { return t->s && (strstr(t->s, "barrier(me);") || strstr(t->s, "barrier(&group.team);")); }
static bool has_call(const struct text *t, const char *call) { return t->s && strstr(t->s, call); }

/* Names in signatures: params first, where nothing else is. */
static void prepare(struct file *f)
{
	struct ctx *c = f->e.c;
	f->tensor_c = base_alloc(c, c->tensor.n * sizeof *f->tensor_c);
	for (uint32_t i = 0; i < c->params.n; i++)
		param_c(f, c->params.at[i]);
	f->e.names.n = 0;
	names_prepare(&f->e);
	list_parts(f);
	for (uint32_t i = 0; i < c->program->carried.n; i++)
		if (!c->tensor.at[c->program->carried.at[i].tensor].backward)
			VEC_PUSH(c, f->states, c->program->carried.at[i]);
}

const char *emitted_name(struct ctx *c)
{
	const char *name = base_ident(c, c->model_name);
	return c->variant ? base_internf(c, "%s_%s", name, c->variant) : name;
}

void emit_choice(struct ctx *c, const struct target *const *targets, size_t n, struct emitted *out)
{
	struct text body = { .c = c };
	struct file f = { .e = { .c = c, .out = &body }, .name = emitted_name(c) };
	c->emitting = true;
	prepare(&f);
	print_choice(&f, targets, n);
	out->c = body;
	out->h = (struct text){ .c = c };
	print_header(&f, &out->h);
	c->emitting = false;
}

bool emit_model(struct ctx *c, struct emitted *out)
{
	struct file f = { .e = { .c = c }, .name = emitted_name(c), .targets = c->target->name };
	struct text body = { .c = c }, head = { .c = c };
	f.e.out = &body;
	c->emitting = true;
	prepare(&f);
	bool region = c->body && c->stmt.at[c->body].kind == S_REGION;
	f.e.region = region;
	f.e.streams = emit_streams(c, c->body);
	f.e.fences = f.e.streams && emit_reads_streamed(c, c->body);
	print_bodies(&f, region ? c->stmt.at[c->body].body : c->body);
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
	if (c->program->pinned)
		put_text(&head, "gnu");
	if (c->sched->huge_weights)
		put_text(&head, "pages");
	text_head(c->target->name, put, &head);
	text_printf(&head, "#include \"%s.h\"\n", f.name);
	if (c->program->parallel) {
		text_puts(&head, "#ifdef _OPENMP\n#include <omp.h>\n");
		if (c->program->barrier)
			text_puts(&head, "#include <sched.h>\n");
		text_puts(&head, "#define OMP(...) _Pragma(#__VA_ARGS__)\n#else\n#define OMP(...)\n#endif\n");
	}
	text_puts(&head, "\n");
	struct text_request ask = { c->target->name, f.e.use.at, f.e.use.n, c->sched->ulp };
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
	if (has_call(&bodies, "thread_number()"))
		put_text(&head, "thread");
	if (has_call(&bodies, "thread_count()"))       /* loops handed out in parts may ask for the one and not the other */
		put_text(&head, "threads");
	if (has_call(&bodies, " share(") || c->program->groups)
		put_text(&head, "share");
	if (has_call(&bodies, " next_part("))
		put_text(&head, "part");
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
		if (c->program->groups)
			put_text(&head, "group");
		if (c->program->pinned)
			put_text(&head, "pin");
	}
	if (c->profile) {
		text_printf(&head, "\n#include <time.h>\n#define LAPS %u\n", c->program->laps.n);
		put_text(&head, "lap");
		if (has_call(&bodies, "rnn_step_begins("))
			put_text(&head, "lap_of_step");
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
