/* sandbox_match.c · patterns of Lua 5.4 (manual, section 6.4.1), matched at a cost that the budget sees
 *
 * The matcher backtracks, so a pattern such as "a*a*a*a*b" takes a power of the subject's length. Each item tried
 * counts; every STEPS_CHARGED of them are taken from the budget of the file, which ends the match when it is spent.
 * Recursion, one level for each item that can match in several ways, is bounded as in Lua. Messages are Lua's. */
#include "front/sandbox_inside.h"

#include <ctype.h>

#define DEPTH_MAX 200
#define STEPS_CHARGED 256
#define CAPTURE_OPEN (-1)
#define CAPTURE_PLACE (-2)                   /* "()": the place itself */

static void step(struct match *m)
{
	if (++m->steps % STEPS_CHARGED == 0)
		sandbox_steps(m->L, STEPS_CHARGED);
}

void match_begin(struct match *m, lua_State *L, const char *text, size_t len, const char *pattern, size_t plen)
{
	*m = (struct match){ .L = L, .text = text, .text_end = text + len, .pattern = pattern, .pattern_end = pattern + plen,
	                     .depth = DEPTH_MAX };
}

/* ---- one character ----------------------------------------------------------------------------------------------- */

static bool in_class(int ch, int class)
{
	bool in;
	switch (tolower(class)) {
	case 'a': in = isalpha(ch); break;
	case 'c': in = iscntrl(ch); break;
	case 'd': in = isdigit(ch); break;
	case 'g': in = isgraph(ch); break;
	case 'l': in = islower(ch); break;
	case 'p': in = ispunct(ch); break;
	case 's': in = isspace(ch); break;
	case 'u': in = isupper(ch); break;
	case 'w': in = isalnum(ch); break;
	case 'x': in = isxdigit(ch); break;
	default:  return class == ch;
	}
	return isupper(class) ? !in : in;
}

/* The end of the item that begins at p: a character, %class or [set]. */
static const char *item_end(struct match *m, const char *p)
{
	if (*p == '%') {
		if (p + 1 == m->pattern_end)
			luaL_error(m->L, "malformed pattern (ends with '%%')");
		return p + 2;
	}
	if (*p++ != '[')
		return p;
	if (p < m->pattern_end && *p == '^')
		p++;
	do {                                     /* a ']' that comes first stands for itself */
		if (p == m->pattern_end)
			luaL_error(m->L, "malformed pattern (missing ']')");
		step(m);
		if (*p++ == '%' && p < m->pattern_end)
			p++;
	} while (p == m->pattern_end || *p != ']');
	return p + 1;
}

/* Is ch in the set between p, at its '[', and end, at its ']'? */
static bool in_set(struct match *m, int ch, const char *p, const char *end)
{
	bool in = true;
	if (*++p == '^') {
		in = false;
		p++;
	}
	for (; p < end; p++) {
		step(m);
		if (*p == '%') {
			if (in_class(ch, (unsigned char)*++p))
				return in;
		} else if (p[1] == '-' && p + 2 < end) {
			if ((unsigned char)p[0] <= ch && ch <= (unsigned char)p[2])
				return in;
			p += 2;
		} else if ((unsigned char)*p == ch) {
			return in;
		}
	}
	return !in;
}

static bool matches_one(struct match *m, const char *s, const char *p, const char *end)
{
	if (s >= m->text_end)
		return false;
	step(m);
	int ch = (unsigned char)*s;
	switch (*p) {
	case '.': return true;
	case '%': return in_class(ch, (unsigned char)p[1]);
	case '[': return in_set(m, ch, p, end - 1);
	default:  return (unsigned char)*p == ch;
	}
}

/* ---- sequences --------------------------------------------------------------------------------------------------- */

static const char *match(struct match *m, const char *s, const char *p);

/* "x*", "x+": as many as there are, then fewer; at least `least`. */
static const char *match_most(struct match *m, const char *s, const char *p, const char *end, ptrdiff_t least)
{
	ptrdiff_t n = 0;
	while (matches_one(m, s + n, p, end))
		n++;
	for (; n >= least; n--) {
		const char *r = match(m, s + n, end + 1);
		if (r)
			return r;
	}
	return NULL;
}

/* "x-": none, then more. */
static const char *match_least(struct match *m, const char *s, const char *p, const char *end)
{
	for (;; s++) {
		const char *r = match(m, s, end + 1);
		if (r || !matches_one(m, s, p, end))
			return r;
	}
}

/* "%b()" */
static const char *match_balanced(struct match *m, const char *s, const char *p)
{
	if (m->pattern_end - p < 2)
		luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
	if (s == m->text_end || *s != p[0])
		return NULL;
	size_t open = 1;
	while (++s < m->text_end) {
		step(m);
		if (*s == p[1] && --open == 0)
			return s + 1;
		if (*s == p[0] && p[0] != p[1])
			open++;
	}
	return NULL;
}

