#include "clibav.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

#define UTIL_SONAME "libavutil.so." TEXT(LIBAVUTIL_VERSION_MAJOR)
#define CODEC_SONAME "libavcodec.so." TEXT(LIBAVCODEC_VERSION_MAJOR)
#define FORMAT_SONAME "libavformat.so." TEXT(LIBAVFORMAT_VERSION_MAJOR)
#define SCALING_SONAME "libswscale.so." TEXT(LIBSWSCALE_VERSION_MAJOR)
#define RESAMPLING_SONAME "libswresample.so." TEXT(LIBSWRESAMPLE_VERSION_MAJOR)
#define FILTERING_SONAME "libavfilter.so." TEXT(LIBAVFILTER_VERSION_MAJOR)

static void *open_library(const char *soname, const char *package, struct clibav_failure *failure) {
  /* Lazily, for a millisecond or two: most of what 134 libraries call is never called here. */
  void *handle = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);
  if (!handle) {
    const char *reason = dlerror();
    failure->library = soname;
    failure->package = package;
    snprintf(failure->reason, sizeof failure->reason, "%s", reason ? reason : "unknown reason");
  }
  return handle;
}

static int lacks(const char *soname, const char *package, const char *function, struct clibav_failure *failure) {
  failure->library = soname;
  failure->package = package;
  snprintf(failure->reason, sizeof failure->reason, "it lacks the function %s", function);
  return 0;
}


/* A later minor version keeps the layout and may append to it; an earlier one lacks what the headers
   promised. */
static int is_recent(const char *soname, const char *package, unsigned found, unsigned built,
                     struct clibav_failure *failure) {
  if (found >= built) return 1;
  failure->library = soname;
  failure->package = package;
  snprintf(failure->reason, sizeof failure->reason, "it is version %u.%u, this program was built for %u.%u",
           AV_VERSION_MAJOR(found), AV_VERSION_MINOR(found), AV_VERSION_MAJOR(built), AV_VERSION_MINOR(built));
  return 0;
}

/* One opener per library: a table filled once, and the reason kept if it could
   not be. */
