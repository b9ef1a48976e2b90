#define _GNU_SOURCE 1
#include <sched.h>
#include <unistd.h>

#include "csystem.h"

int csystem_processor_count(void) {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
  // A kernel of more processors than the set has bits refuses it.
  if (count == 0) count = (int)sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? count : 1;
}
