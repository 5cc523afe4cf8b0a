/* The exact part of every cell that zones cover, as whole numbers of 2**-44.

   Each piece of edge between two cuts by rows or columns changes the running sum of its
   row in one or two cells (raster_core/zonal/coverage/walk.py says how, and is the
   reference). Changes are chained by row; within a row, sums by column and a bit for
   each column that has some put them in order without sorting. */
#include "edges.h"

#include <string.h>

#define WHOLE (INT64_C(1) << 44)
#define ROUNDING (INT64_C(1) << 24)

/* Where a zone lies: rows [top, bottom) and columns [left, right) of the window. */
typedef struct {
    int64_t top, bottom, left, right, deltas;
} Box;

static const Box NOWHERE = {INT64_MAX, 0, INT64_MAX, 0, 0};

static inline void widen(Box *box, const RasterletEdges *e, const Edge *edge) {
    /* A cell more on either side: cuts are rounded. */
    int64_t left = floor_of(low_of(edge->col0, edge->col1)) - 1 - e->col;
    int64_t right = floor_of(high_of(edge->col0, edge->col1)) + 3 - e->col;
    int64_t top = floor_of(edge->row0) - e->row, bottom = floor_of(edge->row1) + 1 - e->row;
    box->left = least_of(box->left, most_of(left, 0));
    box->right = most_of(box->right, least_of(most_of(right, 1), e->width));
    box->top = least_of(box->top, most_of(top, 0));
    box->bottom = most_of(box->bottom, least_of(bottom, e->height));
    box->deltas += 2 * (count_of(rows_of(e, edge)) + count_of(cols_of(e, edge)) + 1);
}

static void include(RasterletExtent *extent, const Box *box) {
    extent->runs += box->deltas;
    extent->deltas = most_of(extent->deltas, box->deltas);
    extent->rows = most_of(extent->rows, box->bottom - box->top);
    extent->cols = most_of(extent->cols, box->right - box->left);
}

RASTERLET_EXPORT int rasterlet_measure_edges(const RasterletEdges *edges,
                                             RasterletExtent *extent) {
    Box box = NOWHERE;
    int64_t last = 0;
    memset(extent, 0, sizeof *extent);
    if (!is_window(edges)) return RASTERLET_UNSUITABLE;
    for (uint64_t i = 0; i < edges->count; i++) {
        Edge edge = edge_at(edges, i);
        if (!is_suitable(&edge)) return RASTERLET_UNSUITABLE;
        if (edges->zone[i] < last) return RASTERLET_UNSORTED;
        if (edges->zone[i] != last) {
            include(extent, &box);
            box = NOWHERE;
            last = edges->zone[i];
        }
        if (!is_near(edges, &edge)) continue;
        widen(&box, edges, &edge);
        extent->row_crossings += count_of(rows_of(edges, &edge));
        extent->col_crossings += count_of(cols_of(edges, &edge));
    }
    include(extent, &box);
    return RASTERLET_DONE;
}

/* A zone while its edges are walked. */
typedef struct {
    const RasterletEdges *edges;
    const RasterletRuns *memory;
    Box box;
    uint64_t deltas;
} Walk;

/* Chain a change to its row; both are relative to the window. */
static inline int change(Walk *walk, int64_t row, int64_t col, int64_t amount) {
    const RasterletRuns *memory = walk->memory;
    uint64_t line = (uint64_t)(row - walk->box.top), n = walk->deltas;
    uint64_t at = (uint64_t)(col - walk->box.left);
    if (line >= memory->rows || at >= memory->cols || n >= memory->deltas)
        return RASTERLET_OUT_OF_BOUNDS;
    memory->at[n] = (int32_t)at;
    memory->amount[n] = amount;
    memory->next[n] = memory->head[line];
    memory->head[line] = (int32_t)n;
    walk->deltas = n + 1;
    return RASTERLET_DONE;
}

static inline double units(double height) {
    return round_even(low_of(high_of(height, 0.0), 1.0) * (double)WHOLE);
}

