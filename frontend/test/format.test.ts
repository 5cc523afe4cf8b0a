import assert from "node:assert/strict";
import test from "node:test";
import * as format from "../src/format";

for (const [value, text] of [
  [0, "0"],
  [0.012345, "0.01235"],
  [395.562, "395.6"],
  [2869.99, "2,870"],
  [-1234567.8, "-1,234,568"],
] as const) {
  test(`${value} reads ${text}`, () => {
    assert.equal(format.formatNumber(value), text);
  });
}

test("a known unit is abbreviated, an unknown one kept, none left out", () => {
  assert.equal(format.formatQuantity(5, "metre"), "5 m");
  assert.equal(format.formatQuantity(5, "furlong"), "5 furlong");
  assert.equal(format.formatQuantity(5, null), "5");
});

test("a share that is there never reads as zero", () => {
  assert.equal(format.formatPercent(0.0004), "< 0.1 %");
  assert.equal(format.formatPercent(0), "0 %");
  assert.equal(format.formatPercent(41.73), "41.7 %");
});

test("the hemisphere is a letter", () => {
  assert.equal(format.formatPosition(-55.35, -9.851), "9.851° S, 55.350° W");
});
