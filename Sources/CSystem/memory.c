#define _GNU_SOURCE 1
#include <malloc.h>

#include "csystem.h"

void csystem_keep_freed_memory(int byte_count) {
  // The first call ends what the library adapts by itself: both bounds have to be said.
  const int largest = 32 << 20;
  (void)mallopt(M_MMAP_THRESHOLD, byte_count < largest ? byte_count : largest);
  (void)mallopt(M_TRIM_THRESHOLD, byte_count);
}
