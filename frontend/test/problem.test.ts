import assert from "node:assert/strict";
import test from "node:test";
import { describeFault, ProblemError, readProblem, remedyOf, toProblem } from "../src/service/problem";

test("a problem document is told as it is", () => {
  const body = JSON.stringify({
    title: "Bad Request",
    detail: "1 parameter is not valid",
    errors: [{ parameter: "p", detail: "p '101' is over 100" }],
  });

  assert.deepEqual(readProblem(400, "Bad Request", body), {
    status: 400,
    title: "Bad Request",
    detail: "1 parameter is not valid",
    errors: [{ parameter: "p", detail: "p '101' is over 100" }],
  });
});

test("a gateway's own page is told by its status", () => {
  assert.deepEqual(readProblem(502, "Bad Gateway", "<html>"), {
    status: 502,
    title: "502 Bad Gateway",
  });
  assert.equal(readProblem(502, "", "null").title, "502");
});

test("a fault names its parameter once", () => {
  assert.equal(describeFault({ parameter: "p", detail: "p is bad" }), "p is bad");
  assert.equal(describeFault({ feature: 3, detail: "is empty" }), "feature 3: is empty");
});

test("what is too large has a remedy for each task", () => {
  const remedies = ["statistics", "extract", "profile", "tiles", "other"].map((task) =>
    remedyOf(413, task),
  );

  assert.equal(new Set(remedies).size, 5);
  assert.match(remedyOf(502, "tiles") ?? "", /cannot be read/);
  assert.equal(remedyOf(400, "tiles"), undefined);
});

test("anything thrown becomes a problem", () => {
  assert.equal(toProblem(new ProblemError({ title: "T" })).title, "T");
  assert.equal(toProblem(new Error("E")).detail, "E");
  assert.equal(toProblem("text").detail, "text");
});
