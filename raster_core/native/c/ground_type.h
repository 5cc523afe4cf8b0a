/* ground.c for one type of numbers; CLASSED if its values may be told apart. */

/* Add the ground of a cell to its class; false if the zone has no such class. */
RASTERLET_INLINE bool NAME(add_class_)(const Grounds *grounds, const Sums *sums,
                                       TYPE value, int64_t number, double ground) {
    int64_t place = grounds->place[(int64_t)value - LOWEST];
    if (place < sums->first || place >= sums->end)
        return false;
    grounds->area[CLASS_LANES * place + (number & (CLASS_LANES - 1))] += ground;
    return true;
}

/* Add cells [i, stop) of a run one by one. */
RASTERLET_INLINE bool NAME(add_cells_)(const Piece *piece, int64_t i, int64_t stop,
                                       int64_t across, const Grounds *grounds,
                                       Sums *sums, bool classed) {
    const TYPE *values = piece->values;
    for (; i < stop; i++) {
        if (piece->valid != NULL && !piece->valid[i])
            continue;
        int64_t number = piece->first + i;
        double ground = ground_at(piece, i * across);
        sums->total[number & (LANES - 1)] += ground;
        sums->weighted[number & (LANES - 1)] += ground * (double)values[i];
        if (classed && !NAME(add_class_)(grounds, sums, values[i], number, ground))
            return false;
    }
    return true;
}

/* Eight values as numbers. */
RASTERLET_INLINE void NAME(load_values_)(const TYPE *values, Pair found[LANES / 2]) {
    if (sizeof(TYPE) <= 2) { /* by way of 32 bits, of which there are vectors */
        int32_t whole[LANES];
        for (int k = 0; k < LANES; k++)
            whole[k] = (int32_t)values[k];
        for (int k = 0; k < LANES / 2; k++) {
            IntPair pair;
            memcpy(&pair, whole + 2 * k, sizeof pair);
            found[k] = __builtin_convertvector(pair, Pair);
        }
    } else
        for (int k = 0; k < LANES / 2; k++)
            found[k] = (Pair){(double)values[2 * k], (double)values[2 * k + 1]};
}

/* Add eight cells with data, the first of which goes to lane 0; false if one has no
 * class. */
RASTERLET_INLINE bool NAME(add_eight_)(const Piece *piece, int64_t i, int64_t across,
                                       const Grounds *grounds, const Sums *sums,
                                       Pair *total, Pair *weighted, bool classed) {
    const TYPE *values = (const TYPE *)piece->values + i;
    Pair ground[LANES / 2], numbers[LANES / 2];
    bool known = true;
    NAME(load_values_)(values, numbers);
    for (int k = 0; k < LANES / 2; k++) {
        ground[k] = ground_of_pair(piece, i + 2 * k, across);
        total[k] += ground[k];
        weighted[k] += ground[k] * numbers[k];
    }
    if (classed)
        for (int k = 0; k < LANES; k++)
            known &= NAME(add_class_)(grounds, sums, values[k], k, ground[k / 2][k % 2]);
    return known;
}

/* Add eights of cells from i on, the first of which goes to lane 0, as many as there
 * are; returns where they end, or -1 if a cell has no class. */
RASTERLET_INLINE int64_t NAME(add_eights_)(const Piece *piece, int64_t i,
                                           int64_t across, const Grounds *grounds,
                                           Sums *sums, bool classed) {
    Pair total[LANES / 2], weighted[LANES / 2];
    bool known = true;
    memcpy(total, sums->total, sizeof total);
    memcpy(weighted, sums->weighted, sizeof weighted);
    for (; i + LANES <= piece->size && known; i += LANES) {
        if (piece->valid == NULL || load_word(piece->valid + i) == ALL_VALID) {
            known = NAME(add_eight_)(piece, i, across, grounds, sums, total, weighted,
                                     classed);
            continue;
        }
        memcpy(sums->total, total, sizeof total);
        memcpy(sums->weighted, weighted, sizeof weighted);
        known = NAME(add_cells_)(piece, i, i + LANES, across, grounds, sums, classed);
        memcpy(total, sums->total, sizeof total);
        memcpy(weighted, sums->weighted, sizeof weighted);
    }
    memcpy(sums->total, total, sizeof total);
    memcpy(sums->weighted, weighted, sizeof weighted);
    return known ? i : -1;
}

RASTERLET_INLINE bool NAME(add_run_)(const Piece *piece, int64_t across,
                                     const Grounds *grounds, Sums *sums, bool classed) {
    int64_t i = -piece->first & (LANES - 1);
    i = i < piece->size ? i : piece->size;
    if (!NAME(add_cells_)(piece, 0, i, across, grounds, sums, classed))
        return false;
    i = NAME(add_eights_)(piece, i, across, grounds, sums, classed);
    return i >= 0 &&
           NAME(add_cells_)(piece, i, piece->size, across, grounds, sums, classed);
}

/* Add the runs [r, end) of a zone; false if one is out of bounds. */
RASTERLET_INLINE bool NAME(add_zone_)(const Cells *cells, const Plane *plane, int64_t r,
                                      int64_t end, const Grounds *grounds, Sums *sums) {
    bool classed = CLASSED && grounds->place != NULL, across = plane->columns != 1;
    for (; r < end; r++) {
        Run run;
        Piece piece;
        if (!read_run(cells, r, &run) || !find_lines(plane, &run, &piece))
            return false;
        piece.values = (const TYPE *)cells->values + run.row * cells->stride + run.col;
        piece.valid = run_valid(cells, &run);
        piece.size = run.size;
        piece.first = run.row * cells->width + run.col;
        piece.fraction = (double)run.weight / (double)(1ull << WHOLE_BITS);
        bool done;
        if (across && classed)
            done = NAME(add_run_)(&piece, 1, grounds, sums, true);
        else if (across)
            done = NAME(add_run_)(&piece, 1, grounds, sums, false);
        else if (classed)
            done = NAME(add_run_)(&piece, 0, grounds, sums, true);
        else
            done = NAME(add_run_)(&piece, 0, grounds, sums, false);
        if (!done)
            return false;
    }
    return true;
}

/* Measure the ground of all zones. */
KERNEL(int, NAME(rasterlet_ground_),
       (const Cells *cells, const Plane *plane, Grounds *grounds),
       (cells, plane, grounds)) {
    if (plane->columns != 1 && plane->columns != cells->width)
        return RASTERLET_OUT_OF_BOUNDS;
    for (int64_t r = 0, end; r < cells->runs; r = end) {
        Sums sums = {.first = 0};
        end = zone_end(cells, r);
        if (end == 0 || grounds->zones >= grounds->max_zones)
            return RASTERLET_OUT_OF_BOUNDS;
        if (CLASSED && grounds->place != NULL && !find_classes(grounds, NUMBERS, &sums))
            return RASTERLET_OUT_OF_BOUNDS;
        if (!NAME(add_zone_)(cells, plane, r, end, grounds, &sums))
            return RASTERLET_OUT_OF_BOUNDS;
        grounds->total[grounds->zones] = join_lanes(sums.total);
        grounds->weighted[grounds->zones++] = join_lanes(sums.weighted);
    }
    return RASTERLET_DONE;
}

#undef TYPE
#undef NAME
#undef LOWEST
#undef NUMBERS
