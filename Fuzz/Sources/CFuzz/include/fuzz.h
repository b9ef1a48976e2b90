#include <stddef.h>
#include <stdint.h>

// Each executable defines it in Swift.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);
