// The map itself: its controls, its camera and its worker.

import {
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import { buildStyle, followColorScheme } from "./basemap";
import { type Bounds, clampToMercator } from "./geometry";
import type { View } from "./permalink";

/** The worker's file beside this script's; the build puts it in. */
declare const WORKER_FILE: string;

/** A map without a dataset, ready for one. Throws where there is no WebGL 2. */
export async function createMap(container: HTMLElement): Promise<MapLibreMap> {
  setWorkerUrl(new URL(WORKER_FILE, import.meta.url).href);
  const map = new MapLibreMap({
    container,
    style: buildStyle(),
    center: [0, 20],
    zoom: 1,
    attributionControl: { compact: true },
    // Statistics know no tilt, and a tilted map is hard to draw on.
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  followColorScheme(map);
  await map.once("style.load");
  return map;
}

export function flyToBounds(map: MapLibreMap, bounds: Bounds): void {
  map.fitBounds(clampToMercator(bounds), { padding: 32, maxZoom: 12, duration: 1200 });
}

export function jumpToView(map: MapLibreMap, view: View): void {
  map.jumpTo({ center: [view.longitude, view.latitude], zoom: view.zoom });
}

export function readView(map: MapLibreMap): View {
  const { lng, lat } = map.getCenter().wrap();
  return { zoom: map.getZoom(), latitude: lat, longitude: lng };
}
