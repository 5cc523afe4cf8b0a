/* Moments by zone of wide integers and of floats.
 *
 * The order of sums: the cell of number i in the block, row-major, goes to lane i mod 8;
 * in each lane, cells are added in their order. */
#include <math.h>
#include <stdlib.h>

#include "cells.h"

/* Must match native.reducing.moments._Moments. */
typedef struct {
    int64_t max_zones, zones;
    int64_t *zone, *masked_high, *masked_low, *high, *low; /* (max_zones,) */
    double *total, *squares;
    void *minimum, *maximum, *origin; /* in the type of the values */
    int64_t *exponent;
} Moments;

/* Powers of two below which squares neither overflow nor vanish, sums included. */
#define HARMLESS 400

#define LANES 8
typedef double Pair __attribute__((vector_size(16)));

/* Cells of one run. */
typedef struct {
    const void *values;
    const uint8_t *valid;
    int64_t size;
    int64_t first; /* number of the first in the block */
    double fraction;
} Piece;

RASTERLET_INLINE double sum_lanes(const double *lane) {
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) +
           ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

/* The power of two to divide deviations by before they are squared. */
RASTERLET_INLINE int find_exponent(double first, double second) {
    double largest = fabs(first) > fabs(second) ? fabs(first) : fabs(second);
    int exponent = 0;
    if (isfinite(first) && isfinite(second))
        frexp(largest, &exponent);
    return abs(exponent) < HARMLESS ? 0 : exponent;
}

RASTERLET_INLINE double in_pixels(wide weight) {
    return (double)weight / (double)(1ull << WHOLE_BITS);
}

#define FLOATING 0
#define BITS 32
#define TYPE int32_t
#define NAME(name) name##i32
#include "moments_type.h"
#undef TYPE
#undef NAME
#define TYPE uint32_t
#define NAME(name) name##u32
#include "moments_type.h"
#undef TYPE
#undef NAME
#undef BITS
#define BITS 64
#define TYPE int64_t
#define NAME(name) name##i64
#include "moments_type.h"
#undef TYPE
#undef NAME
#define TYPE uint64_t
#define NAME(name) name##u64
#include "moments_type.h"
#undef TYPE
#undef NAME
#undef FLOATING
#define FLOATING 1
#define TYPE double
#define NAME(name) name##f64
#include "moments_type.h"
#undef TYPE
#undef NAME
#undef BITS
#define BITS 32
#define TYPE float
#define NAME(name) name##f32
#include "moments_type.h"
