/* Values of a decoded block of a TIFF: byte order, predictors 2 and 3, and the planes of
 * samples that are stored pixel by pixel. Only the part that is asked for is written. */
#include <string.h>

#include "rasterlet.h"
#include "running.h"

typedef struct {
    size_t rows, columns, samples; /* of the block */
    size_t bytes;                  /* of a sample: 1, 2, 4 or 8 */
    size_t predictor;              /* 1, 2 or 3 */
    size_t swapped;                /* not 0: the file's byte order is not the machine's */
    size_t row, row_stop, col, col_stop; /* the part that is wanted */
    size_t wanted;                 /* how many samples */
    size_t plane, line;            /* steps in `out`, in samples */
} packing;

/* Sides of a block, so that no product below overflows. */
enum { MOST = 1 << 22, MOST_SAMPLES = 1 << 16 };
static const size_t MOST_BYTES = (size_t)1 << 40;

/* Rows: `from` and `row` are as stored, `out` is where the first wanted sample goes. */
#define ROWS(BITS, TYPE)                                                               \
    RASTERLET_INLINE TYPE load_##BITS(const uint8_t *from, bool swapped) {             \
        TYPE value;                                                                    \
        memcpy(&value, from, sizeof value);                                            \
        return swapped ? SWAP_##BITS(value) : value;                                   \
    }                                                                                  \
                                                                                       \
    RASTERLET_INLINE void spread_##BITS(const uint8_t *from, size_t step, size_t width,  \
                                        bool swapped, TYPE *out) {                     \
        for (size_t i = 0; i < width; i++)                                             \
            out[i] = load_##BITS(from + i * step * sizeof(TYPE), swapped);             \
    }                                                                                  \
                                                                                       \
    /* Values `step` apart, of which compilers make vectors where they know the step. */ \
    RASTERLET_INLINE void gather_##BITS(const uint8_t *from, size_t step, size_t width,  \
                                        bool swapped, TYPE *out) {                     \
        if (swapped)                                                                   \
            spread_##BITS(from, step, width, true, out);                               \
        else if (step == 1)                                                            \
            memcpy(out, from, width * sizeof(TYPE));                                   \
        else if (step == 3)                                                            \
            spread_##BITS(from, 3, width, false, out);                                 \
        else if (step == 4)                                                            \
            spread_##BITS(from, 4, width, false, out);                                 \
        else                                                                           \
            spread_##BITS(from, step, width, false, out);                              \
    }                                                                                  \
                                                                                       \
    RASTERLET_INLINE void plain_##BITS(const uint8_t *row, const packing *block,       \
                                       size_t sample, TYPE *out) {                     \
        size_t first = block->col * block->samples + sample;                           \
        gather_##BITS(row + first * sizeof(TYPE), block->samples,                      \
                      block->col_stop - block->col, block->swapped, out);              \
    }                                                                                  \
                                                                                       \
    RASTERLET_INLINE void differences_##BITS(const uint8_t *row, const packing *block, \
                                             size_t sample, TYPE *out, TYPE *line) {   \
        size_t col = block->col, stop = block->col_stop;                               \
        TYPE *sums = col ? line : out;                                                 \
        gather_##BITS(row + sample * sizeof(TYPE), block->samples, stop,               \
                      block->swapped, sums);                                           \
        running_##BITS(sums, stop);                                                    \
        if (col)                                                                       \
            memcpy(out, line + col, (stop - col) * sizeof(TYPE));                      \
    }                                                                                  \
                                                                                       \
    RASTERLET_INLINE void floats_##BITS(const uint8_t *row, const packing *block,      \
                                        size_t sample, TYPE *out, uint8_t *line) {     \
        size_t width = block->col_stop - block->col, plane = block->columns;           \
        gather_8(row + sample, block->samples, plane * sizeof(TYPE), false, line);     \
        running_8(line, plane * sizeof(TYPE));                                         \
        for (size_t i = 0; i < width; i++)                                             \
            out[i] = JOIN_##BITS(line + block->col, i, plane);                         \
    }                                                                                  \
                                                                                       \
    RASTERLET_INLINE void unpack_##BITS(const uint8_t *stored, const packing *block,   \
                                        const size_t *sample, uint8_t *line,           \
                                        TYPE *out) {                                   \
        size_t length = block->columns * block->samples * sizeof(TYPE);                \
        for (size_t row = block->row; row < block->row_stop; row++) {                  \
            const uint8_t *from = stored + row * length;                               \
            for (size_t i = 0; i < block->wanted; i++) {                               \
                TYPE *to = out + i * block->plane + (row - block->row) * block->line;  \
                if (block->predictor == 1)                                             \
                    plain_##BITS(from, block, sample[i], to);                          \
                else if (block->predictor == 2)                                        \
                    differences_##BITS(from, block, sample[i], to, (TYPE *)line);      \
                else                                                                   \
                    floats_##BITS(from, block, sample[i], to, line);                   \
            }                                                                          \
        }                                                                              \
    }

