/* The pixel of a window for each pixel of a grid. */
#include "rasterlet.h"

/*
 * Of values (bands, lines, width), those at rows and cols: (bands, height, across). With
 * along, rows are (height) and cols (across), else both are (height, across).
 */
#define GATHER(NAME, TYPE)                                                            \
    RASTERLET_EXPORT int NAME(const TYPE *values, size_t bands, size_t lines,         \
                              size_t width, const int32_t *rows, const int32_t *cols, \
                              size_t height, size_t across, int along, TYPE *restrict taken) { \
        for (size_t band = 0; band < bands; band++) {                                 \
            const TYPE *plane = values + band * lines * width;                        \
            for (size_t row = 0; row < height; row++) {                               \
                TYPE *out = taken + (band * height + row) * across;                   \
                const int32_t *line_rows = along ? rows + row : rows + row * across;  \
                const int32_t *line_cols = along ? cols : cols + row * across;        \
                for (size_t col = 0; col < across; col++) {                           \
                    size_t down = (uint32_t)line_rows[along ? 0 : col];               \
                    size_t over = (uint32_t)line_cols[col];                           \
                    if (down >= lines || over >= width)                               \
                        return RASTERLET_OUT_OF_BOUNDS;                               \
                    out[col] = plane[down * width + over];                            \
                }                                                                     \
            }                                                                         \
        }                                                                             \
        return RASTERLET_DONE;                                                        \
    }

GATHER(rasterlet_gather_8, uint8_t)
GATHER(rasterlet_gather_16, uint16_t)
GATHER(rasterlet_gather_32, uint32_t)
GATHER(rasterlet_gather_64, uint64_t)
