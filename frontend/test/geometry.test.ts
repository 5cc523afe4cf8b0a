import assert from "node:assert/strict";
import test from "node:test";
import type { Polygon } from "geojson";
import { boundsOf, clampToMercator, unwindPolygon } from "../src/geometry";

function createBox(west: number, east: number): Polygon {
  const ring = [
    [west, 0],
    [east, 0],
    [east, 5],
    [west, 5],
    [west, 0],
  ];
  return { type: "Polygon", coordinates: [ring] };
}

test("a zone split at the antimeridian has narrow bounds", () => {
  const east = createBox(177, 180).coordinates;
  const west = createBox(-180, -178).coordinates;

  const bounds = boundsOf({ type: "MultiPolygon", coordinates: [east, west] });

  assert.deepEqual(bounds, [177, 0, 182, 5]);
});

test("a zone over Greenwich keeps its bounds", () => {
  assert.deepEqual(boundsOf(createBox(-10, 10)), [-10, 0, 10, 5]);
});

for (const turns of [-3, -1, 0, 1, 2]) {
  test(`a polygon drawn ${turns} worlds away comes home`, () => {
    const drawn = createBox(170 + 360 * turns, 190 + 360 * turns);

    assert.deepEqual(unwindPolygon(drawn), createBox(170, 190));
  });
}

test("the poles are cut to where the map ends", () => {
  const [, south, , north] = clampToMercator([-180, -90, 180, 90]);

  assert.ok(south > -86 && north < 86);
});