/* A piece of edge between two neighbouring cuts. */
static inline int piece(Walk *walk, int64_t sign, const double from[2],
                        const double to[2]) {
    const RasterletEdges *e = walk->edges;
    int64_t row = floor_of(from[1]);
    double drop = units(to[1] - (double)row) - units(from[1] - (double)row);
    double middle = (from[0] + to[0]) / 2;
    if (drop == 0 || row < e->row || row >= e->row + e->height ||
        !(middle < (double)(e->col + e->width)))
        return RASTERLET_DONE;
    drop *= (double)sign;
    int64_t col = floor_of(middle);
    /* Left of the window an edge counts in full from the first column on. */
    double right = col < e->col ? 0.0 : middle - (double)col;
    double next = round_even(drop * right);
    int64_t at = most_of(col - e->col, 0);
    int done = change(walk, row - e->row, at, (int64_t)(drop - next));
    if (done == RASTERLET_DONE && next != 0 && at + 1 < e->width)
        done = change(walk, row - e->row, at + 1, (int64_t)next);
    return done;
}

/* Cuts by rows and by columns come in order along an edge; a column's row tells how many
   rows were crossed before. They are computed from the whole edge, so that they fall on
   the same numbers whatever the window. */
static int walk_cells(Walk *walk, const Edge *edge) {
    Numbers rows = rows_of(walk->edges, edge), cols = cols_of(walk->edges, edge);
    int64_t row_count = count_of(rows), col_count = count_of(cols), crossed = 0;
    double run = edge->col1 - edge->col0, drop = edge->row1 - edge->row0;
    double slope = run / drop, rise = col_count ? drop / run : 0.0;
    double from[2] = {edge->col0, edge->row0}, to[2];
    int done = RASTERLET_DONE;
    for (int64_t j = 0; j <= col_count && done == RASTERLET_DONE; j++) {
        int64_t above = row_count;
        double met[2] = {edge->col1, edge->row1};
        if (j < col_count) {
            met[0] = (double)(run > 0 ? cols.first + j : cols.last - j);
            met[1] = edge->row0 + (met[0] - edge->col0) * rise;
            met[1] = low_of(high_of(met[1], edge->row0), edge->row1);
            above = floor_of(met[1]) - rows.first + 1;
            above = least_of(most_of(above, 0), row_count);
        }
        for (; crossed < above && done == RASTERLET_DONE; crossed++) {
            to[1] = (double)(rows.first + crossed);
            to[0] = edge->col0 + (to[1] - edge->row0) * slope;
            done = piece(walk, edge->sign, from, to);
            memcpy(from, to, sizeof from);
        }
        if (done == RASTERLET_DONE) done = piece(walk, edge->sign, from, met);
        memcpy(from, met, sizeof from);
    }
    return done;
}

static int walk_centres(Walk *walk, const Edge *edge) {
    const RasterletEdges *e = walk->edges;
    int64_t first = most_of(ceil_of(edge->row0 - 0.5), e->row);
    int64_t last = least_of(ceil_of(edge->row1 - 0.5), e->row + e->height) - 1;
    double slope = (edge->col1 - edge->col0) / (edge->row1 - edge->row0);
    for (int64_t row = first; row <= last; row++) {
        double met = edge->col0 + ((double)row + 0.5 - edge->row0) * slope;
        int64_t col = floor_of(met + 0.5);
        if (col >= e->col + e->width) continue;
        int done = change(walk, row - e->row, most_of(col - e->col, 0),
                          edge->sign * WHOLE);
        if (done != RASTERLET_DONE) return done;
    }
    return RASTERLET_DONE;
}

/* Where the runs of a row are written. */
typedef struct {
    int64_t zone, row, start;
    int64_t sum;
} Line;

static inline int close_run(Walk *walk, const Line *line, int64_t stop, uint64_t *runs) {
    const RasterletRuns *memory = walk->memory;
    if (line->sum < -ROUNDING || line->sum > WHOLE + ROUNDING) return RASTERLET_CROSSED;
    int64_t weight = least_of(line->sum, WHOLE);
    if (weight < memory->least) return RASTERLET_DONE;
    if (*runs >= memory->runs) return RASTERLET_OUT_OF_BOUNDS;
    memory->zone[*runs] = (int32_t)line->zone;
    memory->row[*runs] = (int32_t)line->row;
    memory->start[*runs] = (int32_t)(line->start + walk->edges->col);
    memory->stop[*runs] = (int32_t)(stop + walk->edges->col);
    memory->weight[*runs] = memory->touched ? WHOLE : weight;
    *runs += 1;
    return RASTERLET_DONE;
}

