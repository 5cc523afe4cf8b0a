// What the page knows. The first part is what a link holds; all else follows from it and
// from what the service answers.

import { batch, computed, signal } from "@preact/signals";
import type { Position } from "geojson";
import {
  type DrawerTab,
  EMPTY,
  type Link,
  type Mode,
  type Tool,
  type View,
  type ZoneLink,
} from "../domain/link";
import { firstOverlay } from "../domain/overlay";
import type { Zone } from "../domain/zones";
import type { Bounds, Item, Overlay } from "../service/contract";

export const mode = signal<Mode>(EMPTY.mode);
export const datasetId = signal<string | undefined>(undefined);
export const view = signal<View | undefined>(undefined);
export const opacity = signal(EMPTY.opacity);
export const shown = signal<number[]>([]);
export const tool = signal<Tool>(EMPTY.tool);
export const zones = signal<Zone[]>([]);
export const line = signal<Position[]>([]);
export const picked = signal<number[]>([]);
export const interval = signal<[number, number] | undefined>(undefined);
/** As somebody has changed it. */
export const editedOverlay = signal<Overlay | undefined>(undefined);
export const sort = signal("");
export const drawer = signal<DrawerTab | undefined>(undefined);
export const folded = signal(false);

/** Whether the next zone joins the others. */
export const isAdding = signal(false);

export const items = signal<Item[]>([]);

export const item = computed(() => items.value.find(({ id }) => id === datasetId.value));

export const overlay = computed<Overlay | undefined>(() => {
  if (editedOverlay.value) return editedOverlay.value;
  return item.value?.properties["rasterlet:overlay"] ?? firstOverlay(items.value);
});

/** Where the map is to go: at once for a link, in a flight for a choice. */
export const destination = signal<{ view: View } | { bounds: Bounds } | undefined>(
  undefined,
);

/** What a screen reader is told next. */
export const announcement = signal("");

/** Zones that a link has named and that the page has not found yet. */
let wanted: ZoneLink[] = [];
let known = new Map<string, Zone>();

/** The page's own zones are there: those that a link has named can be shown. */
export function setKnownZones(found: Zone[]): void {
  known = new Map(found.map((zone) => [zone.key ?? "", zone]));
  zones.value = resolve(wanted);
}

export function readLink(): Link {
  const [dataset, present] = [datasetId.value, view.value];
  const [range, overlay, tab] = [interval.value, editedOverlay.value, drawer.value];
  return {
    mode: mode.value,
    ...(dataset !== undefined && { dataset }),
    ...(present && { view: present }),
    opacity: opacity.value,
    shown: shown.value,
    tool: tool.value,
    // Before the zones are loaded, the link must not lose those it names.
    zones: known.size === 0 && zones.value.length === 0 ? wanted : zones.value,
    line: line.value,
    picked: picked.value,
    ...(range && { interval: range }),
    ...(overlay && { overlay }),
    sort: sort.value,
    ...(tab && { drawer: tab }),
    folded: folded.value,
  };
}

export function applyLink(link: Link): void {
  batch(() => {
    mode.value = link.mode;
    if (link.dataset !== undefined) datasetId.value = link.dataset;
    if (link.view) {
      view.value = link.view;
      destination.value = { view: link.view };
    }
    opacity.value = link.opacity;
    shown.value = link.shown;
    tool.value = link.tool;
    line.value = link.line;
    picked.value = link.picked;
    interval.value = link.interval;
    editedOverlay.value = link.overlay;
    sort.value = link.sort;
    drawer.value = link.drawer;
    folded.value = link.folded;
    wanted = link.zones;
    zones.value = resolve(wanted);
  });
}

/** Zones of links as zones; one that is not known (yet) is not among them. */
function resolve(links: ZoneLink[]): Zone[] {
  return links.flatMap((link) => {
    if ("geometry" in link) return [link];
    return known.get(link.key) ?? [];
  });
}
