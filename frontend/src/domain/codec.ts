// Coordinates as short text, for URLs: differences in steps of 0.000001 degrees
// (a tenth of a metre), zigzag, in digits of five bits with a sixth for "more follows". The
// idea is Google's encoded polyline; the 64 letters here are those that a URL
// does not encode. Rings end with ".", polygons with "~".

import type { Position } from "geojson";
import type { Area } from "./geometry";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const STEPS = 1e6;

export function encodeLine(line: Position[]): string {
  let [lastX, lastY] = [0, 0];
  let text = "";
  for (const [x = 0, y = 0] of line) {
    const [stepX, stepY] = [Math.round(x * STEPS), Math.round(y * STEPS)];
    text += encodeNumber(stepX - lastX) + encodeNumber(stepY - lastY);
    [lastX, lastY] = [stepX, stepY];
  }
  return text;
}

/** The inverse of `encodeLine`; undefined for invalid text. */
export function decodeLine(text: string): Position[] | undefined {
  const numbers = decodeNumbers(text);
  if (numbers === undefined || numbers.length % 2 !== 0) return undefined;
  const line: Position[] = [];
  let [x, y] = [0, 0];
  for (let index = 0; index < numbers.length; index += 2) {
    x += numbers[index] ?? 0;
    y += numbers[index + 1] ?? 0;
    line.push([x / STEPS, y / STEPS]);
  }
  const isOnEarth = line.every(
    ([lon = 0, lat = 0]) => Math.abs(lon) <= 540 && Math.abs(lat) <= 90,
  );
  return isOnEarth ? line : undefined;
}

export function encodeArea(area: Area): string {
  const polygons = area.type === "Polygon" ? [area.coordinates] : area.coordinates;
  return polygons.map((rings) => rings.map(encodeLine).join(".")).join("~");
}

export function decodeArea(text: string): Area | undefined {
  const polygons: Position[][][] = [];
  for (const part of text.split("~")) {
    const rings = part.split(".").map(decodeLine);
    if (!rings.every((ring) => ring !== undefined && ring.length >= 4)) return undefined;
    polygons.push(rings as Position[][]);
  }
  const [only = []] = polygons;
  return polygons.length === 1
    ? { type: "Polygon", coordinates: only }
    : { type: "MultiPolygon", coordinates: polygons };
}

function encodeNumber(value: number): string {
  // Not by shifting bits: 540 degrees need 31 of them, and a difference one more.
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let text = "";
  while (rest >= 32) {
    text += LETTERS.charAt((rest % 32) + 32);
    rest = Math.floor(rest / 32);
  }
  return text + LETTERS.charAt(rest);
}

function decodeNumbers(text: string): number[] | undefined {
  const numbers: number[] = [];
  let [value, unit] = [0, 1];
  for (const letter of text) {
    const digit = LETTERS.indexOf(letter);
    if (digit < 0) return undefined;
    value += (digit % 32) * unit;
    unit *= 32;
    if (digit >= 32) continue;
    numbers.push(value % 2 === 1 ? -(value + 1) / 2 : value / 2);
    [value, unit] = [0, 1];
  }
  return unit === 1 ? numbers : undefined;
}
