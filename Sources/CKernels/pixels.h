// The loops of pictures for each instruction set.
#ifndef CKERNELS_PIXELS_LEVELS_H
#define CKERNELS_PIXELS_LEVELS_H

#include "ckernels_pixels.h"

extern const ckernels_pixels ckernels_pixels_portable;
#if defined(__x86_64__)
extern const ckernels_pixels ckernels_pixels_sse2;
extern const ckernels_pixels ckernels_pixels_avx2;
extern const ckernels_pixels ckernels_pixels_avx512;
#endif

#endif
