/* counting.c for values of BITS bits. */
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define OF(name) JOIN(name, BITS)
#define VALUE JOIN(JOIN(uint, BITS), _t)

/* The least and the largest of some values, their bits flipped. */
RASTERLET_INLINE void OF(find_ends_)(const VALUE *values, const uint8_t *valid, int64_t size,
                           uint32_t flip, uint32_t ends[2]) {
    VALUE low = (VALUE)ends[0], high = (VALUE)ends[1], f = (VALUE)flip;
    if (valid == NULL)
        for (int64_t i = 0; i < size; i++) {
            VALUE value = values[i] ^ f;
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    else
        for (int64_t i = 0; i < size; i++) {
            VALUE hidden = (VALUE)-(valid[i] == 0), value = values[i] ^ f;
            VALUE least = value | hidden, most = value & (VALUE)~hidden;
            low = least < low ? least : low;
            high = most > high ? most : high;
        }
    ends[0] = low;
    ends[1] = high;
}

/* What is known of the zone of run r; 0 if a run is out of bounds. */
RASTERLET_INLINE int OF(measure_zone_)(const Cells *cells, int64_t r, Zone *zone) {
    uint32_t ends[2] = {BITS > 8 ? UINT16_MAX : 0, BITS > 8 ? 0 : UINT8_MAX};
    int64_t shown = 0;
    zone->begin = r;
    zone->end = zone_end(cells, r);
    if (zone->end == 0)
        return 0;
    for (; r < zone->end; r++) {
        Run run;
        if (!read_run(cells, r, &run))
            return 0;
        const uint8_t *valid = run_valid(cells, &run);
        int64_t met = valid == NULL ? run.size : count_valid(valid, run.size);
        shown += met;
        zone->cells += run.size;
        zone->partial |= run.weight != 1ull << WHOLE_BITS;
        zone->masked += (wide)run.weight * (uint64_t)(run.size - met);
        /* All values of 8 bits fit into tables: no need to look for the extremes. */
        if (BITS > 8 && met != 0)
            OF(find_ends_)((const VALUE *)cells->values + run.row * cells->stride + run.col,
                           met == run.size ? NULL : valid, run.size, zone->flip, ends);
    }
    zone->least = ends[0] ^ zone->flip;
    zone->span = shown == 0 ? 0 : ends[1] - ends[0] + 1;
    return zone->cells <= UINT32_MAX;
}

/* Count eight values that all have data, in tables of span counts each. They are taken
 * out of words: compilers would subtract in vectors, and take those apart. */
RASTERLET_INLINE void OF(count_eight_)(const VALUE *values, VALUE least,
                                       uint32_t *const t[4]) {
    for (int i = 0; i < BITS / 8; i++) {
        uint64_t word = load_word((const uint8_t *)values + 8 * i);
        for (int k = 0; k < 64 / BITS; k++)
            t[k & 3][(VALUE)((VALUE)(word >> (BITS * k)) - least)]++;
    }
}

/* Count 32 bytes at once if they hold one value. */
RASTERLET_INLINE int OF(count_equal_)(const VALUE *values, VALUE least, uint32_t *table) {
    uint64_t first = load_word(values), same = first ^ ((first << BITS) | (first >> (64 - BITS)));
    for (int i = 1; i < 4; i++)
        same |= first ^ load_word((const uint8_t *)values + 8 * i);
    if (same != 0)
        return 0;
    table[(VALUE)(values[0] - least)] += 256 / BITS;
    return 1;
}

/* Count the values of a run whose cells count whole. */
RASTERLET_INLINE void OF(count_run_)(const VALUE *values, const uint8_t *valid, int64_t size,
                           VALUE least, uint32_t *const t[4]) {
    int64_t i = 0;
    if (valid == NULL) {
        for (; i + 256 / BITS <= size; i += 256 / BITS)
            if (!OF(count_equal_)(values + i, least, t[0]))
                for (int k = 0; k < 256 / BITS; k += 8)
                    OF(count_eight_)(values + i + k, least, t);
        for (; i < size; i++)
            t[i & 3][(VALUE)(values[i] - least)]++;
        return;
    }
    for (; i + 8 <= size; i += 8) {
        uint64_t shown = load_word(valid + i);
        if (shown == ALL_VALID)
            OF(count_eight_)(values + i, least, t);
        else if (shown != 0)
            for (int64_t k = i; k < i + 8; k++)
                if (valid[k])
                    t[k & 3][(VALUE)(values[k] - least)]++;
    }
    for (; i < size; i++)
        if (valid[i])
            t[i & 3][(VALUE)(values[i] - least)]++;
}

/* Count the values of a run one by one, and mark those that are met. */
RASTERLET_INLINE void OF(mark_run_)(const VALUE *values, const uint8_t *valid, int64_t size,
                          VALUE least, Counts *counts) {
    for (int64_t i = 0; i < size; i++)
        if (valid == NULL || valid[i]) {
            VALUE position = (VALUE)(values[i] - least);
            counts->count[position]++;
            counts->met[position >> 6] |= 1ull << (position & 63);
        }
}

/* Add the weight of a run whose cells count in part; mark values if there are few. */
RASTERLET_INLINE void OF(weigh_run_)(const VALUE *values, const uint8_t *valid, const Run *run,
                           VALUE least, Counts *counts) {
    for (int64_t i = 0; i < run->size; i++)
        if (valid == NULL || valid[i]) {
            VALUE position = (VALUE)(values[i] - least);
            add_units(counts, position, run->weight);
            counts->met[position >> 6] |= 1ull << (position & 63);
        }
}

RASTERLET_INLINE void OF(put_row_)(Counts *counts, const Zone *zone, int32_t number,
                                uint32_t position, wide weight) {
    int64_t row = counts->rows++;
    counts->row_zone[row] = number;
    ((VALUE *)counts->value)[row] = (VALUE)(zone->least + position);
    put_halves(weight, &counts->high[row], &counts->low[row]);
}

/* Write the rows of a zone whose values were counted in tables. */
RASTERLET_INLINE void OF(put_tables_)(Counts *counts, const Zone *zone, int32_t number,
                            uint32_t *const t[4], int tables) {
    for (uint32_t position = 0; position < zone->span; position++) {
        wide weight = t[0][position];
        t[0][position] = 0;
        for (int k = 1; k < tables; k++) {
            weight += t[k][position];
            t[k][position] = 0;
        }
        weight <<= WHOLE_BITS;
        if (zone->partial && (counts->met[position >> 6] >> (position & 63) & 1))
            weight += take_units(counts, position);
        if (weight != 0)
            OF(put_row_)(counts, zone, number, position, weight);
    }
    if (zone->partial)
        memset(counts->met, 0, (zone->span + 63) / 64 * 8);
}

/* Write the rows of a zone whose values were marked. */
RASTERLET_INLINE void OF(put_marked_)(Counts *counts, const Zone *zone, int32_t number) {
    for (uint32_t word = 0; word <= (zone->span - 1) >> 6; word++) {
        for (uint64_t met = counts->met[word]; met != 0; met &= met - 1) {
            uint32_t position = 64 * word + (uint32_t)__builtin_ctzll(met);
            wide weight = (wide)counts->count[position] << WHOLE_BITS;
            counts->count[position] = 0;
            if (zone->partial)
                weight += take_units(counts, position);
            OF(put_row_)(counts, zone, number, position, weight);
        }
        counts->met[word] = 0;
    }
}

RASTERLET_INLINE void OF(count_zone_)(const Cells *cells, Counts *counts, const Zone *zone) {
    int32_t number = cells->zone[zone->begin];
    int dense = zone->span <= 4 * zone->cells;
    int tables = dense && 4 * zone->span <= 65536 ? 4 : 1;
    uint32_t *const t[4] = {
        counts->count,
        counts->count + (tables == 4 ? zone->span : 0),
        counts->count + (tables == 4 ? 2 * zone->span : 0),
        counts->count + (tables == 4 ? 3 * zone->span : 0),
    };
    VALUE least = (VALUE)zone->least;
    for (int64_t r = zone->begin; r < zone->end; r++) {
        Run run;
        if (!read_run(cells, r, &run))
            continue;
        const VALUE *values = (const VALUE *)cells->values + run.row * cells->stride + run.col;
        const uint8_t *valid = run_valid(cells, &run);
        if (run.weight != 1ull << WHOLE_BITS)
            OF(weigh_run_)(values, valid, &run, least, counts);
        else if (dense)
            OF(count_run_)(values, valid, run.size, least, t);
        else
            OF(mark_run_)(values, valid, run.size, least, counts);
    }
    if (dense)
        OF(put_tables_)(counts, zone, number, t, tables);
    else
        OF(put_marked_)(counts, zone, number);
}

/* Count zones from counts->next on, until all are done or rows might not suffice. */
KERNEL(int, OF(rasterlet_count_), (const Cells *cells, Counts *counts, int is_signed),
       (cells, counts, is_signed)) {
    while (counts->next < cells->runs) {
        Zone zone = {.flip = is_signed ? 1u << (BITS - 1) : 0};
        if (counts->zones >= counts->max_zones ||
            !OF(measure_zone_)(cells, counts->next, &zone))
            return RASTERLET_OUT_OF_BOUNDS;
        int64_t most = zone.span < zone.cells ? zone.span : zone.cells;
        if (most > counts->max_rows - counts->rows)
            return most > counts->max_rows ? RASTERLET_OUT_OF_BOUNDS : RASTERLET_DONE;
        counts->zone[counts->zones] = cells->zone[zone.begin];
        put_halves(zone.masked, &counts->masked_high[counts->zones],
                   &counts->masked_low[counts->zones]);
        counts->zones++;
        if (zone.span != 0)
            OF(count_zone_)(cells, counts, &zone);
        counts->next = zone.end;
    }
    return RASTERLET_DONE;
}

#undef JOIN_
#undef JOIN
#undef OF
#undef VALUE
