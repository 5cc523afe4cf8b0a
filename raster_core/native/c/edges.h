/* One edge on a grid, and the rows and columns of cells that it crosses. */
#ifndef RASTERLET_EDGES_H
#define RASTERLET_EDGES_H

#include "coverage.h"
#include "numbers.h"

/* Positions as far away as this are computed to a thousandth of a pixel. */
#define FARTHEST 0x1p40

typedef struct {
    int64_t first, last; /* both included; often none */
} Numbers;

static inline int64_t count_of(Numbers numbers) {
    return most_of(numbers.last - numbers.first + 1, 0);
}

/* The whole numbers strictly between low and high, within limits. */
static inline Numbers inner(double low, double high, int64_t from, int64_t to) {
    Numbers found = {most_of(floor_of(low) + 1, from), least_of(ceil_of(high) - 1, to)};
    return found;
}

typedef struct {
    double col0, row0, col1, row1;
    int64_t sign;
} Edge;

static inline Edge edge_at(const RasterletEdges *edges, uint64_t i) {
    Edge edge = {edges->col0[i], edges->row0[i], edges->col1[i], edges->row1[i],
                 edges->sign[i]};
    return edge;
}

/* Whether an edge reaches into the rows of the window and not only beyond its right. */
static inline int is_near(const RasterletEdges *e, const Edge *edge) {
    return edge->row1 > (double)e->row && edge->row0 < (double)(e->row + e->height) &&
           low_of(edge->col0, edge->col1) < (double)(e->col + e->width);
}

static inline Numbers rows_of(const RasterletEdges *e, const Edge *edge) {
    return inner(edge->row0, edge->row1, e->row, e->row + e->height);
}

static inline Numbers cols_of(const RasterletEdges *e, const Edge *edge) {
    return inner(low_of(edge->col0, edge->col1), high_of(edge->col0, edge->col1), e->col,
                 e->col + e->width);
}

/* Whether no sum of the window's numbers overflows. */
static inline int is_window(const RasterletEdges *e) {
    const int64_t far = INT64_C(1) << 52, numbers[4] = {e->col, e->row, e->width, e->height};
    for (int i = 0; i < 4; i++)
        if (numbers[i] > far || numbers[i] < (i < 2 ? -far : 0)) return 0;
    return 1;
}

static inline int is_suitable(const Edge *edge) {
    double ends[4] = {edge->col0, edge->row0, edge->col1, edge->row1};
    for (int i = 0; i < 4; i++)
        if (!(ends[i] < FARTHEST && ends[i] > -FARTHEST)) return 0;
    return edge->row0 < edge->row1 && (edge->sign == 1 || edge->sign == -1);
}

#endif
