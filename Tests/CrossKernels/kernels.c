// Feeds every kernel the same numbers and prints a hash of what each makes of them: the lines of two
// processors are the same, or one of the processors is wrong. See scripts/cross-check.
#include "ckernels.h"

#include <stdio.h>
#include <string.h>

enum { room = 4096, most = 1000 };
static const size_t counts[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 255, 256, 257, most};
enum { count_of_counts = sizeof counts / sizeof *counts };

static uint8_t a[room], b[room], c[room], d[room], out0[room], out1[room], out2[room], out3[room];
static uint64_t state = 1;

static uint64_t next(void) {
  state += 0x9e3779b97f4a7c15;
  uint64_t bits = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  return bits ^ (bits >> 27);
}

static void fill(uint8_t *bytes) {
  for (int i = 0; i < room; i++) bytes[i] = (uint8_t)(next() >> 40);
}

// New numbers, the same for every processor, and nothing in the results.
static void begin(void) {
  fill(a), fill(b), fill(c), fill(d);
  memset(out0, 0, room), memset(out1, 0, room), memset(out2, 0, room), memset(out3, 0, room);
}

static uint64_t hash = 0xcbf29ce484222325;  // FNV-1a

static void add(const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
}

static void add_results(void) { add(out0, room), add(out1, room), add(out2, room), add(out3, room); }

static void tell(const char *name) {
  printf("%s %016llx\n", name, (unsigned long long)hash);
  hash = 0xcbf29ce484222325;
}

#define W(bytes) ((uint16_t *)(void *)(bytes))
// For each count: new numbers, the call, its results.
#define EACH(name, ...)                              \
  for (int k = 0; k < count_of_counts; k++) {        \
    const size_t n = counts[k];                      \
    begin();                                         \
    __VA_ARGS__;                                     \
    add_results();                                   \
  }                                                  \
  tell(name)

static void rows(const ckernels_pixels *p) {
  EACH("split2", p->split2(a, n, out0, out1));
  EACH("merge2", p->merge2(a, b, n, out0));
  EACH("split3", p->split3(a, n, out0, out1, out2));
  EACH("merge3", p->merge3(a, b, c, n, out0));
  EACH("split4", p->split4(a, n, out0, out1, out2, out3));
  EACH("merge4", p->merge4(a, b, c, d, n, out0));
  EACH("split2_words", p->split2_words(W(a), n, W(out0), W(out1)));
  EACH("merge2_words", p->merge2_words(W(a), W(b), n, W(out0)));
  EACH("mean2x2", p->mean2x2(a, b, n, out0));
  EACH("mean2x1", p->mean2x1(a, n, out0));
  EACH("mean1x2", p->mean1x2(a, b, n, out0));
  EACH("mean2x2_words", p->mean2x2_words(W(a), W(b), n, W(out0)));
  EACH("mean2x1_words", p->mean2x1_words(W(a), n, W(out0)));
  EACH("mean1x2_words", p->mean1x2_words(W(a), W(b), n, W(out0)));
  EACH("repeat2", p->repeat2(a, n, out0));
  EACH("repeat2_words", p->repeat2_words(W(a), n, W(out0)));
  for (int shift = 1; shift <= 8; shift++) {
    EACH("widen", p->widen(a, n, shift, W(out0)));
    EACH("narrow", p->narrow(W(a), n, shift, out0));
    EACH("shift_left", p->shift_left(W(a), n, shift, W(out0)));
    EACH("shift_right", p->shift_right(W(a), n, shift, W(out0)));
    EACH("round_right", p->round_right(W(a), n, shift, (uint16_t)(65535 >> shift), W(out0)));
  }
  EACH("mask", p->mask(W(a), n, 0x3ff, W(out0)));
  EACH("swap", p->swap(W(a), n, W(out0)));
}

// Factors as large as those of real matrices, and larger.
static void colors(const ckernels_pixels *p) {
  for (int is_limited = 0; is_limited < 2; is_limited++) {
    ckernels_yuv_to_rgb way = {.is_limited = is_limited};
    for (int i = 0; i < 3; i++) {
      const int16_t part = (int16_t)(next() >> 49), other = (int16_t)(next() >> 49);
      way.terms[i] = (ckernels_chroma_term){
          .high = {(int16_t)(i - 1), (int16_t)(1 - i)}, .low = {part, other}, .rounding = 1 << 14, .shift = i};
    }
    for (int storing = ckernels_planes; storing <= ckernels_opaque_first; storing++) {
      const ckernels_rgb_rows first = {{out0, out1, out2}};
      const ckernels_rgb_rows second = {{out3, out3 + 1024, out3 + 2048}};
      const ckernels_rgb_rows lone = {{out3, NULL, NULL}};
      for (int is_halved = 0; is_halved < 2; is_halved++)
        EACH("yuv_to_rgb", p->yuv_to_rgb(&way, a, NULL, c, d, n, is_halved, storing, &first, &first));
      EACH("yuv_to_rgb, two rows", p->yuv_to_rgb(&way, a, b, c, d, n, true, storing, &first,
                                                 storing == ckernels_planes ? &second : &lone));
    }
  }
  for (int i = 0; i < 3; i++) {
    const ckernels_rgb_term term = {
        .high = {(int16_t)(i - 1), 0, 1}, .low = {(int16_t)(next() >> 49), (int16_t)(next() >> 49), 1868 * 2},
        .base = i << 21, .rounding = 1 << 14};
    EACH("rgb_to_component", p->rgb_to_component(&term, a, b, c, n, out0));
  }
}

