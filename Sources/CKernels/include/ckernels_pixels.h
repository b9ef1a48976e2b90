// Rows of pictures: what PictureConverter's own loops are made of. Rows never overlap; counts may be
// anything, 0 included, and nothing outside of them is read or written.
#ifndef CKERNELS_PIXELS_H
#define CKERNELS_PIXELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// The part of two chroma samples u and v (about 0) in one of R, G, B, rounded down, in 16 bits:
// ((high·[u, v] + ((low·[u, v] + rounding) >> 15)) >> shift.
typedef struct {
  int16_t high[2], low[2];
  int32_t rounding, shift;
} ckernels_chroma_term;

// Three components made of 8-bit Y, Cb, Cr, in the order of the output. Limited: the terms are K of
// (85·(Y − 16) + K) / 73; full: what is added to Y.
typedef struct {
  ckernels_chroma_term terms[3];
  bool is_limited;
} ckernels_yuv_to_rgb;

// How three components are stored.
enum {
  ckernels_planes = 0,       // in rows of their own
  ckernels_triples = 1,      // interleaved
  ckernels_opaque_last = 2,  // interleaved, 255 behind each three
  ckernels_opaque_first = 3  // interleaved, 255 before each three
};

// One row of each, or the first of interleaved ones only.
typedef struct {
  uint8_t *_Nullable rows[3];
} ckernels_rgb_rows;

// One of Y, Cb, Cr of 8-bit R, G, B:
// (base + high·[r, g, b] + ((low·[r, g, b] + rounding) >> 15)) >> 15, then clipped.
typedef struct {
  int16_t high[3], low[3];
  int32_t base, rounding;
} ckernels_rgb_term;

typedef struct {
  // RGB of `count` pixels, of one row of luma, or of two that share their chroma (then y1 is not
  // null, and pixels are halved). Halved: one chroma sample for two pixels.
  void (*yuv_to_rgb)(const ckernels_yuv_to_rgb *conversion, const uint8_t *y0,
                     const uint8_t *_Nullable y1, const uint8_t *u, const uint8_t *v, size_t count,
                     bool is_halved, int storing, const ckernels_rgb_rows *out0,
                     const ckernels_rgb_rows *out1);
  void (*rgb_to_component)(const ckernels_rgb_term *term, const uint8_t *r, const uint8_t *g,
                           const uint8_t *b, size_t count, uint8_t *out);

  // Interleaved samples, `count` of each kind, and rows of each.
  void (*split2)(const uint8_t *source, size_t count, uint8_t *a, uint8_t *b);
  void (*merge2)(const uint8_t *a, const uint8_t *b, size_t count, uint8_t *target);
  void (*split3)(const uint8_t *source, size_t count, uint8_t *a, uint8_t *b, uint8_t *c);
  void (*merge3)(const uint8_t *a, const uint8_t *b, const uint8_t *c, size_t count,
                 uint8_t *target);
  void (*split4)(const uint8_t *source, size_t count, uint8_t *a, uint8_t *b, uint8_t *c,
                 uint8_t *d);
  void (*merge4)(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d,
                 size_t count, uint8_t *target);
  void (*split2_words)(const uint16_t *source, size_t count, uint16_t *a, uint16_t *b);
  void (*merge2_words)(const uint16_t *a, const uint16_t *b, size_t count, uint16_t *target);

  // Means, rounded half up, of two by two, two by one, one by two samples; `count` of a row of the
  // input, the last of which stands alone where it is odd.
  void (*mean2x2)(const uint8_t *a, const uint8_t *b, size_t count, uint8_t *target);
  void (*mean2x1)(const uint8_t *a, size_t count, uint8_t *target);
  void (*mean1x2)(const uint8_t *a, const uint8_t *b, size_t count, uint8_t *target);
  void (*mean2x2_words)(const uint16_t *a, const uint16_t *b, size_t count, uint16_t *target);
  void (*mean2x1_words)(const uint16_t *a, size_t count, uint16_t *target);
  void (*mean1x2_words)(const uint16_t *a, const uint16_t *b, size_t count, uint16_t *target);
  // Each sample twice; `count` of the output.
  void (*repeat2)(const uint8_t *source, size_t count, uint8_t *target);
  void (*repeat2_words)(const uint16_t *source, size_t count, uint16_t *target);

  // Samples of more than 8 bits in words.
  void (*widen)(const uint8_t *source, size_t count, int shift, uint16_t *target);
  // (sample + half) >> shift, at most 255.
  void (*narrow)(const uint16_t *source, size_t count, int shift, uint8_t *target);
  void (*shift_left)(const uint16_t *source, size_t count, int shift, uint16_t *target);
  void (*shift_right)(const uint16_t *source, size_t count, int shift, uint16_t *target);
  // (sample + half) >> shift, at most `maximum`.
  void (*round_right)(const uint16_t *source, size_t count, int shift, uint16_t maximum,
                      uint16_t *target);
  // The bits of words that samples have.
  void (*mask)(const uint16_t *source, size_t count, uint16_t bits, uint16_t *target);
  // Words of the other order of bytes.
  void (*swap)(const uint16_t *source, size_t count, uint16_t *target);
} ckernels_pixels;

// What the loops may rely on.
enum {
  ckernels_portable = 0,
  ckernels_sse2 = 1,
  ckernels_avx2 = 2,
  ckernels_avx512 = 3  // with the instructions that pick bytes of two vectors by number
};

// The loops for one of these; null where this processor lacks it.
const ckernels_pixels *_Nullable ckernels_pixels_for(int level);

#pragma clang assume_nonnull end

#endif
