/* Which values are data: not nodata and, of floats, finite. */
#include "rasterlet.h"

/* Returns 0 if all are data, 1 if not. */
#define INTEGERS(NAME, TYPE)                                                           \
    RASTERLET_KERNEL(int, NAME,                                                        \
                     (const TYPE *values, uint8_t *valid, size_t length, TYPE nodata), \
                     (values, valid, length, nodata)) {                                \
        uint8_t missing = 0;                                                           \
        for (size_t i = 0; i < length; i++) {                                          \
            uint8_t hit = values[i] == nodata;                                         \
            valid[i] = hit ^ 1;                                                        \
            missing |= hit;                                                            \
        }                                                                              \
        return missing;                                                                \
    }

/* Nodata is all from low to high; none if low is infinite and high minus infinity. */
#define FLOATS(NAME, TYPE, LARGEST)                                                    \
    RASTERLET_KERNEL(int, NAME,                                                        \
                     (const TYPE *values, uint8_t *valid, size_t length, TYPE low,     \
                      TYPE high),                                                      \
                     (values, valid, length, low, high)) {                             \
        uint8_t missing = 0;                                                           \
        for (size_t i = 0; i < length; i++) {                                          \
            TYPE value = values[i];                                                    \
            uint8_t finite = (value >= -(LARGEST)) & (value <= (LARGEST));             \
            uint8_t data = finite & ((value < low) | (value > high));                  \
            valid[i] = data;                                                           \
            missing |= data ^ 1;                                                       \
        }                                                                              \
        return missing;                                                                \
    }

INTEGERS(rasterlet_valid_integers_8, uint8_t)
INTEGERS(rasterlet_valid_integers_16, uint16_t)
INTEGERS(rasterlet_valid_integers_32, uint32_t)
INTEGERS(rasterlet_valid_integers_64, uint64_t)
FLOATS(rasterlet_valid_floats_32, float, __FLT_MAX__)
FLOATS(rasterlet_valid_floats_64, double, __DBL_MAX__)
