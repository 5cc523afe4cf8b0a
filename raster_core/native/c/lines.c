/* Lines of a PNG: pixels behind the byte that names the filter of their line. */
#include "rasterlet.h"

enum { FILTER_NONE = 0 };

/*
 * Numbers for indices, so many bits each, the first ones uppermost: of (rows, size)
 * indices, (rows, 1 + bytes). Bits are 1, 2, 4 or 8, numbers below 2 to that power.
 */
RASTERLET_EXPORT int rasterlet_pack_lines(const uint8_t *indices, size_t rows,
                                          size_t size, const uint8_t *numbers,
                                          size_t bits, uint8_t *restrict lines) {
    if (bits != 1 && bits != 2 && bits != 4 && bits != 8)
        return RASTERLET_OUT_OF_BOUNDS;
    size_t many = 8 / bits, whole = size / many, left = size % many;
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *line = indices + row * size;
        uint8_t *out = lines + row * (1 + whole + (left != 0));
        *out++ = FILTER_NONE;
        for (size_t i = 0; i < whole; i++, line += many) {
            unsigned byte = 0;
            for (size_t k = 0; k < many; k++)
                byte = byte << bits | numbers[line[k]];
            *out++ = (uint8_t)byte;
        }
        if (left) {
            unsigned byte = 0;
            for (size_t k = 0; k < left; k++)
                byte = byte << bits | numbers[line[k]];
            *out = (uint8_t)(byte << bits * (many - left));
        }
    }
    return RASTERLET_DONE;
}
