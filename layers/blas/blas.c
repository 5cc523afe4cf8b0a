/* The 22 cblas functions that numpy calls, and the four copies that its linalg module
 * links with, in plain C: what a layer has instead of OpenBLAS.
 *
 * Semantics are those of the reference BLAS (netlib.org/blas): strides may be negative
 * or zero, beta = 0 overwrites without reading, and m, n or k of 0 does what is left to
 * do. Integers have 64 bits, names the prefix and suffix of numpy's wheels.
 *
 * The functions of one type are in typed.inc, which is included once for each.
 */
#include <complex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t Int;

enum { ROW_MAJOR = 101, COLUMN_MAJOR = 102 };
enum { PLAIN = 111, TRANSPOSED = 112, CONJUGATED = 113 };
enum { UPPER = 121, LOWER = 122 };

#define PUBLIC __attribute__((visibility("default")))
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define CBLAS(name) JOIN(JOIN(scipy_cblas_, JOIN(LETTER, name)), 64_)
#define FORTRAN(name) JOIN(JOIN(scipy_, JOIN(LETTER, name)), _64_)
#define LOCAL(name) JOIN(LETTER, JOIN(_, name))

/* A panel of A and one of B stay in the second-level cache. */
enum { ROWS_OF_A = 96, DEPTH = 256, COLUMNS_OF_B = 512 };

static Int least(Int a, Int b) { return a < b ? a : b; }

static Int rounded_up(Int count, Int step) { return (count + step - 1) / step * step; }

/* Where a vector starts: BLAS counts from the end if the stride is negative. */
static Int start(Int count, Int stride) {
    return stride < 0 ? (1 - count) * stride : 0;
}

static void *allocate(size_t bytes) {
    void *found = aligned_alloc(64, (size_t)rounded_up((Int)bytes, 64));
    if (!found) {
        fputs("No memory for a matrix product\n", stderr);
        abort();
    }
    return found;
}

/* 16 rows of floats and 4 columns are 16 registers of 128 bits. */
#define LETTER s
#define REAL float
#define SCALAR float
#define IS_COMPLEX 0
enum { s_HEIGHT = 8, s_WIDTH = 4 };
#include "typed.inc"

#define LETTER d
#define REAL double
#define SCALAR double
#define IS_COMPLEX 0
enum { d_HEIGHT = 4, d_WIDTH = 4 };
#include "typed.inc"

#define LETTER c
#define REAL float
#define SCALAR float _Complex
#define IS_COMPLEX 1
enum { c_HEIGHT = 4, c_WIDTH = 2 };
#include "typed.inc"

#define LETTER z
#define REAL double
#define SCALAR double _Complex
#define IS_COMPLEX 1
enum { z_HEIGHT = 2, z_WIDTH = 2 };
#include "typed.inc"
