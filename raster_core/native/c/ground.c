/* Ground of the cells of zones: in all, times the values, and by class.
 *
 * The order of sums: the cell of number i in the block, row-major, goes to lane i mod 8,
 * of a class to lane i mod 4; in each lane, cells are added in their order. */
#include "cells.h"

/* Must match native.reducing.ground._Plane: areas of cells on some lines, straight
 * transitions between them. */
typedef struct {
    int64_t lines, columns;  /* columns: that of the block, or 1 for all of them */
    const double *areas;     /* (lines, columns) */
    const int64_t *line;     /* (height,): the line above each row */
    const double *part;      /* (height,): how far below it the row is */
} Plane;

/* Must match native.reducing.ground._Grounds. */
typedef struct {
    int64_t max_zones, zones;
    double *total, *weighted; /* (max_zones,) */
    int64_t classes;
    const int64_t *class_end; /* (max_zones,): where the classes of each zone end */
    const int64_t *value;     /* (classes,): less the lowest of the type */
    double *area;             /* (classes, 4): by lane */
    int32_t *place;           /* of each number of the type; NULL without classes */
} Grounds;

#define LANES 8
#define CLASS_LANES 4

/* Sums of the zone at hand, and its classes. */
typedef struct {
    double total[LANES], weighted[LANES];
    int64_t first, end;
} Sums;

/* Cells of one run. */
typedef struct {
    const void *values;
    const uint8_t *valid;
    int64_t size, first; /* number of the first in the block */
    const double *upper, *lower;
    double part, fraction;
} Piece;

RASTERLET_INLINE double join_lanes(const double *lane) {
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) +
           ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

typedef double Pair __attribute__((vector_size(16)));
typedef int32_t IntPair __attribute__((vector_size(8)));

RASTERLET_INLINE double ground_at(const Piece *piece, int64_t i) {
    double upper = piece->upper[i], lower = piece->lower[i];
    return piece->fraction * (piece->part * (lower - upper) + upper);
}

/* Of two cells side by side. */
RASTERLET_INLINE Pair ground_of_pair(const Piece *piece, int64_t i, int64_t across) {
    Pair upper, lower, part = {piece->part, piece->part};
    Pair fraction = {piece->fraction, piece->fraction};
    if (across == 0)
        return (Pair){ground_at(piece, 0), ground_at(piece, 0)};
    memcpy(&upper, piece->upper + i, sizeof upper);
    memcpy(&lower, piece->lower + i, sizeof lower);
    return fraction * (part * (lower - upper) + upper);
}

/* The areas beside a run; false if its row has none. */
RASTERLET_INLINE bool find_lines(const Plane *plane, const Run *run, Piece *piece) {
    int64_t line = plane->line[run->row], col = plane->columns == 1 ? 0 : run->col;
    if (line < 0 || line >= plane->lines)
        return false;
    int64_t next = line + 1 < plane->lines ? line + 1 : line;
    piece->upper = plane->areas + line * plane->columns + col;
    piece->lower = plane->areas + next * plane->columns + col;
    piece->part = plane->part[run->row];
    return true;
}

/* Where the classes of a zone are; false if they are out of bounds. */
RASTERLET_INLINE bool find_classes(Grounds *grounds, int64_t numbers, Sums *sums) {
    int64_t at = grounds->zones;
    sums->first = at == 0 ? 0 : grounds->class_end[at - 1];
    sums->end = grounds->class_end[at];
    if (sums->first < 0 || sums->end < sums->first || sums->end > grounds->classes)
        return false;
    for (int64_t k = sums->first; k < sums->end; k++) {
        if (grounds->value[k] < 0 || grounds->value[k] >= numbers)
            return false;
        grounds->place[grounds->value[k]] = (int32_t)k;
    }
    return true;
}

#define CLASSED 1
#define TYPE int8_t
#define NAME(name) name##i8
#define LOWEST INT8_MIN
#define NUMBERS 256
#include "ground_type.h"
#define TYPE uint8_t
#define NAME(name) name##u8
#define LOWEST 0
#define NUMBERS 256
#include "ground_type.h"
#define TYPE int16_t
#define NAME(name) name##i16
#define LOWEST INT16_MIN
#define NUMBERS 65536
#include "ground_type.h"
#define TYPE uint16_t
#define NAME(name) name##u16
#define LOWEST 0
#define NUMBERS 65536
#include "ground_type.h"
#undef CLASSED
#define CLASSED 0
#define LOWEST 0
#define NUMBERS 0
#define TYPE int32_t
#define NAME(name) name##i32
#include "ground_type.h"
#define LOWEST 0
#define NUMBERS 0
#define TYPE uint32_t
#define NAME(name) name##u32
#include "ground_type.h"
#define LOWEST 0
#define NUMBERS 0
#define TYPE int64_t
#define NAME(name) name##i64
#include "ground_type.h"
#define LOWEST 0
#define NUMBERS 0
#define TYPE uint64_t
#define NAME(name) name##u64
#include "ground_type.h"
#define LOWEST 0
#define NUMBERS 0
#define TYPE float
#define NAME(name) name##f32
#include "ground_type.h"
#define LOWEST 0
#define NUMBERS 0
#define TYPE double
#define NAME(name) name##f64
#include "ground_type.h"
