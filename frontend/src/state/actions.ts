// What somebody can do, each a change of the store. Changes of zones and of the line can
// be taken back.

import { batch } from "@preact/signals";
import type { Position } from "geojson";
import type { Mode, Tool } from "../domain/link";
import { bandOf } from "../domain/overlay";
import { isSame, type Zone } from "../domain/zones";
import type { Overlay } from "../service/contract";
import * as store from "./store";

interface Past {
  zones: Zone[];
  line: Position[];
}

const past: Past[] = [];

// Steps that can be taken back.
const KEPT = 50;

/** Goes to a mode, and to a dataset that it can work with. */
export function chooseMode(mode: Mode): void {
  batch(() => {
    store.mode.value = mode;
    const present = store.item.peek();
    if (present && suits(mode, present.id)) return;
    const better = store.items.peek().find(({ id }) => suits(mode, id));
    if (better) chooseDataset(better.id);
  });
}

/** Whether a dataset is one that a mode is best shown with. */
function suits(mode: Mode, id: string): boolean {
  const item = store.items.peek().find((candidate) => candidate.id === id);
  if (!item) return false;
  const isOverlay = item.properties["rasterlet:overlay"] !== undefined;
  const isClasses = bandOf(item)?.["classification:classes"] !== undefined;
  switch (mode) {
    case "profile":
      return !isClasses && !isOverlay;
    case "extract":
      return !isOverlay;
    case "priority":
      return isOverlay || !store.items.peek().some((one) => one.properties["rasterlet:overlay"]);
    case "statistics":
      return true;
  }
}

/** Opens a dataset; what belongs to the one before goes. */
export function chooseDataset(id: string): void {
  batch(() => {
    if (id !== store.datasetId.peek()) {
      store.shown.value = [];
      store.picked.value = [];
      store.interval.value = undefined;
      store.sort.value = "";
      store.editedOverlay.value = undefined;
    }
    store.datasetId.value = id;
    const bounds = store.item.peek()?.bbox;
    if (bounds) store.destination.value = { bounds };
    if (store.mode.peek() === "priority" && !suits("priority", id)) {
      store.mode.value = "statistics";
    }
    if (store.mode.peek() === "extract" && !suits("extract", id)) {
      store.mode.value = "statistics";
    }
  });
}

export function chooseTool(tool: Tool): void {
  store.tool.value = tool;
}

/** Takes a zone in the place of the others, or beside them; one that is there leaves. */
export function takeZone(zone: Zone, isBeside = store.isAdding.peek()): void {
  const present = store.zones.peek();
  if (!isBeside) {
    setZones([zone]);
    return;
  }
  const others = present.filter((one) => !isSame(one, zone));
  setZones(others.length < present.length ? others : [...present, zone]);
}

export function setZones(zones: Zone[]): void {
  remember();
  store.zones.value = zones;
}

export function dropZone(zone: Zone): void {
  setZones(store.zones.peek().filter((one) => one !== zone));
}

export function setLine(line: Position[]): void {
  remember();
  store.line.value = line;
}

function remember(): void {
  past.push({ zones: store.zones.peek(), line: store.line.peek() });
  if (past.length > KEPT) past.shift();
}

/** Takes the last change of zones or line back; whether there was one. */
export function undo(): boolean {
  const last = past.pop();
  if (!last) return false;
  batch(() => {
    store.zones.value = last.zones;
    store.line.value = last.line;
  });
  return true;
}

/** Puts a class on the map, or takes it away; all are there while none is chosen. */
export function toggleShown(value: number): void {
  store.shown.value = toggle(store.shown.peek(), value);
}

export function togglePicked(value: number): void {
  store.picked.value = toggle(store.picked.peek(), value);
}

function toggle(values: number[], value: number): number[] {
  return values.includes(value)
    ? values.filter((one) => one !== value)
    : [...values, value];
}

export function editOverlay(overlay: Overlay | undefined): void {
  store.editedOverlay.value = overlay;
}

export function announce(text: string): void {
  store.announcement.value = text;
}
