// The histogram of a band: the service's own for integers, one derived from percentiles
// for other types.

import type { BandStatistics, Item } from "../service/contract";
import { bandOf } from "./overlay";

export interface Histogram {
  weights: number[];
  /** Bin edges, one more than weights. */
  edges: number[];
}

const BINS = 32;
const SMALL_INTEGERS = ["uint8", "int8", "uint16", "int16"];

// Every 2.5 %, so that few of the 32 bins lie between two percentiles.
const PERCENTILES = Array.from({ length: 41 }, (_, index) => index * 2.5);

/** Whether the service computes histograms for a dataset. */
export function hasHistogram(item: Item): boolean {
  return SMALL_INTEGERS.includes(bandOf(item)?.data_type ?? "");
}

/** The parameters for the statistics that the page shows. */
export function statisticsQuery(isInteger: boolean): [string, string][] {
  if (isInteger) {
    return [
      ["histogram_bins", String(BINS)],
      ["p", "5"],
      ["p", "95"],
    ];
  }
  const stats = ["count", "mean", "std", "min", "max", "median", "area_m2"];
  return [
    ...[...stats, "valid_percent", "covered_percent"].map(pair("stats")),
    ...PERCENTILES.map(String).map(pair("p")),
  ];
}

const pair =
  (name: string) =>
  (value: string): [string, string] => [name, value];

export function histogramOf(band: BandStatistics): Histogram | undefined {
  if (band.histogram) return { weights: band.histogram[0], edges: band.histogram[1] };
  const ladder = PERCENTILES.map((percent) => band[`percentile_${percent}`]);
  const rungs = ladder.filter((value) => typeof value === "number");
  if (rungs.length < PERCENTILES.length) return undefined;
  return fromPercentiles(rungs, band.count ?? 1);
}

/** Equal bins, assuming that values are evenly spread between two percentiles. */
export function fromPercentiles(rungs: number[], count: number): Histogram {
  const [low = 0, high = 0] = [rungs[0], rungs.at(-1)];
  const width = (high - low) / BINS;
  const edges = Array.from({ length: BINS + 1 }, (_, index) => low + index * width);
  const below = edges.map((edge) => shareBelow(rungs, edge));
  // The last bin includes the maximum.
  below[BINS] = 1;
  const weights = below
    .slice(1)
    .map((share, index) => (share - (below[index] ?? 0)) * count);
  return { weights, edges };
}

function shareBelow(rungs: number[], value: number): number {
  const steps = rungs.length - 1;
  const index = rungs.findIndex((rung) => rung >= value);
  if (index <= 0) return index < 0 ? 1 : 0;
  const [low = 0, high = 0] = [rungs[index - 1], rungs[index]];
  return (index - 1 + (value - low) / (high - low)) / steps;
}
