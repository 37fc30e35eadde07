/* stubs.c · what editors need to know of the two languages: LuaCATS stubs, from the tables that register the functions
 *
 * Signatures of the model language name their parameters only; what type a parameter has follows from its name
 * (`parameters`), what comes back from the function's (`results`). One that is not listed is a fault of ours. */
#include "driver/driver.h"
#include "front/model_lang.h"
#include "schedule/schedule.h"

#include <stdlib.h>

struct pair { const char *name, *type; };

static const struct pair parameters[] = {
	{ "name", "string" }, { "value", "integer" }, { "default", "integer" }, { "extent", "rnn.extent" },
	{ "dim", "rnn.extent" }, { "type", "rnn.type" }, { "dims", "rnn.extent[]" }, { "f", "fun(): ..." },
	{ "axes", "rnn.axis|rnn.axis[]" }, { "tensor", "rnn.tensor" }, { "condition", "rnn.number" }, { "x", "rnn.number" },
	{ "a", "rnn.number" }, { "b", "rnn.number" },
};

static const struct pair results[] = {
	{ "dim", "rnn.axis" }, { "dims", "rnn.axis ..." }, { "axis", "rnn.axis" }, { "axes", "rnn.axis ..." },
	{ "time", "rnn.axis" }, { "setting", "integer" }, { "input", "rnn.tensor" }, { "param", "rnn.tensor" },
	{ "func", "rnn.tensor" }, { "state", "rnn.tensor" }, { "scope", "any ..." }, { "define", NULL }, { "model", "table" },
};

/* Fields of parameters that are tables. */
static const struct pair fields[] = {
	{ "name", "string" }, { "inputs", "rnn.tensor[]" }, { "outputs", "rnn.tensor[]" }, { "states", "rnn.tensor[]" },
	{ "lengths", "rnn.tensor" }, { "reset", "rnn.tensor" },
};

static const char types_of_model[] =
	"---@meta\n"
	"-- The model language, for editors. Written by rnngen stubs; do not edit.\n"
	"\n"
	"---@alias rnn.extent rnn.axis|integer\n"
	"---@alias rnn.number rnn.expr|rnn.axis|rnn.tensor|number\n"
	"---@alias rnn.index rnn.axis|rnn.tensor|integer\n"
	"\n"
	"---A dim, an axis, or whole-number arithmetic on them.\n"
	"---@class rnn.axis\n"
	"---@operator add(rnn.extent): rnn.axis\n"
	"---@operator sub(rnn.extent): rnn.axis\n"
	"---@operator mul(rnn.extent): rnn.axis\n"
	"---@operator unm: rnn.axis\n"
	"---@operator add(rnn.number): rnn.expr\n"
	"---@operator sub(rnn.number): rnn.expr\n"
	"---@operator mul(rnn.number): rnn.expr\n"
	"---@operator div(rnn.number): rnn.expr\n"
	"\n"
	"---@class rnn.expr\n"
	"---@operator add(rnn.number): rnn.expr\n"
	"---@operator sub(rnn.number): rnn.expr\n"
	"---@operator mul(rnn.number): rnn.expr\n"
	"---@operator div(rnn.number): rnn.expr\n"
	"---@operator unm: rnn.expr\n"
	"\n"
	"---A tensor with some of its indices, h[t-1]; with all of them it is a number.\n"
	"---@class rnn.tensor: rnn.expr\n"
	"---@field [rnn.index] rnn.tensor|rnn.expr|number\n"
	"---@field pad fun(self: rnn.tensor, value: number): rnn.tensor  reads outside the extents give this value\n"
	"\n"
	"---A type; called with an expression it converts.\n"
	"---@class rnn.type\n"
	"---@overload fun(x: rnn.number): rnn.expr\n"
	"\n";

static const char types_of_schedule[] =
	"---@meta\n"
	"-- The schedule language, for editors. Written by rnngen stubs; do not edit.\n"
	"-- A schedule file returns function(m) ... end; above it stands ---@param m rnn.scheduled\n"
	"\n"
	"---What code is made for; called with a name, it chooses: m:target(\"avx2\").\n"
	"---@class rnn.scheduled.target\n"
	"---@overload fun(m: rnn.scheduled, name: \"generic\"|\"avx2\"|\"avx512\")\n"
	"---@field name string\n"
	"---@field lanes integer  of f32 in a vector\n"
	"---@field registers integer  vectors that there are\n"
	"\n"
	"---Packed weights.\n"
	"---@class rnn.scheduled.weights\n"
	"local weights = {}\n"
	"\n"
	"---@class rnn.layer\n"
	"---@field time rnn.recurrence\n"
	"---@field [string] rnn.stage\n"
	"\n"
	"---What a definition of the model becomes.\n"
	"---@class rnn.stage\n"
	"local stage = {}\n"
	"\n"
	"---A time loop and the stages in it.\n"
	"---@class rnn.recurrence\n"
	"local recurrence = {}\n"
	"\n"
	"---The model, to be scheduled; its stages are fields by the names of their tensors.\n"
	"---@class rnn.scheduled\n"
	"---@field time rnn.recurrence  where the model has one recurrence\n"
	"---@field recurrences rnn.recurrence[]\n"
	"---@field layers rnn.layer[]  scopes with a recurrence, in order of the model\n"
	"---@field target rnn.scheduled.target\n"
	"---@field weights rnn.scheduled.weights\n"
	"---@field dims table<string, integer?>  nil: known at run time only\n"
	"---@field settings table<string, integer>  of the model, such as a depth\n"
	"---@field [string] rnn.stage\n"
	"local scheduled = {}\n"
	"\n";

