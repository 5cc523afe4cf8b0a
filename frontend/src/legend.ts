// What the colours of the map mean.

import type { ClassLegend, ContinuousLegend, Legend } from "./contract";
import { createElement, createSwatch } from "./dom";
import { formatQuantity } from "./format";

export function renderLegend(container: HTMLElement, legend: Legend): void {
  const body =
    legend.type === "classes" ? createClassList(legend) : createGradient(legend);
  container.replaceChildren(createElement("h2", {}, legend.title), body);
}

function createClassList({ entries }: ClassLegend): HTMLElement {
  const items = entries.map(({ value, label, color }) =>
    createElement("li", { "data-value": value }, createSwatch(color), label),
  );
  return createElement("ul", { class: "classes" }, ...items);
}

function createGradient({ colors, min, max, unit }: ContinuousLegend): HTMLElement {
  return createElement(
    "div",
    { class: "gradient" },
    createRamp(colors),
    createElement("span", {}, formatQuantity(min, unit)),
    createElement("span", {}, formatQuantity(max, unit)),
  );
}

/** A strip that runs through `colors` from left to right. */
export function createRamp(colors: string[]): HTMLElement {
  const ramp = createElement("div", { class: "ramp", "aria-hidden": "true" });
  ramp.style.backgroundImage = `linear-gradient(to right, ${colors.join(", ")})`;
  return ramp;
}

/** The colours a continuous legend gives to the values from `low` to `high`. */
export function sliceColors(
  legend: ContinuousLegend,
  low: number,
  high: number,
): string[] {
  const { colors, min, max } = legend;
  const last = colors.length - 1;
  const indexOf = (value: number) =>
    Math.round(Math.min(1, Math.max(0, (value - min) / (max - min || 1))) * last);
  const slice = colors.slice(indexOf(low), indexOf(high) + 1);
  // A gradient needs two stops.
  return slice.length === 1 ? [...slice, ...slice] : slice;
}
