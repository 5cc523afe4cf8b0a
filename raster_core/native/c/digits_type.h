/* digits.c for one type of BITS bits. */

/* Add the cells of a run. */
RASTERLET_INLINE void NAME(add_run_)(const Cells *cells, const Run *run,
                                     const Digits *digits, const Share *share) {
    const TYPE *values =
        (const TYPE *)cells->values + run->row * cells->stride + run->col;
    const uint8_t *valid = run_valid(cells, run);
    int64_t span = digits->shift + digits->width;
    UNSIGNED mask = (UNSIGNED)(((uint64_t)1 << digits->width) - 1);
    for (int64_t i = 0; i < run->size; i++) {
        if (valid != NULL && !valid[i])
            continue;
        UNSIGNED bits = ORDER(values[i]);
        uint64_t begin = span >= BITS ? 0 : (uint64_t)(bits >> span);
        for (int64_t k = share->first; k < share->end; k++)
            if (digits->prefix[k] == begin) {
                int64_t bin = (k << digits->width) +
                              (int64_t)((bits >> digits->shift) & mask);
                add_weight(&digits->high[bin], share->high);
                add_weight(&digits->low[bin], share->low);
                break;
            }
    }
}

/* Count the digits of all zones. */
KERNEL(int, NAME(rasterlet_digits_), (const Cells *cells, const Digits *digits),
       (cells, digits)) {
    int64_t at = 0;
    if (digits->width < 1 || digits->width > MAX_WIDTH || digits->shift < 0 ||
        digits->shift > BITS - digits->width)
        return RASTERLET_OUT_OF_BOUNDS;
    for (int64_t r = 0, end; r < cells->runs; r = end) {
        Share share;
        end = zone_end(cells, r);
        if (end == 0 || !find_prefixes(digits, cells->zone[r], &at, &share))
            return RASTERLET_OUT_OF_BOUNDS;
        for (; r < end; r++) {
            Run run;
            if (!read_run(cells, r, &run))
                return RASTERLET_OUT_OF_BOUNDS;
            share.high = (run.weight >> HALF_BITS) * (uint64_t)digits->times;
            share.low = (run.weight & ((1u << HALF_BITS) - 1)) * (uint64_t)digits->times;
            NAME(add_run_)(cells, &run, digits, &share);
        }
    }
    return RASTERLET_DONE;
}

#undef TYPE
#undef NAME
#undef ORDER
