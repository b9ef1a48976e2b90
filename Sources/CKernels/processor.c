#include <stdlib.h>
#include <string.h>

#include "ckernels.h"

enum { not_asked, any, portable, sse2 };

// What the environment asks for.
static int choice(void) {
  static _Atomic int answer;
  if (answer == not_asked) {
    const char *name = getenv("MEDIATOOL_KERNELS");
    bool is_portable = name && strcmp(name, "portable") == 0;
    bool is_sse2 = name && strcmp(name, "sse2") == 0;
    answer = is_portable ? portable : is_sse2 ? sse2 : any;
  }
  return answer;
}

bool ckernels_is_forced_portable(void) { return choice() == portable; }

bool ckernels_has_avx2(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && choice() == any;
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
