// Numbers and names as people read them, in the browser's own language.

const UNITS: Record<string, string> = {
  metre: "m",
  meter: "m",
  kilometre: "km",
  celsius: "°C",
  "degree celsius": "°C",
  kelvin: "K",
  percent: "%",
};

/** The ways to write numbers of one language. */
interface Formats {
  number(value: number): string;
  quantity(value: number, unit: string | null): string;
  range(low: number, high: number, unit: string | null): string;
  /** A percentage to one decimal; a share that is there never reads as zero. */
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

  // Four significant digits, but never fewer than the whole part has.
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
    area: (squareMetres) =>
      squareMetres >= 1e6
        ? `${short(squareMetres / 1e6)}\u00a0km²`
        : squareMetres >= 1e4
          ? `${short(squareMetres / 1e4)}\u00a0ha`
          : `${short(squareMetres)}\u00a0m²`,
    length: (metres) =>
      metres >= 1000 ? `${short(metres / 1000)}\u00a0km` : `${short(metres)}\u00a0m`,
    duration: (milliseconds) =>
      milliseconds < 1000
        ? `${Math.round(milliseconds)}\u00a0ms`
        : `${three.format(milliseconds / 1000)}\u00a0s`,
    bytes: (count) =>
      count < 1000
        ? `${count}\u00a0B`
        : count < 1e6
          ? `${three.format(count / 1000)}\u00a0kB`
          : `${three.format(count / 1e6)}\u00a0MB`,
  };
}

export const formats = createFormats();

/** The unit's symbol where it has a well-known one. */
export function abbreviate(unit: string): string {
  return UNITS[unit.toLowerCase()] ?? unit;
}

/** Latitude, then longitude, as maps print them. */
export function formatPosition(longitude: number, latitude: number): string {
  const north = `${Math.abs(latitude).toFixed(3)}° ${latitude < 0 ? "S" : "N"}`;
  const east = `${Math.abs(longitude).toFixed(3)}° ${longitude < 0 ? "W" : "E"}`;
  return `${north}, ${east}`;
}
