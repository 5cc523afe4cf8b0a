// Colours of a legend, and the parameter that draws some of its classes.

import type { ClassLegend, ContinuousLegend } from "../service/contract";

/** The colours of a continuous legend for the values from `low` to `high`. */
export function sliceColors(
  legend: ContinuousLegend,
  low: number,
  high: number,
): string[] {
  const { colors } = legend;
  const last = colors.length - 1;
  const indexOf = (value: number) => Math.round(shareOf(legend, value) * last);
  const slice = colors.slice(indexOf(low), indexOf(high) + 1);
  // A gradient needs two stops.
  return slice.length === 1 ? [...slice, ...slice] : slice;
}

/** The position of a value in a legend, as a fraction from 0 to 1. */
export function shareOf({ min, max }: ContinuousLegend, value: number): number {
  return Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
}

/** The parameter `colormap` that draws only some classes. */
export function filterColormap(legend: ClassLegend, shown: number[]): string {
  const kept = legend.entries.filter(({ value }) => shown.includes(value));
  return JSON.stringify(
    Object.fromEntries(kept.map(({ value, color }) => [value, color])),
  );
}

/** The colour of a class; gray for a value without one. */
export function colorOf(legend: ClassLegend, value: number): string {
  return legend.entries.find((entry) => entry.value === value)?.color ?? "#888888";
}
