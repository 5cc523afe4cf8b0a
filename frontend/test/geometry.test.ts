import assert from "node:assert/strict";
import test from "node:test";
import type { Polygon, Position } from "geojson";
import {
  boundsOf,
  boxOf,
  clampToMercator,
  dropRepeats,
  labelPlace,
  listPositions,
  unwind,
} from "../src/domain/geometry";

function createRing(west: number, east: number, south = 0, north = 5): Position[] {
  return boxOf([west, south, east, north]).coordinates[0] ?? [];
}

test("a zone split at the antimeridian has narrow bounds", () => {
  const positions = [...createRing(177, 180), ...createRing(-180, -178)];

  assert.deepEqual(boundsOf(positions), [177, 0, 182, 5]);
});

test("a zone over Greenwich keeps its bounds", () => {
  assert.deepEqual(boundsOf(createRing(-10, 10)), [-10, 0, 10, 5]);
});

for (const turns of [-3, -1, 0, 1, 2]) {
  test(`a polygon drawn ${turns} worlds away comes home`, () => {
    const drawn = createRing(170 + 360 * turns, 190 + 360 * turns);

    assert.deepEqual(unwind([drawn]), [createRing(170, 190)]);
  });
}

test("a corner that repeats the one before is not one", () => {
  const line = [[1, 2], [1, 2], [3, 2], [1, 2], [1, 2]];

  assert.deepEqual(dropRepeats(line), [[1, 2], [3, 2], [1, 2]]);
  assert.deepEqual(dropRepeats([]), []);
});

test("the poles are cut to where the map ends", () => {
  const [, south, , north] = clampToMercator([-180, -90, 180, 90]);

  assert.ok(south > -86 && north < 86);
});

test("a name stands in the larger part of a zone", () => {
  const parts = [[createRing(0, 1, 0, 1)], [createRing(10, 20, 0, 10)]];

  const { place, size } = labelPlace({ type: "MultiPolygon", coordinates: parts });

  assert.deepEqual(place, [15, 5]);
  assert.equal(size, 100);
});

test("a name stands beside a hole, not in it", () => {
  const coordinates = [createRing(0, 30, 0, 10), createRing(2, 20, 2, 8)];

  const { place } = labelPlace({ type: "Polygon", coordinates });

  assert.deepEqual(place, [25, 5]);
});

test("a horseshoe is named in one of its arms", () => {
  const ring = [
    [0, 0],
    [10, 0],
    [10, 10],
    [8, 10],
    [8, 2],
    [3, 2],
    [3, 10],
    [0, 10],
    [0, 0],
  ];
  const area: Polygon = { type: "Polygon", coordinates: [ring] };

  assert.deepEqual(labelPlace(area).place, [1.5, 5]);
  assert.equal(listPositions(area).length, 9);
});
