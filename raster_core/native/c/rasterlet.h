/* What all kernels share. */
#ifndef RASTERLET_H
#define RASTERLET_H

#include <stddef.h>
#include <stdint.h>

/* What Python may call. */
#define RASTERLET_EXPORT __attribute__((visibility("default")))

/* Results of kernels: nothing was written outside of the lengths given in any case. */
enum { RASTERLET_DONE = 0, RASTERLET_OUT_OF_BOUNDS = -1 };

#endif
