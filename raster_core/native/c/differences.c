/* Undo TIFF's predictor 2: each sample is stored as its difference to the one before. */
#include "rasterlet.h"

#define UNDO(NAME, TYPE)                                                               \
    RASTERLET_KERNEL(int, NAME,                                                        \
                     (TYPE *samples, size_t length, size_t rows, size_t columns,       \
                      size_t bands),                                                   \
                     (samples, length, rows, columns, bands)) {                        \
        if (columns != 0 && bands != 0 && rows > length / columns / bands)             \
            return RASTERLET_OUT_OF_BOUNDS;                                            \
        for (size_t row = 0; row < rows; row++) {                                      \
            TYPE *line = samples + row * columns * bands;                              \
            for (size_t i = bands; i < columns * bands; i++)                           \
                line[i] = (TYPE)(line[i] + line[i - bands]);                           \
        }                                                                              \
        return RASTERLET_DONE;                                                         \
    }

UNDO(rasterlet_undo_differences_8, uint8_t)
UNDO(rasterlet_undo_differences_16, uint16_t)
UNDO(rasterlet_undo_differences_32, uint32_t)
UNDO(rasterlet_undo_differences_64, uint64_t)