static void planes(void) {
  for (size_t size = 1; size <= 8; size++) {
    for (size_t columns = 1; columns <= 20; columns++) {
      for (size_t rows = 1; rows <= 20; rows++) {
        begin();
        ckernels_transpose(a, 20 * 8, out0, 20 * 8, columns, rows, size);
        add_results();
      }
    }
    tell("transpose");
    EACH("reverse", ckernels_reverse(a, out0, n * size <= room ? n : room / size, size));
  }
  for (int kind = 0; kind < 5; kind++) {
    static const struct ckernels_samples kinds[5] = {
      {.step = 1, .word_bytes = 1, .depth = 8}, {.step = 2, .word_bytes = 2, .depth = 10, .stray_mask = 0xfc00},
      {.step = 2, .word_bytes = 2, .is_big_endian = 1, .shift = 4, .depth = 12, .stray_mask = 15},
      {.step = 4, .word_bytes = 4, .shift = 12, .depth = 10}, {.first = 1, .word_bytes = 4, .depth = 10, .v210_step = 2},
    };
    struct ckernels_likeness likeness = {.low = UINT32_MAX};
    EACH("likeness", ckernels_add_likeness(a, b, c, 0, n, n, &kinds[kind], &likeness));
    add(&likeness, sizeof likeness);
    tell("likeness, sums");
  }
  int64_t difference = 0;
  EACH("byte difference", difference += ckernels_byte_difference(a, b, n));
  add(&difference, sizeof difference);
  tell("byte difference, sum");
}

// A formula whose sums are never in doubt.
static void formulas(void) {
  ckernels_formula formula = {.factors = {66. / 256, 129. / 256, 25. / 256}, .maximum = 255};
  for (int i = 0; i < 8; i++) formula.constants[i] = (16 * 256 + 128 + .5) / 256;
  size_t total = 0;
  EACH("formula", total += ckernels_formula_apply(&formula, W(a), W(b), W(c), n, W(out0)));
  EACH("formula, clipped", total += ckernels_formula_clipped(&formula, W(a), W(b), W(c), n));
  add(&total, sizeof total);
  tell("formula, totals");
}

static void sounds(bool has_kernels) {
  float x[most + 64], y[most + 64];
  for (int i = 0; i < most + 64; i++) {
    x[i] = (float)(int32_t)(next() >> 32) / 0x1p31f;
    y[i] = (float)(int32_t)(next() >> 32) / 0x1p31f;
  }
  const struct ckernels_k_weighting k = {1.53512485958697, -2.69169618940638, 1.19839281085285,
                                         -1.69065929318241, 0.73248077421585, -2, 1,
                                         -1.99004745483398, 0.99007225036621};
  struct ckernels_k_weighting_pair pair = {{0}, {0}, {0}, {0}, {0}};
  ckernels_weight_pair(x, y, most, &k, &pair);
  add(&pair, sizeof pair);
  tell("k-weighting");
  if (!has_kernels) return;
  for (int i = 0; i < count_of_counts; i++) {
    const size_t n = counts[i];
    const float peaks[3] = {ckernels_true_peak_avx2(x, n), ckernels_half_peak_avx2(x, n),
                            ckernels_largest_magnitude_avx2(x, n)};
    add(peaks, sizeof peaks);
    ckernels_int16_sums sums = {0};
    ckernels_int16_sums_avx2((const int16_t *)W(a), n, &sums);
    add(&sums.low, 2), add(&sums.high, 2), add(&sums.sum, 4), add(&sums.squares, 8);
    const int64_t products = ckernels_int16_products_avx2((const int16_t *)W(a), (const int16_t *)W(b), n);
    add(&products, sizeof products);
  }
  tell("sound");
}

int main(int argc, char **argv) {
  // The quickest loops that there are, or what every processor has.
  const bool is_portable = argc > 1 && strcmp(argv[1], "portable") == 0;
  const ckernels_pixels *pixels = NULL;
  for (int level = is_portable ? ckernels_portable : ckernels_avx512; level >= ckernels_portable && !pixels; level--)
    pixels = ckernels_pixels_for(level);
  if (!pixels) return 1;
  rows(pixels);
  colors(pixels);
  planes();
  formulas();
#if defined(__x86_64__)
  sounds(ckernels_has_avx2());
#else
  sounds(true);
#endif
  return 0;
}
