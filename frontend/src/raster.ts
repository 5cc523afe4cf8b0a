// The dataset's tiles on the map, and the news of how their loading goes.

import { AJAXError, type Map as MapLibreMap } from "maplibre-gl";
import { FIRST_OVERLAY } from "./basemap";
import type { TileJson } from "./contract";
import { type Problem, readProblem } from "./problem";

const RASTER = "raster";

/** Puts the tiles of `template` on the map, in the place of those shown before. */
export function showRaster(
  map: MapLibreMap,
  template: string,
  tileJson: TileJson,
  opacity: number,
): void {
  hideRaster(map);
  map.addSource(RASTER, {
    type: "raster",
    tiles: [template],
    minzoom: tileJson.minzoom,
    maxzoom: tileJson.maxzoom,
    bounds: tileJson.bounds,
    tileSize: tileJson.tileSize ?? 256,
    ...(tileJson.attribution && { attribution: tileJson.attribution }),
  });
  map.addLayer(
    {
      id: RASTER,
      type: "raster",
      source: RASTER,
      // Pixels are measurements: between two classes there is no third.
      paint: { "raster-resampling": "nearest", "raster-fade-duration": 150 },
    },
    FIRST_OVERLAY,
  );
  setRasterOpacity(map, opacity);
}

export function hideRaster(map: MapLibreMap): void {
  if (map.getLayer(RASTER)) map.removeLayer(RASTER);
  if (map.getSource(RASTER)) map.removeSource(RASTER);
}

export function setRasterOpacity(map: MapLibreMap, opacity: number): void {
  if (map.getLayer(RASTER)) map.setPaintProperty(RASTER, "raster-opacity", opacity);
}

/** Asks for the tiles in view again, those that failed included. */
export function reloadTiles(map: MapLibreMap): void {
  if (map.getSource(RASTER)) map.refreshTiles(RASTER);
}

export interface TileListener {
  onBusy(isBusy: boolean): void;
  onFailure(problem: Problem): void;
  onRecovery(): void;
}

/** Reports busy and idle, failures, and the first load without a failure after one. */
export function watchTiles(map: MapLibreMap, listener: TileListener): void {
  let loaded = 0;
  let failed = 0;

  map.on("sourcedataloading", ({ sourceId }) => {
    if (sourceId === RASTER) listener.onBusy(true);
  });
  map.on("sourcedata", ({ sourceId, tile }) => {
    if (sourceId === RASTER && tile?.state === "loaded") loaded += 1;
  });
  map.on("error", (event) => {
    failed += 1;
    void describeTileError(event.error).then(listener.onFailure);
  });
  map.on("idle", () => {
    listener.onBusy(false);
    // A map that only moved within its tiles has proved nothing.
    if (failed === 0 && loaded > 0) listener.onRecovery();
    loaded = 0;
    failed = 0;
  });
}

async function describeTileError(error: unknown): Promise<Problem> {
  if (error instanceof AJAXError) {
    return readProblem(error.status, error.statusText, await error.body.text());
  }
  // The browser's own words for an unreachable server differ and say little.
  if (error instanceof TypeError) return { title: "The server cannot be reached" };
  return { title: error instanceof Error ? error.message : String(error) };
}
