// The loops of pictures for AVX-512, with the instructions that pick bytes by number.
#include "pixels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vbmi"))), apply_to = function)

#include "pixels_rows.h"

typedef __m512i vector;

#define V(name) _mm512_##name
#define VS(name) _mm512_##name##_si512
enum { width = 64 };

static inline vector load(const void *from) { return _mm512_loadu_si512(from); }
static inline void store(void *to, vector v) { _mm512_storeu_si512(to, v); }

// Words of one vector and then of another as bytes.
static inline vector pack(vector a, vector b) {
  return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7),
                                  _mm512_packus_epi16(a, b));
}

// Thirty-two bytes as words.
static inline vector load_half(const uint8_t *from) {
  return _mm512_cvtepu8_epi16(_mm256_loadu_si256((const void *)from));
}

// Where, among the 192 bytes of three vectors, those lie that make three others.
#define FOUR(M, i, n) M(i, n), M(i + 1, n), M(i + 2, n), M(i + 3, n)
#define SIXTEEN(M, i, n) FOUR(M, i, n), FOUR(M, i + 4, n), FOUR(M, i + 8, n), FOUR(M, i + 12, n)
#define ALL(M, n) SIXTEEN(M, 0, n), SIXTEEN(M, 16, n), SIXTEEN(M, 32, n), SIXTEEN(M, 48, n)
#define EACH_THIRD(i, n) 3 * (i) + (n)
#define BY_TURNS(i, n) (i), 64 + (i), 128 + (i)

static const uint8_t splitting[192] = {ALL(EACH_THIRD, 0), ALL(EACH_THIRD, 1), ALL(EACH_THIRD, 2)};
static const uint8_t merging[192] = {ALL(BY_TURNS, 0)};

// Numbers from 128 on are of the third.
static inline vector picked(const uint8_t *numbers, vector a, vector b, vector c) {
  vector from = load(numbers);
  return _mm512_mask_permutexvar_epi8(_mm512_permutex2var_epi8(a, from, b),
                                      _mm512_movepi8_mask(from), from, c);
}

static inline void store3(uint8_t *to, vector a, vector b, vector c) {
  for (int n = 0; n < 3; n++) store(to + 64 * n, picked(merging + 64 * n, a, b, c));
}

static inline void load3(const uint8_t *from, vector v[3]) {
  vector a = load(from), b = load(from + 64), c = load(from + 128);
  for (int n = 0; n < 3; n++) v[n] = picked(splitting + 64 * n, a, b, c);
}

static inline void store4(uint8_t *to, vector a, vector b, vector c, vector d) {
  vector ab0 = _mm512_unpacklo_epi8(a, b), ab1 = _mm512_unpackhi_epi8(a, b);
  vector cd0 = _mm512_unpacklo_epi8(c, d), cd1 = _mm512_unpackhi_epi8(c, d);
  vector p0 = _mm512_unpacklo_epi16(ab0, cd0), p1 = _mm512_unpackhi_epi16(ab0, cd0);
  vector p2 = _mm512_unpacklo_epi16(ab1, cd1), p3 = _mm512_unpackhi_epi16(ab1, cd1);
  // Sixteen bytes of each belong together: four by four of them are transposed.
  vector q0 = _mm512_shuffle_i32x4(p0, p1, 0x44), q1 = _mm512_shuffle_i32x4(p2, p3, 0x44);
  vector q2 = _mm512_shuffle_i32x4(p0, p1, 0xee), q3 = _mm512_shuffle_i32x4(p2, p3, 0xee);
  store(to, _mm512_shuffle_i32x4(q0, q1, 0x88));
  store(to + 64, _mm512_shuffle_i32x4(q0, q1, 0xdd));
  store(to + 128, _mm512_shuffle_i32x4(q2, q3, 0x88));
  store(to + 192, _mm512_shuffle_i32x4(q2, q3, 0xdd));
}

#include "pixels_vectors.h"

#pragma clang attribute pop

const ckernels_pixels ckernels_pixels_avx512 = {ROWS, VECTORS};
#endif
