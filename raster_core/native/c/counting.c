/* Weight by zone and value of integers of 8 and 16 bits. */
#include "cells.h"

/* Must match native.reducing.counting._Counts. */
typedef struct {
    int64_t next;      /* in: the first run; out: the first that is not counted yet */
    int64_t zones;     /* written so far, as rows */
    int64_t rows;
    int64_t max_zones, max_rows;
    int64_t *zone, *masked_high, *masked_low; /* (max_zones,) */
    int64_t *row_zone; /* (max_rows,) */
    void *value;
    int64_t *high, *low;
    uint32_t *count;   /* (65536,) all 0 before and after, as what follows */
    uint64_t *met;     /* (1024,): a bit for each value that was met */
    uint64_t *units_low, *units_high; /* (65536,): weight of cells that count in part */
} Counts;

/* What is known of one zone before its values are counted. */
typedef struct {
    int64_t begin, end; /* its runs */
    uint32_t flip;      /* makes bits of signed numbers ascend */
    uint32_t least;     /* bits of the least value */
    uint32_t span;      /* how many values there are from the least to the largest */
    int64_t cells;
    int partial;        /* whether cells count in part */
    wide masked;
} Zone;

#define NOWHERE UINT32_MAX

RASTERLET_INLINE void add_units(Counts *counts, uint32_t position, uint64_t weight) {
    counts->units_low[position] += weight;
    counts->units_high[position] += counts->units_low[position] < weight;
}

RASTERLET_INLINE wide take_units(Counts *counts, uint32_t position) {
    wide units = ((wide)counts->units_high[position] << 64) + counts->units_low[position];
    counts->units_high[position] = counts->units_low[position] = 0;
    return units;
}

#define BITS 8
#include "counting_bits.h"
#undef BITS
#define BITS 16
#include "counting_bits.h"
