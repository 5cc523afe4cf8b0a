// Drawing on the map. A finished shape is passed on and removed from the drawing; the page
// keeps and shows it.

import type { Geometry, Position } from "geojson";
import type { Map as MapLibreMap } from "maplibre-gl";
import {
  TerraDraw,
  TerraDrawCircleMode,
  TerraDrawLineStringMode,
  TerraDrawModeUndoRedo,
  TerraDrawPolygonMode,
  TerraDrawRectangleMode,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { dropRepeats, unwind } from "../domain/geometry";

export type Shape = "polygon" | "rectangle" | "circle" | "linestring";

interface DrawingListener {
  onPolygon(rings: Position[][]): void;
  /** Also called while the line is drawn, without the end that follows the pointer. */
  onLine(line: Position[], isFinished: boolean): void;
}

export interface Drawing {
  start(shape: Shape): void;
  stop(): void;
  /** Removes the last corner; false if there is none. */
  undo(): boolean;
  isDrawing(): boolean;
  /** The shape that the next press on the map draws. */
  shape(): Shape | undefined;
}

const INK = "#0b1f33";
const FILL = {
  fillColor: "#ffffff",
  fillOpacity: 0.15,
  outlineColor: INK,
  outlineWidth: 2.2,
} as const;
const POINTS = {
  closingPointColor: "#ffffff",
  closingPointOutlineColor: INK,
  closingPointOutlineWidth: 2,
  closingPointWidth: 5,
} as const;

/** Prepares drawing on `map`. */
export function createDrawing(map: MapLibreMap, listener: DrawingListener): Drawing {
  const draw = createTerraDraw(map);
  draw.on("finish", (id) => {
    const geometry = draw.getSnapshotFeature(id)?.geometry;
    draw.clear();
    handOver(geometry, listener);
  });

  let corners = 0;
  draw.on("change", () => {
    const fixed = fixedCorners(draw);
    if (!fixed || fixed.length === corners) return;
    corners = fixed.length;
    if (corners >= 2) listener.onLine(unwind([fixed])[0] ?? [], false);
  });

  return {
    start(shape) {
      if (!draw.enabled) draw.start();
      corners = 0;
      draw.setMode(shape);
    },
    stop() {
      if (draw.enabled) draw.stop();
    },
    undo: () => draw.enabled && draw.canUndo() && draw.undo(),
    isDrawing: () => draw.enabled && draw.getModeState() === "drawing",
    shape: () => (draw.enabled ? (draw.getMode() as Shape) : undefined),
  };
}

/** Passes a finished shape on, unless it is degenerate. */
function handOver(geometry: Geometry | undefined, listener: DrawingListener): void {
  if (geometry?.type === "Polygon" && isArea(geometry.coordinates)) {
    listener.onPolygon(unwind(geometry.coordinates));
  }
  if (geometry?.type === "LineString") {
    const line = dropRepeats(geometry.coordinates);
    if (line.length >= 2) listener.onLine(unwind([line])[0] ?? [], true);
  }
}

/** The corners of the line being drawn; undefined if there is none. */
function fixedCorners(draw: TerraDraw): Position[] | undefined {
  if (draw.getMode() !== "linestring" || draw.getModeState() !== "drawing") return undefined;
  const geometry = draw
    .getSnapshot()
    .map((feature) => feature.geometry)
    .find(({ type }) => type === "LineString");
  const coordinates = geometry?.type === "LineString" ? geometry.coordinates : [];
  // The last one follows the pointer.
  return dropRepeats(coordinates.slice(0, -1));
}

/** Whether a ring has three distinct corners; a press without a move gives fewer. */
function isArea([ring = []]: Position[][]): boolean {
  return new Set(ring.map(([x, y]) => `${x} ${y}`)).size >= 3;
}

function createTerraDraw(map: MapLibreMap): TerraDraw {
  // By touch, a shape is drawn by dragging.
  const drawInteraction = "click-move-or-drag";
  return new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 6 }),
    modes: [
      new TerraDrawPolygonMode({ styles: { ...FILL, ...POINTS } }),
      new TerraDrawRectangleMode({ styles: FILL, drawInteraction }),
      new TerraDrawCircleMode({ styles: FILL, drawInteraction }),
      new TerraDrawLineStringMode({
        styles: { lineStringColor: INK, lineStringWidth: 2.6, ...POINTS },
      }),
    ],
    undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
  });
}
