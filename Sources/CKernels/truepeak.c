#include "ckernels.h"

// No sum here may be contracted into fused products: each is to round as in Swift.
#pragma STDC FP_CONTRACT OFF

// Of the phases at 1/5 and 2/5 of a sample, the half sums and half differences of the coefficients
// equally far from the middle, as in TruePeakFilter.
static const float even1[6] = {-0.00857555f, 0.01623305f, -0.03145273f, 0.05856033f, -0.11935522f, 0.58459012f};
static const float odd1[6] = {-0.00040490f, 0.00101556f, -0.00260127f, 0.00690855f, -0.02373402f, 0.35060702f};
static const float even2[6] = {-0.01385637f, 0.02618327f, -0.05059702f, 0.09360433f, -0.18635155f, 0.63101732f};
static const float odd2[6] = {-0.00021801f, 0.00054591f, -0.00139456f, 0.00368016f, -0.01234953f, 0.12612416f};

static float one(const float *x) {
  float a1 = 0, b1 = 0, a2 = 0, b2 = 0;
  for (int k = 0; k < 6; k++) {
    float s = x[k] + x[11 - k], d = x[k] - x[11 - k];
    a1 += even1[k] * s;
    b1 += odd1[k] * d;
    a2 += even2[k] * s;
    b2 += odd2[k] * d;
  }
  float first = __builtin_fabsf(a1) + __builtin_fabsf(b1);
  float second = __builtin_fabsf(a2) + __builtin_fabsf(b2);
  return first > second ? first : second;
}

#if defined(__x86_64__)
#include "lanes.h"

__attribute__((target("avx2"))) float ckernels_true_peak_avx2(const float *x, size_t count) {
  const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
  __m256 largest = _mm256_setzero_ps();
  size_t n = 0;
  for (; n + 8 <= count; n += 8) {
    __m256 a1 = _mm256_setzero_ps(), b1 = a1, a2 = a1, b2 = a1;
#pragma clang loop unroll(full)
    for (int k = 0; k < 6; k++) {
      __m256 early = _mm256_loadu_ps(x + n + k), late = _mm256_loadu_ps(x + n + 11 - k);
      __m256 s = _mm256_add_ps(early, late), d = _mm256_sub_ps(early, late);
      a1 = _mm256_add_ps(a1, _mm256_mul_ps(_mm256_set1_ps(even1[k]), s));
      b1 = _mm256_add_ps(b1, _mm256_mul_ps(_mm256_set1_ps(odd1[k]), d));
      a2 = _mm256_add_ps(a2, _mm256_mul_ps(_mm256_set1_ps(even2[k]), s));
      b2 = _mm256_add_ps(b2, _mm256_mul_ps(_mm256_set1_ps(odd2[k]), d));
    }
    __m256 first = _mm256_add_ps(_mm256_and_ps(a1, magnitude), _mm256_and_ps(b1, magnitude));
    __m256 second = _mm256_add_ps(_mm256_and_ps(a2, magnitude), _mm256_and_ps(b2, magnitude));
    largest = _mm256_max_ps(largest, _mm256_max_ps(first, second));
  }
  float result = largest_lane(largest);
  for (; n < count; n++) {
    float value = one(x + n);
    result = value > result ? value : result;
  }
  return result;
}

__attribute__((target("avx2"))) float ckernels_largest_magnitude_avx2(const float *x,
                                                                      size_t count) {
  const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
  __m256i largest = _mm256_setzero_si256();
  size_t n = 0;
  for (; n + 8 <= count; n += 8) {
    __m256i bits = _mm256_loadu_si256((const __m256i *)(x + n));
    largest = _mm256_max_epi32(largest, _mm256_and_si256(bits, magnitude));
  }
  float result = largest_lane(_mm256_castsi256_ps(largest));
  for (; n < count; n++) result = __builtin_fabsf(x[n]) > result ? __builtin_fabsf(x[n]) : result;
  return result;
}
#else
float ckernels_largest_magnitude_avx2(const float *x, size_t count) {
  float result = 0;
  for (size_t n = 0; n < count; n++) {
    result = __builtin_fabsf(x[n]) > result ? __builtin_fabsf(x[n]) : result;
  }
  return result;
}

float ckernels_true_peak_avx2(const float *x, size_t count) {
  float result = 0;
  for (size_t n = 0; n < count; n++) {
    float value = one(x + n);
    result = value > result ? value : result;
  }
  return result;
}
#endif
