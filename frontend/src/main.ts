// The start of the page.

import "./style.css";
import type { Map as MapLibreMap } from "maplibre-gl";
import { createAlerts } from "./alerts";
import { App } from "./app";
import { bindFolding } from "./controls";
import { findElement } from "./dom";
import { createMap } from "./map";
import { parsePermalink } from "./permalink";
import { toProblem } from "./problem";
import { reloadTiles, watchTiles } from "./raster";

declare global {
  interface Window {
    /** For browser tests, which wait for the map to be idle. */
    rasterlet?: { map: MapLibreMap };
  }
}

async function start(): Promise<void> {
  bindFolding();
  const alerts = createAlerts(findElement("alert"));
  try {
    const map = await createMap(findElement("map"));
    window.rasterlet = { map };
    watchTiles(map, {
      onBusy: (isBusy) => (findElement("tiles-busy").hidden = !isBusy),
      onFailure: (problem) => alerts.show("tiles", problem, () => reloadTiles(map)),
      onRecovery: () => alerts.clear("tiles"),
    });
    const app = new App(map, alerts);
    addEventListener("hashchange", () => app.follow(parsePermalink(location.hash)));
    await app.start(parsePermalink(location.hash));
  } catch (error) {
    alerts.show("map", toProblem(error));
  }
}

void start();
