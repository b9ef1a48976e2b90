/* FFmpeg, opened on first use.
 *
 * Linking libavformat costs some 24 ms of start-up for its 134 shared
 * libraries; opened with dlopen only where a command needs it, the other
 * commands start in 2 ms. The headers give the types and, through __typeof__,
 * the function signatures; the major version in each soname is the one of the
 * headers this was compiled with, so a build never meets another layout.
 *
 * One source serves FFmpeg 5 to 9: what changed between them is hidden behind
 * the inline functions at the end. */
#ifndef CLIBAV_H
#define CLIBAV_H

#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/bprint.h>
#include <libavutil/buffer.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/imgutils.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/spherical.h>
#include <libavutil/stereo3d.h>
#include <libavutil/timecode.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

#include "clibav_functions.h"
#include "clibav_side_data.h"

#define CLIBAV_MEMBER(f) __typeof__(&f) _Nonnull f;
struct clibav_util { CLIBAV_UTIL_FUNCTIONS(CLIBAV_MEMBER) } __attribute__((swift_attr("@Sendable")));
struct clibav_codec { CLIBAV_CODEC_FUNCTIONS(CLIBAV_MEMBER) } __attribute__((swift_attr("@Sendable")));
struct clibav_format { CLIBAV_FORMAT_FUNCTIONS(CLIBAV_MEMBER) } __attribute__((swift_attr("@Sendable")));
struct clibav_scaling { CLIBAV_SCALING_FUNCTIONS(CLIBAV_MEMBER) } __attribute__((swift_attr("@Sendable")));
struct clibav_resampling { CLIBAV_RESAMPLING_FUNCTIONS(CLIBAV_MEMBER) } __attribute__((swift_attr("@Sendable")));
struct clibav_filtering { CLIBAV_FILTERING_FUNCTIONS(CLIBAV_MEMBER) } __attribute__((swift_attr("@Sendable")));
#undef CLIBAV_MEMBER

/* What went wrong when a library could not be opened, for a message that names
   the library and the Debian package it comes in. */
struct clibav_failure {
  const char *_Nullable library; /* "libavformat.so.59" */
  const char *_Nullable package; /* "libavformat59" */
  char reason[256];
};

/* The tables, or NULL with *failure filled. Each library is opened once, on the
   first call that needs it, from any thread; opening libavformat opens the
   other two. */
const struct clibav_util *_Nullable clibav_open_util(struct clibav_failure *_Nonnull failure);
const struct clibav_codec *_Nullable clibav_open_codec(struct clibav_failure *_Nonnull failure);
const struct clibav_format *_Nullable clibav_open_format(struct clibav_failure *_Nonnull failure);
const struct clibav_scaling *_Nullable clibav_open_scaling(struct clibav_failure *_Nonnull failure);
const struct clibav_resampling *_Nullable clibav_open_resampling(struct clibav_failure *_Nonnull failure);
const struct clibav_filtering *_Nullable clibav_open_filtering(struct clibav_failure *_Nonnull failure);

/* FFmpeg's log. Lines go to the sink of the calling thread; a thread without
   one drops them. `context` is the name FFmpeg gives the speaker ("mov,mp4"). */
typedef void (*clibav_log_sink)(void *_Nullable opaque, int level, const char *_Nonnull context,
                                const char *_Nonnull text);
void clibav_set_log_sink(clibav_log_sink _Nullable sink, void *_Nullable opaque, int most_verbose);

/* A bound on silence. FFmpeg polls `clibav_watch_expired` while it blocks; the
   deadline moves on whenever bytes arrive through the format's I/O context. That
   context is looked at only between restart and stop: while FFmpeg opens and
   closes, it polls with the context already freed. */
struct clibav_watch {
  int64_t window;   /* longest silence, nanoseconds; 0 = no bound; a year at most */
  int64_t deadline; /* CLOCK_MONOTONIC, nanoseconds */
  AVFormatContext *_Nullable format; /* whose pb->bytes_read tells progress, while reading */
  int64_t bytes_seen;
  int (*_Nullable cancelled)(void *_Nullable); /* polled too: a signal has arrived */
  int expired;                      /* set when the deadline has passed */
  int was_cancelled;                /* set when `cancelled` said so */
};
int clibav_watch_expired(void *_Nonnull watch);
void clibav_watch_restart(struct clibav_watch *_Nonnull watch, int64_t extra);

