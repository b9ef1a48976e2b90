#include "reference.h"

#include <string.h>

void reference_fill(uint8_t *x_plane, uint8_t *y_plane, uint8_t *z_plane, int first_z, int slices) {
  for (int row = 0; row < 256 * slices; row++) {
    size_t start = 256 * (size_t)row;
    for (int x = 0; x < 256; x++) x_plane[start + x] = (uint8_t)x;
    memset(y_plane + start, row % 256, 256);
    memset(z_plane + start, first_z + row / 256, 256);
  }
}

static int64_t floor_quotient(int64_t number, int64_t divisor) {
  int64_t quotient = number / divisor;
  return quotient - (number % divisor < 0);
}

size_t reference_wrong_codes(const int64_t *factors, int64_t constant, int64_t divisor, int z,
                             const uint8_t *codes) {
  size_t wrong = 0;
  int64_t step = floor_quotient(factors[0], divisor);
  int64_t step_rest = factors[0] - step * divisor;
  for (int y = 0; y < 256; y++) {
    int64_t number = factors[1] * y + factors[2] * z + constant;
    int64_t quotient = floor_quotient(number, divisor);
    int64_t rest = number - quotient * divisor;
    for (int x = 0; x < 256; x++) {
      int64_t code = quotient < 0 ? 0 : quotient > 255 ? 255 : quotient;
      wrong += codes[256 * y + x] != code;
      // The next number is a step further; its rest stays below the divisor.
      rest += step_rest;
      int64_t over = rest >= divisor;
      quotient += step + over;
      rest -= divisor * over;
    }
  }
  return wrong;
}

void reference_noise(uint16_t *words, size_t count, int depth, uint64_t seed) {
  uint64_t state = seed;
  for (size_t i = 0; i < count; i++) {
    state += 0x9e3779b97f4a7c15;
    uint64_t bits = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    words[i] = (uint16_t)(bits >> (64 - depth));
  }
}

size_t reference_wrong_words(const int64_t *factors, int64_t constant, int64_t divisor, int maximum,
                             const uint16_t *x_plane, const uint16_t *y_plane,
                             const uint16_t *z_plane, const uint16_t *codes, size_t count) {
  size_t wrong = 0;
  for (size_t i = 0; i < count; i++) {
    __int128 number = (__int128)factors[0] * x_plane[i] + (__int128)factors[1] * y_plane[i] +
                      (__int128)factors[2] * z_plane[i] + constant;
    // A code is right where the number lies from its own multiple of the divisor up to the next;
    // what lies beyond the first and the last is clipped to them.
    __int128 own = (__int128)codes[i] * divisor;
    int is_above = number >= own || codes[i] == 0;
    int is_below = number < own + divisor || codes[i] == maximum;
    wrong += !(is_above && is_below && codes[i] <= maximum);
  }
  return wrong;
}

int reference_equal(const void *first, const void *second, size_t count) {
  return memcmp(first, second, count) == 0;
}
