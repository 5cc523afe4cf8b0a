import assert from "node:assert/strict";
import test from "node:test";
import { boxOf } from "../src/domain/geometry";
import { readZones, toGeoJson, zoneBounds } from "../src/domain/zones";

const BOX = boxOf([1, 2, 3, 4]);

test("a bare geometry is one zone", () => {
  const [zone] = readZones(JSON.stringify(BOX));

  assert.equal(zone?.name, "Zone 1");
  assert.deepEqual(zone?.geometry, BOX);
});

test("features keep their names, whatever they call them, and points are left out", () => {
  const features = [
    { type: "Feature", properties: { NAME: "Field" }, geometry: BOX },
    { type: "Feature", properties: null, id: 7, geometry: BOX },
    { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [1, 2] } },
    { type: "Feature", properties: {}, geometry: null },
  ];

  const zones = readZones(JSON.stringify({ type: "FeatureCollection", features }));

  assert.deepEqual(
    zones.map(({ name }) => name),
    ["Field", "7"],
  );
});

for (const [text, complaint] of [
  ["SELECT 1", /not JSON/],
  ["[1, 2]", /not GeoJSON/],
  ['{"type": "FeatureCollection"}', /no list of features/],
  ['{"type": "FeatureCollection", "features": []}', /no Polygon/],
  ['{"type": "Polygon"}', /no usable coordinates/],
  ['{"type": "Polygon", "coordinates": [[[1, "a"]]]}', /no usable coordinates/],
  ['{"type": "Polygon", "coordinates": [[[500000, 5e6]]]}', /longitude and latitude/],
] as const) {
  test(`${text} is told what is wrong with it`, () => {
    assert.throws(() => readZones(text), complaint);
  });
}

test("one zone is asked about as a Feature, several as a collection", () => {
  const zone = { name: "A", geometry: BOX };

  assert.equal(JSON.parse(toGeoJson([zone])).type, "Feature");
  assert.equal(JSON.parse(toGeoJson([zone, zone])).features.length, 2);
  assert.deepEqual(zoneBounds([zone]), [1, 2, 3, 4]);
});
