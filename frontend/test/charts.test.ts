import assert from "node:assert/strict";
import test from "node:test";
import { filterColormap, shareOf, sliceColors } from "../src/domain/colors";
import { fromPercentiles, histogramOf, statisticsQuery } from "../src/domain/histogram";
import { climbOf, extremesOf, nearest, runsOf } from "../src/domain/profile";

const LEGEND = {
  type: "continuous",
  title: "",
  unit: null,
  min: 0,
  max: 10,
  colors: ["#0", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8", "#9", "#10"],
} as const;

test("a part of a legend has the colours of that part", () => {
  const legend = { ...LEGEND, colors: [...LEGEND.colors] };

  assert.deepEqual(sliceColors(legend, 2, 4), ["#2", "#3", "#4"]);
  assert.deepEqual(sliceColors(legend, 20, 30), ["#10", "#10"]);
  assert.equal(shareOf(legend, 2.5), 0.25);
});

test("the classes chosen are all that is drawn", () => {
  const entries = [
    { value: 1, label: "One", color: "#010101" },
    { value: 2, label: "Two", color: "#020202" },
  ];

  assert.equal(
    filterColormap({ type: "classes", title: "", entries }, [2]),
    '{"2":"#020202"}',
  );
});

test("evenly spread percentiles make an even histogram", () => {
  const rungs = Array.from({ length: 41 }, (_, index) => index * 5);

  const { weights, edges } = fromPercentiles(rungs, 320);

  assert.equal(weights.length, 32);
  assert.deepEqual([edges[0], edges.at(-1)], [0, 200]);
  for (const weight of weights) assert.ok(Math.abs(weight - 10) < 1e-9);
});

test("a histogram holds all pixels, also where many share a value", () => {
  const rungs = [...Array.from({ length: 20 }, () => 0), ...Array.from({ length: 21 }, () => 1)];

  const { weights } = fromPercentiles(rungs, 100);

  const total = weights.reduce((sum, weight) => sum + weight, 0);
  assert.ok(Math.abs(total - 100) < 1e-9);
  assert.ok(weights.every((weight) => weight >= 0));
});

test("a single value is a histogram of one bin", () => {
  const { weights } = fromPercentiles(Array.from({ length: 41 }, () => 3), 7);

  assert.equal(weights.at(-1), 7);
});

test("the service's own histogram is preferred", () => {
  assert.deepEqual(histogramOf({ histogram: [[1], [0, 1]] }), { weights: [1], edges: [0, 1] });
  assert.equal(histogramOf({ mean: 1 }), undefined);
});

test("floats are asked for percentiles, never for a histogram", () => {
  const names = new Set(statisticsQuery(false).map(([name]) => name));

  assert.deepEqual([...names], ["stats", "p"]);
});

test("a climb counts up and down apart, over gaps", () => {
  assert.deepEqual(climbOf([10, 15, null, 12, 20]), { up: 13, down: 3 });
  assert.deepEqual(climbOf([null]), { up: 0, down: 0 });
});

test("extremes leave gaps out", () => {
  assert.deepEqual(extremesOf([null, 3, -1]), { min: -1, max: 3 });
  assert.equal(extremesOf([null]), undefined);
});

test("equal neighbours make a run", () => {
  assert.deepEqual(runsOf([1, 1, null, 2]), [
    { value: 1, from: 0, to: 1 },
    { value: null, from: 2, to: 2 },
    { value: 2, from: 3, to: 3 },
  ]);
});

test("the nearest of ascending distances is found", () => {
  const distances = [0, 10, 20, 30];
  for (const [distance, index] of [
    [-5, 0],
    [4, 0],
    [6, 1],
    [24, 2],
    [99, 3],
  ] as const) {
    assert.equal(nearest(distances, distance), index);
  }
});
