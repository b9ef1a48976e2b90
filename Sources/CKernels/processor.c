#include <stdlib.h>
#include <string.h>

#include "ckernels.h"

bool ckernels_is_forced_portable(void) {
  static _Atomic int answer;  // 0 before the first question, then 1 for no and 2 for yes
  if (answer == 0) {
    const char *choice = getenv("MEDIATOOL_KERNELS");
    answer = choice && strcmp(choice, "portable") == 0 ? 2 : 1;
  }
  return answer == 2;
}

bool ckernels_has_avx2(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         !ckernels_is_forced_portable();
#else
  return false;
#endif
}

bool ckernels_has_avx512(void) {
#if defined(__x86_64__)
  return ckernels_has_avx2() && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi");
#else
  return false;
#endif
}
