// The page's own zones on the map: loading, labelling, finding and highlighting them.

import type { Feature, FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibreMap, PointLike } from "maplibre-gl";
import { type Area, labelPlace } from "../domain/geometry";
import type { Zone } from "../domain/zones";
import { send } from "../service/api";
import { pageUrl } from "../service/config";
import { fillLayer, ZONE_SETS, type ZoneSet } from "./zone-sets";

export interface Place extends Zone {
  key: string;
  set: ZoneSet;
  /** Index in the file, which is the map's feature id. */
  index: number;
}

/** Loads every set of zones. */
export async function loadPlaces(signal: AbortSignal): Promise<Place[]> {
  const sets = await Promise.all(ZONE_SETS.map((set) => loadSet(set, signal)));
  return sets.flat();
}

async function loadSet(set: ZoneSet, signal: AbortSignal): Promise<Place[]> {
  const url = pageUrl(`zones/${set.file}`);
  const call = { title: "", method: "GET", url } as const;
  const { features } = await send<FeatureCollection<Area>>(call, signal);
  return features.map(({ geometry, properties }, index) => {
    const name = String(properties?.["name"] ?? `Zone ${index + 1}`);
    const key = `${set.id}/${name}`;
    return { key, name, geometry, properties: properties ?? {}, set, index };
  });
}

/** Draws zones and their labels. */
export function drawPlaces(map: MapLibreMap, places: Place[]): void {
  for (const { id } of ZONE_SETS) {
    const own = places.filter(({ set }) => set.id === id);
    setFeatures(map, id, own.map(toArea));
    setFeatures(map, `${id}-names`, own.map(toName));
  }
}

function setFeatures(map: MapLibreMap, source: string, features: Feature[]): void {
  map.getSource<GeoJSONSource>(source)?.setData({ type: "FeatureCollection", features });
}

function toArea({ geometry }: Place): Feature {
  return { type: "Feature", properties: {}, geometry };
}

function toName({ name, geometry }: Place): Feature {
  const { place, size } = labelPlace(geometry);
  return {
    type: "Feature",
    properties: { name, size },
    geometry: { type: "Point", coordinates: place },
  };
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

/** A function that moves the highlight to a zone. */
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
