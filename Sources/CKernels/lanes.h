// What the kernels for AVX2 share.
#ifndef CKERNELS_LANES_H
#define CKERNELS_LANES_H

#include <immintrin.h>

// The largest of eight lanes that are 0 or more.
__attribute__((target("avx2"))) static inline float largest_lane(__m256 vector) {
  float lanes[8];
  _mm256_storeu_ps(lanes, vector);
  float result = 0;
  for (int lane = 0; lane < 8; lane++) result = lanes[lane] > result ? lanes[lane] : result;
  return result;
}

#endif
