/* How the walkers of side data say what they find. */
#ifndef CLIBAV_TELLING_H
#define CLIBAV_TELLING_H

#include "clibav.h"

#include <inttypes.h>
#include <libavutil/film_grain_params.h>
#include <stdio.h>

struct telling {
  clibav_visitor visitor;
  void *opaque;
};

static inline void integer(struct telling *t, const char *name, int64_t value) {
  t->visitor(t->opaque, CLIBAV_INTEGER, name, value, 0, "");
}
static inline void rational(struct telling *t, const char *name, AVRational q) {
  t->visitor(t->opaque, CLIBAV_RATIONAL, name, q.num, q.den, "");
}
static inline void string(struct telling *t, const char *name, const char *text) {
  t->visitor(t->opaque, CLIBAV_STRING, name, 0, 0, text ? text : "unknown");
}
static inline void mark(struct telling *t, enum clibav_event event, const char *name) {
  t->visitor(t->opaque, event, name, 0, 0, "");
}

static inline int at_most(int count, size_t limit) {
  return count < 0 ? 0 : (size_t)count < limit ? count : (int)limit;
}
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Values of a list in one text, separated by spaces. */
struct list {
  char text[2048];
  size_t length;
};
static inline struct list empty_list(void) {
  struct list list;
  list.text[0] = 0;
  list.length = 0;
  return list;
}
static inline void add(struct list *list, const char *value) {
  int room = (int)(sizeof list->text - list->length);
  int wrote = snprintf(list->text + list->length, (size_t)room, "%s%s", list->length ? " " : "", value);
  if (wrote > 0 && wrote < room) list->length += (size_t)wrote;
}
static inline void add_integer(struct list *list, int64_t value) {
  char text[32];
  snprintf(text, sizeof text, "%" PRId64, value);
  add(list, text);
}

void clibav_tell_film_grain(struct telling *t, const struct clibav_util *util, const AVFilmGrainParams *m);

#endif
