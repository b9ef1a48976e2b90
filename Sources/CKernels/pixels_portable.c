// The loops of pictures in C alone, for any processor.
#include "pixels.h"

#include <string.h>

#include "pixels_rows.h"

static void split3(const uint8_t *restrict s, size_t count, uint8_t *restrict a,
                   uint8_t *restrict b, uint8_t *restrict c) {
  for (size_t i = 0; i < count; i++) {
    a[i] = s[3 * i];
    b[i] = s[3 * i + 1];
    c[i] = s[3 * i + 2];
  }
}

static void merge3(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c,
                   size_t count, uint8_t *restrict t) {
  for (size_t i = 0; i < count; i++) {
    t[3 * i] = a[i];
    t[3 * i + 1] = b[i];
    t[3 * i + 2] = c[i];
  }
}

static inline uint8_t clip(int32_t value) {
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

// So many pixels at a time pass through rows of their own, one step after the other, which compilers
// turn into vectors.
enum { part = 256 };

static inline int32_t chroma(const ckernels_chroma_term *term, int32_t u, int32_t v) {
  int32_t low = (term->low[0] * u + term->low[1] * v + term->rounding) >> 15;
  return (term->high[0] * u + term->high[1] * v + low) >> term->shift;
}

// The term of each of `count` pixels.
static void chroma_row(const ckernels_chroma_term *term, const uint8_t *restrict u,
                       const uint8_t *restrict v, size_t count, bool is_halved,
                       int16_t *restrict k) {
  const ckernels_chroma_term constants = *term;
  if (!is_halved) {
    for (size_t i = 0; i < count; i++) k[i] = (int16_t)chroma(&constants, u[i] - 128, v[i] - 128);
    return;
  }
  for (size_t i = 0; i < (count + 1) / 2; i++) {
    int16_t value = (int16_t)chroma(&constants, u[i] - 128, v[i] - 128);
    k[2 * i] = value;
    k[2 * i + 1] = value;
  }
}

static void sum_row(bool is_limited, const uint8_t *restrict y, const int16_t *restrict k,
                    size_t count, uint8_t *restrict out) {
  if (!is_limited) {
    for (size_t i = 0; i < count; i++) out[i] = clip(y[i] + k[i]);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    int32_t n = 85 * (y[i] - 16) + k[i];
    // n / 73 for all n that can be.
    out[i] = clip((int32_t)(((uint32_t)(n < 0 ? 0 : n) * 57457) >> 22));
  }
}

static void store_row(const ckernels_rgb_rows *out, int storing, size_t i,
                      uint8_t parts[3][part], size_t count) {
  if (storing == ckernels_planes) {
    for (int n = 0; n < 3; n++) memcpy(out->rows[n] + i, parts[n], count);
  } else if (storing == ckernels_triples) {
    merge3(parts[0], parts[1], parts[2], count, out->rows[0] + 3 * i);
  } else {
    uint8_t opaque[part];
    memset(opaque, 255, sizeof opaque);
    bool is_first = storing == ckernels_opaque_first;
    merge4(is_first ? opaque : parts[0], parts[is_first ? 0 : 1], parts[is_first ? 1 : 2],
           is_first ? parts[2] : opaque, count, out->rows[0] + 4 * i);
  }
}

static void yuv_to_rgb(const ckernels_yuv_to_rgb *conversion, const uint8_t *y0, const uint8_t *y1,
                       const uint8_t *u, const uint8_t *v, size_t count, bool is_halved,
                       int storing, const ckernels_rgb_rows *out0, const ckernels_rgb_rows *out1) {
  for (size_t i = 0; i < count; i += part) {
    size_t now = count - i < part ? count - i : part;
    size_t place = is_halved ? i / 2 : i;
    int16_t k[3][part];
    uint8_t parts[3][part];
    for (int n = 0; n < 3; n++) {
      chroma_row(&conversion->terms[n], u + place, v + place, now, is_halved, k[n]);
      sum_row(conversion->is_limited, y0 + i, k[n], now, parts[n]);
    }
    store_row(out0, storing, i, parts, now);
    if (!y1) continue;
    for (int n = 0; n < 3; n++) sum_row(conversion->is_limited, y1 + i, k[n], now, parts[n]);
    store_row(out1, storing, i, parts, now);
  }
}

static void rgb_to_component(const ckernels_rgb_term *term, const uint8_t *restrict r,
                             const uint8_t *restrict g, const uint8_t *restrict b, size_t count,
                             uint8_t *restrict out) {
  for (size_t i = 0; i < count; i++) {
    int32_t low = term->low[0] * r[i] + term->low[1] * g[i] + term->low[2] * b[i];
    int32_t high = term->high[0] * r[i] + term->high[1] * g[i] + term->high[2] * b[i];
    out[i] = clip((term->base + high + ((low + term->rounding) >> 15)) >> 15);
  }
}

const ckernels_pixels ckernels_pixels_portable = {
    ROWS,
    .split2 = split2,
    .split3 = split3,
    .merge3 = merge3,
    .split4 = split4,
    .mean2x2 = mean2x2,
    .mean2x1 = mean2x1,
    .yuv_to_rgb = yuv_to_rgb,
    .rgb_to_component = rgb_to_component,
};
