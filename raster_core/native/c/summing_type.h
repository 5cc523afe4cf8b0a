/* summing.c for one type. */

/* Add values that count whole, at most PIECE of them; hidden ones are 0. */
RASTERLET_INLINE void NAME(add_piece_)(const TYPE *values, int64_t size, Sum *sum) {
    int32_t total = 0, least = sum->least, most = sum->most;
    uint64_t squares = 0;
    for (int64_t i = 0; i < size; i++) {
        int32_t value = values[i];
        total += value;
        squares += (uint32_t)value * (uint32_t)value;
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    sum->total += total;
    sum->squares += squares;
    sum->least = least;
    sum->most = most;
    sum->count += size;
}

RASTERLET_INLINE void NAME(add_valid_)(const TYPE *values, const uint8_t *valid,
                                    int64_t size, Sum *sum) {
    int32_t total = 0, least = sum->least, most = sum->most, count = 0;
    uint64_t squares = 0;
    for (int64_t i = 0; i < size; i++) {
        int32_t hidden = -(valid[i] == 0), value = values[i] & ~hidden;
        count += 1 + hidden;
        total += value;
        squares += (uint32_t)value * (uint32_t)value;
        int32_t low = hidden ? INT32_MAX : value, high = hidden ? INT32_MIN : value;
        least = low < least ? low : least;
        most = high > most ? high : most;
    }
    sum->total += total;
    sum->squares += squares;
    sum->least = least;
    sum->most = most;
    sum->count += count;
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
