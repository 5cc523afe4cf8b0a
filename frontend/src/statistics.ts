// The statistics panel in each of its states: empty, loading, failed, result.

import { createClassBars, createHistogram } from "./charts";
import type { BandStatistics, Legend, StatisticsAnswer } from "./contract";
import { createElement, findElement, isNarrow } from "./dom";
import { formatDuration, formatNumber, formatPercent, formatQuantity } from "./format";

const REASONS: Record<string, string> = {
  outside_raster: "The zone lies outside this dataset.",
  no_valid_pixels: "The dataset has no data in this zone.",
};

export interface Result {
  zoneName: string;
  legend: Legend;
  answer: StatisticsAnswer;
  milliseconds: number;
}

export function showEmpty(): void {
  const text =
    "Click a country or a county on the map, or draw a polygon, to see what is in it.";
  render("empty", createElement("p", { class: "empty" }, text));
}

export function showLoading(zoneName: string): void {
  announce(`Computing statistics of ${zoneName}`);
  render(
    "loading",
    createElement("h3", { "data-testid": "zone-name" }, zoneName),
    createElement("p", { class: "loading" }, "Computing…"),
  );
}

export function showFailure(zoneName: string): void {
  render(
    "failed",
    createElement("h3", { "data-testid": "zone-name" }, zoneName),
    createElement("p", { class: "note" }, "No statistics: see the message on the map."),
  );
}

export function showResult({ zoneName, legend, answer, milliseconds }: Result): void {
  const [band = {}] = Object.values(answer.properties.statistics ?? {});
  announce(`Statistics of ${zoneName} are ready`);
  render(
    "result",
    createElement("h3", { "data-testid": "zone-name" }, zoneName),
    createElement(
      "p",
      { class: "note", "data-testid": "stats-time" },
      `Answered in ${formatDuration(milliseconds)}`,
    ),
    ...createNotes(answer),
    ...(band.reason ? [createReason(band.reason)] : createFigures(band, legend)),
  );
}

function createNotes({ zone }: StatisticsAnswer): HTMLElement[] {
  if (!zone?.repaired) return [];
  const text = `The zone was repaired before use: ${zone.repaired}`;
  return [
    createElement("p", { class: "notice", "data-testid": "zone-repaired" }, text),
  ];
}

function createReason(reason: string): HTMLElement {
  const text = REASONS[reason] ?? `No figures: ${reason}`;
  return createElement("p", { class: "empty", "data-testid": "stat-reason" }, text);
}

function createFigures(band: BandStatistics, legend: Legend): HTMLElement[] {
  if (legend.type === "classes") {
    const labelOf = (value: number) =>
      legend.entries.find((entry) => entry.value === value)?.label ?? String(value);
    return [
      createTiles([
        ["majority", "Most common", band.majority, labelOf],
        ["unique", "Classes", band.unique, formatNumber],
        ...createCoverage(band),
      ]),
      ...(band.categories ? [createClassBars(band.categories, legend)] : []),
    ];
  }
  const quantity = (value: number) => formatQuantity(value, legend.unit);
  return [
    createTiles([
      ["mean", "Mean", band.mean, quantity],
      ["median", "Median", band.median, quantity],
      ["std", "Std. deviation", band.std, quantity],
      ["min", "Minimum", band.min, quantity],
      ["max", "Maximum", band.max, quantity],
      ...createCoverage(band),
    ]),
    ...(band.histogram ? [createHistogram(band.histogram, legend, band.mean)] : []),
  ];
}

type Figure = [
  key: keyof BandStatistics,
  label: string,
  value: number | null | undefined,
  format: (value: number) => string,
];

function createCoverage(band: BandStatistics): Figure[] {
  return [
    ["count", "Pixels", band.count, formatNumber],
    ["valid_percent", "With data", band.valid_percent, formatPercent],
  ];
}

/** The figures that the band's type has; one without a value shows as a dash. */
function createTiles(figures: Figure[]): HTMLElement {
  const tiles = figures
    .filter(([, , value]) => value !== undefined)
    .map(([key, label, value = null, format]) =>
      createElement(
        "div",
        { class: "figure", "data-figure": key },
        createElement("dt", {}, label),
        createElement(
          "dd",
          { "data-testid": `stat-${key}`, "data-value": value ?? "" },
          value === null ? "–" : format(value),
        ),
      ),
    );
  return createElement("dl", { class: "figures" }, ...tiles);
}

function announce(text: string): void {
  findElement("status").textContent = text;
}

function render(state: string, ...children: HTMLElement[]): void {
  const panel = findElement("statistics");
  panel.dataset["state"] = state;
  panel.setAttribute("aria-busy", String(state === "loading"));
  findElement("statistics-body").replaceChildren(...children);
  // In the sheet of a narrow screen the result is below the fold.
  if (state === "result" && isNarrow()) panel.scrollIntoView({ block: "nearest" });
}
