// Shapes on the map: chosen zones, outlines of classes, the line of a profile.

import { effect } from "@preact/signals";
import type { Feature, Geometry, Position } from "geojson";
import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap } from "maplibre-gl";
import { colorOf } from "../domain/colors";
import type { ClassLegend, Outline } from "../service/contract";
import * as questions from "../state/questions";
import { valueOf } from "../state/resource";
import * as store from "../state/store";
import { FIRST_LABEL } from "./basemap";
import { probe } from "./probe";

const INK = "#0b1f33";
const CASING = "#ffffff";
/** Colour of the second of two zones, the same as in charts. */
const SECOND = "#b3261e";

const LAYERS: LayerSpecification[] = [
  {
    id: "outline-fill",
    type: "fill",
    source: "outlines",
    paint: { "fill-color": ["get", "color"], "fill-opacity": 0.85 },
  },
  {
    id: "outline-line",
    type: "line",
    source: "outlines",
    paint: { "line-color": INK, "line-width": 1 },
  },
  stroke("zone-casing", "zones", CASING, 5),
  stroke("zone-line", "zones", INK, 2.2),
  stroke("line-casing", "line", CASING, 6),
  stroke("line-line", "line", INK, 2.6),
  {
    id: "probe",
    type: "circle",
    source: "probe",
    paint: {
      "circle-radius": 6,
      "circle-color": SECOND,
      "circle-stroke-color": CASING,
      "circle-stroke-width": 2.5,
    },
  },
];

/** Adds sources and layers to the map, and keeps them in step with the store. */
export function bindShapes(map: MapLibreMap): void {
  for (const id of ["outlines", "zones", "line", "probe"]) {
    map.addSource(id, {
      type: "geojson",
      data: { type: "FeatureCollection", features: [] },
    });
  }
  for (const layer of LAYERS) map.addLayer(layer, FIRST_LABEL);
  // Two zones have different colours; more have the same.
  map.setPaintProperty("zone-line", "line-color", ["get", "color"]);

  const set = (id: string, features: Feature[]) =>
    map.getSource<GeoJSONSource>(id)?.setData({ type: "FeatureCollection", features });

  effect(() => {
    const isUsed = store.mode.value !== "profile";
    const zones = isUsed ? store.zones.value : [];
    const isPair = zones.length === 2;
    const color = (index: number) => (isPair && index === 1 ? SECOND : INK);
    set(
      "zones",
      zones.map(({ geometry }, index) => toFeature(geometry, { color: color(index) })),
    );
  });
  effect(() => {
    const isUsed = store.mode.value === "profile";
    set("line", isUsed ? toLine(store.line.value) : []);
  });
  effect(() => {
    const place = store.mode.value === "profile" ? probe.value?.place : undefined;
    set("probe", place ? [toFeature({ type: "Point", coordinates: place }, {})] : []);
  });
  effect(() => {
    const isUsed = store.mode.value === "extract";
    const found = isUsed ? valueOf(questions.outlines.value)?.features : undefined;
    set("outlines", (found ?? []).flatMap(toOutline(questions.classes.value)));
  });
}

function stroke(
  id: string,
  source: string,
  color: string,
  width: number,
): LayerSpecification {
  return {
    id,
    type: "line",
    source,
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": color, "line-width": width },
  };
}

function toFeature(geometry: Geometry, properties: Record<string, string>): Feature {
  return { type: "Feature", properties, geometry };
}

function toLine(line: Position[]): Feature[] {
  if (line.length < 2) return [];
  return [toFeature({ type: "LineString", coordinates: line }, {})];
}

const toOutline =
  (legend: ClassLegend | undefined) =>
  ({ geometry, properties }: Outline): Feature[] => {
    if (!geometry) return [];
    const color = legend ? colorOf(legend, properties.value) : SECOND;
    return [toFeature(geometry, { color })];
  };