static const char *type_of(const struct pair *pairs, size_t n, const char *name, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(pairs[i].name) == len && !strncmp(pairs[i].name, name, len))
			return pairs[i].type;
	fprintf(stderr, "rnngen: internal error: stubs.c does not know the type of '%.*s'\n", (int)len, name);
	exit(3);
}
#define TYPE_OF(pairs, name, len) type_of(pairs, sizeof (pairs) / sizeof *(pairs), name, len)

static size_t word(const char *s) { return strspn(s, "abcdefghijklmnopqrstuvwxyz_0123456789"); }

/* "{ name=, inputs= }" at p as a type of LuaCATS; where it ends. */
static const char *table_type(const char *p, struct text *out)
{
	bool first = true;
	text_puts(out, "{ ");
	for (p++; *p != '}'; ) {
		size_t n = word(p);
		if (!n) {
			p++;
			continue;
		}
		text_printf(out, "%s%.*s: %s%s", first ? "" : ", ", (int)n, p, TYPE_OF(fields, p, n),
		            n == 4 && !strncmp(p, "name", n) ? "" : "?");
		first = false;
		p += n;
	}
	text_puts(out, " }");
	return p + 1;
}

/* The parameters after NAME in a signature; names, as they stand in a Lua function, go to `names`. */
static void print_parameters(const char *p, struct text *out, struct text *names)
{
	while (*p) {
		bool table = *p == '{';
		struct text type = { .c = out->c };
		size_t n = word(p);
		if (!table && !n && strncmp(p, "...", 3)) {
			p++;
			continue;
		}
		const char *name = table ? "options" : n ? base_internf(out->c, "%.*s", (int)n, p) : "...";
		if (table)
			p = table_type(p, &type);
		else
			text_puts(&type, n ? TYPE_OF(parameters, p, n) : "string");
		p += table ? 0 : n ? n : 3;
		text_printf(out, "---@param %s%s %s\n", name, *p == '?' ? "?" : "", type.s);
		text_printf(names, "%s%s", names->n ? ", " : "", name);
	}
}

void stubs_model(struct ctx *c, struct text *out)
{
	static const char *const types[] = { "f32", "f64", "i32", "i64", "bool" };
	uint32_t n;
	const struct model_function *f = model_functions(c, &n);
	text_puts(out, types_of_model);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		text_printf(out, "---@type rnn.type\n%s = nil\n", types[i]);
	for (uint32_t i = 0; i < n; i++) {
		struct text names = { .c = c };
		const char *result = "rnn.expr";
		for (size_t k = 0; k < sizeof results / sizeof *results; k++)
			if (!strcmp(results[k].name, f[i].name))
				result = results[k].type;
		text_printf(out, "\n---%s\n---\n---    %s\n", f[i].doc, f[i].signature);
		print_parameters(f[i].signature + strlen(f[i].name), out, &names);
		if (result)
			text_printf(out, "---@return %s\n", result);
		text_printf(out, "function %s(%s) end\n", f[i].name, names.s ? names.s : "");
	}
}

/* "(loop: string, factor?: integer): rnn.stage" */
static void print_typed(const char *p, struct text *out, struct text *names)
{
	int depth = 0;
	for (p++; *p != ')' || depth; ) {
		const char *type = strchr(p, ':'), *end;
		for (end = type; depth || (*end != ',' && *end != ')'); end++)
			depth += (*end == '{' || *end == '(') - (*end == '}' || *end == ')');
		int n = (int)(type - p);
		text_printf(out, "---@param %.*s %.*s\n", n, p, (int)(end - type - 2), type + 2);
		text_printf(names, "%s%.*s", names->n ? ", " : "", p[n - 1] == '?' ? n - 1 : n, p);
		p = end + strspn(end, ", ");
	}
	text_printf(out, "---@return %s\n", p + 3);
}

void stubs_schedule(struct text *out)
{
	struct sched_doc d;
	text_puts(out, types_of_schedule);
	text_puts(out, "---a number that --knob NAME=VALUE changes, one of the choices\n---@param name string\n---@param usual integer\n"
	          "---@param choices integer[]\n---@return integer\nfunction knob(name, usual, choices) end\n\n");
	for (uint32_t i = 0; sched_doc(i, &d); i++) {
		struct text names = { .c = out->c };
		text_printf(out, "---%s\n", d.doc);
		print_typed(d.signature, out, &names);
		text_printf(out, "function %s:%s(%s) end\n\n", strrchr(d.type, '.') + 1, d.name, names.s ? names.s : "");
	}
	out->s[--out->n] = 0;
}
