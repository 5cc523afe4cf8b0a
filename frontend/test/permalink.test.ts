import assert from "node:assert/strict";
import test from "node:test";
import { formatPermalink, parsePermalink } from "../src/permalink";

test("a permalink reads back as it was written", () => {
  const view = { zoom: 3.25, latitude: -12.5, longitude: 170.12345 };

  const link = parsePermalink(formatPermalink("land cover/ä&=", view));

  assert.deepEqual(link, { dataset: "land cover/ä&=", view });
});

for (const hash of [
  "",
  "#",
  "#view=1/2",
  "#view=//",
  "#view=1/2/x",
  "#view=1/91/0",
  "#view=99/0/0",
]) {
  test(`'${hash}' names neither dataset nor view`, () => {
    assert.deepEqual(parsePermalink(hash), {});
  });
}
