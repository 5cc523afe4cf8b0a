import assert from "node:assert/strict";
import test from "node:test";
import { climbOf, extremesOf, nearest, runsOf } from "../src/domain/profile";

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
