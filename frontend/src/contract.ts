// What the service's answers hold, as far as the page reads them (see docs/http.md).

import type { Feature, MultiPolygon, Polygon } from "geojson";

export interface Item {
  id: string;
  properties: { title?: string; description?: string };
}

export interface TileJson {
  minzoom: number;
  maxzoom: number;
  /** West, south, east, north in degrees. */
  bounds: [number, number, number, number];
  tileSize?: number;
  attribution?: string | null;
}

export interface ClassLegend {
  type: "classes";
  title: string;
  entries: LegendEntry[];
}

export interface LegendEntry {
  value: number;
  label: string;
  color: string;
}

export interface ContinuousLegend {
  type: "continuous";
  title: string;
  unit: string | null;
  min: number;
  max: number;
  /** Evenly spaced from min to max. */
  colors: string[];
}

export type Legend = ClassLegend | ContinuousLegend;

export interface PointValue {
  band: string;
  name: string | null;
  value: number | null;
  label?: string | null;
  unit: string | null;
  reason: string | null;
}

export interface PointAnswer {
  coordinates: [number, number];
  values: PointValue[];
}

export interface Category {
  value: number;
  name: string | null;
  count: number;
  /** Share of the band's `count`, 0 to 1. */
  fraction: number;
}

/** The figures of one band; which of them exist depends on the band's type. */
export interface BandStatistics {
  count?: number | null;
  min?: number | null;
  max?: number | null;
  mean?: number | null;
  std?: number | null;
  median?: number | null;
  majority?: number | null;
  unique?: number | null;
  valid_percent?: number | null;
  /** Weights, and one edge more than weights. */
  histogram?: [number[], number[]] | null;
  categories?: Category[] | null;
  reason?: string | null;
}

export interface StatisticsAnswer {
  properties: { statistics: Record<string, BandStatistics> | null };
  /** What had to be done to use the zone. */
  zone?: { repaired?: string };
}

/** What can be asked statistics of. */
export type ZoneFeature = Feature<Polygon | MultiPolygon>;
