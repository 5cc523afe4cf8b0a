/* Which sources the library was made of. */
#include "rasterlet.h"

RASTERLET_EXPORT uint64_t rasterlet_fingerprint(void) { return RASTERLET_FINGERPRINT; }
