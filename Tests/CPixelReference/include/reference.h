// The exact formula, evaluated for many values in little time where tests are built without
// optimisation: no conversion of the program's own has a part in it.
#ifndef CPIXELREFERENCE_H
#define CPIXELREFERENCE_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Fills three planes of 256 by 256 * slices bytes: x in columns, y in rows, z from first_z on in slices
// of 256 rows.
void reference_fill(uint8_t *x_plane, uint8_t *y_plane, uint8_t *z_plane, int first_z, int slices);

// How many of the codes at [256 * y + x] are not
// floor((factors[0] * x + factors[1] * y + factors[2] * z + constant) / divisor), within 0 to 255.
size_t reference_wrong_codes(const int64_t *factors, int64_t constant, int64_t divisor, int z,
                             const uint8_t *codes);

// Fills words with codes of so many bits, drawn from a seed.
void reference_noise(uint16_t *words, size_t count, int depth, uint64_t seed);

// How many of the codes of planes are not
// floor((factors[0] * x + factors[1] * y + factors[2] * z + constant) / divisor), within 0 to maximum.
size_t reference_wrong_words(const int64_t *factors, int64_t constant, int64_t divisor, int maximum,
                             const uint16_t *x_plane, const uint16_t *y_plane,
                             const uint16_t *z_plane, const uint16_t *codes, size_t count);

// Whether so many bytes are the same.
int reference_equal(const void *first, const void *second, size_t count);

#pragma clang assume_nonnull end

#endif
