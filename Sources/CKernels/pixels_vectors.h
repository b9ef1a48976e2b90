// Loops written in vectors. Included once for each instruction set, behind `vector`, its `width` in
// bytes, V() and VS(), which name its instructions, and what loads and stores. Instructions that
// unpack and pack do so within each 16 bytes, and so undo each other's order.

static inline vector zero(void) { return VS(setzero)(); }

// Two words again and again.
static inline vector pairs(int16_t first, int16_t second) {
  return V(set1_epi32)((int32_t)((uint32_t)(uint16_t)second << 16 | (uint16_t)first));
}

// MARK: YCbCr to RGB

typedef struct {
  vector high, low, rounding;
  __m128i shift;
} chroma_term;

static inline chroma_term chroma_term_of(const ckernels_chroma_term *term) {
  return (chroma_term){pairs(term->high[0], term->high[1]), pairs(term->low[0], term->low[1]),
                       V(set1_epi32)(term->rounding), _mm_cvtsi32_si128(term->shift)};
}

static inline vector chroma_of_pairs(const chroma_term *term, vector uv) {
  vector low = V(srai_epi32)(V(add_epi32)(V(madd_epi16)(uv, term->low), term->rounding), 15);
  return V(sra_epi32)(V(add_epi32)(V(madd_epi16)(uv, term->high), low), term->shift);
}

// The three terms of a vector of words of u and v.
static inline void chroma(const chroma_term terms[3], vector u, vector v, vector k[3]) {
  const vector middle = V(set1_epi16)(128);
  u = V(sub_epi16)(u, middle);
  v = V(sub_epi16)(v, middle);
  vector first = V(unpacklo_epi16)(u, v), second = V(unpackhi_epi16)(u, v);
  for (int n = 0; n < 3; n++) {
    k[n] = V(packs_epi32)(chroma_of_pairs(&terms[n], first), chroma_of_pairs(&terms[n], second));
  }
}

// Words that are at most 255 where they do not clip.
static inline vector sum(vector y, vector k, bool is_limited) {
  vector n = V(adds_epi16)(y, k);
  if (!is_limited) return n;
  // n / 73 is (n * 57457) >> 22 for all n there can be.
  n = V(max_epi16)(n, zero());
  return V(srli_epi16)(V(mulhi_epu16)(n, V(set1_epi16)((int16_t)57457)), 6);
}

static inline vector luma(vector y, bool is_limited) {
  if (!is_limited) return y;
  return V(mullo_epi16)(V(sub_epi16)(y, V(set1_epi16)(16)), V(set1_epi16)(85));
}

static inline void store_pixels(const ckernels_rgb_rows *out, size_t i, int storing, vector a,
                                vector b, vector c) {
  const vector opaque = V(set1_epi8)(-1);
  switch (storing) {
    case ckernels_planes:
      store(out->rows[0] + i, a);
      store(out->rows[1] + i, b);
      store(out->rows[2] + i, c);
      break;
    case ckernels_triples: store3(out->rows[0] + 3 * i, a, b, c); break;
    case ckernels_opaque_last: store4(out->rows[0] + 4 * i, a, b, c, opaque); break;
    default: store4(out->rows[0] + 4 * i, opaque, a, b, c); break;
  }
}

// How a row is made: constants of each copy of the loop.
typedef struct {
  bool is_limited, is_halved, has_two_rows;
  int storing;
} row_kind;

