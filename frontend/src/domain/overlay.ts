// Weighted overlay definitions: reading, making and changing them.

import type { Item, ItemBand, Overlay, OverlayLayer } from "../service/contract";

// The maximum of weight sliders; only the ratios of weights matter.
export const HEAVIEST = 5;

/** The overlay definition in a JSON text; undefined if it is not valid. */
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

/** The catalogue's overlay definition, else its first two datasets with equal weights. */
export function firstOverlay(items: Item[]): Overlay | undefined {
  const ready = items.find(({ properties }) => properties["rasterlet:overlay"]);
  if (ready) return ready.properties["rasterlet:overlay"];
  const layers = items.flatMap((item) => layerFor(item) ?? []).slice(0, 2);
  return layers.length > 0 ? { layers } : undefined;
}

/** A dataset as a layer: a score of 0.5 for every class, or the full range of a quantity. */
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
 * The overlay definition for the service, which does not accept a weight of 0: without such
 * layers. Undefined if no layer is left.
 */
export function effective(overlay: Overlay): Overlay | undefined {
  const layers = overlay.layers.filter(({ weight = 1 }) => weight > 0);
  return layers.length > 0 ? { ...overlay, layers } : undefined;
}

/**
 * The overlay definition without what sliders change. That affects neither bounds, zooms nor
 * colours, so answers about those stay valid while a slider moves.
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

/** A layer's weight as a fraction of the total, 0 to 1. */
export function shareOfWeight({ layers }: Overlay, index: number): number {
  const total = layers.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return total > 0 ? (layers[index]?.weight ?? 1) / total : 0;
}