/* How an HTTP answer went, which FFmpeg tells only its log: its codes call the
   end of an answer without a length an error, and a chunked answer that was cut
   an end. Kept up while set on the calling thread. */
struct clibav_http_notes {
  int is_chunked;      /* a chunk's size has come */
  int has_last_chunk;  /* and one that was 0 (RFC 9112 7.1) */
  int ends_early;      /* the connection closed, and no length or chunk said that it would */
  char complaint[256]; /* the last line that was a warning or worse */
};
void clibav_set_http_notes(struct clibav_http_notes *_Nullable notes);

static const int64_t CLIBAV_NOPTS = AV_NOPTS_VALUE;
static const int CLIBAV_EOF = AVERROR_EOF;
static const int CLIBAV_INVALID_DATA = AVERROR_INVALIDDATA;
static const int CLIBAV_EXIT = AVERROR_EXIT;
static const int CLIBAV_PROTOCOL_NOT_FOUND = AVERROR_PROTOCOL_NOT_FOUND;
static const int CLIBAV_DEMUXER_NOT_FOUND = AVERROR_DEMUXER_NOT_FOUND;
static const int CLIBAV_DECODER_NOT_FOUND = AVERROR_DECODER_NOT_FOUND;
static const int CLIBAV_OPTION_NOT_FOUND = AVERROR_OPTION_NOT_FOUND;
static const int CLIBAV_PATCHWELCOME = AVERROR_PATCHWELCOME;
static const int CLIBAV_HTTP_BAD_REQUEST = AVERROR_HTTP_BAD_REQUEST;
static const int CLIBAV_HTTP_UNAUTHORIZED = AVERROR_HTTP_UNAUTHORIZED;
static const int CLIBAV_HTTP_FORBIDDEN = AVERROR_HTTP_FORBIDDEN;
static const int CLIBAV_HTTP_NOT_FOUND = AVERROR_HTTP_NOT_FOUND;
static const int CLIBAV_HTTP_OTHER_4XX = AVERROR_HTTP_OTHER_4XX;
static const int CLIBAV_HTTP_SERVER_ERROR = AVERROR_HTTP_SERVER_ERROR;
static const unsigned CLIBAV_FORMAT_MAJOR = LIBAVFORMAT_VERSION_MAJOR;
static const unsigned CLIBAV_FORMAT_MINOR = LIBAVFORMAT_VERSION_MINOR;

static inline int clibav_error(int errno_code) { return AVERROR(errno_code); }

/* What the FFmpeg releases do differently. */

/* The codec's number is an int until FFmpeg 8, an enum since. */
static inline AVCodecParserContext *_Nullable clibav_open_parser(
    const struct clibav_codec *_Nonnull table, enum AVCodecID codec) {
  return table->av_parser_init(codec);
}

static inline int clibav_frame_is_key(const AVFrame *_Nonnull frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
#else
  return frame->key_frame;
#endif
}

static inline int clibav_frame_is_interlaced(const AVFrame *_Nonnull frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
  return frame->interlaced_frame;
#endif
}

static inline int clibav_frame_is_top_field_first(const AVFrame *_Nonnull frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  return (frame->flags & AV_FRAME_FLAG_TOP_FIELD_FIRST) != 0;
#else
  return frame->top_field_first;
#endif
}

/* The older field, which FFmpeg 6 tells beside the newer one. */
static inline int64_t clibav_frame_packet_duration(const AVFrame *_Nonnull frame) {
#if LIBAVUTIL_VERSION_MAJOR < 59
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wdeprecated-declarations\"")
  return frame->pkt_duration;
  _Pragma("clang diagnostic pop")
#else
  return frame->duration;
#endif
}

