/* immintrin.h · AVX-512 for processors with AVX2 alone: SIMDe's intrinsics under Intel's names
 *
 *   cc ... @tests/emulated/flags -Itests/emulated NAME.c          code emitted for avx512, as it is
 *
 * In front of the compiler's own header. What emitted code asks of the compiler (__AVX512F__ ...) comes from the command
 * line; here it is taken back, so that SIMDe has only what the processor has. What SIMDe 0.7 lacks is written by lane, after
 * Intel's "Operation" of each. */
#ifndef EMULATED_IMMINTRIN_H
#define EMULATED_IMMINTRIN_H

#undef __AVX512F__
#undef __AVX512DQ__
#undef __AVX512BW__
#undef __AVX512VL__
#pragma GCC system_header               /* its warnings are not ours */
#include_next <immintrin.h>
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <stdint.h>
#include <stdlib.h>

#undef _mm512_maskz_loadu_ps
#define _mm512_maskz_loadu_ps emulated_maskz_loadu
static inline simde__m512 emulated_maskz_loadu(simde__mmask16 m, const void *p)
{
	simde__m512_private r;
	for (int i = 0; i < 16; i++)
		r.f32[i] = m >> i & 1 ? ((const float *)p)[i] : 0.0f;
	return simde__m512_from_private(r);
}

#undef _mm512_mask_storeu_ps
#define _mm512_mask_storeu_ps emulated_mask_storeu
static inline void emulated_mask_storeu(void *p, simde__mmask16 m, simde__m512 a)
{
	const simde__m512_private from = simde__m512_to_private(a);
	for (int i = 0; i < 16; i++)
		if (m >> i & 1)
			((float *)p)[i] = from.f32[i];
}

#undef _mm512_maskz_sqrt_ps
#define _mm512_maskz_sqrt_ps emulated_maskz_sqrt
static inline simde__m512 emulated_maskz_sqrt(simde__mmask16 m, simde__m512 a)
{
	return simde_mm512_maskz_mov_ps(m, simde_mm512_sqrt_ps(a));
}

/* SIMDe's macro shifts its last argument without parentheses of its own. */
#undef _mm512_maskz_roundscale_ps
#define _mm512_maskz_roundscale_ps(m, a, how) simde_mm512_maskz_roundscale_ps(m, a, (how))

/* The processor faults where p is no multiple of 64. */
#undef _mm512_stream_ps
#define _mm512_stream_ps emulated_stream
static inline void emulated_stream(void *p, simde__m512 a)
{
	if ((uintptr_t)p % 64)
		abort();
	simde_mm512_storeu_ps(p, a);
}

#endif
