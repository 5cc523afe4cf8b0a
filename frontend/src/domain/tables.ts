// Tables of statistics: rows of zones, their order, and the files one may keep.

import type { BandStatistics, Category, Legend, ZoneStatistics } from "../service/contract";
import type { Zone } from "./zones";

export interface Row {
  zone: Zone;
  answer: ZoneStatistics;
  /** Of the first band; empty where the zone has an error. */
  band: BandStatistics;
}

/** A column of a table of zones: text sorts by the alphabet, numbers by size. */
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

/** The rows in the order of a column, "-" before its key for descending. */
export function sortRows(rows: Row[], columns: Column[], sort: string): Row[] {
  const isDescending = sort.startsWith("-");
  const column = columns.find(({ key }) => key === sort.replace(/^-/, ""));
  if (!column) return rows;
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [left, right] = [column.read(one), column.read(other)];
    // What has no value comes last either way.
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * compare(left, right);
  });
}

function compare(left: string | number, right: string | number): number {
  return typeof left === "number" && typeof right === "number"
    ? left - right
    : String(left).localeCompare(String(right));
}

/** The sort that a press on a column's heading asks for. */
export function nextSort(sort: string, key: string): string {
  // Numbers are most often wanted from the greatest down, names from A.
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

/** Of the ground where that is known: on a grid in degrees, pixels differ in size. */
export function shareOf({ area_fraction, fraction }: Category): number {
  return area_fraction ?? fraction;
}

/** A line for each class of each zone, or of quantities for each zone. */
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

/** RFC 4180: quotes where they are needed, and CRLF. */
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
