// The parts of the service's responses that the page reads (see docs/http.md).

import type { Feature, MultiPolygon, Polygon, Position } from "geojson";

export type Bounds = [west: number, south: number, east: number, north: number];

/** One dataset of the catalogue. */
export interface Item {
  id: string;
  bbox?: Bounds;
  properties: {
    title?: string;
    description?: string;
    renders?: Record<string, { colormap_name?: string }>;
    "rasterlet:overlay"?: Overlay;
  };
  assets: Record<string, { bands?: ItemBand[] }>;
  links?: { rel: string; href: string }[];
}

export interface ItemBand {
  name?: string;
  data_type?: string;
  unit?: string;
  statistics?: { minimum?: number; maximum?: number };
  "classification:classes"?: { value: number; title?: string; name?: string }[];
}

/** A weighted overlay definition; missing members have the service's defaults. */
export interface Overlay {
  layers: OverlayLayer[];
  missing?: "mask" | "skip";
}

export interface OverlayLayer {
  dataset: string;
  bidx?: number | string;
  expression?: string;
  weight?: number;
  scores?: Record<string, number>;
  default?: number | null;
  range?: [number, number];
  invert?: boolean;
}

export interface TileJson {
  minzoom: number;
  maxzoom: number;
  bounds: Bounds;
  tileSize?: number;
  attribution?: string | null;
}

export interface ClassLegend {
  type: "classes";
  title: string;
  entries: LegendEntry[];
}

interface LegendEntry {
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

/** Legends of intervals and of RGB composites; the page shows their title only. */
interface OtherLegend {
  type: "intervals" | "composite";
  title: string;
}

export type Legend = ClassLegend | ContinuousLegend | OtherLegend;

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
  /** Value and score of each layer, for an overlay. */
  layers?: (PointValue & { dataset: string; score: number | null; weight: number })[];
}

export interface Category {
  value: number;
  name: string | null;
  count: number;
  /** Fraction of the band's `count`, 0 to 1. */
  fraction: number;
  area_m2?: number;
  /** Fraction of the zone's ground area; null for pixels that are not on Earth. */
  area_fraction?: number | null;
}

/** The statistics of one band; which of them exist depends on the band's type. */
export interface BandStatistics {
  count?: number | null;
  min?: number | null;
  max?: number | null;
  mean?: number | null;
  std?: number | null;
  median?: number | null;
  majority?: number | null;
  unique?: number | null;
  area_m2?: number | null;
  valid_percent?: number | null;
  covered_percent?: number | null;
  /** Weights and bin edges; there is one edge more than weights. */
  histogram?: [number[], number[]] | null;
  categories?: Category[] | null;
  partial?: boolean;
  reason?: string | null;
  [percentile: `percentile_${string}`]: number | null;
}

/** The statistics of one zone. */
export interface ZoneStatistics {
  properties: { statistics: Record<string, BandStatistics> | null };
  /** How the zone was changed before use, or what may be unintended in it. */
  zone?: { repaired?: string; note?: string };
  error?: { status: number; detail: string };
}

export type StatisticsAnswer = ZoneStatistics | { features: ZoneStatistics[] };

/** The outline of the pixels of one class. */
export type Outline = Feature<
  MultiPolygon | Polygon | null,
  { value: number; name: string | null; count: number }
>;

export interface FeaturesAnswer {
  features: Outline[];
  zone?: { repaired?: string; note?: string };
}

export interface ProfileAnswer {
  length_m: number;
  distance_m: number[];
  coordinates: Position[];
  bands: {
    name: string | null;
    unit: string | null;
    values: (number | null)[];
    labels: (string | null)[] | null;
    reasons: (string | null)[];
  }[];
}
