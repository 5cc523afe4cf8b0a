// Arithmetic of profiles.

/** Total ascent and descent along a line; gaps in the data are skipped. */
export function climbOf(values: (number | null)[]): { up: number; down: number } {
  const found = values.filter((value) => value !== null);
  let [up, down] = [0, 0];
  for (let index = 1; index < found.length; index += 1) {
    const step = (found[index] ?? 0) - (found[index - 1] ?? 0);
    if (step > 0) up += step;
    else down -= step;
  }
  return { up, down };
}

/** Minimum and maximum; undefined without values. */
export function extremesOf(
  values: (number | null)[],
): { min: number; max: number } | undefined {
  const found = values.filter((value) => value !== null);
  if (found.length === 0) return undefined;
  return { min: Math.min(...found), max: Math.max(...found) };
}

interface Run {
  value: number | null;
  /** Index of the first value of the run; `to` is that of the last. */
  from: number;
  to: number;
}

/** Runs of equal values. */
export function runsOf(values: (number | null)[]): Run[] {
  const runs: Run[] = [];
  for (const [index, value] of values.entries()) {
    const last = runs.at(-1);
    if (last?.value === value) last.to = index;
    else runs.push({ value, from: index, to: index });
  }
  return runs;
}

/** The index of the value nearest to `distance` in ascending distances. */
export function nearest(distances: number[], distance: number): number {
  let [low, high] = [0, distances.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((distances[middle] ?? 0) <= distance) low = middle;
    else high = middle;
  }
  const isLow = distance - (distances[low] ?? 0) <= (distances[high] ?? 0) - distance;
  return isLow ? low : high;
}