#define SWAP_8(VALUE) (VALUE)
#define SWAP_16(VALUE) __builtin_bswap16(VALUE)
#define SWAP_32(VALUE) __builtin_bswap32(VALUE)
#define SWAP_64(VALUE) __builtin_bswap64(VALUE)

/* A float of predictor 3, whose bytes lie a plane apart, the highest one first. */
#define BYTE(FROM, AT, PLANE, NUMBER) ((uint64_t)(FROM)[(AT) + (NUMBER) * (PLANE)])
#define JOIN_8(FROM, AT, PLANE) ((FROM)[(AT) + 0 * (PLANE)])
#define JOIN_16(FROM, AT, PLANE)                                                       \
    (uint16_t)((uint32_t)(FROM)[AT] << 8 | (FROM)[(AT) + (PLANE)])
#define JOIN_32(FROM, AT, PLANE)                                                       \
    ((uint32_t)(FROM)[AT] << 24 | (uint32_t)(FROM)[(AT) + (PLANE)] << 16 |             \
     (uint32_t)(FROM)[(AT) + 2 * (PLANE)] << 8 | (FROM)[(AT) + 3 * (PLANE)])
#define JOIN_64(FROM, AT, PLANE)                                                       \
    (BYTE(FROM, AT, PLANE, 0) << 56 | BYTE(FROM, AT, PLANE, 1) << 48 |                 \
     BYTE(FROM, AT, PLANE, 2) << 40 | BYTE(FROM, AT, PLANE, 3) << 32 |                 \
     BYTE(FROM, AT, PLANE, 4) << 24 | BYTE(FROM, AT, PLANE, 5) << 16 |                 \
     BYTE(FROM, AT, PLANE, 6) << 8 | BYTE(FROM, AT, PLANE, 7))

ROWS(8, uint8_t)
ROWS(16, uint16_t)
ROWS(32, uint32_t)
ROWS(64, uint64_t)

/* Whether the block, the part and the places to write lie within the lengths. */
static bool fits(const packing *block, const size_t *sample, size_t stored_bytes,
                 size_t line_bytes, size_t out_length) {
    if (block->rows > MOST || block->columns > MOST || block->samples > MOST_SAMPLES ||
        block->wanted > MOST_SAMPLES || out_length > MOST_BYTES)
        return false;
    if (block->row > block->row_stop || block->row_stop > block->rows ||
        block->col > block->col_stop || block->col_stop > block->columns)
        return false;
    for (size_t i = 0; i < block->wanted; i++)
        if (sample[i] >= block->samples)
            return false;
    size_t length = block->columns * block->samples * block->bytes;
    size_t height = block->row_stop - block->row, width = block->col_stop - block->col;
    if (height == 0 || width == 0 || block->wanted == 0)
        return true;
    if (block->rows > stored_bytes / length)
        return false;
    if (block->predictor != 1 && line_bytes < length)
        return false;
    if ((block->wanted > 1 && block->plane > out_length) ||
        (height > 1 && block->line > out_length))
        return false;
    size_t last = (block->wanted - 1) * block->plane + (height - 1) * block->line;
    return last + width <= out_length;
}

RASTERLET_KERNEL(int, rasterlet_unpack,
                 (const uint8_t *stored, size_t stored_bytes, const size_t *fields,
                  const size_t *sample, uint8_t *line, size_t line_bytes, void *out,
                  size_t out_length),
                 (stored, stored_bytes, fields, sample, line, line_bytes, out,
                  out_length)) {
    packing block;
    memcpy(&block, fields, sizeof block);
    if (block.predictor < 1 || block.predictor > 3)
        return RASTERLET_OUT_OF_BOUNDS;
    if (block.bytes != 1 && block.bytes != 2 && block.bytes != 4 && block.bytes != 8)
        return RASTERLET_OUT_OF_BOUNDS;
    if (!fits(&block, sample, stored_bytes, line_bytes, out_length))
        return RASTERLET_OUT_OF_BOUNDS;
    if (block.row == block.row_stop || block.col == block.col_stop)
        return RASTERLET_DONE;
    if (block.bytes == 1)
        unpack_8(stored, &block, sample, line, out);
    else if (block.bytes == 2)
        unpack_16(stored, &block, sample, line, out);
    else if (block.bytes == 4)
        unpack_32(stored, &block, sample, line, out);
    else
        unpack_64(stored, &block, sample, line, out);
    return RASTERLET_DONE;
}