static inline int64_t clibav_frame_duration(const AVFrame *_Nonnull frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
  return frame->duration;
#else
  return frame->pkt_duration;
#endif
}

static inline int clibav_frame_is_lossless(const AVFrame *_Nonnull frame) {
#ifdef AV_FRAME_FLAG_LOSSLESS
  return (frame->flags & AV_FRAME_FLAG_LOSSLESS) != 0;
#else
  (void)frame;
  return 0;
#endif
}

/* NULL where this FFmpeg or the frame does not say. */
static inline const char *_Nullable clibav_frame_alpha_mode(
    const struct clibav_util *_Nonnull util, const AVFrame *_Nonnull frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(60, 11, 100)
  return frame->alpha_mode == AVALPHA_MODE_UNSPECIFIED ? NULL : util->av_alpha_mode_name(frame->alpha_mode);
#else
  (void)util, (void)frame;
  return NULL;
#endif
}

/* Position and size of the packet a frame came from: -1 where unknown. AVFrame
   had fields of its own until FFmpeg 8; since FFmpeg 6 decoders carry along
   what is attached to the packet. */
#define CLIBAV_PACKET_TRAVELS (LIBAVCODEC_VERSION_MAJOR >= 60)

struct clibav_origin {
  int64_t position;
  int size;
};

/* Before the decoder is opened. */
static inline void clibav_carry_origins(AVCodecContext *_Nonnull codec) {
#if CLIBAV_PACKET_TRAVELS
  codec->flags |= AV_CODEC_FLAG_COPY_OPAQUE;
#else
  (void)codec;
#endif
}

/* Before the packet is sent; 0 when there is no memory for it. */
static inline int clibav_attach_origin(const struct clibav_util *_Nonnull util, AVPacket *_Nonnull packet) {
#if CLIBAV_PACKET_TRAVELS
  if (packet->opaque_ref) return 1;
  packet->opaque_ref = util->av_buffer_allocz(sizeof(struct clibav_origin));
  if (!packet->opaque_ref) return 0;
  *(struct clibav_origin *)packet->opaque_ref->data =
      (struct clibav_origin){.position = packet->pos, .size = packet->size};
#else
  (void)util, (void)packet;
#endif
  return 1;
}

static inline struct clibav_origin clibav_frame_origin(const AVFrame *_Nonnull frame) {
#if CLIBAV_PACKET_TRAVELS
  if (frame->opaque_ref && frame->opaque_ref->size == sizeof(struct clibav_origin))
    return *(const struct clibav_origin *)frame->opaque_ref->data;
  return (struct clibav_origin){.position = -1, .size = -1};
#else
  return (struct clibav_origin){.position = frame->pkt_pos, .size = frame->pkt_size};
#endif
}

/* Gone since FFmpeg 7: -1 there. */
static inline int clibav_frame_coded_number(const AVFrame *_Nonnull frame) {
#if LIBAVUTIL_VERSION_MAJOR < 59
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wdeprecated-declarations\"")
  return frame->coded_picture_number;
  _Pragma("clang diagnostic pop")
#else
  (void)frame;
  return -1;
#endif
}
static inline int clibav_frame_display_number(const AVFrame *_Nonnull frame) {
#if LIBAVUTIL_VERSION_MAJOR < 59
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wdeprecated-declarations\"")
  return frame->display_picture_number;
  _Pragma("clang diagnostic pop")
#else
  (void)frame;
  return -1;
#endif
}

/* Side data of a whole stream: AVStream's own until FFmpeg 6.0, then
   AVCodecParameters'. */
static inline int clibav_stream_side_data_count(const AVStream *_Nonnull stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
  return stream->codecpar->nb_coded_side_data;
#else
  return stream->nb_side_data;
#endif
}
static inline const AVPacketSideData *_Nullable clibav_stream_side_data(const AVStream *_Nonnull stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
  return stream->codecpar->coded_side_data;
#else
  return stream->side_data;
#endif
}

/* What the decoder has noticed of captions and film grain. Since FFmpeg 8 the
   frames alone tell, by their side data. */
