// Tables of statistics: rows, sorting, and export as CSV and GeoJSON.

import type { BandStatistics, Category, Legend, ZoneStatistics } from "../service/contract";
import type { Zone } from "./zones";

export interface Row {
  zone: Zone;
  answer: ZoneStatistics;
  /** Statistics of the first band; empty if the zone has an error. */
  band: BandStatistics;
}

/** A column of a table of zones, sorted alphabetically or numerically. */
export interface Column {
  key: string;
  label: string;
  read(row: Row): string | number | null;
}

export function makeRows(zones: Zone[], answers: ZoneStatistics[]): Row[] {
  return zones.flatMap((zone, index) => {
    const answer = answers[index];
    if (!answer) return [];
    const [band = {}] = Object.values(answer.properties.statistics ?? {});
    return [{ zone, answer, band }];
  });
}

/** The rows sorted by a column, with "-" before its key for descending order. */
export function sortRows(rows: Row[], columns: Column[], sort: string): Row[] {
  const isDescending = sort.startsWith("-");
  const column = columns.find(({ key }) => key === sort.replace(/^-/, ""));
  if (!column) return rows;
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [left, right] = [column.read(one), column.read(other)];
    // Rows without a value come last in both orders.
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * compare(left, right);
  });
}

function compare(left: string | number, right: string | number): number {
  return typeof left === "number" && typeof right === "number"
    ? left - right
    : String(left).localeCompare(String(right));
}

/** The sort order after a press on a column's heading. */
export function nextSort(sort: string, key: string): string {
  // Numbers start in descending order, names in ascending order.
  if (sort === `-${key}`) return key;
  if (sort === key) return `-${key}`;
  return key === "name" ? key : `-${key}`;
}

const FIGURES = [
  "count",
  "mean",
  "median",
  "std",
  "min",
  "max",
  "percentile_5",
  "percentile_95",
  "area_m2",
  "covered_percent",
] as const;

/** The fraction of the ground area if known, as pixels of a grid in degrees differ in size. */
export function shareOf({ area_fraction, fraction }: Category): number {
  return area_fraction ?? fraction;
}

/** One line per zone and class, or per zone for a quantity. */
export function toCsv(rows: Row[], legend: Legend): string {
  const lines =
    legend.type === "classes"
      ? [
          ["zone", "value", "class", "share", "area_m2", "pixels"],
          ...rows.flatMap(({ zone, band }) =>
            (band.categories ?? []).map((category) => [
              zone.name,
              category.value,
              category.name,
              shareOf(category),
              category.area_m2,
              category.count,
            ]),
          ),
        ]
      : [
          ["zone", ...FIGURES],
          ...rows.map(({ zone, band }) => [
            zone.name,
            ...FIGURES.map((figure) => band[figure]),
          ]),
        ];
  return formatCsv(lines);
}

/** CSV as in RFC 4180, with quotes only where needed. */
export function formatCsv(lines: (string | number | null | undefined)[][]): string {
  const field = (value: string | number | null | undefined) => {
    const text = String(value ?? "");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");
}

/** The zones with their statistics as properties. */
export function toFeatureCollection(rows: Row[]): string {
  const features = rows.map(({ zone, answer }) => ({
    type: "Feature",
    properties: {
      ...zone.properties,
      name: zone.name,
      statistics: answer.properties.statistics,
    },
    geometry: zone.geometry,
  }));
  return JSON.stringify({ type: "FeatureCollection", features });
}
