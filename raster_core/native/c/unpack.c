/*
 * Values of a decoded block of a TIFF: byte order, predictors 2 and 3, and the planes of
 * samples that are stored pixel by pixel. Only the part that is asked for is written.
 */
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

/* One row: its samples as stored, and where the first wanted one of a plane goes. */
#define ROWS(BITS, TYPE)                                                               \
    RASTERLET_INLINE TYPE load_##BITS(const uint8_t *from, bool swapped) {             \
        TYPE value;                                                                    \
        memcpy(&value, from, sizeof value);                                            \
        return swapped ? SWAP_##BITS(value) : value;                                   \
    }                                                                                  \
                                                                                       \
    RASTERLET_INLINE void plain_##BITS(const uint8_t *row, const packing *block,       \
                                       size_t sample, TYPE *out) {                     \
        size_t width = block->col_stop - block->col, step = block->samples;            \
        const uint8_t *from = row + (block->col * step + sample) * sizeof(TYPE);       \
        if (step == 1 && !block->swapped) {                                            \
            memcpy(out, from, width * sizeof(TYPE));                                   \
        } else if (!block->swapped) {                                                  \
            for (size_t i = 0; i < width; i++)                                         \
                out[i] = load_##BITS(from + i * step * sizeof(TYPE), false);           \
        } else {                                                                       \
            for (size_t i = 0; i < width; i++)                                         \
                out[i] = load_##BITS(from + i * step * sizeof(TYPE), true);            \
        }                                                                              \
    }                                                                                  \
                                                                                       \
    RASTERLET_INLINE void differences_##BITS(const uint8_t *row, const packing *block, \
                                             size_t sample, TYPE *out, TYPE *line) {   \
        size_t col = block->col, stop = block->col_stop, step = block->samples;        \
        if (step == 1) {                                                               \
            TYPE *sums = col ? line : out;                                             \
            if (block->swapped)                                                        \
                for (size_t i = 0; i < stop; i++)                                      \
                    sums[i] = load_##BITS(row + i * sizeof(TYPE), true);               \
            else                                                                       \
                memcpy(sums, row, stop * sizeof(TYPE));                                \
            running_##BITS(sums, stop);                                                \
            if (col)                                                                   \
                memcpy(out, line + col, (stop - col) * sizeof(TYPE));                  \
            return;                                                                    \
        }                                                                              \
        const uint8_t *from = row + sample * sizeof(TYPE);                             \
        TYPE sum = 0;                                                                  \
        for (size_t i = 0; i < stop; i++) {                                            \
            TYPE value = load_##BITS(from + i * step * sizeof(TYPE), block->swapped);  \
            sum = (TYPE)(sum + value);                                                 \
            if (i >= col)                                                              \
                out[i - col] = sum;                                                    \
        }                                                                              \
    }                                                                                  \
                                                                                       \
    RASTERLET_INLINE void floats_##BITS(const uint8_t *row, const packing *block,      \
                                        size_t sample, TYPE *out) {                    \
        size_t width = block->col_stop - block->col, step = block->samples;            \
        size_t plane = block->columns * step;                                          \
        const uint8_t *from = row + block->col * step + sample;                        \
        if (step == 1) {                                                               \
            for (size_t i = 0; i < width; i++)                                         \
                out[i] = JOIN_##BITS(from, i, plane);                                  \
        } else {                                                                       \
            for (size_t i = 0; i < width; i++)                                         \
                out[i] = JOIN_##BITS(from, i * step, plane);                           \
        }                                                                              \
    }                                                                                  \
                                                                                       \
    RASTERLET_INLINE void unpack_##BITS(const uint8_t *stored, const packing *block,   \
                                        const size_t *sample, uint8_t *line,           \
                                        TYPE *out) {                                   \
        size_t length = block->columns * block->samples * sizeof(TYPE);                \
        for (size_t row = block->row; row < block->row_stop; row++) {                  \
            const uint8_t *from = stored + row * length;                               \
            if (block->predictor == 3)                                                 \
                from = running_row(from, line, length, block->samples);                \
            for (size_t i = 0; i < block->wanted; i++) {                               \
                TYPE *to = out + i * block->plane + (row - block->row) * block->line;  \
                if (block->predictor == 1)                                             \
                    plain_##BITS(from, block, sample[i], to);                          \
                else if (block->predictor == 2)                                        \
                    differences_##BITS(from, block, sample[i], to, (TYPE *)line);      \
                else                                                                   \
                    floats_##BITS(from, block, sample[i], to);                         \
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

/* A row of predictor 3 without the differences between its bytes. */
RASTERLET_INLINE const uint8_t *running_row(const uint8_t *row, uint8_t *line,
                                            size_t length, size_t samples) {
    memcpy(line, row, length);
    if (samples == 1)
        running_8(line, length);
    else
        for (size_t i = samples; i < length; i++)
            line[i] = (uint8_t)(line[i] + line[i - samples]);
    return line;
}

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
