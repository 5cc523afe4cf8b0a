/* Rings of polygons: put on a grid as edges, and told to be simple. */
#include "coverage.h"
#include "numbers.h"

#include <math.h>

/* Columns and rows are a*x + b*y + c and d*x + e*y + f; nearer to a half than `col` and
   `row` they are put on it. */
typedef struct {
    double a, b, c, d, e, f, col, row;
} RasterletPlacing;

static inline double snap(double position, double within) {
    double twice = 2 * position;
    double halves = (fabs(twice) < 0x1p51 ? round_even(twice) : rint(twice)) / 2;
    return fabs(position - halves) <= within ? halves : position;
}

static inline void place(const RasterletPlacing *by, const double point[2],
                         double placed[2]) {
    placed[0] = snap(by->a * point[0] + by->b * point[1] + by->c, by->col);
    placed[1] = snap(by->d * point[0] + by->e * point[1] + by->f, by->row);
}

/* Twice the area of the pieces from `first` to before `stop`, about where the last one
   begins: far from the origin, a small ring's area would drown. */
static double twice_area(const RasterletPlacing *by, const double *start,
                         const double *end, uint64_t first, uint64_t stop) {
    double about[2], from[2], to[2], sum = 0.0;
    place(by, start + 2 * (stop - 1), about);
    for (uint64_t i = first; i < stop; i++) {
        place(by, start + 2 * i, from);
        place(by, end + 2 * i, to);
        double x0 = from[0] - about[0], y0 = from[1] - about[1];
        double x1 = to[0] - about[0], y1 = to[1] - about[1];
        sum += x0 * y1 - x1 * y0;
    }
    return sum;
}

/* The signed area of each ring, 0 for one without pieces: positive if y turns from x.

   Pieces of a ring are together, and rings in order. */
RASTERLET_EXPORT int rasterlet_ring_areas(const double *start, const double *end,
                                          const int64_t *ring, uint64_t count,
                                          double *area, uint64_t rings) {
    for (uint64_t i = 0; i < rings; i++) area[i] = 0.0;
    for (uint64_t first = 0, stop; first < count; first = stop) {
        uint64_t own = (uint64_t)ring[first];
        if (own >= rings) return RASTERLET_OUT_OF_BOUNDS;
        if (first && ring[first] < ring[first - 1]) return RASTERLET_UNSORTED;
        for (stop = first + 1; stop < count && ring[stop] == ring[first];) stop++;
        const double *about = start + 2 * (stop - 1);
        double sum = 0.0;
        for (uint64_t i = first; i < stop; i++) {
            const double *from = start + 2 * i, *to = end + 2 * i;
            sum += (from[0] - about[0]) * (to[1] - about[1]) -
                   (to[0] - about[0]) * (from[1] - about[1]);
        }
        area[own] = sum / 2;
    }
    return RASTERLET_DONE;
}

/* Segments whose rings are together to edges that run down.

   `start` and `end` have 2 numbers for each of `count` segments, the six arrays that
   come out, room for as many. */
RASTERLET_EXPORT int rasterlet_orient_edges(
    const double *start, const double *end, const int64_t *ring, uint64_t count,
    const int64_t *zone_of_ring, const uint8_t *is_hole, uint64_t rings,
    const RasterletPlacing *by, int64_t *zone, int64_t *sign, double *col0, double *row0,
    double *col1, double *row1, uint64_t *edges) {
    uint64_t n = 0;
    *edges = 0;
    for (uint64_t first = 0, stop; first < count; first = stop) {
        uint64_t own = (uint64_t)ring[first];
        if (own >= rings) return RASTERLET_OUT_OF_BOUNDS;
        if (first && ring[first] < ring[first - 1]) return RASTERLET_UNSORTED;
        for (stop = first + 1; stop < count && ring[stop] == ring[first];) stop++;
        /* A positive area (clockwise as seen, rows growing downwards) has the inside on
           the right of a rising edge; the zone is inside a shell, outside a hole. */
        double area = twice_area(by, start, end, first, stop);
        int64_t rising = (area > 0) == (is_hole[own] != 0) ? 1 : -1;
        for (uint64_t i = first; i < stop; i++) {
            double from[2], to[2];
            place(by, start + 2 * i, from);
            place(by, end + 2 * i, to);
            if (from[1] == to[1]) continue;
            int falls = to[1] < from[1];
            zone[n] = zone_of_ring[own];
            sign[n] = falls ? -rising : rising;
            col0[n] = falls ? to[0] : from[0];
            row0[n] = falls ? to[1] : from[1];
            col1[n] = falls ? from[0] : to[0];
            row1[n] = falls ? from[1] : to[1];
            n++;
        }
    }
    *edges = n;
    return RASTERLET_DONE;
}

typedef struct {
    double x0, x1, y0, y1; /* the box */
    uint32_t number;
} Side;

/* On which side of the line from a to b a point lies: 1 or -1 if that is certain in
   spite of rounding, else 0.

   Source: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997: ccwerrboundA,
   and more than what products lose that are denormal. */
