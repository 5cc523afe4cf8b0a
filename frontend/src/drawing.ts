// Drawing a zone by hand. One shape is kept: a finished one replaces the one before.

import type { Polygon } from "geojson";
import type { Map as MapLibreMap } from "maplibre-gl";
import {
  TerraDraw,
  TerraDrawFreehandMode,
  TerraDrawPolygonMode,
  TerraDrawRectangleMode,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { unwindPolygon } from "./geometry";

export const SHAPES = ["polygon", "rectangle", "freehand"] as const;
export type Shape = (typeof SHAPES)[number];

export const HINTS: Record<Shape, string> = {
  polygon:
    "Click to add corners; double click or press Enter to end, Escape to start over.",
  rectangle: "Click two opposite corners, or drag from one to the other.",
  freehand: "Press and drag around the area, or click, move around it and click again.",
};

export interface Drawing {
  start(shape: Shape): void;
  stop(): void;
  clear(): void;
}

const INK = "#0b1f33";
const STYLES = {
  fillColor: "#ffffff",
  fillOpacity: 0.12,
  outlineColor: INK,
  outlineWidth: 2.2,
  closingPointColor: "#ffffff",
  closingPointOutlineColor: INK,
  closingPointOutlineWidth: 2,
  closingPointWidth: 5,
} as const;

/** Prepares drawing on `map`; `onFinish` gets every finished polygon. */
export function createDrawing(
  map: MapLibreMap,
  onFinish: (polygon: Polygon) => void,
): Drawing {
  const draw = createTerraDraw(map);
  draw.on("finish", (id) => {
    const others = draw.getSnapshot().filter((feature) => feature.id !== id);
    draw.removeFeatures(others.map((feature) => feature.id!));
    const geometry = draw.getSnapshotFeature(id)?.geometry;
    if (geometry?.type === "Polygon") onFinish(unwindPolygon(geometry));
  });

  return {
    start(shape) {
      if (!draw.enabled) draw.start();
      draw.setMode(shape);
    },
    stop() {
      if (draw.enabled) draw.stop();
    },
    clear() {
      if (draw.enabled) draw.clear();
    },
  };
}

function createTerraDraw(map: MapLibreMap): TerraDraw {
  // Dragging is the only way to draw a shape by touch in one go.
  const drawInteraction = "click-move-or-drag";
  return new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 6 }),
    modes: [
      new TerraDrawPolygonMode({ styles: STYLES }),
      new TerraDrawRectangleMode({ styles: STYLES, drawInteraction }),
      new TerraDrawFreehandMode({ styles: STYLES, drawInteraction }),
    ],
  });
}
