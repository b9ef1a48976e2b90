#include "ckernels.h"

#include <string.h>

// No sum here may be contracted into fused products: each is to round as in Swift.
#pragma STDC FP_CONTRACT OFF

// Two doubles, which processors of every family that we build for add and multiply at once.
typedef double pair __attribute__((vector_size(16)));

static pair load(const double *values) {
  pair result;
  memcpy(&result, values, sizeof result);
  return result;
}

static void store(double *values, pair from) { memcpy(values, &from, sizeof from); }

void ckernels_weight_pair(const float *first, const float *second, size_t count,
                          const struct ckernels_k_weighting *c,
                          struct ckernels_k_weighting_pair *state) {
  pair shelf1 = load(state->shelf1), shelf2 = load(state->shelf2);
  pair high_pass1 = load(state->high_pass1), high_pass2 = load(state->high_pass2);
  pair sum = load(state->sum);
  const double b0 = c->b0, shelf_input1 = c->shelf_input1, shelf_input2 = c->shelf_input2;
  const double shelf_a1 = c->shelf_a1, shelf_a2 = c->shelf_a2;
  const double high_pass_input1 = c->high_pass_input1, high_pass_input2 = c->high_pass_input2;
  const double high_pass_a1 = c->high_pass_a1, high_pass_a2 = c->high_pass_a2;
  for (size_t n = 0; n < count; n++) {
    pair sample = {first[n], second[n]};
    pair shelved = b0 * sample + shelf1;
    pair last = shelf1;
    shelf1 = (shelf_input1 * sample + shelf2) - shelf_a1 * last;
    shelf2 = shelf_input2 * sample - shelf_a2 * last;
    pair weighted = shelved + high_pass1;
    last = high_pass1;
    high_pass1 = (high_pass_input1 * shelved + high_pass2) - high_pass_a1 * last;
    high_pass2 = high_pass_input2 * shelved - high_pass_a2 * last;
    sum += weighted * weighted;
  }
  store(state->shelf1, shelf1);
  store(state->shelf2, shelf2);
  store(state->high_pass1, high_pass1);
  store(state->high_pass2, high_pass2);
  store(state->sum, sum);
}
