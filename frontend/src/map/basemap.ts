// The map's style: sea and land, zones above the raster, labels on top. Land is drawn from
// the countries' outlines and text with the browser's fonts, so nothing is loaded from
// other origins.

import type {
  ExpressionSpecification,
  LayerSpecification,
  Map as MapLibreMap,
  StyleSpecification,
} from "maplibre-gl";
import { fillLayer, ZONE_SETS, type ZoneSet } from "./zone-sets";

interface Palette {
  sea: string;
  land: string;
  name: string;
  halo: string;
}

const LIGHT: Palette = {
  sea: "#d9e2e8",
  land: "#f4f2ed",
  name: "#1b2730",
  halo: "rgb(255 255 255 / 82%)",
};
const DARK: Palette = {
  sea: "#11181d",
  land: "#29333b",
  name: "#f2f6f8",
  halo: "rgb(14 20 25 / 80%)",
};
// Lines lie on the raster, which looks the same in both colour schemes.
const BORDER = "#1b2730";
const CASING = "#ffffff";

/** The raster is inserted below this layer. */
export const FIRST_OVERLAY = fillLayer(ZONE_SETS[0]!);
/** Shapes are inserted below this layer, and so below labels. */
export const FIRST_LABEL = `${ZONE_SETS[0]!.id}-label`;

const NOTHING = { type: "FeatureCollection", features: [] } as const;

export const darkScheme = matchMedia("(prefers-color-scheme: dark)");

export function buildStyle(): StyleSpecification {
  const palette = darkScheme.matches ? DARK : LIGHT;
  const sources = ZONE_SETS.flatMap(({ id }) => [
    // Ids are indices in the file, as MapLibre's feature state takes no string ids.
    [id, { type: "geojson", data: NOTHING, generateId: true }],
    [`${id}-names`, { type: "geojson", data: NOTHING }],
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
        paint: { "fill-color": palette.land, "fill-antialias": false },
      },
      ...ZONE_SETS.flatMap(buildZoneLayers),
      ...ZONE_SETS.map((set) => buildLabelLayer(set, palette)),
    ],
  };
}

/** Restyles the map when the user's colour scheme changes. */
export function followColorScheme(map: MapLibreMap): void {
  darkScheme.addEventListener("change", ({ matches }) => {
    const { sea, land, name, halo } = matches ? DARK : LIGHT;
    map.setPaintProperty("sea", "background-color", sea);
    map.setPaintProperty("land", "fill-color", land);
    for (const { id } of ZONE_SETS) {
      map.setPaintProperty(`${id}-label`, "text-color", name);
      map.setPaintProperty(`${id}-label`, "text-halo-color", halo);
    }
  });
}

function buildZoneLayers(set: ZoneSet): LayerSpecification[] {
  const shared = { source: set.id, minzoom: set.minzoom };
  return [
    {
      ...shared,
      id: fillLayer(set),
      type: "fill",
      paint: {
        "fill-color": CASING,
        "fill-opacity": whenHovered(0.16, 0),
        // The line layer draws the edge.
        "fill-antialias": false,
      },
    },
    {
      ...shared,
      id: `${set.id}-line`,
      type: "line",
      layout: { "line-join": "round" },
      paint: {
        "line-color": BORDER,
        "line-opacity": whenHovered(0.95, 0.5),
        "line-width": whenHovered(1.6, 0.7),
      },
    },
  ];
}

function buildLabelLayer(set: ZoneSet, { name, halo }: Palette): LayerSpecification {
  // Labels scale with the window, as all text does.
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return {
    id: `${set.id}-label`,
    type: "symbol",
    source: `${set.id}-names`,
    minzoom: Math.max(set.minzoom, 1.4),
    layout: {
      "text-field": ["get", "name"],
      "text-font": ["system-ui", "sans-serif"],
      "text-size": ["interpolate", ["linear"], ["zoom"], 2, 0.68 * rem, 6, 0.9 * rem],
      "text-max-width": 8,
      "text-padding": 6,
      // Of colliding labels, the larger zone's is shown.
      "symbol-sort-key": ["-", ["get", "size"]],
    },
    paint: {
      "text-color": name,
      "text-halo-color": halo,
      "text-halo-width": 1.5,
    },
  };
}

function whenHovered(then: number, otherwise: number): ExpressionSpecification {
  return ["case", ["boolean", ["feature-state", "hover"], false], then, otherwise];
}
