#include "ckernels_layout.h"

#include <stdlib.h>

static inline uint32_t word(const uint8_t *row, size_t index, const struct ckernels_samples *s,
                            int kind) {
  if (kind == 5) {
    size_t number = (size_t)s->first + (size_t)s->v210_step * index;
    const uint8_t *at = row + number / 3 * 4;
    uint32_t all = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    return all >> (10 * (number % 3)) & 1023;
  }
  const uint8_t *at = row + s->first + s->step * (ptrdiff_t)index;
  if (kind == 1) return at[0];
  if (kind == 2) return at[0] | (uint32_t)at[1] << 8;
  if (kind == 3) return at[1] | (uint32_t)at[0] << 8;
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline void add(const uint8_t *row, const uint8_t *above, const uint8_t *other, size_t start,
                       size_t count, size_t whole, const struct ckernels_samples *s,
                       struct ckernels_likeness *result, int kind) {
  const int shift = kind == 1 || kind == 5 ? 0 : s->shift;
  const uint32_t mask = kind == 1 ? 255 : (1u << s->depth) - 1;
  struct ckernels_likeness sums = *result;
  int32_t before = (int32_t)(word(row, start ? start - 1 : 0, s, kind) >> shift & mask);
  size_t half = start + whole / 2;
  for (size_t i = start; i < start + count; i++, half++) {
    if (half >= whole) half -= whole;
    uint32_t code = word(row, i, s, kind);
    int32_t sample = (int32_t)(code >> shift & mask);
    sums.above += abs(sample - (int32_t)(word(above, i, s, kind) >> shift & mask));
    sums.before += abs(sample - before);
    sums.apart += abs(sample - (int32_t)(word(other, half, s, kind) >> shift & mask));
    sums.folded += abs(sample - (int32_t)(word(row, half, s, kind) >> shift & mask));
    sums.sum += sample;
    // Some fill the low bits of a shifted sample with its high ones again.
    if (code & s->stray_mask) sums.stray += kind == 4 || shift == 0 || (code & 255) != code >> 8;
    sums.words |= code;
    if ((uint32_t)sample < sums.low) sums.low = (uint32_t)sample;
    if ((uint32_t)sample > sums.high) sums.high = (uint32_t)sample;
    before = sample;
  }
  *result = sums;
}

void ckernels_add_likeness(const uint8_t *row, const uint8_t *above, const uint8_t *other,
                           size_t start, size_t count, size_t whole,
                           const struct ckernels_samples *samples,
                           struct ckernels_likeness *result) {
  const int kind = samples->v210_step               ? 5
                   : samples->word_bytes == 1       ? 1
                   : samples->word_bytes == 4       ? 4
                   : samples->is_big_endian         ? 3
                                                    : 2;
  // Each with its kind as a constant.
  switch (kind) {
    case 1: add(row, above, other, start, count, whole, samples, result, 1); break;
    case 2: add(row, above, other, start, count, whole, samples, result, 2); break;
    case 3: add(row, above, other, start, count, whole, samples, result, 3); break;
    case 4: add(row, above, other, start, count, whole, samples, result, 4); break;
    default: add(row, above, other, start, count, whole, samples, result, 5); break;
  }
}

int64_t ckernels_byte_difference(const uint8_t *bytes, const uint8_t *other, size_t count) {
  int64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += abs(bytes[i] - other[i]);
  return sum;
}
