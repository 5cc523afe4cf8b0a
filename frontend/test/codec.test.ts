import assert from "node:assert/strict";
import test from "node:test";
import { decodeArea, decodeLine, encodeArea, encodeLine } from "../src/domain/codec";
import { type Area, boxOf } from "../src/domain/geometry";

/** A sequence of numbers that is the same every time. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

test("any line comes back to six decimals", () => {
  const random = createRandom(7);
  for (let round = 0; round < 200; round += 1) {
    const line = Array.from({ length: 1 + Math.floor(random() * 30) }, () => [
      Math.round((random() * 1080 - 540) * 1e6) / 1e6,
      Math.round((random() * 180 - 90) * 1e6) / 1e6,
    ]);

    assert.deepEqual(decodeLine(encodeLine(line)), line);
  }
});

test("the letters are those that an address leaves alone", () => {
  const text = encodeArea(boxOf([-179.99999, -89.12345, 179.5, 89.6789]));

  assert.match(text, /^[\w.~-]+$/);
  assert.equal(new URLSearchParams({ text }).toString(), `text=${text}`);
});

test("parts and holes stay apart", () => {
  const ring = (size: number) => boxOf([0, 0, size, size]).coordinates[0] ?? [];
  const area: Area = {
    type: "MultiPolygon",
    coordinates: [[ring(9), ring(3)], [ring(1)]],
  };

  assert.deepEqual(decodeArea(encodeArea(area)), area);
});

for (const text of ["AB", "AA!A", "g", "____________A", "AAAA.", "~"]) {
  test(`'${text}' is no area`, () => {
    assert.equal(decodeArea(text), undefined);
  });
}
