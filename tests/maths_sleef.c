/* maths_sleef.c · SLEEF's functions in a table like ours, to be measured beside them; it has no sigmoid */
#include <immintrin.h>
#include <math.h>
#include <sleef.h>

#include "maths_table.h"

#define FUNCTION(name, f) \
	static void v_##name(float *y, const float *a, const float *b, const float *c, size_t n) \
	{ \
		(void)b, (void)c; \
		for (size_t i = 0; i < n; i += 8) \
			_mm256_storeu_ps(y + i, f(_mm256_loadu_ps(a + i))); \
	} \
	static void l_##name(float *p, size_t n) \
	{ \
		const __m256 h = _mm256_set1_ps(0.3f); \
		__m256 a = _mm256_loadu_ps(p); \
		while (n-- > 0) \
			a = _mm256_add_ps(f(a), h); \
		_mm256_storeu_ps(p, a); \
	}
#define ROW(name, as) { as, v_##name, v_##name, l_##name }

FUNCTION(exp_u10, Sleef_expf8_u10avx2)
FUNCTION(log_u10, Sleef_logf8_u10avx2)
FUNCTION(log_u35, Sleef_logf8_u35avx2)
FUNCTION(tanh_u10, Sleef_tanhf8_u10avx2)
FUNCTION(tanh_u35, Sleef_tanhf8_u35avx2)

static const struct maths_function fine[] = { ROW(exp_u10, "exp"), ROW(log_u10, "log"), ROW(tanh_u10, "tanh") };
static const struct maths_function fast[] = { ROW(log_u35, "log"), ROW(tanh_u35, "tanh") };

const struct maths_table maths_sleef_4ulp = { .target = "sleef", .ulp = 4, .lanes = 8, .function = fast, .functions = 2 };
const struct maths_table maths_sleef_1ulp = { .target = "sleef", .ulp = 1, .lanes = 8, .function = fine, .functions = 3 };
