// Zones: from the map, drawn, or read from GeoJSON.

import type { Feature, GeoJsonProperties, Geometry } from "geojson";
import { type Area, boundsOf, listPositions } from "./geometry";

export interface Zone {
  name: string;
  geometry: Area;
  /** Key of one of the page's own zones, such as "countries/Brazil". */
  key?: string;
  properties?: NonNullable<GeoJsonProperties>;
}

// The service's limit for one body.
const MOST = 10_000;

/** Whether two zones are the same: by key, else by identity. */
export function isSame(one: Zone, other: Zone): boolean {
  return one.key === undefined ? one === other : one.key === other.key;
}

export function zoneBounds(zones: Zone[]) {
  return boundsOf(zones.flatMap(({ geometry }) => listPositions(geometry)));
}

/** The body of a request: a Feature for one zone, a FeatureCollection for several. */
export function toGeoJson(zones: Zone[]): string {
  const features = zones.map(({ name, geometry, properties }) => ({
    type: "Feature",
    properties: { ...properties, name },
    geometry,
  }));
  return JSON.stringify(
    features.length === 1 ? features[0] : { type: "FeatureCollection", features },
  );
}

/**
 * The zones in a text of GeoJSON: a geometry, a Feature or a FeatureCollection. Throws
 * an Error that says what is wrong with it.
 */
export function readZones(text: string): Zone[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new Error("This is not JSON. GeoJSON begins with { and ends with }.");
  }
  const features = listFeatures(document);
  const zones = features.flatMap((feature, index) => toZone(feature, index));
  if (zones.length === 0) {
    throw new Error("There is no Polygon or MultiPolygon in this GeoJSON.");
  }
  if (zones.length > MOST) {
    throw new Error(`There are ${zones.length} zones; the service takes ${MOST}.`);
  }
  return zones;
}

function listFeatures(document: unknown): Feature<Geometry | null>[] {
  if (typeof document !== "object" || document === null || !("type" in document)) {
    throw new Error("This is JSON but not GeoJSON: it has no member 'type'.");
  }
  if (document.type === "FeatureCollection") {
    const { features } = document as { features?: unknown };
    if (Array.isArray(features)) return features as Feature<Geometry | null>[];
    throw new Error("This FeatureCollection has no list of features.");
  }
  if (document.type === "Feature") return [document as Feature<Geometry | null>];
  const geometry = document as Geometry;
  return [{ type: "Feature", properties: {}, geometry }];
}

/** The zone of a Feature; an empty list for points and lines. */
function toZone({ geometry, properties, id }: Feature<Geometry | null>, index: number): Zone[] {
  if (geometry?.type !== "Polygon" && geometry?.type !== "MultiPolygon") return [];
  const positions = Array.isArray(geometry.coordinates) ? listPositions(geometry) : [];
  const isPlaced = positions.every(
    (position) => Array.isArray(position) && position.slice(0, 2).every(Number.isFinite),
  );
  if (positions.length === 0 || !isPlaced) {
    throw new Error(`Feature ${index + 1} has no usable coordinates.`);
  }
  const isMetric = positions.some(
    ([x = 0, y = 0]) => Math.abs(x) > 540 || Math.abs(y) > 90,
  );
  if (isMetric) {
    throw new Error(
      `Feature ${index + 1} is not in longitude and latitude. Save it as RFC 7946 GeoJSON.`,
    );
  }
  const name = nameOf(properties, id) ?? `Zone ${index + 1}`;
  return [{ name, geometry, ...(properties && { properties }) }];
}

/** A Feature's name: its property "name" or "title" in any case, else its id. */
function nameOf(properties: GeoJsonProperties, id: unknown): string | undefined {
  const key = Object.keys(properties ?? {}).find((key) => /^(name|title)$/i.test(key));
  const name: unknown = key === undefined ? id : properties?.[key];
  return typeof name === "string" || typeof name === "number" ? String(name) : undefined;
}
