/* Weight by zone and by some bits of the values that begin with other bits. */
#include "cells.h"

/* Must match native.reducing.digits._Digits. */
typedef struct {
    int64_t zones;
    const int64_t *zone;   /* (zones,): numbers, ascending */
    const int64_t *end;    /* (zones,): where the prefixes of each end */
    int64_t prefixes;
    const uint64_t *prefix; /* (prefixes,): bits above those that are counted by */
    int64_t shift, width;  /* the lowest of these, and how many there are */
    int64_t times;         /* that each cell counts */
    int64_t *high, *low;   /* (prefixes, 2**width) */
} Digits;

#define MAX_WIDTH 16

/* Prefixes of the zone at hand, and the halves of what each cell adds. */
typedef struct {
    int64_t first, end;
    uint64_t high, low;
} Share;

/* Sums of weights of any size, modulo 2**64, of which a raster's stay far below. */
RASTERLET_INLINE void add_weight(int64_t *sum, uint64_t weight) {
    *sum = (int64_t)((uint64_t)*sum + weight);
}

/* Where the prefixes of a zone are, from zone `at` on; false if they are out of bounds.
 * A zone without any is not counted. */
RASTERLET_INLINE bool find_prefixes(const Digits *digits, int64_t number, int64_t *at,
                                    Share *share) {
    while (*at < digits->zones && digits->zone[*at] < number)
        ++*at;
    share->first = share->end = 0;
    if (*at >= digits->zones || digits->zone[*at] != number)
        return true;
    share->first = *at == 0 ? 0 : digits->end[*at - 1];
    share->end = digits->end[*at];
    return share->first >= 0 && share->first <= share->end &&
           share->end <= digits->prefixes;
}

/* Unsigned numbers in the order of floats; -0 and 0 are one. */
RASTERLET_INLINE uint32_t order_f32(float value) {
    uint32_t bits;
    value = value == 0 ? 0 : value;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 31 ? ~bits : bits | (uint32_t)1 << 31;
}

RASTERLET_INLINE uint64_t order_f64(double value) {
    uint64_t bits;
    value = value == 0 ? 0 : value;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

#define BITS 32
#define UNSIGNED uint32_t
#define TYPE int32_t
#define NAME(name) name##i32
#define ORDER(value) ((uint32_t)(value) ^ (uint32_t)1 << 31)
#include "digits_type.h"
#define TYPE uint32_t
#define NAME(name) name##u32
#define ORDER(value) (value)
#include "digits_type.h"
#define TYPE float
#define NAME(name) name##f32
#define ORDER(value) order_f32(value)
#include "digits_type.h"
#undef BITS
#undef UNSIGNED
#define BITS 64
#define UNSIGNED uint64_t
#define TYPE int64_t
#define NAME(name) name##i64
#define ORDER(value) ((uint64_t)(value) ^ (uint64_t)1 << 63)
#include "digits_type.h"
#define TYPE uint64_t
#define NAME(name) name##u64
#define ORDER(value) (value)
#include "digits_type.h"
#define TYPE double
#define NAME(name) name##f64
#define ORDER(value) order_f64(value)
#include "digits_type.h"
