// How a table of functions is filled from a library that is opened on first use.

#include <dlfcn.h>
#include <stdio.h>

/// For the list of a table's functions, in a function with `library`, `table`, `soname`, `reason` and
/// `capacity`: leaves it with false where one is missing.
#define CSYSTEM_FILL(result, name, parameters)                                                 \
  table->name = (__typeof__(table->name))dlsym(library, #name);                                \
  if (!table->name) {                                                                          \
    snprintf(reason, capacity, "%s lacks the function %s", soname, #name);                     \
    dlclose(library);                                                                          \
    return false;                                                                              \
  }
