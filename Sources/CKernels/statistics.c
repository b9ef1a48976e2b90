#include "ckernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

// The 32-bit numbers of v without sign, added to four sums of 64 bits.
static inline AVX2 __m256i widen_add(__m256i sums, __m256i v) {
  const __m256i low = _mm256_set1_epi64x(0xffffffff);
  sums = _mm256_add_epi64(sums, _mm256_and_si256(v, low));
  return _mm256_add_epi64(sums, _mm256_srli_epi64(v, 32));
}

static inline AVX2 uint64_t total64(__m256i sums) {
  uint64_t parts[4];
  _mm256_storeu_si256((__m256i *)parts, sums);
  return parts[0] + parts[1] + parts[2] + parts[3];
}

AVX2 void ckernels_int16_sums_avx2(const int16_t *x, size_t count, ckernels_int16_sums *sums) {
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i low = _mm256_set1_epi16(INT16_MAX), high = _mm256_set1_epi16(INT16_MIN);
  __m256i sum = _mm256_setzero_si256(), squares = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i v = _mm256_loadu_si256((const __m256i *)(x + i));
    low = _mm256_min_epi16(low, v);
    high = _mm256_max_epi16(high, v);
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(v, ones));
    // Two squares are at most 2^31, which is no more than 32 bits without sign hold.
    squares = widen_add(squares, _mm256_madd_epi16(v, v));
  }
  int16_t lows[16], highs[16];
  int32_t parts[8];
  _mm256_storeu_si256((__m256i *)lows, low);
  _mm256_storeu_si256((__m256i *)highs, high);
  _mm256_storeu_si256((__m256i *)parts, sum);
  ckernels_int16_sums result = {INT16_MAX, INT16_MIN, 0, total64(squares)};
  for (int k = 0; k < 16; k++) {
    if (lows[k] < result.low) result.low = lows[k];
    if (highs[k] > result.high) result.high = highs[k];
  }
  for (int k = 0; k < 8; k++) result.sum += parts[k];
  for (; i < count; i++) {
    if (x[i] < result.low) result.low = x[i];
    if (x[i] > result.high) result.high = x[i];
    result.sum += x[i];
    result.squares += (uint64_t)((int32_t)x[i] * x[i]);
  }
  *sums = result;
}

AVX2 int64_t ckernels_int16_products_avx2(const int16_t *x, const int16_t *y, size_t count) {
  // Two products are from -2 * 32768 * 32767 to 2^31, so with this added without sign.
  const uint32_t bias = 0x7fff0000;
  const __m256i biases = _mm256_set1_epi32((int32_t)bias);
  __m256i sums = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i a = _mm256_loadu_si256((const __m256i *)(x + i));
    __m256i b = _mm256_loadu_si256((const __m256i *)(y + i));
    sums = widen_add(sums, _mm256_add_epi32(_mm256_madd_epi16(a, b), biases));
  }
  int64_t total = (int64_t)(total64(sums) - (uint64_t)bias * (i / 2));
  for (; i < count; i++) total += (int32_t)x[i] * y[i];
  return total;
}

#else

void ckernels_int16_sums_avx2(const int16_t *x, size_t count, ckernels_int16_sums *sums) {
  ckernels_int16_sums result = {INT16_MAX, INT16_MIN, 0, 0};
  for (size_t i = 0; i < count; i++) {
    if (x[i] < result.low) result.low = x[i];
    if (x[i] > result.high) result.high = x[i];
    result.sum += x[i];
    result.squares += (uint64_t)((int32_t)x[i] * x[i]);
  }
  *sums = result;
}

int64_t ckernels_int16_products_avx2(const int16_t *x, const int16_t *y, size_t count) {
  int64_t total = 0;
  for (size_t i = 0; i < count; i++) total += (int32_t)x[i] * y[i];
  return total;
}

#endif
