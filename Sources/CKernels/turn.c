#include "ckernels_turn.h"

#include <string.h>

#include "ckernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef uint16_t words8 __attribute__((vector_size(16)));
typedef uint32_t longs4 __attribute__((vector_size(16)));
typedef uint64_t quads2 __attribute__((vector_size(16)));

#define INLINE static inline __attribute__((always_inline))

// MARK: Blocks

// The first, or second, halves of two vectors taken by turns.
INLINE bytes16 low1(bytes16 a, bytes16 b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
INLINE bytes16 high1(bytes16 a, bytes16 b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                 31);
}
INLINE words8 low2(words8 a, words8 b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
INLINE words8 high2(words8 a, words8 b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
INLINE longs4 low4(longs4 a, longs4 b) { return __builtin_shufflevector(a, b, 0, 4, 1, 5); }
INLINE longs4 high4(longs4 a, longs4 b) { return __builtin_shufflevector(a, b, 2, 6, 3, 7); }
INLINE quads2 low8(quads2 a, quads2 b) { return __builtin_shufflevector(a, b, 0, 2); }
INLINE quads2 high8(quads2 a, quads2 b) { return __builtin_shufflevector(a, b, 1, 3); }

// Transposes N by N elements: taking rows i and i + N/2 by turns, log2(N) times, moves every bit of
// a row's number into the column's and the other way round.
#define BLOCK(SIZE, VECTOR, N)                                                             \
  INLINE void block##SIZE(const uint8_t *source, ptrdiff_t source_stride, uint8_t *target, \
                          ptrdiff_t target_stride) {                                       \
    VECTOR a[N], b[N];                                                                     \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < N; i++)                         \
        memcpy(&a[i], source + i * source_stride, 16);                                     \
    _Pragma("clang loop unroll(full)") for (int round = 1; round < N; round *= 2) {        \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < N / 2; i++) {                 \
        b[2 * i] = low##SIZE(a[i], a[i + N / 2]);                                          \
        b[2 * i + 1] = high##SIZE(a[i], a[i + N / 2]);                                     \
      }                                                                                    \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < N; i++) a[i] = b[i];          \
    }                                                                                      \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < N; i++)                         \
        memcpy(target + i * target_stride, &a[i], 16);                                     \
  }

BLOCK(1, bytes16, 16)
BLOCK(2, words8, 8)
BLOCK(4, longs4, 4)
BLOCK(8, quads2, 2)

// MARK: Planes

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// One element after the other.
INLINE void plain(const uint8_t *source, ptrdiff_t source_stride, uint8_t *target,
                  ptrdiff_t target_stride, size_t columns, size_t rows, size_t size) {
  for (size_t x = 0; x < columns; x++) {
    const uint8_t *from = source + x * size;
    uint8_t *to = target + (ptrdiff_t)x * target_stride;
    for (size_t y = 0; y < rows; y++, from += source_stride, to += size) memcpy(to, from, size);
  }
}

typedef void block_function(const uint8_t *, ptrdiff_t, uint8_t *, ptrdiff_t);

// Blocks of n by n, in tiles of which a row is a line of cache in both planes. The last block of a
// row or column reaches back over what the one before it did.
INLINE void blocks(const uint8_t *source, ptrdiff_t source_stride, uint8_t *target,
                   ptrdiff_t target_stride, size_t columns, size_t rows, size_t size, size_t n,
                   block_function block) {
  const size_t tile = 64 / size;
  for (size_t top = 0; top < rows; top += tile) {
    for (size_t left = 0; left < columns; left += tile) {
      for (size_t column = left; column < smaller(left + tile, columns); column += n) {
        const size_t x = smaller(column, columns - n);
        for (size_t row = top; row < smaller(top + tile, rows); row += n) {
          const size_t y = smaller(row, rows - n);
          block(source + (ptrdiff_t)y * source_stride + x * size, source_stride,
                target + (ptrdiff_t)x * target_stride + y * size, target_stride);
        }
      }
    }
  }
}

// The same for elements of sizes that no vector has.
INLINE void tiles(const uint8_t *source, ptrdiff_t source_stride, uint8_t *target,
                  ptrdiff_t target_stride, size_t columns, size_t rows, size_t size) {
  const size_t tile = 16;
  for (size_t top = 0; top < rows; top += tile) {
    for (size_t left = 0; left < columns; left += tile) {
      plain(source + (ptrdiff_t)top * source_stride + left * size, source_stride,
            target + (ptrdiff_t)left * target_stride + top * size, target_stride,
            smaller(tile, columns - left), smaller(tile, rows - top), size);
    }
  }
}

