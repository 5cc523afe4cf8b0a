// The mouse that the keyboard is: pointer events at the map's middle.

import type { Map as MapLibreMap } from "maplibre-gl";

/** Moves the pointer to the middle of the map, for what follows it. */
export function hoverCenter(map: MapLibreMap): void {
  dispatch(map, "pointermove", 0);
}

/** Presses the pointer in the middle of the map. */
export function pressCenter(map: MapLibreMap): void {
  hoverCenter(map);
  dispatch(map, "pointerdown", 1);
  dispatch(map, "pointerup", 0);
}

function dispatch(map: MapLibreMap, type: string, buttons: number): void {
  const canvas = map.getCanvas();
  const { left, top } = canvas.getBoundingClientRect();
  const { x, y } = map.project(map.getCenter());
  canvas.dispatchEvent(
    new PointerEvent(type, {
      bubbles: true,
      cancelable: true,
      isPrimary: true,
      pointerId: 1,
      pointerType: "mouse",
      clientX: left + x,
      clientY: top + y,
      button: type === "pointermove" ? -1 : 0,
      buttons,
    }),
  );
}
