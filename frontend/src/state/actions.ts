// What the user can do, each a change of the store. Changes of zones and line can be undone.

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

// Steps that can be undone.
const KEPT = 50;

/** Switches to a mode, and if necessary to a dataset that suits it. */
export function chooseMode(mode: Mode): void {
  batch(() => {
    store.mode.value = mode;
    const present = store.item.peek();
    if (present && suits(mode, present.id)) return;
    const better = store.items.peek().find(({ id }) => suits(mode, id));
    if (better) chooseDataset(better.id);
  });
}

/** Whether a dataset suits a mode. */
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

/** Opens a dataset and resets what belongs to the one before. */
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

/** Chooses a zone instead of the others, or beside them; a zone chosen already is removed. */
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

/** Undoes the last change of zones or line; false if there is none. */
export function undo(): boolean {
  const last = past.pop();
  if (!last) return false;
  batch(() => {
    store.zones.value = last.zones;
    store.line.value = last.line;
  });
  return true;
}

/** Adds a class to the filter of the map, or removes it; an empty filter shows all. */
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
