import assert from "node:assert/strict";
import test from "node:test";
import { filterColormap, shareOf, sliceColors } from "../src/domain/colors";

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
