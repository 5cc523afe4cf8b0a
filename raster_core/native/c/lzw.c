/* TIFF's LZW: codes of 9 to 12 bits, highest bit first, a bit longer one code early.
 *
 * Each string of the table lies in what has been written already, so that the table has
 * nothing but places and lengths. Source: TIFF 6.0, section 13.
 */
#include <string.h>

#include "rasterlet.h"

enum { CLEAR = 256, END = 257, FIRST = 258, CODES = 4096, BITS = 9, MOST_BITS = 12 };
enum { DAMAGED = -2, SHORT = 8 };

typedef struct {
    const uint8_t *bytes;
    size_t length, next;
    uint64_t bits;  /* the last ones read, of which `count` are not used yet */
    unsigned count;
} reader;

/* The next code, or -1 at the end. */
RASTERLET_INLINE int32_t read_code(reader *from, unsigned width) {
    if (from->count < width) {
        if (from->length - from->next >= 4) {
            uint32_t four = 0;
            for (int i = 0; i < 4; i++)
                four = four << 8 | from->bytes[from->next + (size_t)i];
            from->bits = from->bits << 32 | four;
            from->next += 4;
            from->count += 32;
        }
        while (from->count < width) {
            if (from->next == from->length)
                return -1;
            from->bits = from->bits << 8 | from->bytes[from->next++];
            from->count += 8;
        }
    }
    from->count -= width;
    return (int32_t)(from->bits >> from->count & ((1u << width) - 1));
}

/* Writes `length` bytes exactly, unless there are not as many: DAMAGED. */
RASTERLET_EXPORT int rasterlet_lzw(const uint8_t *stored, size_t stored_length,
                                   uint8_t *out, size_t length) {
    uint32_t place[CODES], size[CODES];
    uint32_t next = FIRST, written = 0, before = 0, before_size = 0;
    unsigned width = BITS;
    reader from = {stored, stored_length, 0, 0, 0};
    if (length > UINT32_MAX / 2)
        return RASTERLET_OUT_OF_BOUNDS;
    if (length && read_code(&from, width) != CLEAR)
        return DAMAGED;
    while (written < length) {
        int32_t code = read_code(&from, width);
        if (code < 0 || code == END)
            return DAMAGED;
        if (code == CLEAR) {
            next = FIRST;
            width = BITS;
            before_size = 0;
            continue;
        }
        uint32_t start = before, many = before_size + 1;
        if (code < CLEAR) {
            many = 1;
        } else if (before_size == 0 || (uint32_t)code > next) {
            return DAMAGED;
        } else if ((uint32_t)code < next) {
            start = place[code];
            many = size[code];
        }
        if (before_size && next < CODES) {
            place[next] = before;
            size[next++] = before_size + 1;
            if (next + 1 >= 1u << width && width < MOST_BITS)
                width++;
        }
        before = written;
        before_size = many;
        if (many > length - written)
            many = (uint32_t)length - written;
        if (code < CLEAR)
            out[written] = (uint8_t)code;
        else if (many <= SHORT && written + SHORT <= length && start + SHORT <= written)
            memcpy(out + written, out + start, SHORT); /* what is beyond is overwritten */
        else if (start + many <= written)
            memcpy(out + written, out + start, many);
        else
            for (uint32_t i = 0; i < many; i++)
                out[written + i] = out[start + i];
        written += many;
    }
    return RASTERLET_DONE;
}
