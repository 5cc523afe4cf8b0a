import assert from "node:assert/strict";
import test from "node:test";
import { describeFault, readProblem } from "../src/problem";

test("a problem document is read", () => {
  const errors = [{ parameter: "bidx", detail: "bidx '9' is over 1" }];
  const body = JSON.stringify({
    title: "Bad Request",
    status: 400,
    detail: "d",
    errors,
  });

  const problem = readProblem(400, "Bad Request", body);

  assert.deepEqual(problem, { title: "Bad Request", detail: "d", errors });
});

for (const body of ["", "<html>", "null", "[]", '"text"']) {
  test(`the status stands in for '${body}'`, () => {
    assert.deepEqual(readProblem(502, "Bad Gateway", body), {
      title: "502 Bad Gateway",
    });
  });
}

test("a fault names its parameter once", () => {
  const named = describeFault({ parameter: "bidx", detail: "bidx '9' is over 1" });
  const unnamed = describeFault({ parameter: "colour", detail: "unknown parameter" });
  const feature = describeFault({ feature: 3, detail: "a ring of two points" });

  assert.equal(named, "bidx '9' is over 1");
  assert.equal(unnamed, "colour: unknown parameter");
  assert.equal(feature, "feature 3: a ring of two points");
});
