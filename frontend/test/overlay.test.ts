import assert from "node:assert/strict";
import test from "node:test";
import {
  changeLayer,
  effective,
  firstOverlay,
  outlineOf,
  readOverlay,
  removeLayer,
  shareOfWeight,
} from "../src/domain/overlay";
import type { Item, Overlay } from "../src/service/contract";

const OVERLAY: Overlay = {
  layers: [
    { dataset: "elevation", range: [0, 900], weight: 3, expression: "b1 * 2" },
    { dataset: "landcover", scores: { 10: 1 } },
  ],
  missing: "skip",
};

const HEIGHTS: Item = {
  id: "heights",
  properties: {},
  assets: { data: { bands: [{ statistics: { minimum: 5, maximum: 9 } }] } },
};

const CLASSES: Item = {
  id: "classes",
  properties: {},
  assets: { data: { bands: [{ "classification:classes": [{ value: 1 }, { value: 4 }] }] } },
};

test("shares are those of the weights, one without says 1", () => {
  assert.equal(shareOfWeight(OVERLAY, 0), 0.75);
  assert.equal(shareOfWeight(OVERLAY, 1), 0.25);
});

test("a layer that weighs nothing is not asked for", () => {
  const lighter = changeLayer(OVERLAY, 0, { weight: 0 });

  assert.deepEqual(effective(lighter)?.layers, [OVERLAY.layers[1]]);
  assert.equal(effective(changeLayer(lighter, 1, { weight: 0 })), undefined);
  assert.equal(OVERLAY.layers[0]?.weight, 3);
});

test("moving sliders does not change what bounds and colours are asked of", () => {
  const moved = changeLayer(changeLayer(OVERLAY, 0, { weight: 1 }), 1, { scores: { 10: 0 } });

  assert.deepEqual(outlineOf(moved), outlineOf(OVERLAY));
  assert.notDeepEqual(outlineOf(removeLayer(OVERLAY, 0)), outlineOf(OVERLAY));
});

test("without one in the catalogue, the first datasets are weighed", () => {
  assert.deepEqual(firstOverlay([CLASSES, HEIGHTS])?.layers, [
    { dataset: "classes", scores: { 1: 0.5, 4: 0.5 }, default: 0, weight: 1 },
    { dataset: "heights", range: [5, 9], weight: 1 },
  ]);
  assert.equal(firstOverlay([]), undefined);
});

for (const text of ["", "{", "[]", '{"layers": []}', '{"layers": [{"dataset": 1}]}']) {
  test(`'${text}' is no overlay`, () => {
    assert.equal(readOverlay(text), undefined);
  });
}

test("an overlay comes back from its text", () => {
  assert.deepEqual(readOverlay(JSON.stringify(OVERLAY)), OVERLAY);
});
