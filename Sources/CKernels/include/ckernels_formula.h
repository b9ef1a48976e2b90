// Sums of samples with factors that are not whole, for whole rows.
#ifndef CKERNELS_FORMULA_H
#define CKERNELS_FORMULA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct {
  double factors[3];
  // For samples by their number in the row, modulo eight.
  double constants[8];
  // The largest result.
  double maximum;
  // Sums this near to a whole number, or nearer, are doubtful.
  double doubt;
  // Whether to do without AVX2 where there is AVX2, for tests.
  bool avoids_avx2;
} ckernels_formula;

// Each result is the sum, rounded down and clipped to 0 and the maximum, at most 65,535. The answer is
// how many of the results are doubtful, without those that clipping settles; always 0 where doubt is 0.
size_t ckernels_formula_apply(const ckernels_formula *formula, const uint16_t *a, const uint16_t *b,
                              const uint16_t *c, size_t count, uint16_t *results);

// How many sums are below 0 or, rounded down, above the maximum.
size_t ckernels_formula_clipped(const ckernels_formula *formula, const uint16_t *a,
                                const uint16_t *b, const uint16_t *c, size_t count);

#pragma clang assume_nonnull end

#endif
