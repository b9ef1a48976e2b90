// Loops of rows that a compiler turns into vectors by itself. Included once for each instruction set.

static void split2(const uint8_t *restrict s, size_t count, uint8_t *restrict a,
                   uint8_t *restrict b) {
  for (size_t i = 0; i < count; i++) {
    a[i] = s[2 * i];
    b[i] = s[2 * i + 1];
  }
}

static void merge2(const uint8_t *restrict a, const uint8_t *restrict b, size_t count,
                   uint8_t *restrict t) {
  for (size_t i = 0; i < count; i++) {
    t[2 * i] = a[i];
    t[2 * i + 1] = b[i];
  }
}

static void split4(const uint8_t *restrict s, size_t count, uint8_t *restrict a,
                   uint8_t *restrict b, uint8_t *restrict c, uint8_t *restrict d) {
  for (size_t i = 0; i < count; i++) {
    a[i] = s[4 * i];
    b[i] = s[4 * i + 1];
    c[i] = s[4 * i + 2];
    d[i] = s[4 * i + 3];
  }
}

static void merge4(const uint8_t *restrict a, const uint8_t *restrict b, const uint8_t *restrict c,
                   const uint8_t *restrict d, size_t count, uint8_t *restrict t) {
  for (size_t i = 0; i < count; i++) {
    t[4 * i] = a[i];
    t[4 * i + 1] = b[i];
    t[4 * i + 2] = c[i];
    t[4 * i + 3] = d[i];
  }
}

static void split2_words(const uint16_t *restrict s, size_t count, uint16_t *restrict a,
                         uint16_t *restrict b) {
  for (size_t i = 0; i < count; i++) {
    a[i] = s[2 * i];
    b[i] = s[2 * i + 1];
  }
}

static void merge2_words(const uint16_t *restrict a, const uint16_t *restrict b, size_t count,
                         uint16_t *restrict t) {
  for (size_t i = 0; i < count; i++) {
    t[2 * i] = a[i];
    t[2 * i + 1] = b[i];
  }
}

#define MEANS(suffix, sample)                                                                    \
  static void mean2x2##suffix(const sample *restrict a, const sample *restrict b, size_t count,  \
                              sample *restrict t) {                                              \
    size_t pairs = count / 2;                                                                    \
    for (size_t i = 0; i < pairs; i++) {                                                         \
      t[i] = (sample)(((uint32_t)a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1] + 2) >> 2);   \
    }                                                                                            \
    if (count % 2) t[pairs] = (sample)(((uint32_t)a[count - 1] + b[count - 1] + 1) >> 1);        \
  }                                                                                              \
  static void mean2x1##suffix(const sample *restrict a, size_t count, sample *restrict t) {      \
    size_t pairs = count / 2;                                                                    \
    for (size_t i = 0; i < pairs; i++) {                                                         \
      t[i] = (sample)(((uint32_t)a[2 * i] + a[2 * i + 1] + 1) >> 1);                             \
    }                                                                                            \
    if (count % 2) t[pairs] = a[count - 1];                                                      \
  }                                                                                              \
  static void mean1x2##suffix(const sample *restrict a, const sample *restrict b, size_t count,  \
                              sample *restrict t) {                                              \
    for (size_t i = 0; i < count; i++) t[i] = (sample)(((uint32_t)a[i] + b[i] + 1) >> 1);        \
  }                                                                                              \
  static void repeat2##suffix(const sample *restrict s, size_t count, sample *restrict t) {      \
    for (size_t i = 0; i < count / 2; i++) {                                                     \
      t[2 * i] = s[i];                                                                           \
      t[2 * i + 1] = s[i];                                                                       \
    }                                                                                            \
    if (count % 2) t[count - 1] = s[count / 2];                                                  \
  }

MEANS(, uint8_t)
MEANS(_words, uint16_t)

static void widen(const uint8_t *restrict s, size_t count, int shift, uint16_t *restrict t) {
  for (size_t i = 0; i < count; i++) t[i] = (uint16_t)((uint32_t)s[i] << shift);
}

// Of 16 bits alone, and so in vectors of as many lanes: half of what is shifted out is its top bit.
static void narrow(const uint16_t *restrict s, size_t count, int shift, uint8_t *restrict t) {
  for (size_t i = 0; i < count; i++) {
    uint16_t up = (uint16_t)((uint16_t)(s[i] >> (shift - 1)) & 1);
    uint16_t value = (uint16_t)((uint16_t)(s[i] >> shift) + up);
    t[i] = (uint8_t)(value > 255 ? 255 : value);
  }
}

static void shift_left(const uint16_t *restrict s, size_t count, int shift, uint16_t *restrict t) {
  for (size_t i = 0; i < count; i++) t[i] = (uint16_t)(s[i] << shift);
}

static void shift_right(const uint16_t *restrict s, size_t count, int shift,
                        uint16_t *restrict t) {
  for (size_t i = 0; i < count; i++) t[i] = (uint16_t)(s[i] >> shift);
}

static void round_right(const uint16_t *restrict s, size_t count, int shift, uint16_t maximum,
                        uint16_t *restrict t) {
  for (size_t i = 0; i < count; i++) {
    uint16_t up = (uint16_t)((uint16_t)(s[i] >> (shift - 1)) & 1);
    uint16_t value = (uint16_t)((uint16_t)(s[i] >> shift) + up);
    t[i] = value > maximum ? maximum : value;
  }
}

static void mask(const uint16_t *restrict s, size_t count, uint16_t bits, uint16_t *restrict t) {
  for (size_t i = 0; i < count; i++) t[i] = s[i] & bits;
}

static void swap(const uint16_t *restrict s, size_t count, uint16_t *restrict t) {
  for (size_t i = 0; i < count; i++) t[i] = (uint16_t)(s[i] << 8 | s[i] >> 8);
}

#define ROWS                                                                                     \
  .merge2 = merge2, .merge4 = merge4, .split2_words = split2_words,                              \
  .merge2_words = merge2_words, .mean1x2 = mean1x2, .mean2x2_words = mean2x2_words,              \
  .mean2x1_words = mean2x1_words, .mean1x2_words = mean1x2_words, .repeat2 = repeat2,            \
  .repeat2_words = repeat2_words, .widen = widen, .narrow = narrow, .shift_left = shift_left,    \
  .shift_right = shift_right, .round_right = round_right, .mask = mask, .swap = swap