static inline __attribute__((always_inline)) void block(
    const chroma_term terms[3], const uint8_t *y0, const uint8_t *y1, const uint8_t *u,
    const uint8_t *v, const ckernels_rgb_rows *out0, const ckernels_rgb_rows *out1, size_t i,
    row_kind kind) {
  vector first[3], second[3];
  if (kind.is_halved) {
    vector k[3];
    chroma(terms, load_half(u + i / 2), load_half(v + i / 2), k);
    for (int n = 0; n < 3; n++) {
      first[n] = V(unpacklo_epi16)(k[n], k[n]);
      second[n] = V(unpackhi_epi16)(k[n], k[n]);
    }
  } else {
    vector us = load(u + i), vs = load(v + i);
    chroma(terms, V(unpacklo_epi8)(us, zero()), V(unpacklo_epi8)(vs, zero()), first);
    chroma(terms, V(unpackhi_epi8)(us, zero()), V(unpackhi_epi8)(vs, zero()), second);
  }
  for (int row = 0; row < (kind.has_two_rows ? 2 : 1); row++) {
    vector y = load((row ? y1 : y0) + i), bytes[3];
    vector low = luma(V(unpacklo_epi8)(y, zero()), kind.is_limited);
    vector high = luma(V(unpackhi_epi8)(y, zero()), kind.is_limited);
    for (int n = 0; n < 3; n++) {
      bytes[n] = V(packus_epi16)(sum(low, first[n], kind.is_limited),
                                 sum(high, second[n], kind.is_limited));
    }
    store_pixels(row ? out1 : out0, i, kind.storing, bytes[0], bytes[1], bytes[2]);
  }
}

// The last pixels, fewer than a vector's, in memory of our own.
static inline __attribute__((always_inline)) void tail(
    const chroma_term terms[3], const uint8_t *y0, const uint8_t *y1, const uint8_t *u,
    const uint8_t *v, const ckernels_rgb_rows *out0, const ckernels_rgb_rows *out1, size_t i,
    size_t count, row_kind kind) {
  uint8_t in[4][width] = {{0}}, out[2][4 * width];
  size_t rest = count - i, place = kind.is_halved ? i / 2 : i;
  size_t chroma_count = kind.is_halved ? (rest + 1) / 2 : rest;
  memcpy(in[0], y0 + i, rest);
  if (kind.has_two_rows) memcpy(in[1], y1 + i, rest);
  memcpy(in[2], u + place, chroma_count);
  memcpy(in[3], v + place, chroma_count);
  ckernels_rgb_rows rows[2];
  for (int row = 0; row < 2; row++) {
    for (int n = 0; n < 3; n++) rows[row].rows[n] = out[row] + width * n;
  }
  block(terms, in[0], in[1], in[2], in[3], &rows[0], &rows[1], 0, kind);
  for (int row = 0; row < (kind.has_two_rows ? 2 : 1); row++) {
    const ckernels_rgb_rows *to = row ? out1 : out0;
    if (kind.storing == ckernels_planes) {
      for (int n = 0; n < 3; n++) memcpy(to->rows[n] + i, rows[row].rows[n], rest);
    } else {
      size_t step = kind.storing == ckernels_triples ? 3 : 4;
      memcpy(to->rows[0] + step * i, out[row], step * rest);
    }
  }
}

static inline __attribute__((always_inline)) void yuv_to_rgb_rows(
    const ckernels_yuv_to_rgb *conversion, const uint8_t *y0, const uint8_t *y1, const uint8_t *u,
    const uint8_t *v, size_t count, const ckernels_rgb_rows *out0, const ckernels_rgb_rows *out1,
    row_kind kind) {
  chroma_term terms[3];
  for (int n = 0; n < 3; n++) terms[n] = chroma_term_of(&conversion->terms[n]);
  const ckernels_rgb_rows to0 = *out0, to1 = *out1;
  size_t i = 0;
  for (; i + width <= count; i += width) block(terms, y0, y1, u, v, &to0, &to1, i, kind);
  if (i < count) tail(terms, y0, y1, u, v, &to0, &to1, i, count, kind);
}

