// Weighted overlays: reading them, making a first one, and changing one at a time.

import type { Item, ItemBand, Overlay, OverlayLayer } from "../service/contract";

// Sliders go up to this; only the ratios of weights matter.
export const HEAVIEST = 5;

/** The overlay in a text of JSON; undefined for what is none. */
export function readOverlay(text: string): Overlay | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { layers } = (document ?? {}) as { layers?: unknown };
  const isOverlay =
    Array.isArray(layers) &&
    layers.length > 0 &&
    layers.every((layer: unknown) => isLayer(layer));
  return isOverlay ? (document as Overlay) : undefined;
}

function isLayer(layer: unknown): boolean {
  if (typeof layer !== "object" || layer === null) return false;
  const { dataset, scores, range } = layer as Record<string, unknown>;
  const isScored = typeof scores === "object" && scores !== null;
  return typeof dataset === "string" && (isScored || isPair(range));
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}

/** The overlay of the catalogue's, else one of its first datasets, equally weighted. */
export function firstOverlay(items: Item[]): Overlay | undefined {
  const ready = items.find(({ properties }) => properties["rasterlet:overlay"]);
  if (ready) return ready.properties["rasterlet:overlay"];
  const layers = items.flatMap((item) => layerFor(item) ?? []).slice(0, 2);
  return layers.length > 0 ? { layers } : undefined;
}

/** A layer of a dataset: every class half a score, a quantity from its least to most. */
export function layerFor(item: Item): OverlayLayer | undefined {
  if (item.properties["rasterlet:overlay"]) return undefined;
  const band = bandOf(item);
  const classes = band?.["classification:classes"];
  if (classes) {
    const scores = Object.fromEntries(classes.map(({ value }) => [value, 0.5]));
    return { dataset: item.id, scores, default: 0, weight: 1 };
  }
  const { minimum, maximum } = band?.statistics ?? {};
  if (minimum === undefined || maximum === undefined) return undefined;
  return { dataset: item.id, range: [minimum, maximum], weight: 1 };
}

export function bandOf(item: Item): ItemBand | undefined {
  return Object.values(item.assets).flatMap(({ bands }) => bands ?? [])[0];
}

/** The overlay with one layer changed. */
export function changeLayer(
  overlay: Overlay,
  index: number,
  change: Partial<OverlayLayer>,
): Overlay {
  const layers = overlay.layers.map((layer, position) =>
    position === index ? { ...layer, ...change } : layer,
  );
  return { ...overlay, layers };
}

export function removeLayer(overlay: Overlay, index: number): Overlay {
  return { ...overlay, layers: overlay.layers.toSpliced(index, 1) };
}

/**
 * What to ask the service for: a layer that weighs nothing is left out, as it allows no
 * weight of 0. Undefined if nothing is left.
 */
export function effective(overlay: Overlay): Overlay | undefined {
  const layers = overlay.layers.filter(({ weight = 1 }) => weight > 0);
  return layers.length > 0 ? { ...overlay, layers } : undefined;
}

/**
 * The overlay without what sliders change, which decides on neither its bounds, its zooms
 * nor its colours: answers about those stand while a slider moves.
 */
export function outlineOf(overlay: Overlay): Overlay {
  const layers = overlay.layers.map((layer): OverlayLayer => {
    const { dataset, bidx, expression } = layer;
    return {
      dataset,
      ...(bidx !== undefined && { bidx }),
      ...(expression !== undefined && { expression }),
      range: [0, 1],
    };
  });
  return { ...overlay, layers };
}

/** How much of the whole a layer weighs, 0 to 1. */
export function shareOfWeight({ layers }: Overlay, index: number): number {
  const total = layers.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return total > 0 ? (layers[index]?.weight ?? 1) / total : 0;
}
