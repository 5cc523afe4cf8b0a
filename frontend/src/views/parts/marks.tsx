// Colour swatches, colour ramps and icons.

/** A small square in the colour of a class. */
export function Swatch({ color }: { color: string }) {
  return <span class="swatch" aria-hidden="true" style={{ backgroundColor: color }} />;
}

/** A strip of colours from left to right. */
export function Ramp({ colors }: { colors: string[] }) {
  const backgroundImage = `linear-gradient(to right, ${colors.join(", ")})`;
  return <div class="ramp" aria-hidden="true" style={{ backgroundImage }} />;
}

type IconName =
  | "statistics"
  | "profile"
  | "extract"
  | "priority"
  | "click"
  | "polygon"
  | "rectangle"
  | "circle"
  | "undo"
  | "close"
  | "fold";

const ICONS: Record<IconName, string> = {
  statistics: "M4 20V11M10 20V4M16 20v-6M21 20H2",
  profile: "M2 19l6-9 4 5 4-9 6 13",
  extract: "M4 8l7-4 5 4 4 1-2 8-6 3-8-4z",
  priority: "M3 6h18M3 12h18M3 18h18M8 4v4M16 10v4M11 16v4",
  click: "M5 3l6 17 2.5-7L21 10.500z",
  polygon: "M12 3l9 7-4 10H6L3 9z",
  rectangle: "M4 6h16v12H4z",
  circle: "M12 4a8 8 0 100 16 8 8 0 000-16z",
  undo: "M9 14L4 9l5-5M4 9h10a6 6 0 010 12h-3",
  close: "M6 6l12 12M18 6L6 18",
  fold: "M6 15l6-6 6 6",
};

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}