void ckernels_transpose(const uint8_t *source, ptrdiff_t source_stride, uint8_t *target,
                        ptrdiff_t target_stride, size_t columns, size_t rows, size_t size) {
#define TRANSPOSE(SIZE, N)                                                                  \
  case SIZE:                                                                                \
    if (columns >= N && rows >= N)                                                          \
      return blocks(source, source_stride, target, target_stride, columns, rows, SIZE, N,   \
                    block##SIZE);                                                           \
    return plain(source, source_stride, target, target_stride, columns, rows, SIZE);
  switch (size) {
    TRANSPOSE(1, 16)
    TRANSPOSE(2, 8)
    TRANSPOSE(4, 4)
    TRANSPOSE(8, 2)
    case 3: return tiles(source, source_stride, target, target_stride, columns, rows, 3);
    case 6: return tiles(source, source_stride, target, target_stride, columns, rows, 6);
    default: return tiles(source, source_stride, target, target_stride, columns, rows, size);
  }
#undef TRANSPOSE
}

// MARK: Rows

#define REVERSE(SIZE, VECTOR, N, ...)                                                       \
  static void reverse##SIZE(const uint8_t *source, uint8_t *target, size_t count) {         \
    size_t i = 0;                                                                           \
    for (; i + N <= count; i += N) {                                                        \
      VECTOR v;                                                                             \
      memcpy(&v, source + (count - i - N) * SIZE, 16);                                      \
      v = __builtin_shufflevector(v, v, __VA_ARGS__);                                       \
      memcpy(target + i * SIZE, &v, 16);                                                    \
    }                                                                                       \
    for (; i < count; i++) memcpy(target + i * SIZE, source + (count - i - 1) * SIZE, SIZE); \
  }

REVERSE(1, bytes16, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
REVERSE(2, words8, 8, 7, 6, 5, 4, 3, 2, 1, 0)
REVERSE(4, longs4, 4, 3, 2, 1, 0)
REVERSE(8, quads2, 2, 1, 0)

INLINE void reverse_plain(const uint8_t *source, uint8_t *target, size_t count, size_t size) {
  for (size_t i = 0; i < count; i++)
    memcpy(target + i * size, source + (count - i - 1) * size, size);
}

#if defined(__x86_64__)

// The same 32 bytes at a time; `numbers` reverses the elements of 16.
__attribute__((target("avx2"))) static void reverse_avx2(const uint8_t *source, uint8_t *target,
                                                         size_t count, size_t size,
                                                         __m128i numbers) {
  const __m256i both = _mm256_broadcastsi128_si256(numbers);
  const size_t step = 32 / size;
  size_t i = 0;
  for (; i + step <= count; i += step) {
    __m256i v = _mm256_loadu_si256((const void *)(source + (count - i - step) * size));
    v = _mm256_permute4x64_epi64(_mm256_shuffle_epi8(v, both), 0x4e);
    _mm256_storeu_si256((void *)(target + i * size), v);
  }
  for (; i < count; i++) memcpy(target + i * size, source + (count - i - 1) * size, size);
}

static bool reverses_by_avx2(const uint8_t *source, uint8_t *target, size_t count, size_t size) {
  if (!ckernels_has_avx2()) return false;
  switch (size) {
    case 1:
      reverse_avx2(source, target, count, 1,
                   _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
      return true;
    case 2:
      reverse_avx2(source, target, count, 2,
                   _mm_setr_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1));
      return true;
    default: return false;
  }
}

#endif

void ckernels_reverse(const uint8_t *source, uint8_t *target, size_t count, size_t size) {
#if defined(__x86_64__)
  if (reverses_by_avx2(source, target, count, size)) return;
#endif
  switch (size) {
    case 1: return reverse1(source, target, count);
    case 2: return reverse2(source, target, count);
    case 3: return reverse_plain(source, target, count, 3);
    case 4: return reverse4(source, target, count);
    case 6: return reverse_plain(source, target, count, 6);
    case 8: return reverse8(source, target, count);
    default: return reverse_plain(source, target, count, size);
  }
}