static void yuv_to_rgb(const ckernels_yuv_to_rgb *conversion, const uint8_t *y0, const uint8_t *y1,
                       const uint8_t *u, const uint8_t *v, size_t count, bool is_halved,
                       int storing, const ckernels_rgb_rows *out0, const ckernels_rgb_rows *out1) {
#define COPY(limited, halved, two, storing_)                                       \
  yuv_to_rgb_rows(conversion, y0, y1, u, v, count, out0, out1,                     \
                  (row_kind){limited, halved, two, storing_})
#define COPIES(limited, halved, two)                                               \
  switch (storing) {                                                               \
    case ckernels_planes: COPY(limited, halved, two, ckernels_planes); break;      \
    case ckernels_triples: COPY(limited, halved, two, ckernels_triples); break;    \
    case ckernels_opaque_last: COPY(limited, halved, two, ckernels_opaque_last); break; \
    default: COPY(limited, halved, two, ckernels_opaque_first); break;             \
  }
  if (conversion->is_limited) {
    if (!is_halved) {
      COPIES(true, false, false)
    } else if (y1) {
      COPIES(true, true, true)
    } else {
      COPIES(true, true, false)
    }
  } else {
    if (!is_halved) {
      COPIES(false, false, false)
    } else if (y1) {
      COPIES(false, true, true)
    } else {
      COPIES(false, true, false)
    }
  }
}

// MARK: RGB to YCbCr

typedef struct {
  vector high_rg, high_b, low_rg, low_b, base, rounding;
} rgb_term;

static inline vector component(const rgb_term *term, vector rg, vector b) {
  vector low = V(add_epi32)(V(madd_epi16)(rg, term->low_rg), V(madd_epi16)(b, term->low_b));
  vector high = V(add_epi32)(V(madd_epi16)(rg, term->high_rg), V(madd_epi16)(b, term->high_b));
  low = V(srai_epi32)(V(add_epi32)(low, term->rounding), 15);
  return V(srai_epi32)(V(add_epi32)(V(add_epi32)(high, term->base), low), 15);
}

// A vector of bytes of each.
static inline vector component_bytes(const rgb_term *term, vector r, vector g, vector b) {
  vector words[2];
  for (int half = 0; half < 2; half++) {
    vector rg = half ? V(unpackhi_epi8)(r, g) : V(unpacklo_epi8)(r, g);
    vector blue = half ? V(unpackhi_epi8)(b, zero()) : V(unpacklo_epi8)(b, zero());
    words[half] = V(packs_epi32)(
        component(term, V(unpacklo_epi8)(rg, zero()), V(unpacklo_epi16)(blue, zero())),
        component(term, V(unpackhi_epi8)(rg, zero()), V(unpackhi_epi16)(blue, zero())));
  }
  return V(packus_epi16)(words[0], words[1]);
}

static void rgb_to_component(const ckernels_rgb_term *c, const uint8_t *r, const uint8_t *g,
                             const uint8_t *b, size_t count, uint8_t *out) {
  const rgb_term term = {pairs(c->high[0], c->high[1]), pairs(c->high[2], 0),
                         pairs(c->low[0], c->low[1]),   pairs(c->low[2], 0),
                         V(set1_epi32)(c->base),        V(set1_epi32)(c->rounding)};
  size_t i = 0;
  for (; i + width <= count; i += width) {
    store(out + i, component_bytes(&term, load(r + i), load(g + i), load(b + i)));
  }
  if (i == count) return;
  uint8_t in[3][width] = {{0}}, bytes[width];
  memcpy(in[0], r + i, count - i);
  memcpy(in[1], g + i, count - i);
  memcpy(in[2], b + i, count - i);
  store(bytes, component_bytes(&term, load(in[0]), load(in[1]), load(in[2])));
  memcpy(out + i, bytes, count - i);
}

// MARK: Three kinds interleaved

static void split3(const uint8_t *s, size_t count, uint8_t *a, uint8_t *b, uint8_t *c) {
  size_t i = 0;
  for (; i + width <= count; i += width) {
    vector v[3];
    load3(s + 3 * i, v);
    store(a + i, v[0]);
    store(b + i, v[1]);
    store(c + i, v[2]);
  }
  for (; i < count; i++) {
    a[i] = s[3 * i];
    b[i] = s[3 * i + 1];
    c[i] = s[3 * i + 2];
  }
}

