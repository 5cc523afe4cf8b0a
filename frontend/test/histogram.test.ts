import assert from "node:assert/strict";
import test from "node:test";
import { fromPercentiles, histogramOf, statisticsQuery } from "../src/domain/histogram";

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
