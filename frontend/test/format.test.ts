import assert from "node:assert/strict";
import test from "node:test";
import { createFormats, formatPosition } from "../src/domain/format";

const english = createFormats("en");
const german = createFormats("de");

test("large numbers lose their decimals, small ones keep four digits", () => {
  assert.equal(english.number(284074.39), "284,074");
  assert.equal(english.number(0.123456), "0.1235");
});

test("numbers are written as the language has them", () => {
  assert.equal(german.number(284074.39), "284.074");
  assert.equal(german.number(2.5), "2,5");
  assert.equal(german.percent(41.66), "41,7\u00a0%");
});

test("units have their symbols", () => {
  assert.equal(english.quantity(2074.49, "metre"), "2,074\u00a0m");
  assert.equal(english.quantity(3, "furlong"), "3\u00a0furlong");
  assert.equal(english.range(1, 2, null), "1 – 2");
});

test("a share that is there never reads as zero", () => {
  assert.equal(english.percent(0.0001), "< 0.1%");
  assert.equal(english.percent(0), "0.0%");
  assert.equal(english.percent(100), "100.0%");
});

test("areas and lengths have the unit of their size", () => {
  assert.equal(english.area(8_508_245e6), "8,508,245\u00a0km²");
  assert.equal(english.area(1.5e6), "1.5\u00a0km²");
  assert.equal(english.area(25_000), "2.5\u00a0ha");
  assert.equal(english.area(900), "900\u00a0m²");
  assert.equal(english.length(38_211), "38.2\u00a0km");
  assert.equal(english.length(812), "812\u00a0m");
});

test("times and sizes", () => {
  assert.equal(english.duration(138.6), "139\u00a0ms");
  assert.equal(english.duration(2500), "2.5\u00a0s");
  assert.equal(english.bytes(999), "999\u00a0B");
  assert.equal(english.bytes(6340), "6.34\u00a0kB");
  assert.equal(english.bytes(1.25e6), "1.25\u00a0MB");
});

test("a position has its hemispheres", () => {
  assert.equal(formatPosition(-55.0664, -11.975), "11.975° S, 55.066° W");
});
