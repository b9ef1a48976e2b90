#include "pixels.h"

#include "ckernels.h"

const ckernels_pixels *ckernels_pixels_for(int level) {
  if (level == ckernels_portable) return &ckernels_pixels_portable;
#if defined(__x86_64__)
  if (level == ckernels_sse2 && !ckernels_is_forced_portable()) return &ckernels_pixels_sse2;
  if (level == ckernels_avx2 && ckernels_has_avx2()) return &ckernels_pixels_avx2;
  if (level == ckernels_avx512 && ckernels_has_avx512()) return &ckernels_pixels_avx512;
#endif
  return NULL;
}
