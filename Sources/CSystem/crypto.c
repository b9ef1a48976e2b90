#define _GNU_SOURCE 1
#include "csystem.h"

#include <dlfcn.h>
#include <stdio.h>

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
#define FILL(result, name, parameters)                                                         \
  table->name = (__typeof__(table->name))dlsym(library, #name);                                \
  if (!table->name) {                                                                          \
    snprintf(reason, capacity, "%s lacks the function %s", soname, #name);                     \
    dlclose(library);                                                                          \
    return false;                                                                              \
  }
  CSYSTEM_CRYPTO_FUNCTIONS(FILL)
#undef FILL
  return true;
}
