import assert from "node:assert/strict";
import test from "node:test";
import { boxOf } from "../src/domain/geometry";
import {
  type Column,
  formatCsv,
  makeRows,
  nextSort,
  sortRows,
  toCsv,
  toFeatureCollection,
} from "../src/domain/tables";

const zones = ["Ä", "Z", "M"].map((name) => ({ name, geometry: boxOf([0, 0, 1, 1]) }));

const rows = makeRows(
  zones,
  [3, null, 20].map((mean) => ({ properties: { statistics: { b1: { mean } } } })),
);

const MEAN: Column = { key: "mean", label: "Mean", read: ({ band }) => band.mean ?? null };
const NAME: Column = { key: "name", label: "Zone", read: ({ zone }) => zone.name };

const order = (sort: string) =>
  sortRows(rows, [NAME, MEAN], sort).map(({ zone }) => zone.name);

test("numbers sort by size, and what has none comes last either way", () => {
  assert.deepEqual(order("mean"), ["Ä", "M", "Z"]);
  assert.deepEqual(order("-mean"), ["M", "Ä", "Z"]);
});

test("names sort as people do", () => {
  assert.deepEqual(order("name"), ["Ä", "M", "Z"]);
  assert.deepEqual(order(""), ["Ä", "Z", "M"]);
});

test("a heading turns its order around at the second press", () => {
  assert.equal(nextSort("", "mean"), "-mean");
  assert.equal(nextSort("-mean", "mean"), "mean");
  assert.equal(nextSort("-mean", "name"), "name");
  assert.equal(nextSort("name", "name"), "-name");
});

test("fields with commas, quotes and lines are quoted", () => {
  assert.equal(
    formatCsv([["a,b", 'say "hi"', "two\nlines", 1.5, null]]),
    '"a,b","say ""hi""","two\nlines",1.5,\r\n',
  );
});

test("classes make a line each, with their share of the ground if it is known", () => {
  const categories = [
    { value: 2, name: "Forest", count: 6, fraction: 0.75, area_m2: 600, area_fraction: 0.7 },
    { value: 3, name: "Water", count: 2, fraction: 0.25, area_m2: 200 },
  ];
  const answers = [{ properties: { statistics: { b1: { categories } } } }];
  const legend = { type: "classes", title: "", entries: [] } as const;

  const csv = toCsv(makeRows(zones.slice(0, 1), answers), { ...legend, entries: [] });

  assert.deepEqual(csv.split("\r\n"), [
    "zone,value,class,share,area_m2,pixels",
    "Ä,2,Forest,0.7,600,6",
    "Ä,3,Water,0.25,200,2",
    "",
  ]);
});

test("the file of zones has outlines and figures", () => {
  const collection = JSON.parse(toFeatureCollection(rows));

  assert.equal(collection.features.length, 3);
  assert.equal(collection.features[2].properties.statistics.b1.mean, 20);
  assert.equal(collection.features[0].geometry.type, "Polygon");
});