#define OPENER(name, NAME, SONAME, PACKAGE, BUILT, VERSION, AFTER) \
  static struct clibav_##name name##_table; \
  static struct clibav_failure name##_failure; \
  static int name##_ready; \
  static pthread_once_t name##_once = PTHREAD_ONCE_INIT; \
  static int name##_fill(struct clibav_##name *t, struct clibav_failure *failure) { \
    const char *soname = SONAME, *package = PACKAGE; \
    void *handle = open_library(soname, package, failure); \
    if (!handle) return 0; \
    CLIBAV_##NAME##_FUNCTIONS(FILL) \
    return is_recent(soname, package, t->VERSION(), BUILT, failure); \
  } \
  static void name##_load(void) { \
    name##_ready = name##_fill(&name##_table, &name##_failure); \
    if (name##_ready) { AFTER; } \
  } \
  const struct clibav_##name *clibav_open_##name(struct clibav_failure *failure) { \
    pthread_once(&name##_once, name##_load); \
    if (name##_ready) return &name##_table; \
    *failure = name##_failure; \
    return NULL; \
  }
#define FILL(f) \
  t->f = (__typeof__(t->f))dlsym(handle, #f); \
  if (!t->f) return lacks(soname, package, #f, failure);

static void log_line(void *speaker, int level, const char *format, va_list arguments);

OPENER(util, UTIL, UTIL_SONAME, "libavutil" TEXT(LIBAVUTIL_VERSION_MAJOR), LIBAVUTIL_VERSION_INT,
       avutil_version, util_table.av_log_set_callback(log_line))
OPENER(codec, CODEC, CODEC_SONAME, "libavcodec" TEXT(LIBAVCODEC_VERSION_MAJOR),
       LIBAVCODEC_VERSION_INT, avcodec_version, (void)0)
OPENER(format, FORMAT, FORMAT_SONAME, "libavformat" TEXT(LIBAVFORMAT_VERSION_MAJOR),
       LIBAVFORMAT_VERSION_INT, avformat_version, (void)0)
OPENER(scaling, SCALING, SCALING_SONAME, "libswscale" TEXT(LIBSWSCALE_VERSION_MAJOR), LIBSWSCALE_VERSION_INT,
       swscale_version, (void)0)
OPENER(resampling, RESAMPLING, RESAMPLING_SONAME, "libswresample" TEXT(LIBSWRESAMPLE_VERSION_MAJOR),
       LIBSWRESAMPLE_VERSION_INT, swresample_version, (void)0)
OPENER(filtering, FILTERING, FILTERING_SONAME, "libavfilter" TEXT(LIBAVFILTER_VERSION_MAJOR),
       LIBAVFILTER_VERSION_INT, avfilter_version, (void)0)

/* The log. */

static _Thread_local clibav_log_sink thread_sink;
static _Thread_local void *thread_opaque;
static _Thread_local int thread_level;
static _Thread_local char thread_text[1024];
static _Thread_local size_t thread_length;

void clibav_set_log_sink(clibav_log_sink sink, void *opaque, int most_verbose) {
  thread_sink = sink;
  thread_opaque = opaque;
  thread_level = most_verbose;
  thread_length = 0;
}

static _Thread_local struct clibav_http_notes *thread_notes;

void clibav_set_http_notes(struct clibav_http_notes *notes) { thread_notes = notes; }

static int begins(const char *text, const char *beginning) {
  return strncmp(text, beginning, strlen(beginning)) == 0;
}

static void note_http(struct clibav_http_notes *notes, int level, const char *format, va_list arguments) {
  va_list copy;
  va_copy(copy, arguments);
  if (begins(format, "Chunked encoding data size")) {
    notes->is_chunked = 1;
    if (va_arg(copy, uint64_t) == 0) notes->has_last_chunk = 1;
  } else if (begins(format, "Stream ends prematurely")) {
    notes->ends_early = 1;
  } else if (level <= AV_LOG_WARNING) {
    vsnprintf(notes->complaint, sizeof notes->complaint, format, copy);
  }
  va_end(copy);
}

/* FFmpeg may log one line in several calls; it is handed on at its newline. */
static void log_line(void *speaker, int level, const char *format, va_list arguments) {
  if (thread_notes && level >= 0) note_http(thread_notes, level & 0xff, format, arguments);
  if (!thread_sink || level < 0 || (level & 0xff) > thread_level) return;
  va_list copy;
  va_copy(copy, arguments);
  int wanted = vsnprintf(thread_text + thread_length, sizeof thread_text - thread_length, format, copy);
  va_end(copy);
  if (wanted < 0) return;
  thread_length += (size_t)wanted;
  int full = thread_length >= sizeof thread_text;
  if (full) thread_length = sizeof thread_text - 1;
  if (!full && (thread_length == 0 || thread_text[thread_length - 1] != '\n')) return;
  while (thread_length > 0 && (thread_text[thread_length - 1] == '\n' || thread_text[thread_length - 1] == '\r'))
    thread_length--;
  thread_text[thread_length] = 0;
  const AVClass *class = speaker ? *(const AVClass **)speaker : NULL;
  const char *name = class && class->item_name ? class->item_name(speaker) : "";
  if (thread_length > 0) thread_sink(thread_opaque, level & 0xff, name ? name : "", thread_text);
  thread_length = 0;
}

/* The watch. */

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void clibav_watch_restart(struct clibav_watch *watch, int64_t extra) {
  const int64_t year = INT64_C(365) * 24 * 3600 * 1000000000;
  if (watch->window > year) watch->window = year;
  if (extra > year) extra = year;
  watch->deadline = watch->window ? now() + watch->window + extra : 0;
}

int clibav_watch_expired(void *opaque) {
  struct clibav_watch *watch = opaque;
  if (watch->cancelled && watch->cancelled(NULL)) {
    watch->was_cancelled = 1;
    return 1;
  }
  if (!watch->deadline) return 0;
  int64_t time = now();
  AVIOContext *io = watch->format ? watch->format->pb : NULL;
  if (io && io->bytes_read != watch->bytes_seen) {
    watch->bytes_seen = io->bytes_read;
    if (watch->deadline < time + watch->window) watch->deadline = time + watch->window;
  }
  if (time < watch->deadline) return 0;
  watch->expired = 1;
  return 1;
}