static void merge3(const uint8_t *a, const uint8_t *b, const uint8_t *c, size_t count,
                   uint8_t *t) {
  size_t i = 0;
  for (; i + width <= count; i += width) {
    store3(t + 3 * i, load(a + i), load(b + i), load(c + i));
  }
  for (; i < count; i++) {
    t[3 * i] = a[i];
    t[3 * i + 1] = b[i];
    t[3 * i + 2] = c[i];
  }
}

// MARK: Two and four kinds interleaved

// The even and the odd bytes of two vectors that follow each other.
static inline void apart(vector first, vector second, vector *even, vector *odd) {
  const vector low = V(set1_epi16)(255);
  *even = pack(VS(and)(first, low), VS(and)(second, low));
  *odd = pack(V(srli_epi16)(first, 8), V(srli_epi16)(second, 8));
}

static void split2_vectors(const uint8_t *s, size_t count, uint8_t *a, uint8_t *b) {
  size_t i = 0;
  for (; i + width <= count; i += width) {
    vector even, odd;
    apart(load(s + 2 * i), load(s + 2 * i + width), &even, &odd);
    store(a + i, even);
    store(b + i, odd);
  }
  split2(s + 2 * i, count - i, a + i, b + i);
}

static void split4_vectors(const uint8_t *s, size_t count, uint8_t *a, uint8_t *b, uint8_t *c,
                           uint8_t *d) {
  size_t i = 0;
  for (; i + width <= count; i += width) {
    const uint8_t *from = s + 4 * i;
    vector ac0, ac1, bd0, bd1, first, second;
    apart(load(from), load(from + width), &ac0, &bd0);
    apart(load(from + 2 * width), load(from + 3 * width), &ac1, &bd1);
    apart(ac0, ac1, &first, &second);
    store(a + i, first);
    store(c + i, second);
    apart(bd0, bd1, &first, &second);
    store(b + i, first);
    store(d + i, second);
  }
  split4(s + 4 * i, count - i, a + i, b + i, c + i, d + i);
}

// MARK: Means

// Words: the sums of neighbouring bytes.
static inline vector pair_sums(vector v) {
  return V(add_epi16)(VS(and)(v, V(set1_epi16)(255)), V(srli_epi16)(v, 8));
}

static inline vector quad_means(const uint8_t *a, const uint8_t *b) {
  vector sums = V(add_epi16)(pair_sums(load(a)), pair_sums(load(b)));
  return V(srli_epi16)(V(add_epi16)(sums, V(set1_epi16)(2)), 2);
}

static inline vector pair_means(const uint8_t *a) {
  return V(srli_epi16)(V(add_epi16)(pair_sums(load(a)), V(set1_epi16)(1)), 1);
}

static void mean2x2_vectors(const uint8_t *a, const uint8_t *b, size_t count, uint8_t *t) {
  size_t i = 0;
  for (; i + 2 * width <= count; i += 2 * width) {
    store(t + i / 2, pack(quad_means(a + i, b + i), quad_means(a + i + width, b + i + width)));
  }
  mean2x2(a + i, b + i, count - i, t + i / 2);
}

static void mean2x1_vectors(const uint8_t *a, size_t count, uint8_t *t) {
  size_t i = 0;
  for (; i + 2 * width <= count; i += 2 * width) {
    store(t + i / 2, pack(pair_means(a + i), pair_means(a + i + width)));
  }
  mean2x1(a + i, count - i, t + i / 2);
}

#define VECTORS                                                                      \
  .yuv_to_rgb = yuv_to_rgb, .rgb_to_component = rgb_to_component, .split3 = split3,  \
  .merge3 = merge3, .split2 = split2_vectors, .split4 = split4_vectors,              \
  .mean2x2 = mean2x2_vectors, .mean2x1 = mean2x1_vectors
