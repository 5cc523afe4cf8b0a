/* moments.c for one type of BITS bits. */
#define VECTOR NAME(Vector_)
#define HALF NAME(Half_)
#define MASK NAME(Mask_)
#define ZONE NAME(Zone_)
#define IN_VECTOR (int)(16 / sizeof(TYPE))

/* Vectors that every processor has: wider ones in inline functions are taken apart
 * before they are compiled for AVX2. */
#if BITS == 32
typedef int32_t MASK __attribute__((vector_size(16)));
#else
typedef int64_t MASK __attribute__((vector_size(16)));
#endif
typedef TYPE VECTOR __attribute__((vector_size(16)));
typedef TYPE HALF __attribute__((vector_size(2 * sizeof(TYPE))));

typedef struct {
    TYPE least, most, origin;
    int64_t shown;
    wide weight, masked;
    double mean;
    int exponent;
} ZONE;

/* A value less the origin, which no integer is below. */
RASTERLET_INLINE double NAME(above_)(TYPE value, TYPE origin) {
#if FLOATING
    (void)origin;
    return (double)value;
#elif BITS == 32
    return (double)((uint32_t)value - (uint32_t)origin);
#else
    return (double)((uint64_t)value - (uint64_t)origin);
#endif
}

/* Two values less the origin. */
RASTERLET_INLINE void NAME(load_pair_)(const TYPE *values, TYPE origin, Pair *above) {
#if FLOATING
    HALF half;
    (void)origin;
    memcpy(&half, values, sizeof half);
    *above = __builtin_convertvector(half, Pair);
#else
    (*above)[0] = NAME(above_)(values[0], origin);
    (*above)[1] = NAME(above_)(values[1], origin);
#endif
}

/* The lesser and the larger of each two numbers; of a NaN, the other. */
RASTERLET_INLINE void NAME(keep_ends_)(const TYPE *values, VECTOR *low, VECTOR *high) {
    VECTOR vector;
    memcpy(&vector, values, sizeof vector);
    MASK less = vector < *low, more = vector > *high;
    *low = (VECTOR)(((MASK)vector & less) | ((MASK)*low & ~less));
    *high = (VECTOR)(((MASK)vector & more) | ((MASK)*high & ~more));
}

RASTERLET_INLINE void NAME(keep_end_)(TYPE value, ZONE *zone) {
    zone->least = value < zone->least ? value : zone->least;
    zone->most = value > zone->most ? value : zone->most;
}

/* What a cell adds to its lane: its value above the origin, or its squared deviation. */
RASTERLET_INLINE double NAME(term_)(TYPE value, const ZONE *zone, bool squared) {
    double above = NAME(above_)(value, zone->origin);
    if (!squared)
        return above;
    double deviation = above - zone->mean;
    if (zone->exponent != 0)
        deviation = ldexp(deviation, -zone->exponent);
    return deviation * deviation;
}

/* Add cells [i, stop) of a run one by one. */
RASTERLET_INLINE void NAME(add_cells_)(const Piece *piece, int64_t i, int64_t stop,
                                       const ZONE *zone, bool squared, double *lane) {
    const TYPE *values = piece->values;
    for (; i < stop; i++)
        if (piece->valid == NULL || piece->valid[i])
            lane[(piece->first + i) & (LANES - 1)] +=
                piece->fraction * NAME(term_)(values[i], zone, squared);
}

/* Add cells from i on that count whole, as many eights as there are; returns where they
 * end. Cell i goes to lane 0. */
RASTERLET_INLINE int64_t NAME(add_eights_)(const Piece *piece, int64_t i,
                                           const ZONE *zone, bool squared,
                                           double *lane) {
    const TYPE *values = piece->values;
    double subtracted = squared ? zone->mean : 0;
    Pair sum[LANES / 2], mean = {subtracted, subtracted};
    memcpy(sum, lane, sizeof sum);
    for (; i + LANES <= piece->size; i += LANES) {
        uint64_t shown = piece->valid == NULL ? ALL_VALID : load_word(piece->valid + i);
        if (shown == ALL_VALID)
            for (int k = 0; k < LANES / 2; k++) {
                Pair above;
                NAME(load_pair_)(values + i + 2 * k, zone->origin, &above);
                if (squared)
                    above -= mean;
                sum[k] += squared ? above * above : above;
            }
        else if (shown != 0) {
            memcpy(lane, sum, sizeof sum);
            NAME(add_cells_)(piece, i, i + LANES, zone, squared, lane);
            memcpy(sum, lane, sizeof sum);
        }
    }
    memcpy(lane, sum, sizeof sum);
    return i;
}

/* Add the terms of a run to the lanes. */
RASTERLET_INLINE void NAME(add_run_)(const Piece *piece, const ZONE *zone, bool squared,
                                     double *lane) {
    int64_t i = -piece->first & (LANES - 1);
    if (piece->fraction != 1 || (squared && zone->exponent != 0) || i >= piece->size)
        i = 0;
    else {
        NAME(add_cells_)(piece, 0, i, zone, squared, lane);
        i = NAME(add_eights_)(piece, i, zone, squared, lane);
    }
    NAME(add_cells_)(piece, i, piece->size, zone, squared, lane);
}

