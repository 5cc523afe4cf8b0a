// The two charts: a histogram and the shares of classes.

import type { Category, ClassLegend, ContinuousLegend } from "./contract";
import { createElement, createSvg, createSwatch } from "./dom";
import { formatNumber, formatPercent, formatQuantity, formatRange } from "./format";
import { createRamp, sliceColors } from "./legend";

const WIDTH = 320;
const HEIGHT = 110;

/** A histogram over the map's own colours, with a line at the mean. */
export function createHistogram(
  [weights, edges]: [number[], number[]],
  legend: ContinuousLegend,
  mean: number | null | undefined,
): HTMLElement {
  const low = edges[0] ?? 0;
  const high = edges.at(-1) ?? low;
  const range = formatRange(low, high, legend.unit);
  const label = `Histogram of ${weights.length} bins from ${range}`;
  const chart = createSvg(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": label,
    },
    ...createBins(weights, edges, legend.unit),
    ...(typeof mean === "number" && high > low
      ? [createMeanLine(((mean - low) / (high - low)) * WIDTH)]
      : []),
  );
  return createElement(
    "figure",
    { class: "histogram", "data-testid": "histogram" },
    chart,
    createRamp(sliceColors(legend, low, high)),
    createElement("span", {}, formatQuantity(low, legend.unit)),
    createElement("span", { class: "key" }, "mean"),
    createElement("span", {}, formatQuantity(high, legend.unit)),
  );
}

function createBins(
  weights: number[],
  edges: number[],
  unit: string | null,
): SVGElement[] {
  const tallest = Math.max(...weights, 0) || 1;
  const step = WIDTH / weights.length;
  return weights.map((weight, index) => {
    const height = (weight / tallest) * (HEIGHT - 2);
    const range = formatRange(edges[index] ?? 0, edges[index + 1] ?? 0, unit);
    return createSvg(
      "rect",
      { x: index * step, y: HEIGHT - height, width: Math.max(step - 1, 0.5), height },
      createSvg("title", {}, `${range}: ${formatNumber(weight)} pixels`),
    );
  });
}

function createMeanLine(x: number): SVGElement {
  return createSvg("line", { x1: x, x2: x, y1: 0, y2: HEIGHT });
}

/** One bar a class, the largest share first, in the colours of the legend. */
export function createClassBars(
  categories: Category[],
  legend: ClassLegend,
): HTMLElement {
  const ordered = [...categories].sort((one, other) => other.fraction - one.fraction);
  const rows = ordered.map((category) => createClassBar(category, legend));
  return createElement("ol", { class: "class-bars" }, ...rows);
}

function createClassBar(category: Category, legend: ClassLegend): HTMLElement {
  const { value, name, count, fraction } = category;
  const entry = legend.entries.find((candidate) => candidate.value === value);
  const bar = createSwatch(entry?.color ?? "#888888");
  bar.className = "bar";
  bar.style.width = `${fraction * 100}%`;
  return createElement(
    "li",
    {
      "data-testid": "class-bar",
      "data-value": value,
      "data-fraction": fraction,
      title: `${formatNumber(count)} pixels`,
    },
    createElement("span", {}, name ?? entry?.label ?? `Class ${value}`),
    createElement("span", { class: "share" }, formatPercent(fraction * 100)),
    createElement("span", { class: "track" }, bar),
  );
}
