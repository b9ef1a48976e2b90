#include "ckernels.h"

// No sum here may be contracted into fused products: each is to round as in Swift.
#pragma STDC FP_CONTRACT OFF

// Half of the coefficients, from the outside in, as in TruePeakHalfPhase.
static const float half[12] = {-0.00424075f, 0.00539541f,  -0.00868711f, 0.01320020f,
                               -0.01928123f, 0.02744094f,  -0.03851872f, 0.05407306f,
                               -0.07744530f, 0.11737957f,  -0.20611601f, 0.63456858f};

static float one(const float *x) {
  float sum = 0;
  for (int k = 0; k < 12; k++) sum += half[k] * (x[k] + x[23 - k]);
  return __builtin_fabsf(sum);
}

#if defined(__x86_64__)
#include "lanes.h"

__attribute__((target("avx2"))) float ckernels_half_peak_avx2(const float *x, size_t count) {
  const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
  __m256 largest = _mm256_setzero_ps();
  size_t n = 0;
  for (; n + 8 <= count; n += 8) {
    __m256 sum = _mm256_setzero_ps();
#pragma clang loop unroll(full)
    for (int k = 0; k < 12; k++) {
      __m256 early = _mm256_loadu_ps(x + n + k), late = _mm256_loadu_ps(x + n + 23 - k);
      __m256 product = _mm256_mul_ps(_mm256_set1_ps(half[k]), _mm256_add_ps(early, late));
      sum = _mm256_add_ps(sum, product);
    }
    largest = _mm256_max_ps(largest, _mm256_and_ps(sum, magnitude));
  }
  float result = largest_lane(largest);
  for (; n < count; n++) {
    float value = one(x + n);
    result = value > result ? value : result;
  }
  return result;
}
#else
float ckernels_half_peak_avx2(const float *x, size_t count) {
  float result = 0;
  for (size_t n = 0; n < count; n++) {
    float value = one(x + n);
    result = value > result ? value : result;
  }
  return result;
}
#endif
