/* HDR and Dolby Vision metadata of a frame is structs of nested arrays, which
   differ between FFmpeg releases: walked in C, told to a visitor. */
#ifndef CLIBAV_SIDE_DATA_H
#define CLIBAV_SIDE_DATA_H

#include <libavutil/frame.h>
#include <stdint.h>

enum clibav_event {
  CLIBAV_INTEGER,     /* a */
  CLIBAV_RATIONAL,    /* a / b */
  CLIBAV_STRING,      /* text */
  CLIBAV_BEGIN_LIST,  /* of groups, under `name` */
  CLIBAV_BEGIN_GROUP, /* the next group of the open list */
  CLIBAV_END_LIST
};

typedef void (*clibav_visitor)(void *_Nonnull opaque, enum clibav_event event, const char *_Nonnull name,
                               int64_t a, int64_t b, const char *_Nonnull text);

/* Tells the fields under ffprobe's names in ffprobe's order; nothing for types
   it does not know or blocks too short for their struct. */
void clibav_visit_hdr_side_data(const AVFrameSideData *_Nonnull block, clibav_visitor _Nonnull visitor,
                                void *_Nonnull opaque);

#endif
