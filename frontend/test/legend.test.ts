import assert from "node:assert/strict";
import test from "node:test";
import type { ContinuousLegend } from "../src/contract";
import { sliceColors } from "../src/legend";

const LEGEND: ContinuousLegend = {
  type: "continuous",
  title: "",
  unit: null,
  min: 0,
  max: 40,
  colors: ["a", "b", "c", "d", "e"],
};

test("a slice has the colours between its ends", () => {
  assert.deepEqual(sliceColors(LEGEND, 10, 30), ["b", "c", "d"]);
});

test("values past the legend have its first and last colour", () => {
  assert.deepEqual(sliceColors(LEGEND, -99, 99), LEGEND.colors);
});

test("a single value still makes a gradient", () => {
  assert.deepEqual(sliceColors(LEGEND, 20, 20), ["c", "c"]);
});
