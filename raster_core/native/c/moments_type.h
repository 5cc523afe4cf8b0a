/* moments.c for one type of BITS bits. */
#define VECTOR NAME(Vector_)
#define ZONE NAME(Zone_)

typedef TYPE VECTOR __attribute__((vector_size(LANES * sizeof(TYPE))));

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

RASTERLET_INLINE void NAME(load_lanes_)(const TYPE *values, TYPE origin, Lanes *lanes) {
#if FLOATING
    VECTOR vector;
    (void)origin;
    memcpy(&vector, values, sizeof vector);
    *lanes = __builtin_convertvector(vector, Lanes);
#else
    for (int k = 0; k < LANES; k++)
        (*lanes)[k] = NAME(above_)(values[k], origin);
#endif
}

/* What a cell adds to its lane: its value above the origin, or its squared deviation. */
RASTERLET_INLINE double NAME(term_)(TYPE value, const ZONE *zone, int squared) {
    double above = NAME(above_)(value, zone->origin);
    if (!squared)
        return above;
    double deviation = above - zone->mean;
    if (zone->exponent != 0)
        deviation = ldexp(deviation, -zone->exponent);
    return deviation * deviation;
}

/* Add the terms of a run to the lanes; first is the number of its first cell. */
RASTERLET_INLINE void NAME(add_run_)(const TYPE *values, const uint8_t *valid, const Run *run,
                           int64_t first, const ZONE *zone, int squared, Lanes *lanes) {
    double fraction = (double)run->weight / (double)(1ull << WHOLE_BITS);
    int fast = run->weight == 1ull << WHOLE_BITS && !(squared && zone->exponent != 0);
    Lanes sum = *lanes, mean = {0};
    mean = mean + zone->mean;
    for (int64_t i = 0; i < run->size;) {
        int lane = (int)((first + i) & (LANES - 1));
        if (fast && lane == 0 && i + LANES <= run->size) {
            uint64_t shown = valid == NULL ? ALL_VALID : load_word(valid + i);
            if (shown == ALL_VALID) {
                Lanes above;
                NAME(load_lanes_)(values + i, zone->origin, &above);
                above -= squared ? mean : (Lanes){0};
                sum += squared ? above * above : above;
            }
            if (shown == ALL_VALID || shown == 0) {
                i += LANES;
                continue;
            }
        }
        if (valid == NULL || valid[i])
            sum[lane] += fraction * NAME(term_)(values[i], zone, squared);
        i++;
    }
    *lanes = sum;
}

/* The extremes of a run's values with data; NaN is neither. */
RASTERLET_INLINE void NAME(find_ends_)(const TYPE *values, const uint8_t *valid, int64_t size,
                             ZONE *zone) {
    TYPE low[LANES], high[LANES];
    int64_t i = 0;
    for (int k = 0; k < LANES; k++) {
        low[k] = zone->least;
        high[k] = zone->most;
    }
    for (; i + LANES <= size; i += LANES) {
        if (valid != NULL && load_word(valid + i) != ALL_VALID) {
            for (int k = 0; k < LANES; k++) {
                low[k] = valid[i + k] && values[i + k] < low[k] ? values[i + k] : low[k];
                high[k] = valid[i + k] && values[i + k] > high[k] ? values[i + k] : high[k];
            }
            continue;
        }
        for (int k = 0; k < LANES; k++) {
            low[k] = values[i + k] < low[k] ? values[i + k] : low[k];
            high[k] = values[i + k] > high[k] ? values[i + k] : high[k];
        }
    }
    for (; i < size; i++)
        if (valid == NULL || valid[i]) {
            low[0] = values[i] < low[0] ? values[i] : low[0];
            high[0] = values[i] > high[0] ? values[i] : high[0];
        }
    for (int k = 0; k < LANES; k++) {
        zone->least = low[k] < zone->least ? low[k] : zone->least;
        zone->most = high[k] > zone->most ? high[k] : zone->most;
    }
}

/* Weight and extremes of the zone of runs [r, end); 0 if one is out of bounds. */
RASTERLET_INLINE int NAME(measure_)(const Cells *cells, int64_t r, int64_t end, ZONE *zone) {
    for (; r < end; r++) {
        Run run;
        if (!read_run(cells, r, &run))
            return 0;
        const uint8_t *valid = run_valid(cells, &run);
        int64_t met = valid == NULL ? run.size : count_valid(valid, run.size);
        zone->weight += (wide)run.weight * (uint64_t)met;
        zone->masked += (wide)run.weight * (uint64_t)(run.size - met);
        if (met != 0)
            NAME(find_ends_)((const TYPE *)cells->values + run.row * cells->stride + run.col,
                             met == run.size ? NULL : valid, run.size, zone);
    }
    return 1;
}

RASTERLET_INLINE double NAME(add_zone_)(const Cells *cells, int64_t r, int64_t end,
                              const ZONE *zone, int squared) {
    Lanes lanes = {0};
    for (; r < end; r++) {
        Run run;
        if (!read_run(cells, r, &run))
            continue;
        const TYPE *values = (const TYPE *)cells->values + run.row * cells->stride + run.col;
        int64_t first = run.row * cells->width + run.col;
        NAME(add_run_)(values, run_valid(cells, &run), &run, first, zone, squared, &lanes);
    }
    double found[LANES];
    memcpy(found, &lanes, sizeof found);
    return sum_lanes(found);
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
        double total = 0, squares = 0;
        end = zone_end(cells, r);
        if (end == 0 || moments->zones >= moments->max_zones ||
            !NAME(measure_)(cells, r, end, &zone))
            return RASTERLET_OUT_OF_BOUNDS;
        if (zone.weight != 0) {
            zone.origin = FLOATING ? 0 : zone.least;
            total = NAME(add_zone_)(cells, r, end, &zone, 0);
            zone.mean = total / in_pixels(zone.weight);
            zone.exponent =
                find_exponent(NAME(above_)(zone.least, zone.origin) - zone.mean,
                              NAME(above_)(zone.most, zone.origin) - zone.mean);
            squares = NAME(add_zone_)(cells, r, end, &zone, 1);
        }
        NAME(put_)(moments, cells->zone[r], &zone, total, squares);
    }
    return RASTERLET_DONE;
}

#undef VECTOR
#undef ZONE
