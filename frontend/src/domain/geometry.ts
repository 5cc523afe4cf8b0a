// Geometry in longitude and latitude, on a map that repeats the world.

import type { MultiPolygon, Polygon, Position } from "geojson";
import type { Bounds } from "../service/contract";

export type Area = Polygon | MultiPolygon;

// Degrees: the latitude where Web Mercator ends.
const MERCATOR_LIMIT = 85.0511;

/** `bounds` clipped to what a Web Mercator map can show. */
export function clampToMercator([west, south, east, north]: Bounds): Bounds {
  return [
    west,
    Math.max(south, -MERCATOR_LIMIT),
    east,
    Math.min(north, MERCATOR_LIMIT),
  ];
}

/**
 * The narrowest bounds of positions; those over the antimeridian go past 180° instead
 * of around the world.
 */
export function boundsOf(positions: Position[]): Bounds {
  const straight = spanOf(positions, (longitude) => longitude);
  const shifted = spanOf(positions, (x) => (x < 0 ? x + 360 : x));
  return shifted[2] - shifted[0] < straight[2] - straight[0] ? shifted : straight;
}

/** Positions drawn on any copy of the world, the westernmost in [-180, 180). */
export function unwind(rings: Position[][]): Position[][] {
  const west = Math.min(...rings.flat().map(([x = 0]) => x));
  const shift = -360 * Math.floor((west + 180) / 360);
  if (shift === 0) return rings;
  return rings.map((ring) => ring.map(([x = 0, y = 0]) => [x + shift, y]));
}

/** A line without positions that repeat the one before. */
export function dropRepeats(line: Position[]): Position[] {
  return line.filter(([x, y], index) => {
    const before = line[index - 1];
    return before === undefined || before[0] !== x || before[1] !== y;
  });
}

export function listPositions(geometry: Area): Position[] {
  return geometry.type === "Polygon"
    ? geometry.coordinates.flat()
    : geometry.coordinates.flat(2);
}

/** Bounds as a polygon, counterclockwise. */
export function boxOf([west, south, east, north]: Bounds): Polygon {
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: "Polygon", coordinates: [ring] };
}

/**
 * A position for the label of an area: inside its largest part, in the middle of the widest
 * stretch at half the part's height. `size` is that part's area in square degrees.
 */
export function labelPlace(geometry: Area): { place: Position; size: number } {
  const parts =
    geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const sized = parts.map((rings) => ({ rings, size: sizeOf(rings[0] ?? []) }));
  const largest = sized.reduce((one, other) => (other.size > one.size ? other : one));
  return { place: middleOf(largest.rings), size: largest.size };
}

/** The area within a ring in square degrees, by the shoelace formula. */
function sizeOf(ring: Position[]): number {
  let twice = 0;
  for (const [index, [x = 0, y = 0]] of ring.entries()) {
    const [nextX = 0, nextY = 0] = ring[(index + 1) % ring.length] ?? [];
    twice += x * nextY - nextX * y;
  }
  return Math.abs(twice) / 2;
}

function middleOf(rings: Position[][]): Position {
  const [, south, , north] = spanOf(rings[0] ?? [], (x) => x);
  const height = (south + north) / 2;
  const crossings = rings
    .flatMap((ring) => crossingsOf(ring, height))
    .sort((one, other) => one - other);
  let widest: [number, number] = [crossings[0] ?? 0, crossings[0] ?? 0];
  // The first and second crossing enclose a stretch inside, and so on.
  for (let index = 0; index + 1 < crossings.length; index += 2) {
    const [from = 0, to = 0] = crossings.slice(index);
    if (to - from > widest[1] - widest[0]) widest = [from, to];
  }
  return [(widest[0] + widest[1]) / 2, height];
}

/** The longitudes at which a ring crosses a parallel. */
function crossingsOf(ring: Position[], height: number): number[] {
  const found: number[] = [];
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const [x = 0, y = 0] = ring[index] ?? [];
    const [nextX = 0, nextY = 0] = ring[index + 1] ?? [];
    // Half open, so that a vertex on the parallel counts once.
    if (y > height === nextY > height) continue;
    found.push(x + ((height - y) / (nextY - y)) * (nextX - x));
  }
  return found;
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
