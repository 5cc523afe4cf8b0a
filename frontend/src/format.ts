// Numbers and names as people read them.

const UNITS: Record<string, string> = {
  metre: "m",
  meter: "m",
  kilometre: "km",
  celsius: "°C",
  "degree celsius": "°C",
  kelvin: "K",
  percent: "%",
};

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const FINE = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const PERCENT = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** Four significant digits, but never fewer than the whole part has. */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 1000 ? WHOLE.format(value) : FINE.format(value);
}

export function formatQuantity(value: number, unit: string | null): string {
  return unit === null
    ? formatNumber(value)
    : `${formatNumber(value)} ${abbreviate(unit)}`;
}

export function formatRange(low: number, high: number, unit: string | null): string {
  return `${formatNumber(low)} to ${formatQuantity(high, unit)}`;
}

/** The unit's symbol where it has a well-known one. */
export function abbreviate(unit: string): string {
  return UNITS[unit.toLowerCase()] ?? unit;
}

/** A percentage to one decimal; a share that is there never reads as zero. */
export function formatPercent(percent: number): string {
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${PERCENT.format(percent)} %`;
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Latitude, then longitude, as maps print them. */
export function formatPosition(longitude: number, latitude: number): string {
  const north = `${Math.abs(latitude).toFixed(3)}° ${latitude < 0 ? "S" : "N"}`;
  const east = `${Math.abs(longitude).toFixed(3)}° ${longitude < 0 ? "W" : "E"}`;
  return `${north}, ${east}`;
}
