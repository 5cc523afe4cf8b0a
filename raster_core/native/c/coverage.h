/* Edges of zones on a grid, and the window in which their cells are counted.

   Positions are pixels: columns and rows. All arrays of edges have one length. */
#ifndef RASTERLET_COVERAGE_H
#define RASTERLET_COVERAGE_H

#include "rasterlet.h"

/* Further results of the kernels in coverage.c. */
enum {
    RASTERLET_CROSSED = 1,    /* the edges are not those of valid polygons */
    RASTERLET_UNSORTED = 2,   /* a zone's edges are not together, or not in order */
    RASTERLET_UNSUITABLE = 3, /* a position is not finite, or too far away */
};

typedef struct {
    const int64_t *zone, *sign;
    const double *col0, *row0, *col1, *row1;
    uint64_t count;
    int64_t col, row, width, height; /* the window */
    int64_t centres; /* whether cells count by their centre */
} RasterletEdges;

/* How much the edges take: sums of all, and the largest of one zone. */
typedef struct {
    int64_t row_crossings, col_crossings;
    int64_t runs;   /* at most so many come out */
    int64_t deltas; /* of a zone, at most */
    int64_t rows, cols;
} RasterletExtent;

/* Memory of one zone, and what comes out. `sums` and `used` are zero before. */
typedef struct {
    int32_t *head;
    uint64_t rows;
    int32_t *next, *at;
    int64_t *amount;
    uint64_t deltas;
    uint64_t *sums, *used;
    uint64_t cols; /* of sums; used has a bit for each */
    int32_t *zone, *row, *start, *stop;
    int64_t *weight;
    uint64_t runs; /* that there is room for */
    int64_t least;
    int64_t touched; /* whether what weighs at least `least` weighs WHOLE */
} RasterletRuns;

#endif