static inline int clibav_codec_has_closed_captions(const AVCodecContext *_Nonnull codec) {
#if LIBAVCODEC_VERSION_MAJOR < 62
  return (codec->properties & FF_CODEC_PROPERTY_CLOSED_CAPTIONS) != 0;
#else
  (void)codec;
  return 0;
#endif
}
static inline int clibav_codec_has_film_grain(const AVCodecContext *_Nonnull codec) {
#if LIBAVCODEC_VERSION_MAJOR < 62
  return (codec->properties & FF_CODEC_PROPERTY_FILM_GRAIN) != 0;
#else
  (void)codec;
  return 0;
#endif
}

/* The codec as RFC 6381 writes it (avc1.64001f); 0 where this FFmpeg, before
   8.1, or the codec has no such text. */
static inline int clibav_stream_mime_codec(
    const struct clibav_util *_Nonnull util, const struct clibav_format *_Nonnull table,
    const AVStream *_Nonnull stream, char *_Nonnull text, unsigned size) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(62, 7, 100)
  AVBPrint print;
  util->av_bprint_init_for_buffer(&print, text, size);
  return table->av_mime_codec_str(stream->codecpar, stream->avg_frame_rate, &print) == 0;
#else
  (void)util, (void)table, (void)stream, (void)text, (void)size;
  return 0;
#endif
}

/* -1 before FFmpeg 7. */
static inline int clibav_stream_group_count(const AVFormatContext *_Nonnull format) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 19, 100)
  return (int)format->nb_stream_groups;
#else
  (void)format;
  return -1;
#endif
}

/* FF_PROFILE_UNKNOWN and FF_LEVEL_UNKNOWN before FFmpeg 7, AV_* since. */
static const int CLIBAV_PROFILE_UNKNOWN = -99;
static const int CLIBAV_LEVEL_UNKNOWN = -99;

/* Options a decoder (is_avc, nal_length_size, ...) or a demuxer (ts_id, ...)
   exports, one a call. */
static inline const AVOption *_Nullable clibav_next_exported_option(
    const struct clibav_util *_Nonnull util, void *_Nonnull object, const AVOption *_Nullable previous) {
  const AVOption *option = previous;
  while ((option = util->av_opt_next(object, option)))
    if (option->flags & AV_OPT_FLAG_EXPORT) return option;
  return NULL;
}

/* Scaling and resampling. */

static const int CLIBAV_SCALE_EXACTLY = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP;
/* As ffmpeg(1) does, of whose pictures others are compared with. */
static const int CLIBAV_SCALE_USUALLY = SWS_BICUBIC;

#define CLIBAV_ACCURATELY (SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP)
static const int CLIBAV_SCALE_NEAREST = SWS_POINT | CLIBAV_ACCURATELY;
static const int CLIBAV_SCALE_BILINEAR = SWS_BILINEAR | CLIBAV_ACCURATELY;
static const int CLIBAV_SCALE_BICUBIC = SWS_BICUBIC | CLIBAV_ACCURATELY;
static const int CLIBAV_SCALE_LANCZOS = SWS_LANCZOS | CLIBAV_ACCURATELY;
static const int CLIBAV_SCALE_AREA = SWS_AREA | CLIBAV_ACCURATELY;

/* A scaler is opaque to its users until FFmpeg 7.0, a struct since: a plain
   pointer here. */
static inline void *_Nullable clibav_new_scaler(
    const struct clibav_scaling *_Nonnull table, int source_width, int source_height,
    enum AVPixelFormat source_format, int width, int height, enum AVPixelFormat format, int flags) {
  return table->sws_getContext(source_width, source_height, source_format, width, height, format,
                               flags, NULL, NULL, NULL);
}

/* A scaler that leaves colours as they are: full or limited range on both
   sides. Places of chroma are those of `src_h_chr_pos`. NULL where libswscale
   cannot. */
static const int CLIBAV_USUAL_CHROMA = -513;

struct clibav_resizing {
  enum AVPixelFormat format;
  int source_width, source_height, width, height;
  int flags, is_full;
  int horizontal_chroma, vertical_chroma;
};

