/* Running sums in place, modulo the type, 16 bytes at a time. */
#ifndef RASTERLET_RUNNING_H
#define RASTERLET_RUNNING_H

#include <string.h>

#include "rasterlet.h"

#define VECTOR 16

typedef uint8_t vector_8 __attribute__((vector_size(VECTOR)));
typedef uint16_t vector_16 __attribute__((vector_size(VECTOR)));
typedef uint32_t vector_32 __attribute__((vector_size(VECTOR)));
typedef uint64_t vector_64 __attribute__((vector_size(VECTOR)));

/* Lanes of A, then of B, by number. GCC has clang's name for it from version 12 on. */
#if defined(__clang__)
#define PICK(BITS, A, B, ...) __builtin_shufflevector(A, B, __VA_ARGS__)
#else
#define PICK(BITS, A, B, ...) __builtin_shuffle(A, B, (vector_##BITS){__VA_ARGS__})
#endif

/* Each lane the sum of itself and of those before; ZERO has nothing but zeros. */
#define SUM_8(SUMS, ZERO)                                                              \
    SUMS += PICK(8, ZERO, SUMS, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, \
                 29, 30);                                                              \
    SUMS += PICK(8, ZERO, SUMS, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,  \
                 28, 29);                                                              \
    SUMS += PICK(8, ZERO, SUMS, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,    \
                 26, 27);                                                              \
    SUMS += PICK(8, ZERO, SUMS, 0, 0, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23)
#define SUM_16(SUMS, ZERO)                                                             \
    SUMS += PICK(16, ZERO, SUMS, 0, 8, 9, 10, 11, 12, 13, 14);                         \
    SUMS += PICK(16, ZERO, SUMS, 0, 0, 8, 9, 10, 11, 12, 13);                          \
    SUMS += PICK(16, ZERO, SUMS, 0, 0, 0, 0, 8, 9, 10, 11)
#define SUM_32(SUMS, ZERO)                                                             \
    SUMS += PICK(32, ZERO, SUMS, 0, 4, 5, 6);                                          \
    SUMS += PICK(32, ZERO, SUMS, 0, 0, 4, 5)
#define SUM_64(SUMS, ZERO) SUMS += PICK(64, ZERO, SUMS, 0, 2)

#define LAST_8(SUMS)                                                                   \
    PICK(8, SUMS, SUMS, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15)
#define LAST_16(SUMS) PICK(16, SUMS, SUMS, 7, 7, 7, 7, 7, 7, 7, 7)
#define LAST_32(SUMS) PICK(32, SUMS, SUMS, 3, 3, 3, 3)
#define LAST_64(SUMS) PICK(64, SUMS, SUMS, 1, 1)

/* What precedes a vector is added last: between vectors one addition waits. */
#define RUNNING(BITS, TYPE)                                                            \
    RASTERLET_INLINE void running_##BITS(TYPE *values, size_t length) {                \
        const vector_##BITS zero = {0};                                                \
        vector_##BITS before = {0};                                                    \
        size_t i = 0, lanes = VECTOR / sizeof(TYPE);                                   \
        for (; i + lanes <= length; i += lanes) {                                      \
            vector_##BITS sums;                                                        \
            memcpy(&sums, values + i, VECTOR);                                         \
            SUM_##BITS(sums, zero);                                                    \
            vector_##BITS total = LAST_##BITS(sums);                                   \
            sums += before;                                                            \
            before += total;                                                           \
            memcpy(values + i, &sums, VECTOR);                                         \
        }                                                                              \
        for (; i < length; i++)                                                        \
            if (i)                                                                     \
                values[i] = (TYPE)(values[i] + values[i - 1]);                         \
    }

RUNNING(8, uint8_t)
RUNNING(16, uint16_t)
RUNNING(32, uint32_t)
RUNNING(64, uint64_t)

#endif
