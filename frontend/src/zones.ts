// The clickable zones: loading them, finding the one under the pointer, marking it.

import type { GeoJSONSource, Map as MapLibreMap, PointLike } from "maplibre-gl";
import { fetchZones } from "./api";
import type { ZoneFeature } from "./contract";
import { fillLayer, ZONE_SETS, type ZoneSet } from "./zone-sets";

export interface Zone {
  name: string;
  /** As the file has it: what the map draws is cut at tile borders. */
  feature: ZoneFeature;
  /** Where the map has it; a drawn zone is in no set. */
  place?: { set: ZoneSet; index: number };
}

export interface ZoneIndex {
  /** The zones of a set by their position in its file. */
  list(set: ZoneSet): Zone[];
  /** The topmost zone at a point of the screen. */
  findAt(point: PointLike): Zone | undefined;
}

/** Loads every zone set onto the map. */
export async function loadZones(
  map: MapLibreMap,
  signal: AbortSignal,
): Promise<ZoneIndex> {
  const zones = new Map<string, Zone[]>();
  const loading = ZONE_SETS.map(async (set) => {
    const collection = await fetchZones(set.file, signal);
    const features = collection.features as ZoneFeature[];
    zones.set(
      set.id,
      features.map((feature, index) => createZone(feature, set, index)),
    );
    map.getSource<GeoJSONSource>(set.id)?.setData(collection);
  });
  await Promise.all(loading);

  const list = (set: ZoneSet) => zones.get(set.id) ?? [];
  return { list, findAt: (point) => findZone(map, point, list) };
}

function createZone(feature: ZoneFeature, set: ZoneSet, index: number): Zone {
  const name = String(feature.properties?.["name"] ?? `Zone ${index + 1}`);
  return { name, feature, place: { set, index } };
}

function findZone(
  map: MapLibreMap,
  point: PointLike,
  list: (set: ZoneSet) => Zone[],
): Zone | undefined {
  const layers = ZONE_SETS.map(fillLayer);
  const [hit] = map.queryRenderedFeatures(point, { layers });
  const set = ZONE_SETS.find(({ id }) => id === hit?.source);
  return set && list(set)[Number(hit?.id)];
}

/** A function that moves one mark (`hover` or `selected`) from zone to zone. */
export function createMarker(
  map: MapLibreMap,
  state: "hover" | "selected",
): (zone: Zone | undefined) => void {
  let marked: Zone["place"];
  return (zone) => {
    if (marked) map.removeFeatureState(locate(marked), state);
    marked = zone?.place;
    if (marked) map.setFeatureState(locate(marked), { [state]: true });
  };
}

function locate({ set, index }: NonNullable<Zone["place"]>) {
  return { source: set.id, id: index };
}
