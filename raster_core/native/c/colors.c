/* Values to palette indices and colours, by tables of all values of their type. */
#include "rasterlet.h"

/* The table's entry of each value, 0 where the mask is. */
#define LOOK_UP(NAME, TYPE)                                                           \
    RASTERLET_EXPORT int NAME(const TYPE *values, const uint8_t *mask, size_t length, \
                              const uint8_t *table, uint8_t *restrict found) {                 \
        for (size_t i = 0; i < length; i++)                                           \
            found[i] = (uint8_t)(table[values[i]] & -(mask[i] != 0));                 \
        return RASTERLET_DONE;                                                        \
    }

LOOK_UP(rasterlet_look_up_8, uint8_t)
LOOK_UP(rasterlet_look_up_16, uint16_t)

/* As a channel of pixels of so many channels. */
#define FILL_CHANNEL(NAME, TYPE)                                                      \
    RASTERLET_EXPORT int NAME(const TYPE *values, size_t length,                      \
                              const uint8_t *table, size_t channel, size_t channels,  \
                              uint8_t *restrict pixels) {                                      \
        if (channel >= channels)                                                      \
            return RASTERLET_OUT_OF_BOUNDS;                                           \
        for (size_t i = 0; i < length; i++)                                           \
            pixels[i * channels + channel] = table[values[i]];                        \
        return RASTERLET_DONE;                                                        \
    }

FILL_CHANNEL(rasterlet_fill_channel_8, uint8_t)
FILL_CHANNEL(rasterlet_fill_channel_16, uint16_t)

/* Three planes side by side as pixels of three bytes. */
RASTERLET_EXPORT int rasterlet_interleave(const uint8_t *planes, size_t length,
                                          uint8_t *restrict pixels) {
    const uint8_t *second = planes + length, *third = second + length;
    for (size_t i = 0; i < length; i++) {
        pixels[3 * i] = planes[i];
        pixels[3 * i + 1] = second[i];
        pixels[3 * i + 2] = third[i];
    }
    return RASTERLET_DONE;
}

/* Which bytes there are: 1 for each of 256. */
RASTERLET_EXPORT int rasterlet_mark_used(const uint8_t *values, size_t length,
                                         uint8_t *used) {
    for (size_t i = 0; i < length; i++)
        used[values[i]] = 1;
    return RASTERLET_DONE;
}
