// Moving the elements of planes. Vectors here are those that compilers make for any processor.
#ifndef CKERNELS_TURN_H
#define CKERNELS_TURN_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Makes columns of rows: element (x, y) of the source becomes (y, x) of the target, where x is below
// `columns`, y below `rows`. Elements have `size` bytes, 1 to 8. Strides are in bytes and may be
// negative: then the pointer is to the row that is last in memory. The planes do not overlap.
void ckernels_transpose(const uint8_t *source, ptrdiff_t source_stride, uint8_t *target,
                        ptrdiff_t target_stride, size_t columns, size_t rows, size_t size);

// Writes `count` elements of `size` bytes, 1 to 8, last first. They do not overlap.
void ckernels_reverse(const uint8_t *source, uint8_t *target, size_t count, size_t size);

#pragma clang assume_nonnull end

#endif
