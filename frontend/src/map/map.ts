// The map, its controls, camera and worker.

import "maplibre-gl/dist/maplibre-gl.css";
import {
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
// A separate file, as a worker from a blob would need a looser content security policy.
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { clampToMercator } from "../domain/geometry";
import type { View } from "../domain/link";
import type { Bounds } from "../service/contract";
import { buildStyle, followColorScheme } from "./basemap";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Pixels at each edge of the window that are covered. */
export interface Insets {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** Creates a map without a dataset. Throws without WebGL 2. */
export async function createMap(
  container: HTMLElement,
  { zoom, longitude, latitude }: View,
): Promise<MapLibreMap> {
  setWorkerUrl(new URL(workerUrl, import.meta.url).href);
  const map = new MapLibreMap({
    container,
    style: buildStyle(),
    center: [longitude, latitude],
    zoom,
    attributionControl: { compact: true },
    // A tilted map is hard to draw on.
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    // Two quick clicks may be two corners of a polygon.
    doubleClickZoom: false,
    fadeDuration: calm.matches ? 0 : 200,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  followColorScheme(map);
  await map.once("style.load");
  return map;
}

/** Flies to bounds within the uncovered part; jumps if the user prefers reduced motion. */
export function flyToBounds(map: MapLibreMap, bounds: Bounds, insets: Insets): void {
  const padding = {
    top: insets.top + 28,
    right: insets.right + 28,
    bottom: insets.bottom + 28,
    left: insets.left + 28,
  };
  const camera = map.cameraForBounds(clampToMercator(bounds), { padding, maxZoom: 12 });
  if (!camera) return;
  if (calm.matches) map.jumpTo(camera);
  else map.flyTo({ ...camera, duration: 900 });
}

export function jumpToView(map: MapLibreMap, view: View): void {
  map.jumpTo({ center: [view.longitude, view.latitude], zoom: view.zoom });
}

export function readView(map: MapLibreMap): View {
  const { lng, lat } = map.getCenter().wrap();
  return { zoom: map.getZoom(), latitude: lat, longitude: lng };
}

/** Whether bounds contain the view's centre and take more than a quarter of its width. */
export function isInView(map: MapLibreMap, [west, south, east, north]: Bounds): boolean {
  const { lng, lat } = map.getCenter().wrap();
  const seen = map.getBounds();
  const share = (east - west) / (seen.getEast() - seen.getWest());
  return lng >= west && lng <= east && lat >= south && lat <= north && share > 0.25;
}
