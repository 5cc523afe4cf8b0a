/* Exact sums by zone of integers of 8 and 16 bits, and their extremes. */
#include "cells.h"

/* Must match native.reducing.summing._Sums. */
typedef struct {
    int64_t max_zones, zones;
    int64_t *zone, *masked_high, *masked_low, *sums; /* (max_zones,), sums (…, 11) */
    int32_t *ends; /* (max_zones, 2): the least and the largest, or 1 and 0 */
} Sums;

/* Of cells that count whole: how many, and the sums of values and squares. Values times
 * weights stay below 2**62 * 2**32 * 2**32. */
typedef struct {
    int64_t count, total;
    uint64_t squares;
    wide weight, weighted_squares, masked;
    __int128 weighted;
    int32_t least, most;
} Sum;

/* Values that are added up in 32 bits: 2**14 of at most 2**16. */
#define PIECE 16384

RASTERLET_INLINE void put_limbs(wide number, int64_t limbs[4]) {
    for (int k = 0; k < 4; k++)
        limbs[k] = (int64_t)((number >> (32 * k)) & UINT32_MAX);
}

RASTERLET_INLINE void put_sum(const Sum *sum, int32_t number, Sums *sums) {
    int64_t at = sums->zones++, *limbs = sums->sums + 11 * at;
    wide total = (wide)sum->weighted + ((wide)(__int128)sum->total << WHOLE_BITS);
    /* The weight takes three limbs; what follows overwrites the fourth. */
    put_limbs(((wide)(uint64_t)sum->count << WHOLE_BITS) + sum->weight, limbs);
    put_limbs(total, limbs + 3);
    limbs[6] = (int32_t)(uint32_t)limbs[6];
    put_limbs(((wide)sum->squares << WHOLE_BITS) + sum->weighted_squares, limbs + 7);
    sums->zone[at] = number;
    put_halves(sum->masked, &sums->masked_high[at], &sums->masked_low[at]);
    sums->ends[2 * at] = sum->least > sum->most ? 1 : sum->least;
    sums->ends[2 * at + 1] = sum->least > sum->most ? 0 : sum->most;
}

#define TYPE int8_t
#define NAME(name) name##i8
#define LOWEST INT8_MIN
#define HIGHEST INT8_MAX
#include "summing_type.h"
#undef TYPE
#undef NAME
#undef LOWEST
#undef HIGHEST
#define TYPE uint8_t
#define NAME(name) name##u8
#define LOWEST 0
#define HIGHEST UINT8_MAX
#include "summing_type.h"
#undef TYPE
#undef NAME
#undef LOWEST
#undef HIGHEST
#define TYPE int16_t
#define NAME(name) name##i16
#define LOWEST INT16_MIN
#define HIGHEST INT16_MAX
#include "summing_type.h"
#undef TYPE
#undef NAME
#undef LOWEST
#undef HIGHEST
#define TYPE uint16_t
#define NAME(name) name##u16
#define LOWEST 0
#define HIGHEST UINT16_MAX
#include "summing_type.h"
