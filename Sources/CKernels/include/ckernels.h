// Loops that a compiler for the baseline of a processor's family leaves too slow. Each is equal on
// every value to the Swift form beside its caller, which is used where the processor lacks what it
// needs.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ckernels_formula.h"
#include "ckernels_layout.h"
#include "ckernels_pixels.h"

#pragma clang assume_nonnull begin

// Whether the environment's MEDIATOOL_KERNELS=portable asks for the forms that every processor has:
// then the questions below are answered with no, as with MEDIATOOL_KERNELS=sse2.
bool ckernels_is_forced_portable(void);

// Whether this processor has AVX2 and FMA.
bool ckernels_has_avx2(void);

// Whether this processor has AVX-512 for bytes and words, and picks bytes by number (VBMI).
bool ckernels_has_avx512(void);

// The C library's functions, for code that may not import it.
double ckernels_sin(double x);
double ckernels_cos(double x);
double ckernels_tan(double x);
double ckernels_pow(double x, double y);
double ckernels_log10(double x);

// The largest magnitude that interpolation puts between samples, of what `count` samples complete;
// 11 that came before lie in front of them. Only where ckernels_has_avx2. See TruePeakFilter.
float ckernels_true_peak_avx2(const float *samples_with_history, size_t count);

// The largest magnitude half way between samples, of what `count` samples complete; 23 that came
// before lie in front of them. Only where ckernels_has_avx2. See TruePeakHalfPhase.
float ckernels_half_peak_avx2(const float *samples_with_history, size_t count);

// The largest magnitude of `count` samples, none of which is not a number. Only where
// ckernels_has_avx2.
float ckernels_largest_magnitude_avx2(const float *samples, size_t count);

// The coefficients of KWeightingFilter.
struct ckernels_k_weighting {
  double b0, shelf_input1, shelf_input2, shelf_a1, shelf_a2;
  double high_pass_input1, high_pass_input2, high_pass_a1, high_pass_a2;
};

// What the filters of two channels remember, and the sums of the squares of what comes out.
struct ckernels_k_weighting_pair {
  double shelf1[2], shelf2[2], high_pass1[2], high_pass2[2], sum[2];
};

// K-weights two channels at once. See KWeightingFilter.
void ckernels_weight_pair(const float *first, const float *second, size_t count,
                          const struct ckernels_k_weighting *coefficients,
                          struct ckernels_k_weighting_pair *pair);

// Extremes and sums of 16-bit samples, at most 65,536. Only where ckernels_has_avx2.
typedef struct {
  int16_t low;
  int16_t high;
  int32_t sum;
  uint64_t squares;
} ckernels_int16_sums;
void ckernels_int16_sums_avx2(const int16_t *x, size_t count, ckernels_int16_sums *sums);

// The sum of the products of 16-bit samples. Only where ckernels_has_avx2.
int64_t ckernels_int16_products_avx2(const int16_t *x, const int16_t *y, size_t count);

#pragma clang assume_nonnull end

#include "ckernels_turn.h"

#endif