static inline void *_Nullable clibav_new_resizer(
    const struct clibav_util *_Nonnull util, const struct clibav_scaling *_Nonnull table,
    const struct clibav_resizing *_Nonnull way) {
  struct SwsContext *scaler = table->sws_alloc_context();
  if (!scaler) return NULL;
  const struct { const char *name; int value; } options[] = {
    {"srcw", way->source_width}, {"srch", way->source_height}, {"src_format", way->format},
    {"dstw", way->width}, {"dsth", way->height}, {"dst_format", way->format},
    {"sws_flags", way->flags}, {"src_range", way->is_full}, {"dst_range", way->is_full},
    {"src_h_chr_pos", way->horizontal_chroma}, {"src_v_chr_pos", way->vertical_chroma},
    {"dst_h_chr_pos", way->horizontal_chroma}, {"dst_v_chr_pos", way->vertical_chroma},
  };
  int code = 0;
  for (size_t i = 0; i < sizeof options / sizeof *options && code >= 0; i++)
    code = util->av_opt_set_int(scaler, options[i].name, options[i].value, 0);
  if (code >= 0) code = table->sws_init_context(scaler, NULL, NULL);
  if (code >= 0) return scaler;
  table->sws_freeContext(scaler);
  return NULL;
}

/* Four planes at most, absent ones NULL. */
struct clibav_planes {
  uint8_t *_Nullable data[4];
  int strides[4];
};

static inline int clibav_scale_planes(
    const struct clibav_scaling *_Nonnull table, void *_Nonnull scaler,
    const struct clibav_planes *_Nonnull source, int source_height, const struct clibav_planes *_Nonnull target) {
  return table->sws_scale((struct SwsContext *)scaler, (const uint8_t *const *)source->data, source->strides, 0,
                          source_height, target->data, target->strides);
}

/* Matrices by AVColorSpace; negative for formats that have no matrix. */
static inline int clibav_set_scaler_colors(
    const struct clibav_scaling *_Nonnull table, void *_Nonnull scaler, int source_matrix,
    int source_is_full, int matrix, int is_full) {
  return table->sws_setColorspaceDetails(
      (struct SwsContext *)scaler, table->sws_getCoefficients(source_matrix), source_is_full,
      table->sws_getCoefficients(matrix), is_full, 0, 1 << 16, 1 << 16);
}

static inline int clibav_scale_picture(
    const struct clibav_scaling *_Nonnull table, void *_Nonnull scaler, const AVFrame *_Nonnull source,
    int source_height, AVFrame *_Nonnull picture) {
  return table->sws_scale((struct SwsContext *)scaler, (const uint8_t *const *)source->data, source->linesize, 0,
                          source_height, picture->data, picture->linesize);
}

static inline void clibav_free_scaler(const struct clibav_scaling *_Nonnull table, void *_Nullable scaler) {
  table->sws_freeContext((struct SwsContext *)scaler);
}

/* Where samples are const, and on which level, has changed with FFmpeg 6 and 8. */

/* All of `source`, or what is held back when that is NULL. */
static inline int clibav_resample_frame(
    const struct clibav_resampling *_Nonnull table, SwrContext *_Nonnull resampler,
    const AVFrame *_Nullable source, AVFrame *_Nonnull sound) {
  return table->swr_convert(resampler, sound->extended_data, sound->nb_samples,
                            source ? (const uint8_t **)source->extended_data : NULL,
                            source ? source->nb_samples : 0);
}

static inline int clibav_write_samples(
    const struct clibav_util *_Nonnull util, AVAudioFifo *_Nonnull fifo, AVFrame *_Nonnull frame, int count) {
  return util->av_audio_fifo_write(fifo, (void **)frame->extended_data, count);
}

static inline int clibav_read_samples(
    const struct clibav_util *_Nonnull util, AVAudioFifo *_Nonnull fifo, AVFrame *_Nonnull frame, int count) {
  return util->av_audio_fifo_read(fifo, (void **)frame->extended_data, count);
}

#endif
