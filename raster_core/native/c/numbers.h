/* Whole numbers next to a value, as inline arithmetic. */
#ifndef RASTERLET_NUMBERS_H
#define RASTERLET_NUMBERS_H

#include <stdint.h>

/* The next whole number, halves to even: exact below 2**51. */
static inline double round_even(double value) {
    const double shift = 0x1.8p52;
    return (value + shift) - shift;
}

/* For values below 2**62. */
static inline int64_t floor_of(double value) {
    int64_t whole = (int64_t)value;
    return whole - (value < (double)whole);
}

static inline int64_t ceil_of(double value) {
    int64_t whole = (int64_t)value;
    return whole + (value > (double)whole);
}

static inline int64_t least_of(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most_of(int64_t a, int64_t b) { return a > b ? a : b; }
static inline double low_of(double a, double b) { return a < b ? a : b; }
static inline double high_of(double a, double b) { return a > b ? a : b; }

#endif
