// The URL's fragment, which holds all that a link needs to show what its sender saw.

import type { Position } from "geojson";
import type { Overlay } from "../service/contract";
import { decodeArea, decodeLine, encodeArea, encodeLine } from "./codec";
import { readOverlay } from "./overlay";
import type { Zone } from "./zones";

export const MODES = ["statistics", "profile", "extract", "priority"] as const;
export type Mode = (typeof MODES)[number];

export const TOOLS = ["click", "polygon", "rectangle", "circle"] as const;
export type Tool = (typeof TOOLS)[number];

export const DRAWERS = ["request", "layer"] as const;
export type DrawerTab = (typeof DRAWERS)[number];

export interface View {
  zoom: number;
  latitude: number;
  longitude: number;
}

/** One of the page's own zones by its key, or a zone with its geometry. */
export type ZoneLink = { key: string } | Zone;

export interface Link {
  mode: Mode;
  dataset?: string;
  view?: View;
  opacity: number;
  /** Classes shown on the map; an empty list shows all. */
  shown: number[];
  tool: Tool;
  zones: ZoneLink[];
  line: Position[];
  picked: number[];
  /** The range of a quantity whose outlines extract mode shows. */
  interval?: [number, number];
  overlay?: Overlay;
  /** The column that the table is sorted by, with "-" before it for descending order. */
  sort: string;
  drawer?: DrawerTab;
  folded: boolean;
}

const OPACITY = 0.85;

export const EMPTY: Link = {
  mode: "statistics",
  opacity: OPACITY,
  shown: [],
  tool: "click",
  zones: [],
  line: [],
  picked: [],
  sort: "",
  folded: false,
};

// Characters. Browsers accept more, chats and mail do not.
const LONGEST_ZONE = 4000;

/** Reads `hash`, ignoring what is not valid. */
export function parseLink(hash: string): Link {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const text = (name: string) => given.get(name) ?? "";
  const view = parseView(text("view"));
  const overlay = readOverlay(text("overlay"));
  const interval = parseNumbers(text("interval"));
  const drawer = DRAWERS.find((tab) => tab === text("drawer"));
  const [percent = NaN] = parseNumbers(text("opacity"));
  const line = decodeLine(text("line")) ?? [];
  return {
    mode: MODES.find((mode) => mode === text("mode")) ?? EMPTY.mode,
    ...(text("dataset") && { dataset: text("dataset") }),
    ...(view && { view }),
    opacity: percent >= 0 && percent <= 100 ? percent / 100 : EMPTY.opacity,
    shown: parseNumbers(text("show")),
    tool: TOOLS.find((tool) => tool === text("tool")) ?? EMPTY.tool,
    zones: given.getAll("zone").flatMap(parseZone),
    line: line.length >= 2 ? line : [],
    picked: parseNumbers(text("pick")),
    ...(interval.length === 2 && { interval: interval as [number, number] }),
    ...(overlay && { overlay }),
    sort: text("sort"),
    ...(drawer && { drawer }),
    folded: text("panel") === "folded",
  };
}

/** The inverse of `parseLink`, but for zones too long for an address. */
export function formatLink(link: Link): string {
  const pairs: [string, string][] = [
    ["mode", link.mode === EMPTY.mode ? "" : link.mode],
    ["dataset", link.dataset ?? ""],
    ["view", link.view ? formatView(link.view) : ""],
    ["opacity", link.opacity === OPACITY ? "" : String(Math.round(link.opacity * 100))],
    ["show", link.shown.join(",")],
    ["tool", link.tool === EMPTY.tool ? "" : link.tool],
    ...link.zones.map((zone): [string, string] => ["zone", formatZone(zone)]),
    ["line", encodeLine(link.line)],
    ["pick", link.picked.join(",")],
    ["interval", link.interval?.join(",") ?? ""],
    ["overlay", link.overlay ? JSON.stringify(link.overlay) : ""],
    ["sort", link.sort],
    ["drawer", link.drawer ?? ""],
    ["panel", link.folded ? "folded" : ""],
  ];
  const query = new URLSearchParams(pairs.filter(([, value]) => value !== ""));
  // Both are allowed in a fragment, and read better.
  return `#${query}`.replaceAll("%2F", "/").replaceAll("%2C", ",");
}

/** Whether a zone is short enough for a link. */
export function fitsLink(zone: ZoneLink): boolean {
  return formatZone(zone) !== "";
}

function formatZone(zone: ZoneLink): string {
  if (zone.key !== undefined) return zone.key;
  if (!("geometry" in zone)) return "";
  const text = `*${encodeArea(zone.geometry)}*${zone.name}`;
  return text.length > LONGEST_ZONE ? "" : text;
}

function parseZone(text: string): ZoneLink[] {
  if (!text.startsWith("*")) return text.includes("/") ? [{ key: text }] : [];
  const [, area = "", ...rest] = text.split("*");
  const geometry = decodeArea(area);
  return geometry ? [{ geometry, name: rest.join("*") || "Zone" }] : [];
}

/** Five decimals of a degree are about a metre. */
function formatView({ zoom, latitude, longitude }: View): string {
  return `${zoom.toFixed(2)}/${latitude.toFixed(5)}/${longitude.toFixed(5)}`;
}

function parseView(text: string): View | undefined {
  const parts = text.split("/");
  const [zoom = NaN, latitude = NaN, longitude = NaN] = parts.map(Number);
  const isValid =
    parts.length === 3 &&
    parts.every((part) => part.trim() !== "") &&
    zoom >= 0 &&
    zoom <= 24 &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 540;
  return isValid ? { zoom, latitude, longitude } : undefined;
}

function parseNumbers(text: string): number[] {
  const parts = text.split(",").filter((part) => part.trim() !== "");
  const numbers = parts.map(Number);
  return numbers.every(Number.isFinite) ? numbers : [];
}
