/* What all kernels share. */
#ifndef RASTERLET_H
#define RASTERLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What Python may call. */
#define RASTERLET_EXPORT __attribute__((visibility("default")))

/* Functions that kernels are made of; they take on the processor of their caller. */
#define RASTERLET_INLINE static inline __attribute__((always_inline))

/* Results of kernels: nothing was written outside of the lengths given in any case. */
enum { RASTERLET_DONE = 0, RASTERLET_OUT_OF_BOUNDS = -1 };

/*
 * A kernel whose loops gain from wide vectors, compiled twice on x86_64: for every
 * processor, and for those with AVX2, of which the machine's is asked once, when the
 * library is loaded. Both give the same bits. aarch64 has one kind of vectors.
 *
 *     RASTERLET_KERNEL(int, rasterlet_fill, (uint8_t *bytes, size_t length),
 *                      (bytes, length)) {
 *         ...
 *     }
 *
 * Functions that it calls are RASTERLET_INLINE, or remain those for every processor.
 * No target_clones: they take ifunc, which macOS and musl lack, and a runtime library
 * that zig cc lacks.
 */
#if defined(__x86_64__) && !defined(RASTERLET_ONE_PROCESSOR)
extern bool rasterlet_has_avx2;
#define RASTERLET_KERNEL(RESULT, NAME, PARAMETERS, ARGUMENTS)                          \
    RASTERLET_INLINE RESULT NAME##_inside PARAMETERS;                                  \
    __attribute__((target("avx2"), noinline)) static RESULT NAME##_avx2 PARAMETERS {   \
        return NAME##_inside ARGUMENTS;                                                \
    }                                                                                  \
    RASTERLET_EXPORT RESULT NAME PARAMETERS {                                          \
        return rasterlet_has_avx2 ? NAME##_avx2 ARGUMENTS : NAME##_inside ARGUMENTS;   \
    }                                                                                  \
    RASTERLET_INLINE RESULT NAME##_inside PARAMETERS
#else
#define RASTERLET_KERNEL(RESULT, NAME, PARAMETERS, ARGUMENTS)                          \
    RASTERLET_EXPORT RESULT NAME PARAMETERS
#endif

#endif
