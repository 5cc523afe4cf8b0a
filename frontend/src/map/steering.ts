// The keyboard as a pointer. Arrow keys behave as MapLibre's own, except that the crosshair's
// destination is known at once, before the map has moved there.

import type { LngLat, Map as MapLibreMap } from "maplibre-gl";

// Pixels per press and milliseconds of the animation: MapLibre's own values.
const STEP = 100;
const DURATION = 300;

const DIRECTIONS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface Steering {
  /** Completes the movement of the arrow keys at once. */
  arrive(): void;
}

/** Lets the arrow keys move the map; presses in quick succession add up. */
export function bindArrows(map: MapLibreMap): Steering {
  let destination: LngLat | undefined;
  map.on("moveend", () => (destination = undefined));
  map.getCanvas().addEventListener("keydown", (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    // MapLibre would start from the animation's present position.
    event.stopPropagation();
    const { x, y } = map.project(destination ?? map.getCenter());
    const next = map.unproject([x + direction[0] * STEP, y + direction[1] * STEP]);
    map.easeTo({ center: next, duration: DURATION });
    // Set last, as easeTo ends the animation before it, which resets the destination.
    destination = next;
  });
  return {
    arrive() {
      if (destination) map.jumpTo({ center: destination });
    },
  };
}

/** Moves the pointer to the centre of the map. */
export function hoverCenter(map: MapLibreMap): void {
  dispatch(map, "pointermove", 0);
}

/** Presses the pointer at the centre of the map. */
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
