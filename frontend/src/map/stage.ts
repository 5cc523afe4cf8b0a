// Keeps map and store in step.

import { effect, signal, untracked } from "@preact/signals";
import type { Map as MapLibreMap, MapMouseEvent } from "maplibre-gl";
import type { Zone } from "../domain/zones";
import { zoneBounds } from "../domain/zones";
import { toProblem } from "../service/problem";
import * as actions from "../state/actions";
import { isAddressLate } from "../state/address";
import { alerts, clearAlert, showAlert, type Topic } from "../state/alerts";
import * as questions from "../state/questions";
import * as store from "../state/store";
import type { Drawing, Shape } from "./drawing";
import { narrow, readInsets } from "./insets";
import { createMap, flyToBounds, isInView, jumpToView, readView } from "./map";
import { drawPlaces, loadPlaces, type Place } from "./places";
import { bindPointer, type Pointer } from "./pointer";
import { Raster } from "./raster";
import { bindShapes } from "./shapes";
import { bindArrows, hoverCenter, pressCenter, type Steering } from "./steering";

declare global {
  interface Window {
    /** For browser tests, which wait until nothing is loading or moving. */
    rasterlet?: { map: MapLibreMap; isAtRest(): boolean };
  }
}

/** The zones that can be clicked; empty until they are loaded. */
export const places = signal<Place[]>([]);
export const isBusy = signal(false);

/** A view of the whole world, as large as the window allows beside or above the panel. */
const start = () => ({
  zoom: Math.max(0.6, Math.log2(innerWidth / 512)),
  // West of the centre, as the panel would cover Brazil.
  longitude: narrow.matches ? 10 : -20,
  latitude: narrow.matches ? -48 : 22,
});

let stage: Stage | undefined;

/** Undoes the last corner while drawing, else the last change of zones and line. */
export function undo(): void {
  if (!stage?.drawing?.undo()) actions.undo();
}

/** Brings zones into view. */
export function showZones(zones: Zone[]): void {
  if (stage && zones.length > 0) flyToBounds(stage.map, zoneBounds(zones), readInsets());
}

/** The bounds of the view; undefined without a map. */
export function boundsInView(): [number, number, number, number] | undefined {
  if (!stage) return undefined;
  const bounds = stage.map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
}

interface Stage {
  map: MapLibreMap;
  raster: Raster;
  pointer: Pointer;
  steering: Steering;
  drawing?: Drawing;
  /** Whether the map has fired its idle event since the last frame. */
  isIdle: boolean;
}

export async function startStage(container: HTMLElement): Promise<void> {
  // Requested while the map is created.
  const loading = askPlaces();
  // Handled by openPlaces, once there is a map.
  loading.catch(() => undefined);
  const map = await createMap(container, store.view.peek() ?? start());
  const raster = new Raster(map, {
    onBusy: (busy) => void (isBusy.value = busy),
    onFailure: (problem) =>
      showAlert("tiles", problem, () => {
        clearAlert("tiles");
        raster.reload();
      }),
    onSuccess: () => clearAlert("tiles"),
  });
  bindShapes(map);
  const [pointer, steering] = [bindPointer(map), bindArrows(map)];
  const present: Stage = { map, raster, pointer, steering, isIdle: false };
  stage = present;
  followStore(present);
  followMap(present);
  window.rasterlet = { map, isAtRest: () => isAtRest(present) };
  void openPlaces(present, loading);
}

/** Whether everything that the page loads and draws is there. */
function isAtRest({ map, raster, drawing, isIdle }: Stage): boolean {
  const isThere = (length: number, topic: Topic) =>
    length > 0 || alerts.peek().some((alert) => alert.topic === topic);
  const isDrawn = isIdle && map.loaded() && map.areTilesLoaded() && !map.isMoving();
  return (
    isDrawn &&
    raster.isSettled() &&
    drawing?.shape() === shapeWanted() &&
    isThere(store.items.peek().length, "catalogue") &&
    isThere(places.peek().length, "zones") &&
    !questions.isWaiting.peek() &&
    !isAddressLate()
  );
}

function askPlaces(): Promise<Place[]> {
  return loadPlaces(new AbortController().signal);
}

