#include "ckernels.h"

#define INLINE static inline __attribute__((always_inline))

INLINE double sum_of(const ckernels_formula *f, uint16_t a, uint16_t b, uint16_t c, size_t i) {
  return f->factors[0] * a + f->factors[1] * b + f->factors[2] * c + f->constants[i & 7];
}

INLINE double clip(double sum, double maximum) {
  sum = sum > 0 ? sum : 0;
  return sum < maximum ? sum : maximum;
}

// Eight samples at a time: the compiler makes vectors of them.
INLINE void apply(const ckernels_formula *formula, const uint16_t *restrict a,
                  const uint16_t *restrict b, const uint16_t *restrict c, size_t count,
                  uint16_t *restrict results) {
  const ckernels_formula f = *formula;
  size_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (size_t k = 0; k < 8; k++)
      results[i + k] = (uint16_t)(int32_t)clip(sum_of(&f, a[i + k], b[i + k], c[i + k], k), f.maximum);
  for (; i < count; i++)
    results[i] = (uint16_t)(int32_t)clip(sum_of(&f, a[i], b[i], c[i], i), f.maximum);
}

INLINE size_t doubtful(const ckernels_formula *formula, const uint16_t *a, const uint16_t *b,
                       const uint16_t *c, size_t count) {
  const ckernels_formula f = *formula;
  const double low = f.doubt, high = 1 - f.doubt, end = f.maximum + 0.5;
  size_t total = 0;
  for (size_t i = 0; i < count; i++) {
    double sum = sum_of(&f, a[i], b[i], c[i], i);
    // What is below 1 or above the maximum becomes 0 or the maximum on both sides of a doubt.
    double inside = sum > 0.5 ? sum : 0.5;
    inside = inside < end ? inside : 0.5;
    double part = inside - (double)(int32_t)inside;
    total += (part < low) | (part > high);
  }
  return total;
}

INLINE size_t clipped(const ckernels_formula *formula, const uint16_t *a, const uint16_t *b,
                      const uint16_t *c, size_t count) {
  const ckernels_formula f = *formula;
  const double end = f.maximum + 1;
  size_t total = 0;
  for (size_t i = 0; i < count; i++) {
    double sum = sum_of(&f, a[i], b[i], c[i], i);
    total += (sum < 0) | (sum >= end);
  }
  return total;
}

#if defined(__x86_64__)

// The same with four numbers in a vector in place of two.
#define AVX2 __attribute__((target("avx2,fma")))

AVX2 static void apply_avx2(const ckernels_formula *f, const uint16_t *a, const uint16_t *b,
                            const uint16_t *c, size_t count, uint16_t *results) {
  apply(f, a, b, c, count, results);
}

AVX2 static size_t doubtful_avx2(const ckernels_formula *f, const uint16_t *a, const uint16_t *b,
                                 const uint16_t *c, size_t count) {
  return doubtful(f, a, b, c, count);
}

#endif

size_t ckernels_formula_apply(const ckernels_formula *formula, const uint16_t *a, const uint16_t *b,
                              const uint16_t *c, size_t count, uint16_t *results) {
#if defined(__x86_64__)
  if (!formula->avoids_avx2 && ckernels_has_avx2()) {
    apply_avx2(formula, a, b, c, count, results);
    return formula->doubt > 0 ? doubtful_avx2(formula, a, b, c, count) : 0;
  }
#endif
  apply(formula, a, b, c, count, results);
  return formula->doubt > 0 ? doubtful(formula, a, b, c, count) : 0;
}

size_t ckernels_formula_clipped(const ckernels_formula *formula, const uint16_t *a,
                                const uint16_t *b, const uint16_t *c, size_t count) {
  return clipped(formula, a, b, c, count);
}