static inline int side_of(const double *a, const double *b, const double *point) {
    double left = (a[0] - point[0]) * (b[1] - point[1]);
    double right = (a[1] - point[1]) * (b[0] - point[0]);
    double bound = 4 * 0x1p-53 * (fabs(left) + fabs(right)) + 0x1p-1000;
    double area = left - right;
    return area > bound ? 1 : area < -bound ? -1 : 0;
}

/* Whether two sides that share no end certainly do not meet; their boxes do. */
static inline int are_apart(const double *points, uint32_t one, uint32_t other) {
    const double *a = points + 2 * (uint64_t)one, *b = a + 2;
    const double *c = points + 2 * (uint64_t)other, *d = c + 2;
    int of_c = side_of(a, b, c);
    if (of_c != 0 && of_c == side_of(a, b, d)) return 1;
    int of_a = side_of(c, d, a);
    return of_a != 0 && of_a == side_of(c, d, b);
}

/* Whether two sides from b, to a and to c, certainly meet nowhere else: there is a turn,
   or they run on in x or in y. */
static inline int is_corner(const double *a, const double *b, const double *c) {
    for (int axis = 0; axis < 2; axis++)
        if ((a[axis] < b[axis] && b[axis] < c[axis]) ||
            (a[axis] > b[axis] && b[axis] > c[axis]))
            return 1;
    return side_of(a, b, c) != 0;
}

/* Put sides in order of where they begin: a merge sort, `spare` has room for as many. */
static Side *sort_sides(Side *sides, Side *spare, uint64_t count) {
    for (uint64_t width = 1; width < count; width *= 2) {
        for (uint64_t low = 0; low < count; low += 2 * width) {
            uint64_t middle = low + width < count ? low + width : count;
            uint64_t high = low + 2 * width < count ? low + 2 * width : count;
            uint64_t i = low, j = middle;
            for (uint64_t k = low; k < high; k++)
                spare[k] = i < middle && (j >= high || sides[i].x0 <= sides[j].x0)
                               ? sides[i++]
                               : sides[j++];
        }
        Side *other = sides;
        sides = spare;
        spare = other;
    }
    return sides;
}

/* Pairs of sides that are looked at for each side of a ring. */
#define MOST_PAIRS 64

/* Whether a closed ring of `count` points is certainly simple. */
static int is_simple(const double *points, uint64_t count, Side *sides, Side *spare) {
    if (count < 4 || points[0] != points[2 * count - 2] ||
        points[1] != points[2 * count - 1])
        return 0;
    uint64_t n = count - 1, pairs = 0;
    for (uint64_t i = 0; i < n; i++) {
        const double *a = points + 2 * i, *b = a + 2;
        const double *c = i + 1 < n ? b + 2 : points + 2;
        if (!(fabs(b[0]) < INFINITY && fabs(b[1]) < INFINITY) || !is_corner(a, b, c))
            return 0;
        Side side = {low_of(a[0], b[0]), high_of(a[0], b[0]), low_of(a[1], b[1]),
                     high_of(a[1], b[1]), (uint32_t)i};
        sides[i] = side;
    }
    sides = sort_sides(sides, spare, n);
    for (uint64_t i = 0; i < n; i++)
        for (uint64_t j = i + 1; j < n && sides[j].x0 <= sides[i].x1; j++) {
            if (++pairs > MOST_PAIRS * n) return 0;
            if (sides[j].y0 > sides[i].y1 || sides[j].y1 < sides[i].y0) continue;
            uint64_t apart = sides[i].number > sides[j].number
                                 ? sides[i].number - sides[j].number
                                 : sides[j].number - sides[i].number;
            if (apart == 1 || apart == n - 1) continue;
            if (!are_apart(points, sides[i].number, sides[j].number)) return 0;
        }
    return 1;
}

/* Which rings are certainly closed, finite and simple, and so bound a valid polygon.

   Ring i has the points from `first[i]` to before `first[i + 1]`; `scratch` has 80 bytes
   for each point of the longest. */
RASTERLET_EXPORT int rasterlet_find_simple(const double *points, uint64_t count,
                                           const int64_t *first, uint64_t rings,
                                           void *scratch, uint64_t longest,
                                           uint8_t *simple) {
    Side *sides = scratch;
    _Static_assert(sizeof(Side) == 40, "two sides are 80 bytes");
    if (longest > UINT32_MAX) return RASTERLET_OUT_OF_BOUNDS;
    for (uint64_t i = 0; i < rings; i++) {
        if (first[i] < 0 || first[i + 1] < first[i] || (uint64_t)first[i + 1] > count ||
            (uint64_t)(first[i + 1] - first[i]) > longest)
            return RASTERLET_OUT_OF_BOUNDS;
        simple[i] = (uint8_t)is_simple(points + 2 * first[i],
                                       (uint64_t)(first[i + 1] - first[i]), sides,
                                       sides + longest);
    }
    return RASTERLET_DONE;
}
