#ifndef CKERNELS_LAYOUT_H
#define CKERNELS_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Where samples lie in a row: `first` bytes from its beginning, `step` bytes apart, in words of so
// many bytes; or, if `v210_step` is not 0, every so manyth of the tens of bits of words, from the
// `first`th on.
struct ckernels_samples {
  ptrdiff_t first, step;
  int word_bytes, is_big_endian, shift, depth, v210_step;
  uint32_t stray_mask;
};

// What a piece of a row has shown: sums of differences, and which codes there are.
struct ckernels_likeness {
  int64_t above, before, apart, folded, sum, stray;
  uint32_t low, high, words;
};

// Adds a piece of a row, from sample `start` on: compared with the row above, with the sample before,
// with another row, and with the other half of the row, which has `whole` samples.
void ckernels_add_likeness(const uint8_t *row, const uint8_t *above, const uint8_t *other,
                           size_t start, size_t count, size_t whole,
                           const struct ckernels_samples *samples,
                           struct ckernels_likeness *result);

// The sum of differences of bytes of which `other` has as many.
int64_t ckernels_byte_difference(const uint8_t *bytes, const uint8_t *other, size_t count);

#pragma clang assume_nonnull end

#endif
