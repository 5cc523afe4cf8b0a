/* summing.c for one type. */

RASTERLET_INLINE void NAME(put_piece_)(Sum *sum, int64_t count, int32_t total,
                                       uint32_t small, uint32_t large, TYPE least,
                                       TYPE most) {
    sum->count += count;
    sum->total += total;
    sum->squares += ((uint64_t)large << 16) + small;
    if (count != 0) {
        sum->least = least < sum->least ? least : sum->least;
        sum->most = most > sum->most ? most : sum->most;
    }
}

/* Add values that count whole, at most PIECE of them. */
RASTERLET_INLINE void NAME(add_piece_)(const TYPE *values, int64_t size, Sum *sum) {
    int32_t total = 0;
    uint32_t small = 0, large = 0; /* halves of the squares */
    TYPE least = values[0], most = values[0];
    for (int64_t i = 0; i < size; i++) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
    }
    for (int64_t i = 0; i < size; i++) {
        uint32_t value = (uint32_t)(int32_t)values[i], square = value * value;
        total += values[i];
        small += square & 0xffff;
        large += square >> 16;
    }
    NAME(put_piece_)(sum, size, total, small, large, least, most);
}

/* Likewise of those that have data, of which there is one. */
RASTERLET_INLINE void NAME(add_valid_)(const TYPE *values, const uint8_t *valid,
                                       int64_t size, Sum *sum) {
    int32_t total = 0;
    uint32_t small = 0, large = 0, count = 0;
    TYPE least = HIGHEST, most = LOWEST;
    for (int64_t i = 0; i < size; i++) {
        TYPE shown = (TYPE)-(valid[i] != 0), hidden = (TYPE)~shown;
        TYPE low = (TYPE)((values[i] & shown) | (HIGHEST & hidden));
        TYPE high = (TYPE)((values[i] & shown) | (LOWEST & hidden));
        least = low < least ? low : least;
        most = high > most ? high : most;
    }
    for (int64_t i = 0; i < size; i++) {
        int32_t number = valid[i] != 0 ? values[i] : 0;
        uint32_t value = (uint32_t)number, square = value * value;
        count += valid[i] != 0;
        total += number;
        small += square & 0xffff;
        large += square >> 16;
    }
    NAME(put_piece_)(sum, count, total, small, large, least, most);
}

RASTERLET_INLINE void NAME(add_whole_)(const TYPE *values, const uint8_t *valid, int64_t size,
                             Sum *sum) {
    for (int64_t i = 0; i < size; i += PIECE) {
        int64_t piece = size - i < PIECE ? size - i : PIECE;
        if (valid == NULL)
            NAME(add_piece_)(values + i, piece, sum);
        else
            NAME(add_valid_)(values + i, valid + i, piece, sum);
    }
}

RASTERLET_INLINE void NAME(add_partial_)(const TYPE *values, const uint8_t *valid, const Run *run,
                               Sum *sum) {
    for (int64_t i = 0; i < run->size; i++) {
        if (valid != NULL && !valid[i])
            continue;
        int32_t value = values[i];
        sum->weight += run->weight;
        sum->weighted += (__int128)run->weight * value;
        sum->weighted_squares += (wide)run->weight * ((uint32_t)value * (uint32_t)value);
        sum->least = value < sum->least ? value : sum->least;
        sum->most = value > sum->most ? value : sum->most;
    }
}

/* Add the zone whose first run is r; returns the first of the next, 0 if a run is out of
 * bounds. */
RASTERLET_INLINE int64_t NAME(sum_zone_)(const Cells *cells, int64_t r, Sum *sum) {
    int64_t end = zone_end(cells, r);
    for (; r < end; r++) {
        Run run;
        if (!read_run(cells, r, &run))
            return 0;
        const TYPE *values = (const TYPE *)cells->values + run.row * cells->stride + run.col;
        const uint8_t *valid = run_valid(cells, &run);
        int64_t shown = valid == NULL ? run.size : count_valid(valid, run.size);
        sum->masked += (wide)run.weight * (uint64_t)(run.size - shown);
        if (shown == run.size)
            valid = NULL;
        if (shown == 0)
            continue;
        if (run.weight == 1ull << WHOLE_BITS)
            NAME(add_whole_)(values, valid, run.size, sum);
        else
            NAME(add_partial_)(values, valid, &run, sum);
    }
    return end;
}

/* Sum all zones. */
KERNEL(int, NAME(rasterlet_sum_), (const Cells *cells, Sums *sums), (cells, sums)) {
    for (int64_t r = 0; r < cells->runs;) {
        Sum sum = {.least = INT32_MAX, .most = INT32_MIN};
        int32_t number = cells->zone[r];
        r = sums->zones < sums->max_zones ? NAME(sum_zone_)(cells, r, &sum) : 0;
        if (r == 0)
            return RASTERLET_OUT_OF_BOUNDS;
        put_sum(&sum, number, sums);
    }
    return RASTERLET_DONE;
}
