/* Runs of cells cut at the borders of blocks, and put in order of blocks. */
#include "numbers.h"
#include "rasterlet.h"

#include <string.h>

/* The blocks of a grid: `across` side by side, of so many rows and columns. */
typedef struct {
    int64_t rows, cols, across;
} RasterletBlocks;

/* So many pieces, and their first and last block. */
typedef struct {
    int64_t pieces, first, last;
} RasterletCut;

typedef struct {
    int64_t first, last; /* blocks of one run */
} Span;

/* Whole quotients of numbers from 0 to below 2**31: half a step from a whole one, the
   product is rounded by less. */
static inline int64_t quotient(int32_t number, double reciprocal) {
    return (int64_t)(((double)number + 0.5) * reciprocal);
}

static inline Span span_of(const RasterletBlocks *by, double per_row, double per_col,
                           int32_t row, int32_t start, int32_t stop) {
    int64_t before = quotient(row, per_row) * by->across;
    Span span = {before + quotient(start, per_col), before + quotient(stop - 1, per_col)};
    return span;
}

/* Whether there are blocks, and no product of their numbers overflows. */
static inline int is_grid(const RasterletBlocks *by) {
    const int64_t numbers[3] = {by->rows, by->cols, by->across};
    for (int i = 0; i < 3; i++)
        if (numbers[i] < 1 || numbers[i] > INT32_MAX) return 0;
    return 1;
}

static inline int is_proper(const RasterletBlocks *by, int32_t row, int32_t start,
                            int32_t stop) {
    return row >= 0 && start >= 0 && stop > start && stop <= by->cols * by->across;
}

RASTERLET_EXPORT int rasterlet_measure_cut(const int32_t *row, const int32_t *start,
                                           const int32_t *stop, uint64_t count,
                                           const RasterletBlocks *by,
                                           RasterletCut *cut) {
    RasterletCut found = {0, INT64_MAX, -1};
    double per_row = 1.0 / (double)by->rows, per_col = 1.0 / (double)by->cols;
    if (!is_grid(by)) return RASTERLET_OUT_OF_BOUNDS;
    for (uint64_t i = 0; i < count; i++) {
        if (!is_proper(by, row[i], start[i], stop[i])) return RASTERLET_OUT_OF_BOUNDS;
        Span span = span_of(by, per_row, per_col, row[i], start[i], stop[i]);
        found.pieces += span.last - span.first + 1;
        found.first = least_of(found.first, span.first);
        found.last = most_of(found.last, span.last);
    }
    *cut = found;
    return RASTERLET_DONE;
}

/* Which run each piece belongs to, block by block, in the order of the runs.

   `next` has a number for each block from the first to the last and one more; where the
   pieces of block i begin in `run` is in next[i] afterwards. */
RASTERLET_EXPORT int rasterlet_cut_runs(const int32_t *row, const int32_t *start,
                                        const int32_t *stop, uint64_t count,
                                        const RasterletBlocks *by,
                                        const RasterletCut *cut, int64_t *next,
                                        int32_t *run) {
    double per_row = 1.0 / (double)by->rows, per_col = 1.0 / (double)by->cols;
    int64_t blocks = cut->last - cut->first + 1, pieces = 0;
    if (count > INT32_MAX) return RASTERLET_OUT_OF_BOUNDS;
    memset(next, 0, ((uint64_t)blocks + 1) * sizeof *next);
    for (int pass = 0; pass < 2; pass++) {
        for (uint64_t i = 0; i < count; i++) {
            Span span = span_of(by, per_row, per_col, row[i], start[i], stop[i]);
            if (span.first < cut->first || span.last > cut->last)
                return RASTERLET_OUT_OF_BOUNDS;
            for (int64_t at = span.first - cut->first; at <= span.last - cut->first; at++) {
                if (pass == 0) {
                    next[at]++;
                } else {
                    if (next[at] >= cut->pieces) return RASTERLET_OUT_OF_BOUNDS;
                    run[next[at]++] = (int32_t)i;
                }
            }
        }
        if (pass == 1) break;
        for (int64_t at = 0; at < blocks; at++) {
            int64_t own = next[at];
            next[at] = pieces;
            pieces += own;
        }
        if (pieces != cut->pieces) return RASTERLET_OUT_OF_BOUNDS;
    }
    /* Each block's has moved on to where the next one's began. */
    memmove(next + 1, next, (uint64_t)blocks * sizeof *next);
    next[0] = 0;
    return RASTERLET_DONE;
}