/* The extremes of a run's values with data; NaN is neither. */
RASTERLET_INLINE void NAME(find_ends_)(const TYPE *values, const uint8_t *valid,
                                       int64_t size, ZONE *zone) {
    TYPE ends[4][IN_VECTOR];
    VECTOR low[2], high[2];
    int64_t i = 0;
    for (int k = 0; k < IN_VECTOR; k++) {
        ends[0][k] = ends[1][k] = zone->least;
        ends[2][k] = ends[3][k] = zone->most;
    }
    memcpy(low, ends[0], sizeof low);
    memcpy(high, ends[2], sizeof high);
    for (; i + LANES <= size; i += LANES)
        if (valid == NULL || load_word(valid + i) == ALL_VALID)
            for (int k = 0; k < LANES / IN_VECTOR; k++)
                NAME(keep_ends_)(values + i + IN_VECTOR * k, &low[k & 1], &high[k & 1]);
        else
            for (int k = 0; k < LANES; k++)
                if (valid[i + k])
                    NAME(keep_end_)(values[i + k], zone);
    for (; i < size; i++)
        if (valid == NULL || valid[i])
            NAME(keep_end_)(values[i], zone);
    for (int k = 0; k < IN_VECTOR; k++) {
        zone->least = low[0][k] < zone->least ? low[0][k] : zone->least;
        zone->least = low[1][k] < zone->least ? low[1][k] : zone->least;
        zone->most = high[0][k] > zone->most ? high[0][k] : zone->most;
        zone->most = high[1][k] > zone->most ? high[1][k] : zone->most;
    }
}

RASTERLET_INLINE Piece NAME(piece_of_)(const Cells *cells, const Run *run) {
    return (Piece){
        (const TYPE *)cells->values + run->row * cells->stride + run->col,
        run_valid(cells, run),
        run->size,
        run->row * cells->width + run->col,
        (double)run->weight / (double)(1ull << WHOLE_BITS),
    };
}

/* Weight and extremes of the zone of runs [r, end), and the lanes of floats, whose
 * origin is known; false if a run is out of bounds. */
RASTERLET_INLINE bool NAME(measure_)(const Cells *cells, int64_t r, int64_t end,
                                     ZONE *zone, double *lane) {
    for (; r < end; r++) {
        Run run;
        if (!read_run(cells, r, &run))
            return false;
        Piece piece = NAME(piece_of_)(cells, &run);
        int64_t met =
            piece.valid == NULL ? run.size : count_valid(piece.valid, run.size);
        zone->weight += (wide)run.weight * (uint64_t)met;
        zone->masked += (wide)run.weight * (uint64_t)(run.size - met);
        if (met == run.size)
            piece.valid = NULL;
        if (met != 0)
            NAME(find_ends_)(piece.values, piece.valid, run.size, zone);
        if (FLOATING && met != 0)
            NAME(add_run_)(&piece, zone, false, lane);
    }
    return true;
}

RASTERLET_INLINE double NAME(add_zone_)(const Cells *cells, int64_t r, int64_t end,
                                        const ZONE *zone, bool squared) {
    double lane[LANES] = {0};
    for (; r < end; r++) {
        Run run;
        if (!read_run(cells, r, &run))
            continue;
        Piece piece = NAME(piece_of_)(cells, &run);
        NAME(add_run_)(&piece, zone, squared, lane);
    }
    return sum_lanes(lane);
}

RASTERLET_INLINE void NAME(put_)(Moments *moments, int32_t number, const ZONE *zone,
                       double total, double squares) {
    int64_t at = moments->zones++;
    moments->zone[at] = number;
    put_halves(zone->masked, &moments->masked_high[at], &moments->masked_low[at]);
    put_halves(zone->weight, &moments->high[at], &moments->low[at]);
    moments->total[at] = total;
    moments->squares[at] = squares;
    /* -0 becomes 0, so that their order does not show. */
    ((TYPE *)moments->minimum)[at] = zone->least + (TYPE)0;
    ((TYPE *)moments->maximum)[at] = zone->most + (TYPE)0;
    ((TYPE *)moments->origin)[at] = zone->origin;
    moments->exponent[at] = zone->exponent;
}

/* Measure all zones. */
KERNEL(int, NAME(rasterlet_measure_),
       (const Cells *cells, Moments *moments, TYPE lowest, TYPE highest),
       (cells, moments, lowest, highest)) {
    for (int64_t r = 0, end; r < cells->runs; r = end) {
        ZONE zone = {.least = highest, .most = lowest};
        double total = 0, squares = 0, lane[LANES] = {0};
        end = zone_end(cells, r);
        if (end == 0 || moments->zones >= moments->max_zones ||
            !NAME(measure_)(cells, r, end, &zone, lane))
            return RASTERLET_OUT_OF_BOUNDS;
        if (zone.weight != 0) {
            zone.origin = FLOATING ? 0 : zone.least;
            total = FLOATING ? sum_lanes(lane)
                             : NAME(add_zone_)(cells, r, end, &zone, false);
            zone.mean = total / in_pixels(zone.weight);
            zone.exponent =
                find_exponent(NAME(above_)(zone.least, zone.origin) - zone.mean,
                              NAME(above_)(zone.most, zone.origin) - zone.mean);
            squares = NAME(add_zone_)(cells, r, end, &zone, true);
        }
        NAME(put_)(moments, cells->zone[r], &zone, total, squares);
    }
    return RASTERLET_DONE;
}

#undef VECTOR
#undef HALF
#undef MASK
#undef ZONE
#undef IN_VECTOR
