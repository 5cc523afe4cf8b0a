// The page's own zones on the map: loading them, their names, finding the one under the
// pointer, marking it.

import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibreMap, PointLike } from "maplibre-gl";
import { pageUrl } from "../config";
import { type Area, labelPlace } from "../geometry";
import { send } from "../api";
import type { Zone } from "../zones";
import { fillLayer, ZONE_SETS, type ZoneSet } from "./zone-sets";

export interface Place extends Zone {
  key: string;
  set: ZoneSet;
  /** Its position in the file, which is how the map knows it. */
  index: number;
}

/** Loads every set of zones onto the map. */
export async function loadPlaces(map: MapLibreMap, signal: AbortSignal): Promise<Place[]> {
  const sets = await Promise.all(ZONE_SETS.map((set) => loadSet(map, set, signal)));
  return sets.flat();
}

async function loadSet(
  map: MapLibreMap,
  set: ZoneSet,
  signal: AbortSignal,
): Promise<Place[]> {
  const url = pageUrl(`zones/${set.file}`);
  const call = { title: "", method: "GET", url } as const;
  const collection = await send<FeatureCollection<Area>>(call, signal);
  const places = collection.features.map(({ geometry, properties }, index) => {
    const name = String(properties?.["name"] ?? `Zone ${index + 1}`);
    const key = `${set.id}/${name}`;
    return { key, name, geometry, properties: properties ?? {}, set, index };
  });
  map.getSource<GeoJSONSource>(set.id)?.setData(collection);
  map.getSource<GeoJSONSource>(`${set.id}-names`)?.setData({
    type: "FeatureCollection",
    features: places.map(({ name, geometry }) => {
      const { place, size } = labelPlace(geometry);
      return {
        type: "Feature",
        properties: { name, size },
        geometry: { type: "Point", coordinates: place },
      };
    }),
  });
  return places;
}

/** The topmost zone at a point of the screen. */
export function findPlace(
  map: MapLibreMap,
  places: Place[],
  point: PointLike,
): Place | undefined {
  const layers = ZONE_SETS.map(fillLayer);
  const [hit] = map.queryRenderedFeatures(point, { layers });
  return places.find(({ set, index }) => set.id === hit?.source && index === hit.id);
}

/** A function that moves the mark of what is under the pointer. */
export function createMarker(map: MapLibreMap): (place: Place | undefined) => void {
  let marked: Place | undefined;
  return (place) => {
    if (marked === place) return;
    if (marked) map.removeFeatureState(locate(marked), "hover");
    marked = place;
    if (marked) map.setFeatureState(locate(marked), { hover: true });
  };
}

function locate({ set, index }: Place) {
  return { source: set.id, id: index };
}
