// Numbers and units as text, in the browser's language.

const UNITS: Record<string, string> = {
  metre: "m",
  meter: "m",
  kilometre: "km",
  celsius: "°C",
  "degree celsius": "°C",
  kelvin: "K",
  percent: "%",
};

type Unit = readonly [size: number, symbol: string];

// Largest first.
const AREAS: Unit[] = [
  [1e6, "km²"],
  [1e4, "ha"],
  [1, "m²"],
];
const LENGTHS: Unit[] = [
  [1000, "km"],
  [1, "m"],
];
const BYTES: Unit[] = [
  [1e6, "MB"],
  [1000, "kB"],
  [1, "B"],
];

/** Number formats of one language. */
interface Formats {
  number(value: number): string;
  quantity(value: number, unit: string | null): string;
  range(low: number, high: number, unit: string | null): string;
  /** A percentage with one decimal; "< 0.1%" for positive values that round to zero. */
  percent(percent: number): string;
  area(squareMetres: number): string;
  length(metres: number): string;
  duration(milliseconds: number): string;
  bytes(count: number): string;
}

export function createFormats(locale?: string): Formats {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const fine = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
  const percents = new Intl.NumberFormat(locale, {
    style: "percent",
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  const three = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });

  // Four significant digits, or the whole integer part if that has more.
  const number = (value: number) =>
    (Math.abs(value) >= 1000 ? whole : fine).format(value);
  const short = (value: number) => (Math.abs(value) >= 100 ? whole : three).format(value);
  const quantity = (value: number, unit: string | null) =>
    unit === null ? number(value) : `${number(value)}\u00a0${abbreviate(unit)}`;

  return {
    number,
    quantity,
    range: (low, high, unit) => `${number(low)} – ${quantity(high, unit)}`,
    percent: (percent) =>
      percent > 0 && percent < 0.1
        ? `< ${percents.format(0.001)}`
        : percents.format(percent / 100),
    area: (squareMetres) => inLargest(squareMetres, AREAS, short),
    length: (metres) => inLargest(metres, LENGTHS, short),
    duration: (milliseconds) =>
      milliseconds < 1000
        ? `${Math.round(milliseconds)}\u00a0ms`
        : `${three.format(milliseconds / 1000)}\u00a0s`,
    bytes: (count) => inLargest(count, BYTES, three.format),
  };
}

/** A value in the largest unit that does not exceed it, else in the smallest. */
function inLargest(
  value: number,
  units: readonly Unit[],
  write: (value: number) => string,
): string {
  const smallest: Unit = units.at(-1) ?? [1, ""];
  const [size, symbol] = units.find(([size]) => value >= size) ?? smallest;
  return `${write(value / size)}\u00a0${symbol}`;
}

export const formats = createFormats();

/** The symbol of a well-known unit, else the unit itself. */
export function abbreviate(unit: string): string {
  return UNITS[unit.toLowerCase()] ?? unit;
}

/** Latitude, then longitude, in degrees with hemispheres. */
export function formatPosition(longitude: number, latitude: number): string {
  const north = `${Math.abs(latitude).toFixed(3)}° ${latitude < 0 ? "S" : "N"}`;
  const east = `${Math.abs(longitude).toFixed(3)}° ${longitude < 0 ? "W" : "E"}`;
  return `${north}, ${east}`;
}
