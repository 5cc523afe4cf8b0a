// The page's state. A link holds the first part; the rest follows from it and from the
// service's responses.

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
/** The overlay definition as edited by the user. */
export const editedOverlay = signal<Overlay | undefined>(undefined);
export const sort = signal("");
export const drawer = signal<DrawerTab | undefined>(undefined);
export const folded = signal(false);

/** Whether the next zone is added to the chosen ones instead of replacing them. */
export const isAdding = signal(false);

export const items = signal<Item[]>([]);

export const item = computed(() => items.value.find(({ id }) => id === datasetId.value));

export const overlay = computed<Overlay | undefined>(() => {
  if (editedOverlay.value) return editedOverlay.value;
  return item.value?.properties["rasterlet:overlay"] ?? firstOverlay(items.value);
});

/** Where the map must go: at once to a link's view, by a flight to the bounds of a choice. */
export const destination = signal<{ view: View } | { bounds: Bounds } | undefined>(
  undefined,
);

/** Text for screen readers. */
export const announcement = signal("");

/** The zones of the last link, some of which may not be loaded yet. */
let wanted: ZoneLink[] = [];
let known = new Map<string, Zone>();

/** Takes the page's own zones once they are loaded, and shows those that a link names. */
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
    // The link must keep its zones while the page's own zones are loading.
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

/** The zones of a link, without those that are not known (yet). */
function resolve(links: ZoneLink[]): Zone[] {
  return links.flatMap((link) => {
    if ("geometry" in link) return [link];
    return known.get(link.key) ?? [];
  });
}