async function openPlaces(
  { map, pointer }: Stage,
  loading: Promise<Place[]>,
): Promise<void> {
  try {
    places.value = await loading;
  } catch (error) {
    showAlert("zones", toProblem(error), () => {
      clearAlert("zones");
      if (stage) void openPlaces(stage, askPlaces());
    });
    return;
  }
  drawPlaces(map, places.value);
  pointer.setPlaces(places.value);
  store.setKnownZones(places.value);
}

function followStore(present: Stage): void {
  const { map, raster } = present;
  effect(() => {
    const [tileJson, legend] = [questions.tileJson.value, questions.legend.value];
    const [tiles, layer] = [questions.tiles.value, questions.layer.value];
    if (!tiles || !layer) return raster.show(undefined);
    // Keep what is shown until the TileJSON has arrived, and the legend if it is needed
    // to filter classes.
    if (!tileJson || (store.shown.value.length > 0 && !legend)) return undefined;
    const isLive = layer.path === "overlay";
    return raster.show({ tiles, place: layer.place, isLive, tileJson });
  });
  effect(() => {
    // Dim the raster below outlines of its classes.
    const isDimmed = questions.outlines.value.state === "result";
    raster.setOpacity(store.opacity.value * (isDimmed ? 0.4 : 1));
  });
  effect(() => {
    const destination = store.destination.value;
    if (!destination) return;
    if ("view" in destination) jumpToView(map, destination.view);
    else if (!isInView(map, destination.bounds)) {
      flyToBounds(map, destination.bounds, readInsets());
    }
  });
  effect(() => {
    const shape = shapeWanted();
    present.pointer.setPicking(shape === undefined);
    untracked(() => void startDrawing(present, shape));
  });
}

/** The shape that mode and tool draw. */
function shapeWanted(): Shape | undefined {
  if (store.mode.value === "profile") return "linestring";
  return store.tool.value === "click" ? undefined : store.tool.value;
}

async function startDrawing(present: Stage, shape: Shape | undefined): Promise<void> {
  if (!shape) {
    present.drawing?.stop();
    return;
  }
  // Loaded on demand: clicking needs no drawing.
  const { createDrawing } = await import("./drawing");
  present.drawing ??= createDrawing(present.map, {
    onPolygon: (coordinates) =>
      actions.takeZone({
        name: nameDrawn(),
        geometry: { type: "Polygon", coordinates },
      }),
    onLine: (line, isFinished) => {
      if (isFinished) actions.setLine(line);
      else store.line.value = line;
    },
  });
  if (shapeWanted() === shape) present.drawing.start(shape);
}

function nameDrawn(): string {
  const drawn = store.zones.peek().filter(({ key }) => key === undefined);
  return store.isAdding.peek() && drawn.length > 0
    ? `Drawn zone ${drawn.length + 1}`
    : "Drawn zone";
}

function followMap(present: Stage): void {
  const { map, pointer } = present;
  map.on("render", () => (present.isIdle = false));
  map.on("idle", () => (present.isIdle = true));
  map.on("moveend", () => (store.view.value = readView(map)));
  map.on("click", (event) => handleClick(pointer, event));
  map.on("dblclick", (event) => {
    if (shapeWanted() === undefined) map.zoomTo(map.getZoom() + 1, { around: event.lngLat });
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === " ") pressKey(event);
    if (event.key === "Enter" && shapeWanted() === undefined) pressKey(event);
  });
  map.on("move", () => {
    if (document.activeElement === map.getCanvas() && stage?.drawing?.isDrawing()) {
      hoverCenter(map);
    }
  });
}

function handleClick(pointer: Pointer, { point, lngLat, originalEvent }: MapMouseEvent): void {
  pointer.look(point, lngLat);
  if (shapeWanted() !== undefined) return;
  const place = pointer.placeAt(point);
  if (place) actions.takeZone(place, originalEvent.shiftKey || store.isAdding.peek());
}

/** A press at the crosshair, after the arrow keys' movement has been completed. */
function pressKey(event: KeyboardEvent): void {
  if (!stage) return;
  event.preventDefault();
  const { map, pointer, steering } = stage;
  steering.arrive();
  if (shapeWanted() !== undefined) {
    pressCenter(map);
    return;
  }
  const place = pointer.placeAt(map.project(map.getCenter()));
  if (place) actions.takeZone(place, event.shiftKey || store.isAdding.peek());
}
