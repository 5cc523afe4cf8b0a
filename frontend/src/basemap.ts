// The map's style: land and sea, the raster's place between them and the zones. The
// land is the countries' own outlines, so nothing is loaded from elsewhere.

import type {
  LayerSpecification,
  Map as MapLibreMap,
  StyleSpecification,
} from "maplibre-gl";
import { fillLayer, ZONE_SETS, type ZoneSet } from "./zone-sets";

interface Palette {
  sea: string;
  land: string;
}

const LIGHT: Palette = { sea: "#dbe4ea", land: "#f4f2ed" };
const DARK: Palette = { sea: "#141b21", land: "#2c3740" };
// Lines lie on the raster, whose colours are the same in both schemes.
const BORDER = "#1b2730";
const SELECTION = "#0b1f33";
const CASING = "#ffffff";

/** The raster goes below this layer. */
export const FIRST_OVERLAY = fillLayer(ZONE_SETS[0]!);

const darkScheme = matchMedia("(prefers-color-scheme: dark)");

export function buildStyle(isDark = darkScheme.matches): StyleSpecification {
  const palette = isDark ? DARK : LIGHT;
  const sources = ZONE_SETS.map((set) => [
    set.id,
    {
      type: "geojson",
      data: { type: "FeatureCollection", features: [] },
      // Ids are positions in the file: MapLibre's feature state takes no string ids.
      generateId: true,
    },
  ]);
  return {
    version: 8,
    sources: Object.fromEntries(sources),
    layers: [
      { id: "sea", type: "background", paint: { "background-color": palette.sea } },
      {
        id: "land",
        type: "fill",
        source: "countries",
        paint: { "fill-color": palette.land },
      },
      ...ZONE_SETS.flatMap(buildZoneLayers),
    ],
  };
}

/** Repaints the map whenever the user's colour scheme changes. */
export function followColorScheme(map: MapLibreMap): void {
  darkScheme.addEventListener("change", ({ matches }) => {
    const { sea, land } = matches ? DARK : LIGHT;
    map.setPaintProperty("sea", "background-color", sea);
    map.setPaintProperty("land", "fill-color", land);
  });
}

function buildZoneLayers(set: ZoneSet): LayerSpecification[] {
  const shared = { source: set.id, minzoom: set.minzoom };
  return [
    {
      ...shared,
      id: fillLayer(set),
      type: "fill",
      paint: { "fill-color": CASING, "fill-opacity": whenState("hover", 0.18, 0) },
    },
    {
      ...shared,
      id: `${set.id}-line`,
      type: "line",
      paint: { "line-color": BORDER, "line-opacity": 0.55, "line-width": 0.8 },
    },
    buildSelectionLayer(set, "casing", CASING, 5),
    buildSelectionLayer(set, "outline", SELECTION, 2.2),
  ];
}

function buildSelectionLayer(
  set: ZoneSet,
  part: string,
  color: string,
  width: number,
): LayerSpecification {
  return {
    id: `${set.id}-${part}`,
    type: "line",
    source: set.id,
    layout: { "line-join": "round" },
    paint: {
      "line-color": color,
      "line-width": width,
      "line-opacity": whenState("selected", 1, 0),
    },
  };
}

function whenState(
  state: "hover" | "selected",
  then: number,
  otherwise: number,
): ["case", ["boolean", ["feature-state", string], false], number, number] {
  return ["case", ["boolean", ["feature-state", state], false], then, otherwise];
}
