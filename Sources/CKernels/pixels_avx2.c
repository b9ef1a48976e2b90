// The loops of pictures for AVX2.
#include "pixels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#include "pixels_rows.h"

typedef __m256i vector;

#define V(name) _mm256_##name
#define VS(name) _mm256_##name##_si256
enum { width = 32 };

static inline vector load(const void *from) { return _mm256_loadu_si256(from); }
static inline void store(void *to, vector v) { _mm256_storeu_si256(to, v); }

// Words of one vector and then of another as bytes.
static inline vector pack(vector a, vector b) {
  return _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8);
}

// Sixteen bytes as words.
static inline vector load_half(const uint8_t *from) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)from));
}

// Bytes of both halves picked by number, none where it is negative.
static inline vector pick(vector v, __m128i numbers) {
  return _mm256_shuffle_epi8(v, _mm256_broadcastsi128_si256(numbers));
}

static inline vector or3(vector a, vector b, vector c) {
  return _mm256_or_si256(_mm256_or_si256(a, b), c);
}

// Where the bytes of three rows lie among 48 interleaved ones, each third of these apart.
#define A0 _mm_setr_epi8(0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5)
#define A1 _mm_setr_epi8(-1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1)
#define A2 _mm_setr_epi8(-1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1)
#define B0 _mm_setr_epi8(-1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1)
#define B1 _mm_setr_epi8(5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10)
#define B2 _mm_setr_epi8(-1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1)
#define C0 _mm_setr_epi8(-1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1)
#define C1 _mm_setr_epi8(-1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1)
#define C2 _mm_setr_epi8(10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15)

static inline void store3(uint8_t *to, vector a, vector b, vector c) {
  vector p0 = or3(pick(a, A0), pick(b, B0), pick(c, C0));
  vector p1 = or3(pick(a, A1), pick(b, B1), pick(c, C1));
  vector p2 = or3(pick(a, A2), pick(b, B2), pick(c, C2));
  store(to, _mm256_permute2x128_si256(p0, p1, 0x20));
  store(to + 32, _mm256_permute2x128_si256(p2, p0, 0x30));
  store(to + 64, _mm256_permute2x128_si256(p1, p2, 0x31));
}

static inline vector load_apart(const uint8_t *low, const uint8_t *high) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const void *)low)),
                                 _mm_loadu_si128((const void *)high), 1);
}

static inline void load3(const uint8_t *from, vector v[3]) {
  vector p0 = load_apart(from, from + 48), p1 = load_apart(from + 16, from + 64);
  vector p2 = load_apart(from + 32, from + 80);
  v[0] = or3(pick(p0, _mm_setr_epi8(0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
             pick(p1, _mm_setr_epi8(-1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1)),
             pick(p2, _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 4, 7, 10, 13)));
  v[1] = or3(pick(p0, _mm_setr_epi8(1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
             pick(p1, _mm_setr_epi8(-1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1)),
             pick(p2, _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14)));
  v[2] = or3(pick(p0, _mm_setr_epi8(2, 5, 8, 11, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)),
             pick(p1, _mm_setr_epi8(-1, -1, -1, -1, -1, 1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1)),
             pick(p2, _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15)));
}

static inline void store4(uint8_t *to, vector a, vector b, vector c, vector d) {
  vector ab0 = _mm256_unpacklo_epi8(a, b), ab1 = _mm256_unpackhi_epi8(a, b);
  vector cd0 = _mm256_unpacklo_epi8(c, d), cd1 = _mm256_unpackhi_epi8(c, d);
  vector p0 = _mm256_unpacklo_epi16(ab0, cd0), p1 = _mm256_unpackhi_epi16(ab0, cd0);
  vector p2 = _mm256_unpacklo_epi16(ab1, cd1), p3 = _mm256_unpackhi_epi16(ab1, cd1);
  store(to, _mm256_permute2x128_si256(p0, p1, 0x20));
  store(to + 32, _mm256_permute2x128_si256(p2, p3, 0x20));
  store(to + 64, _mm256_permute2x128_si256(p0, p1, 0x31));
  store(to + 96, _mm256_permute2x128_si256(p2, p3, 0x31));
}

#include "pixels_vectors.h"

#pragma clang attribute pop

const ckernels_pixels ckernels_pixels_avx2 = {ROWS, VECTORS};
#endif
