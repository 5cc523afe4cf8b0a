import assert from "node:assert/strict";
import test from "node:test";
import { boxOf } from "../src/domain/geometry";
import { EMPTY, fitsLink, formatLink, type Link, parseLink } from "../src/domain/link";

const FULL: Link = {
  mode: "extract",
  dataset: "land cover/2019",
  view: { zoom: 3.25, latitude: -12.5, longitude: -55.12345 },
  opacity: 0.4,
  shown: [2, 10],
  tool: "circle",
  zones: [
    { key: "countries/Côte d'Ivoire" },
    { name: "A * & zone", geometry: boxOf([1, 2, 3.5, 4.25]) },
  ],
  line: [
    [-119.6, 37.7],
    [-119.3, 37.9],
  ],
  picked: [12],
  interval: [-10.5, 3000],
  overlay: { layers: [{ dataset: "elevation", range: [0, 900], weight: 2 }] },
  sort: "-mean",
  drawer: "layer",
  folded: true,
};

test("a link gives back all that it was made of", () => {
  assert.deepEqual(parseLink(formatLink(FULL)), FULL);
});

test("a page as it opens needs no link", () => {
  assert.equal(formatLink(EMPTY), "#");
  assert.deepEqual(parseLink(""), EMPTY);
});

for (const hash of [
  "#mode=none&view=3/x/5&opacity=400&show=a,b&tool=pen&drawer=x",
  "#view=3/91/0&line=AB&zone=*AB*x&interval=1&overlay={}",
  "#view=&opacity=&zone=Brazil&overlay=[1]",
]) {
  test(`what is not valid in ${hash} is not there`, () => {
    assert.deepEqual(parseLink(hash), EMPTY);
  });
}

test("a zone of too many corners is left out", () => {
  const ring = Array.from({ length: 3000 }, (_, index) => [
    Math.cos(index) * 90,
    Math.sin(index) * 45,
  ]);
  const zone = {
    name: "Star",
    geometry: { type: "Polygon", coordinates: [[...ring, ring[0] ?? []]] },
  } as const;

  assert.equal(fitsLink({ ...zone, geometry: boxOf([0, 0, 1, 1]) }), true);
  assert.equal(fitsLink(zone as never), false);
});