/* "%f[set]": between what is not in the set and what is; p at '['. */
static bool match_frontier(struct match *m, const char *s, const char *p, const char *end)
{
	int before = s == m->text ? 0 : (unsigned char)s[-1], here = s < m->text_end ? (unsigned char)*s : 0;
	return !in_set(m, before, p, end - 1) && in_set(m, here, p, end - 1);
}

static const char *open_capture(struct match *m, const char *s, const char *p, ptrdiff_t len)
{
	if (m->n >= MATCH_CAPTURES)
		luaL_error(m->L, "too many captures");
	m->capture[m->n].at = s;
	m->capture[m->n].len = len;
	m->n++;
	const char *r = match(m, s, p);
	if (!r)
		m->n--;
	return r;
}

static const char *close_capture(struct match *m, const char *s, const char *p)
{
	int i = m->n - 1;
	while (i >= 0 && m->capture[i].len != CAPTURE_OPEN)
		i--;
	if (i < 0)
		luaL_error(m->L, "invalid pattern capture");
	m->capture[i].len = s - m->capture[i].at;
	const char *r = match(m, s, p);
	if (!r)
		m->capture[i].len = CAPTURE_OPEN;
	return r;
}

/* "%1": what that capture caught, once more; where it ends, NULL. */
static const char *match_again(struct match *m, const char *s, int digit)
{
	int i = digit - '1';
	if (i < 0 || i >= m->n || m->capture[i].len == CAPTURE_OPEN)
		luaL_error(m->L, "invalid capture index %%%d", i + 1);
	ptrdiff_t len = m->capture[i].len;
	if (len == CAPTURE_PLACE || m->text_end - s < len)
		return NULL;
	sandbox_steps(m->L, (uint64_t)len / 16);
	return !len || !memcmp(m->capture[i].at, s, (size_t)len) ? s + len : NULL;
}

/* What does not repeat: sets s and p behind it. false: this is an item like any other, or no match (s NULL). */
static bool match_special(struct match *m, const char **s, const char **p)
{
	if (**p != '%' || *p + 1 >= m->pattern_end)
		return false;
	int kind = (unsigned char)(*p)[1];
	if (kind == 'b') {
		*s = match_balanced(m, *s, *p + 2);
		*p += 4;
	} else if (kind == 'f') {
		const char *set = *p + 2;
		if (set >= m->pattern_end || *set != '[')
			luaL_error(m->L, "missing '[' after '%%f' in pattern");
		const char *end = item_end(m, set);
		*s = match_frontier(m, *s, set, end) ? *s : NULL;
		*p = end;
	} else if (isdigit(kind)) {
		*s = match_again(m, *s, kind);
		*p += 2;
	} else {
		return false;
	}
	return true;
}

/* The loop of match(); repetitions and captures recurse. */
static const char *match_items(struct match *m, const char *s, const char *p)
{
	while (s && p < m->pattern_end) {
		step(m);
		if (*p == '(')
			return p + 1 < m->pattern_end && p[1] == ')' ? open_capture(m, s, p + 2, CAPTURE_PLACE) :
			       open_capture(m, s, p + 1, CAPTURE_OPEN);
		if (*p == ')')
			return close_capture(m, s, p + 1);
		if (*p == '$' && p + 1 == m->pattern_end)
			return s == m->text_end ? s : NULL;
		if (match_special(m, &s, &p))
			continue;
		const char *end = item_end(m, p);
		char how = end < m->pattern_end ? *end : 0;
		if (how == '*' || how == '+')
			return match_most(m, s, p, end, how == '+');
		if (how == '-')
			return match_least(m, s, p, end);
		bool one = matches_one(m, s, p, end);
		if (how == '?') {
			const char *r = one ? match(m, s + 1, end + 1) : NULL;
			if (r)
				return r;
			p = end + 1;
		} else {
			s = one ? s + 1 : NULL;
			p = end;
		}
	}
	return s;
}

static const char *match(struct match *m, const char *s, const char *p)
{
	if (m->depth-- == 0)
		luaL_error(m->L, "pattern too complex");
	s = match_items(m, s, p);
	m->depth++;
	return s;
}

const char *match_here(struct match *m, const char *s)
{
	m->n = 0;
	m->depth = DEPTH_MAX;
	return match(m, s, m->pattern);
}

/* ---- captures ---------------------------------------------------------------------------------------------------- */

void match_push(struct match *m, int i, const char *s, const char *end)
{
	if (i >= m->n) {
		if (i > 0)
			luaL_error(m->L, "invalid capture index %%%d", i + 1);
		lua_pushlstring(m->L, s, (size_t)(end - s));
	} else if (m->capture[i].len == CAPTURE_PLACE) {
		lua_pushinteger(m->L, m->capture[i].at - m->text + 1);
	} else if (m->capture[i].len == CAPTURE_OPEN) {
		luaL_error(m->L, "unfinished capture");
	} else {
		lua_pushlstring(m->L, m->capture[i].at, (size_t)m->capture[i].len);
	}
}

int match_push_all(struct match *m, const char *s, const char *end)
{
	int n = m->n || !s ? m->n : 1;
	luaL_checkstack(m->L, n, "too many captures");
	for (int i = 0; i < n; i++)
		match_push(m, i, s, end);
	return n;
}
