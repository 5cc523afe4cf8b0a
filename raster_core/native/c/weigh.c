/* Weighted sums of a window's pixels. */
#include "rasterlet.h"

/* Whether first .. first + taps lies within a length, for each. */
static int reaches(const int64_t *first, size_t count, size_t taps, size_t length) {
    for (size_t i = 0; i < count; i++)
        if (first[i] < 0 || (uint64_t)first[i] > length ||
            length - (uint64_t)first[i] < taps)
            return 0;
    return 1;
}

/*
 * For count points: sums over down rows, each the sum over across columns first. Weights
 * are (down, count) and (across, count).
 */
#define WEIGH_POINTS(NAME, TYPE)                                                      \
    RASTERLET_EXPORT int NAME(const TYPE *plane, size_t lines, size_t width,          \
                              const int64_t *rows, const TYPE *row_weights,           \
                              size_t down, const int64_t *cols,                       \
                              const TYPE *col_weights, size_t across, size_t count,   \
                              TYPE *totals) {                                         \
        if (!reaches(rows, count, down, lines) ||                                     \
            !reaches(cols, count, across, width))                                     \
            return RASTERLET_OUT_OF_BOUNDS;                                           \
        for (size_t i = 0; i < count; i++) {                                          \
            const TYPE *start = plane + (size_t)rows[i] * width + (size_t)cols[i];    \
            TYPE total = 0;                                                           \
            for (size_t row = 0; row < down; row++, start += width) {                 \
                TYPE line = 0;                                                        \
                for (size_t col = 0; col < across; col++)                             \
                    line += start[col] * col_weights[col * count + i];                \
                total += line * row_weights[row * count + i];                         \
            }                                                                         \
            totals[i] = total;                                                        \
        }                                                                             \
        return RASTERLET_DONE;                                                        \
    }

WEIGH_POINTS(rasterlet_weigh_points_float32, float)
WEIGH_POINTS(rasterlet_weigh_points_float64, double)

/*
 * For height rows and size columns: sums of rows of the window first, as lines of which
 * one is kept, then of its columns. Weights are (down, height) and (across, size).
 */
#define WEIGH_GRID(NAME, TYPE)                                                        \
    RASTERLET_EXPORT int NAME(const TYPE *plane, size_t lines, size_t width,          \
                              const int64_t *rows, const TYPE *row_weights,           \
                              size_t down, size_t height, const int64_t *cols,        \
                              const TYPE *col_weights, size_t across, size_t size,    \
                              TYPE *line, TYPE *totals) {                             \
        if (!reaches(rows, height, down, lines) ||                                    \
            !reaches(cols, size, across, width))                                      \
            return RASTERLET_OUT_OF_BOUNDS;                                           \
        for (size_t row = 0; row < height; row++, totals += size) {                   \
            for (size_t i = 0; i < width; i++)                                        \
                line[i] = 0;                                                          \
            for (size_t tap = 0; tap < down; tap++) {                                 \
                const TYPE *from = plane + ((size_t)rows[row] + tap) * width;         \
                TYPE weight = row_weights[tap * height + row];                        \
                for (size_t i = 0; i < width; i++)                                    \
                    line[i] += from[i] * weight;                                      \
            }                                                                         \
            for (size_t i = 0; i < size; i++)                                         \
                totals[i] = 0;                                                        \
            for (size_t tap = 0; tap < across; tap++) {                               \
                const TYPE *weights = col_weights + tap * size;                       \
                for (size_t i = 0; i < size; i++)                                     \
                    totals[i] += line[(size_t)cols[i] + tap] * weights[i];            \
            }                                                                         \
        }                                                                             \
        return RASTERLET_DONE;                                                        \
    }

WEIGH_GRID(rasterlet_weigh_grid_float32, float)
WEIGH_GRID(rasterlet_weigh_grid_float64, double)
