// What is under the pointer, or under the crosshair while the keyboard moves the map: the
// zone at once, the values as soon as the pointer rests.

import { signal } from "@preact/signals";
import type { LngLat, Map as MapLibreMap, Point } from "maplibre-gl";
import { send } from "../service/api";
import { apiUrl } from "../service/config";
import type { PointAnswer } from "../service/contract";
import { isAbort } from "../service/problem";
import { layer } from "../state/questions";
import { type Place, createMarker, findPlace } from "./places";

interface Cursor {
  x: number;
  y: number;
  longitude: number;
  latitude: number;
  placeName?: string;
  /** Undefined until the response has arrived. */
  answer?: PointAnswer;
}

export const cursor = signal<Cursor | undefined>(undefined);
/** Whether the keyboard moves the map, and a crosshair marks its centre. */
export const isCrossed = signal(false);

// Milliseconds without a move after which the pointer rests.
const REST = 70;

export interface Pointer {
  setPlaces(places: Place[]): void;
  /** Whether the zone under the pointer is highlighted, as a click would select it. */
  setPicking(isPicking: boolean): void;
  look(point: Point, lngLat: LngLat): void;
  placeAt(point: Point): Place | undefined;
}

export function bindPointer(map: MapLibreMap): Pointer {
  const mark = createMarker(map);
  let places: Place[] = [];
  let isPicking = true;
  const question = createQuestion();

  const placeAt = (point: Point) => findPlace(map, places, point);
  const look = (point: Point, lngLat: LngLat) => {
    const place = placeAt(point);
    mark(isPicking ? place : undefined);
    map.getCanvas().style.cursor = isPicking && place ? "pointer" : "";
    const { lng, lat } = lngLat.wrap();
    cursor.value = {
      x: point.x,
      y: point.y,
      longitude: lng,
      latitude: lat,
      ...(place && { placeName: place.name }),
    };
    question.askSoon(lng, lat);
  };
  const leave = () => {
    question.forget();
    mark(undefined);
    cursor.value = undefined;
  };

  map.on("mousemove", ({ point, lngLat }) => look(point, lngLat));
  map.on("mouseout", leave);
  map.on("movestart", leave);
  bindCross(map, look);

  return {
    setPlaces: (found) => void (places = found),
    setPicking: (picks) => void (isPicking = picks),
    look,
    placeAt,
  };
}

interface PointQuestion {
  /** Requests the values at a position after a pause without another call. */
  askSoon(longitude: number, latitude: number): void;
  forget(): void;
}

/** Requests the layer's values where the pointer rests. */
function createQuestion(): PointQuestion {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;

  const forget = () => {
    clearTimeout(timer);
    running?.abort();
  };
  const ask = async (url: string) => {
    running = new AbortController();
    try {
      const call = { title: "", method: "GET", url } as const;
      const answer = await send<PointAnswer>(call, running.signal);
      if (cursor.value) cursor.value = { ...cursor.value, answer };
    } catch (error) {
      // A missing value at the pointer needs no alert; failing tiles give one.
      if (!isAbort(error)) cursor.value = undefined;
    }
  };
  return {
    forget,
    askSoon(longitude, latitude) {
      forget();
      timer = setTimeout(() => {
        const url = pointUrl(longitude, latitude);
        if (url) void ask(url);
      }, REST);
    },
  };
}

/** Undefined without a layer. */
function pointUrl(longitude: number, latitude: number): string | undefined {
  const present = layer.peek();
  return (
    present &&
    apiUrl(`${present.path}/point`, [
      ...present.params,
      ["lon", longitude.toFixed(6)],
      ["lat", latitude.toFixed(6)],
    ])
  );
}

/** While keys move the map, its centre stands for the pointer. */
function bindCross(map: MapLibreMap, look: Pointer["look"]): void {
  const canvas = map.getCanvas();
  const lookAtCenter = () => {
    if (!isCrossed.value) return;
    const center = map.getCenter();
    look(map.project(center), center);
  };
  canvas.addEventListener("focus", () => {
    isCrossed.value = canvas.matches(":focus-visible");
    lookAtCenter();
  });
  canvas.addEventListener("keydown", ({ key }) => {
    if (key.startsWith("Arrow") || key === "Enter" || key === " ") isCrossed.value = true;
  });
  canvas.addEventListener("blur", () => (isCrossed.value = false));
  canvas.addEventListener("pointerdown", ({ isTrusted }) => {
    // Events that the keyboard dispatches are not trusted.
    if (isTrusted) isCrossed.value = false;
  });
  map.on("moveend", lookAtCenter);
}
