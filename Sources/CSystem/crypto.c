#define _GNU_SOURCE 1
#include "csystem.h"

#include "library.h"

void *csystem_library_open(const char *soname, char *reason, size_t capacity) {
  void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *text = dlerror();
    snprintf(reason, capacity, "%s", text ? text : "dlopen failed");
  }
  return library;
}

bool csystem_crypto_open(
    const char *soname, struct csystem_crypto *table, char *reason, size_t capacity) {
  void *library = csystem_library_open(soname, reason, capacity);
  if (!library) return false;
  CSYSTEM_CRYPTO_FUNCTIONS(CSYSTEM_FILL)
  return true;
}
