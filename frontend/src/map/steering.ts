// The keyboard as a mouse. The arrow keys are MapLibre's own, but for one thing: where the
// cross has been sent is known at once, however long the map takes to get there.

import type { LngLat, Map as MapLibreMap } from "maplibre-gl";

// Pixels by which one press moves the map, and milliseconds that it takes: MapLibre's own.
const STEP = 100;
const DURATION = 300;

const DIRECTIONS: Record<string, [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export interface Steering {
  /** Puts the map where the arrows have sent it, before something is done there. */
  arrive(): void;
}

/** Lets the arrow keys move the map; several presses in quick succession add up. */
export function bindArrows(map: MapLibreMap): Steering {
  let destination: LngLat | undefined;
  map.on("moveend", () => (destination = undefined));
  map.getCanvas().addEventListener("keydown", (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    // MapLibre would start from where its animation happens to be.
    event.stopPropagation();
    const { x, y } = map.project(destination ?? map.getCenter());
    const next = map.unproject([x + direction[0] * STEP, y + direction[1] * STEP]);
    map.easeTo({ center: next, duration: DURATION });
    // Only now, since the animation that this one replaces has just ended.
    destination = next;
  });
  return {
    arrive() {
      if (destination) map.jumpTo({ center: destination });
    },
  };
}

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
