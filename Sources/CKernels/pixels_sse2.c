// The loops of pictures for SSE2, which every x86-64 has.
#include "pixels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "pixels_rows.h"

typedef __m128i vector;

#define V(name) _mm_##name
#define VS(name) _mm_##name##_si128
enum { width = 16 };

static inline vector load(const void *from) { return _mm_loadu_si128(from); }
static inline void store(void *to, vector v) { _mm_storeu_si128(to, v); }

static inline vector pack(vector a, vector b) { return _mm_packus_epi16(a, b); }

// Eight bytes as words.
static inline vector load_half(const uint8_t *from) {
  return _mm_unpacklo_epi8(_mm_loadl_epi64((const void *)from), _mm_setzero_si128());
}

// Four pixels of four bytes, the last of them 0, as twelve bytes.
static inline vector squeeze(vector v) {
  const vector first = _mm_set1_epi64x(0xffffff);
  v = _mm_or_si128(_mm_and_si128(v, first),
                   _mm_srli_epi64(_mm_andnot_si128(first, v), 8));
  return _mm_or_si128(_mm_move_epi64(v), _mm_slli_si128(_mm_srli_si128(v, 8), 6));
}

static inline void store3(uint8_t *to, vector a, vector b, vector c) {
  const vector zero = _mm_setzero_si128();
  vector ab0 = _mm_unpacklo_epi8(a, b), ab1 = _mm_unpackhi_epi8(a, b);
  vector c0 = _mm_unpacklo_epi8(c, zero), c1 = _mm_unpackhi_epi8(c, zero);
  vector p0 = squeeze(_mm_unpacklo_epi16(ab0, c0)), p1 = squeeze(_mm_unpackhi_epi16(ab0, c0));
  vector p2 = squeeze(_mm_unpacklo_epi16(ab1, c1)), p3 = squeeze(_mm_unpackhi_epi16(ab1, c1));
  store(to, _mm_or_si128(p0, _mm_slli_si128(p1, 12)));
  store(to + 16, _mm_or_si128(_mm_srli_si128(p1, 4), _mm_slli_si128(p2, 8)));
  store(to + 32, _mm_or_si128(_mm_srli_si128(p2, 8), _mm_slli_si128(p3, 4)));
}

// Interleaves the first half of 48 bytes with the second: the byte at i goes to 2i modulo 47.
static inline void riffle(vector v[3]) {
  vector a = v[0], b = v[1], c = v[2];
  v[0] = _mm_unpacklo_epi8(a, _mm_unpackhi_epi64(b, b));
  v[1] = _mm_unpacklo_epi8(_mm_unpackhi_epi64(a, a), c);
  v[2] = _mm_unpacklo_epi8(b, _mm_unpackhi_epi64(c, c));
}

// Four riffles take the byte at i to 16i modulo 47, which is i / 3 where 3 divides i.
static inline void load3(const uint8_t *from, vector v[3]) {
  v[0] = load(from);
  v[1] = load(from + 16);
  v[2] = load(from + 32);
  riffle(v);
  riffle(v);
  riffle(v);
  riffle(v);
}

static inline void store4(uint8_t *to, vector a, vector b, vector c, vector d) {
  vector ab0 = _mm_unpacklo_epi8(a, b), ab1 = _mm_unpackhi_epi8(a, b);
  vector cd0 = _mm_unpacklo_epi8(c, d), cd1 = _mm_unpackhi_epi8(c, d);
  store(to, _mm_unpacklo_epi16(ab0, cd0));
  store(to + 16, _mm_unpackhi_epi16(ab0, cd0));
  store(to + 32, _mm_unpacklo_epi16(ab1, cd1));
  store(to + 48, _mm_unpackhi_epi16(ab1, cd1));
}

#include "pixels_vectors.h"

const ckernels_pixels ckernels_pixels_sse2 = {ROWS, VECTORS};
#endif
