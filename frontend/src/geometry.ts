// Longitudes and bounds of zones on a map that repeats the world.

import type { MultiPolygon, Polygon, Position } from "geojson";

export type Bounds = [west: number, south: number, east: number, north: number];

// Web Mercator ends here; beyond it a camera has nowhere to look.
const MERCATOR_LIMIT = 85.0511;

/** `bounds` cut to what a Web Mercator map can show. */
export function clampToMercator([west, south, east, north]: Bounds): Bounds {
  return [
    west,
    Math.max(south, -MERCATOR_LIMIT),
    east,
    Math.min(north, MERCATOR_LIMIT),
  ];
}

/**
 * The narrowest bounds of a zone; those of a zone over the antimeridian go past 180°
 * instead of around the world.
 */
export function boundsOf(geometry: Polygon | MultiPolygon): Bounds {
  const positions = listPositions(geometry);
  const straight = spanOf(positions, (longitude) => longitude);
  const shifted = spanOf(positions, (x) => (x < 0 ? x + 360 : x));
  return shifted[2] - shifted[0] < straight[2] - straight[0] ? shifted : straight;
}

/** A polygon drawn on any copy of the world, with its west edge in [-180, 180). */
export function unwindPolygon(polygon: Polygon): Polygon {
  const west = Math.min(...listPositions(polygon).map(([x = 0]) => x));
  const shift = -360 * Math.floor((west + 180) / 360);
  if (shift === 0) return polygon;
  const coordinates = polygon.coordinates.map((ring) =>
    ring.map(([x = 0, y = 0]) => [x + shift, y]),
  );
  return { type: "Polygon", coordinates };
}

function listPositions(geometry: Polygon | MultiPolygon): Position[] {
  return geometry.type === "Polygon"
    ? geometry.coordinates.flat()
    : geometry.coordinates.flat(2);
}

function spanOf(positions: Position[], place: (longitude: number) => number): Bounds {
  const bounds: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x = 0, y = 0] of positions) {
    bounds[0] = Math.min(bounds[0], place(x));
    bounds[1] = Math.min(bounds[1], y);
    bounds[2] = Math.max(bounds[2], place(x));
    bounds[3] = Math.max(bounds[3], y);
  }
  return bounds;
}
