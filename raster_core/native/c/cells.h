/* Cells of many zones in one block, as the kernels that reduce blocks take them. */
#ifndef RASTERLET_CELLS_H
#define RASTERLET_CELLS_H

#include <string.h>

#include "rasterlet.h"

/* A cell that is covered entirely weighs 2**WHOLE_BITS units; weights come out in
 * halves, high * 2**HALF_BITS + low. */
#define WHOLE_BITS 44
#define HALF_BITS 22

typedef unsigned __int128 wide;

/* Must match native.reducing.cells._Cells. */
typedef struct {
    const int32_t *zone; /* (runs,), ascending */
    const int32_t *row;  /* on the window's grid, as start and stop */
    const int32_t *start;
    const int32_t *stop;
    const int64_t *weight;
    int64_t runs;
    int64_t window_row, window_col, height, width;
    const void *values;
    int64_t stride; /* in values, from row to row */
    const uint8_t *valid; /* NULL if all cells have data */
    int64_t valid_stride;
} Cells;

/* A kernel whose name is made of parts. */
#define KERNEL(...) RASTERLET_KERNEL(__VA_ARGS__)

/* One run, checked. */
typedef struct {
    int64_t row, col, size;
    uint64_t weight;
} Run;

/* Whether run r lies inside of the window and has a weight. */
RASTERLET_INLINE int read_run(const Cells *cells, int64_t r, Run *run) {
    int64_t row, col, size = (int64_t)cells->stop[r] - cells->start[r];
    if (__builtin_sub_overflow((int64_t)cells->row[r], cells->window_row, &row) ||
        __builtin_sub_overflow((int64_t)cells->start[r], cells->window_col, &col))
        return 0;
    if (row < 0 || row >= cells->height || col < 0 || size <= 0)
        return 0;
    if (size > cells->width - col || cells->weight[r] <= 0)
        return 0;
    *run = (Run){row, col, size, (uint64_t)cells->weight[r]};
    return 1;
}

/* The first run of the next zone, if zones ascend; 0 if they do not. */
RASTERLET_INLINE int64_t zone_end(const Cells *cells, int64_t r) {
    int32_t zone = cells->zone[r];
    while (++r < cells->runs && cells->zone[r] == zone)
        ;
    return r < cells->runs && cells->zone[r] < zone ? 0 : r;
}

/* The validity of a run's cells; NULL if all have data. */
RASTERLET_INLINE const uint8_t *run_valid(const Cells *cells, const Run *run) {
    if (cells->valid == NULL)
        return NULL;
    return cells->valid + run->row * cells->valid_stride + run->col;
}

/* Eight cells' validity as one word, and the word of eight that have data. */
RASTERLET_INLINE uint64_t load_word(const void *place) {
    uint64_t word;
    memcpy(&word, place, sizeof word);
    return word;
}
#define ALL_VALID 0x0101010101010101ull

/* How many of some cells have data. */
RASTERLET_INLINE int64_t count_valid(const uint8_t *valid, int64_t size) {
    int64_t count = 0;
    for (int64_t i = 0; i < size; i++)
        count += valid[i] != 0;
    return count;
}

RASTERLET_INLINE void put_halves(wide weight, int64_t *high, int64_t *low) {
    *high = (int64_t)(weight >> HALF_BITS);
    *low = (int64_t)(weight & ((1u << HALF_BITS) - 1));
}

#endif
