// The sets of clickable zones, drawn from bottom to top.

export interface ZoneSet {
  id: string;
  file: string;
  heading: string;
  /** Below this zoom level the set is neither drawn nor clickable. */
  minzoom: number;
}

export const ZONE_SETS: ZoneSet[] = [
  { id: "countries", file: "countries.geojson", heading: "Countries", minzoom: 0 },
  {
    id: "counties",
    file: "counties_yosemite.geojson",
    heading: "Counties around Yosemite",
    // The smallest of the five is as wide as a fingertip there.
    minzoom: 5.5,
  },
];

export const fillLayer = (set: ZoneSet): string => `${set.id}-fill`;