/* Write the runs of a row whose sums are set from word `word` to word `last`. */
static int sum_row(Walk *walk, Line line, uint64_t word, uint64_t last, uint64_t *runs) {
    const RasterletRuns *memory = walk->memory;
    int open = 0, done = RASTERLET_DONE;
    for (; word <= last; word++) {
        uint64_t bits = memory->used[word];
        memory->used[word] = 0;
        for (; bits && done == RASTERLET_DONE; bits &= bits - 1) {
            uint64_t at = word * 64 + (uint64_t)__builtin_ctzll(bits);
            uint64_t total = memory->sums[at];
            memory->sums[at] = 0;
            if (total == 0) continue;
            int64_t col = walk->box.left + (int64_t)at;
            if (open) done = close_run(walk, &line, col, runs);
            line.sum = (int64_t)((uint64_t)line.sum + total);
            line.start = col;
            open = 1;
        }
    }
    if (open && done == RASTERLET_DONE)
        done = close_run(walk, &line, walk->edges->width, runs);
    return done;
}

/* Write the runs of a zone whose edges were walked. */
static int sum_rows(Walk *walk, int64_t zone, uint64_t *runs) {
    const RasterletRuns *memory = walk->memory;
    for (int64_t row = walk->box.top; row < walk->box.bottom; row++) {
        int32_t n = memory->head[row - walk->box.top];
        uint64_t first = UINT64_MAX, last = 0;
        for (; n >= 0; n = memory->next[n]) {
            uint64_t at = (uint64_t)memory->at[n], word = at / 64;
            memory->sums[at] += (uint64_t)memory->amount[n];
            memory->used[word] |= UINT64_C(1) << (at % 64);
            first = word < first ? word : first;
            last = word > last ? word : last;
        }
        Line line = {zone, row + walk->edges->row, 0, 0};
        int done = sum_row(walk, line, first, last, runs);
        if (done != RASTERLET_DONE) return done;
    }
    return RASTERLET_DONE;
}

/* The edges of a zone, from `start` to before `stop`, to runs. */
static int cover_zone(Walk *walk, uint64_t start, uint64_t stop, uint64_t *runs) {
    const RasterletEdges *edges = walk->edges;
    walk->box = NOWHERE;
    walk->deltas = 0;
    for (uint64_t i = start; i < stop; i++) {
        Edge edge = edge_at(edges, i);
        if (!is_suitable(&edge)) return RASTERLET_UNSUITABLE;
        if (is_near(edges, &edge)) widen(&walk->box, edges, &edge);
    }
    int64_t rows = walk->box.bottom - walk->box.top;
    if (walk->box.deltas == 0 || rows <= 0) return RASTERLET_DONE;
    if ((uint64_t)rows > walk->memory->rows) return RASTERLET_OUT_OF_BOUNDS;
    memset(walk->memory->head, 0xff, (uint64_t)rows * sizeof(int32_t));
    for (uint64_t i = start; i < stop; i++) {
        Edge edge = edge_at(edges, i);
        if (!is_near(edges, &edge)) continue;
        int done = edges->centres ? walk_centres(walk, &edge) : walk_cells(walk, &edge);
        if (done != RASTERLET_DONE) return done;
    }
    return sum_rows(walk, edges->zone[start], runs);
}

RASTERLET_EXPORT int rasterlet_cover_edges(const RasterletEdges *edges,
                                           const RasterletRuns *memory,
                                           uint64_t *runs) {
    Walk walk = {edges, memory, NOWHERE, 0};
    *runs = 0;
    if (!is_window(edges)) return RASTERLET_UNSUITABLE;
    for (uint64_t start = 0, stop; start < edges->count; start = stop) {
        for (stop = start + 1; stop < edges->count; stop++)
            if (edges->zone[stop] != edges->zone[start]) break;
        int done = cover_zone(&walk, start, stop, runs);
        if (done != RASTERLET_DONE) return done;
    }
    return RASTERLET_DONE;
}
