/* Side data made of nested arrays (HDR, Dolby Vision, film grain) or of fields
   that differ between FFmpeg releases: walked in C, told to a visitor. */
#ifndef CLIBAV_SIDE_DATA_H
#define CLIBAV_SIDE_DATA_H

#include <libavcodec/packet.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/frame.h>
#include <libavutil/stereo3d.h>
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

struct clibav_util;

/* Each tells the fields under ffprobe's names in ffprobe's order; nothing for
   types it does not know or blocks too short for their struct. */
void clibav_visit_frame_side_data(const struct clibav_util *_Nonnull util, const AVFrameSideData *_Nonnull block,
                                  clibav_visitor _Nonnull visitor, void *_Nonnull opaque);
void clibav_visit_packet_side_data(const AVPacketSideData *_Nonnull block, clibav_visitor _Nonnull visitor,
                                   void *_Nonnull opaque);

/* Which eye sees what and at what distance; nothing before FFmpeg 7.1. */
void clibav_visit_stereo_view(const struct clibav_util *_Nonnull util, const AVStereo3D *_Nonnull stereo,
                              clibav_visitor _Nonnull visitor, void *_Nonnull opaque);

/* How Dolby Vision's metadata is compressed; NULL before FFmpeg 7.1. */
const char *_Nullable clibav_dovi_compression(const AVDOVIDecoderConfigurationRecord *_Nonnull record);

#endif
