/* Where the pixels of a grid lie on a raster: interpolated, and as indices. */
#include <math.h>

#include "rasterlet.h"

/* Values between the points of a line, at a cell and a fraction of it each. */
static void interpolate_line(const double *points, const int64_t *cells,
                             const double *fractions, size_t size,
                             double *restrict line) {
    for (size_t i = 0; i < size; i++) {
        double start = points[cells[i]];
        line[i] = (points[cells[i] + 1] - start) * fractions[i] + start;
    }
}

static int has_cells(const int64_t *cells, size_t size, size_t points) {
    for (size_t i = 0; i < size; i++)
        if (cells[i] < 0 || (uint64_t)cells[i] + 1 >= points)
            return 0;
    return 1;
}

/* Of (planes, down, across) points, values (planes, height, width); lines is scratch
   space of (down, width). */
RASTERLET_EXPORT int rasterlet_interpolate(
    const double *points, size_t planes, size_t down, size_t across,
    const int64_t *rows, const double *below, size_t height, const int64_t *cols,
    const double *beyond, size_t width, double *lines, double *values) {
    if (!has_cells(rows, height, down) || !has_cells(cols, width, across))
        return RASTERLET_OUT_OF_BOUNDS;
    for (size_t plane = 0; plane < planes; plane++) {
        for (size_t line = 0; line < down; line++)
            interpolate_line(points + (plane * down + line) * across, cols, beyond,
                             width, lines + line * width);
        for (size_t row = 0; row < height; row++) {
            const double *upper = lines + (size_t)rows[row] * width;
            const double *lower = upper + width;
            double *restrict out = values + (plane * height + row) * width;
            for (size_t col = 0; col < width; col++)
                out[col] = (lower[col] - upper[col]) * below[row] + upper[col];
        }
    }
    return RASTERLET_DONE;
}

/* Rounded down, within [low, high]; low for what is no number. */
static double whole_within(double value, double low, double high) {
    double whole = floor(value);
    if (!(whole >= low))
        return low;
    return whole > high ? high : whole;
}

enum { LANES = 8 };

/* The least and the greatest position of those used, all of them if used is NULL. */
static void find_ends(const double *positions, const uint8_t *used, size_t length,
                      double *low, double *high) {
    double lows[LANES], highs[LANES];
    for (size_t lane = 0; lane < LANES; lane++) {
        lows[lane] = INFINITY;
        highs[lane] = -INFINITY;
    }
    size_t whole = used ? 0 : length / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            double value = positions[i + lane];
            lows[lane] = value < lows[lane] ? value : lows[lane];
            highs[lane] = value > highs[lane] ? value : highs[lane];
        }
    for (size_t i = whole; i < length; i++)
        if (!used || used[i]) {
            lows[0] = positions[i] < lows[0] ? positions[i] : lows[0];
            highs[0] = positions[i] > highs[0] ? positions[i] : highs[0];
        }
    for (size_t lane = 1; lane < LANES; lane++) {
        lows[0] = lows[lane] < lows[0] ? lows[lane] : lows[0];
        highs[0] = highs[lane] > highs[0] ? highs[lane] : highs[0];
    }
    *low = lows[0];
    *high = highs[0];
}

/*
 * Indices of the scaled positions from the first used pixel on, and limits: that pixel
 * and the last one, both within [limits[0], limits[1]] as given. What is not used gets
 * the index of the first that is. The scale is positive.
 */
RASTERLET_EXPORT int rasterlet_index_positions(const double *positions,
                                               const uint8_t *used, size_t length,
                                               double scale, double nudge,
                                               double *limits,
                                               int32_t *restrict indices) {
    double low, high;
    find_ends(positions, used, length, &low, &high);
    double first = whole_within(low * scale + nudge, limits[0], limits[1]);
    double last = whole_within(high * scale + nudge, limits[0], limits[1]);
    if (!(last - first < 2147483648.0))
        return RASTERLET_OUT_OF_BOUNDS;
    double shift = nudge - first, most = last - first;
    for (size_t i = 0; i < length; i++) {
        double value = positions[i] * scale + shift;
        value = value > 0 ? value : 0;
        indices[i] = (int32_t)(value < most ? value : most);
    }
    size_t known = 0;
    while (used && known < length && !used[known])
        known++;
    int32_t stand_in = known < length ? indices[known] : 0;
    for (size_t i = 0; used && i < length; i++)
        indices[i] = used[i] ? indices[i] : stand_in;
    limits[0] = first;
    limits[1] = last;
    return RASTERLET_DONE;
}
