// What the page does: it holds the present dataset and zone, and turns what the user
// wants into requests and their answers into views.

import type { Polygon } from "geojson";
import type { LngLat, Map as MapLibreMap, MapMouseEvent } from "maplibre-gl";
import type { Alerts } from "./alerts";
import * as api from "./api";
import { Attempts } from "./attempts";
import type { Item, Legend, TileJson } from "./contract";
import * as controls from "./controls";
import { findElement } from "./dom";
import { createDrawing, type Drawing, type Shape } from "./drawing";
import { boundsOf } from "./geometry";
import { renderLegend } from "./legend";
import { flyToBounds, jumpToView, readView } from "./map";
import { formatPermalink, type Permalink } from "./permalink";
import { createPointPopup, type PointPopup } from "./point";
import { setRasterOpacity, showRaster } from "./raster";
import * as statistics from "./statistics";
import { createTooltip, type Tooltip } from "./tooltip";
import { createMarker, loadZones, type Zone, type ZoneIndex } from "./zones";

const HISTOGRAM_BINS = 32;

interface Dataset {
  item: Item;
  tileJson: TileJson;
  legend: Legend;
}

export class App {
  readonly #map: MapLibreMap;
  readonly #attempts: Attempts;
  readonly #drawing: Drawing;
  readonly #popup: PointPopup;
  readonly #tooltip: Tooltip;
  readonly #markHover: (zone: Zone | undefined) => void;
  readonly #markSelected: (zone: Zone | undefined) => void;
  readonly #readOpacity: () => number;

  #items: Item[] = [];
  #zones: ZoneIndex | undefined;
  #dataset: Dataset | undefined;
  #mode: controls.Mode = "click";
  #shape: Shape = "polygon";

  constructor(map: MapLibreMap, alerts: Alerts) {
    this.#map = map;
    this.#attempts = new Attempts(alerts);
    this.#drawing = createDrawing(map, (polygon) => this.#chooseDrawn(polygon));
    this.#popup = createPointPopup(map);
    this.#tooltip = createTooltip(map.getContainer());
    this.#markHover = createMarker(map, "hover");
    this.#markSelected = createMarker(map, "selected");
    this.#readOpacity = controls.bindOpacity((opacity) =>
      setRasterOpacity(map, opacity),
    );
    this.#bind();
    this.#setMode("click");
  }

  /** Loads the zones and the catalogue, and opens the dataset that `link` names. */
  async start(link: Permalink): Promise<void> {
    await Promise.all([this.#loadZones(), this.#openCatalogue(link)]);
  }

  /** Goes where an address typed or chosen from the history leads. */
  follow({ dataset, view }: Permalink): void {
    const isKnown = this.#items.some(({ id }) => id === dataset);
    if (dataset && isKnown && dataset !== this.#dataset?.item.id) {
      void this.#chooseDataset(dataset, view);
    } else if (view) {
      jumpToView(this.#map, view);
    }
  }

  #bind(): void {
    controls.bindDatasetZoom(() => {
      if (this.#dataset) flyToBounds(this.#map, this.#dataset.tileJson.bounds);
    });
    controls.bindModes((mode) => this.#setMode(mode));
    controls.bindShapes(
      (shape) => this.#setShape(shape),
      () => this.#forgetZone(),
    );
    this.#map.on("click", (event) => this.#handleClick(event));
    this.#map.on("mousemove", (event) => this.#handleMove(event));
    this.#map.on("mouseout", () => this.#handleLeave());
    this.#map.on("movestart", () => this.#handleLeave());
    this.#map.on("moveend", () => this.#writePermalink());
  }

  async #loadZones(): Promise<void> {
    const work = async (signal: AbortSignal) => {
      this.#zones = await loadZones(this.#map, signal);
      controls.bindZones(this.#zones, (zone) => {
        flyToBounds(this.#map, boundsOf(zone.feature.geometry));
        this.#popup.hide();
        void this.#chooseZone(zone);
      });
    };
    await this.#attempts.run("zones", work, () => void this.#loadZones());
  }

  async #openCatalogue(link: Permalink): Promise<void> {
    const work = async (signal: AbortSignal) => {
      this.#items = await api.fetchItems(signal);
      controls.bindDatasets(this.#items, (id) => void this.#chooseDataset(id));
    };
    await this.#attempts.run("catalogue", work, () => void this.#openCatalogue(link));
    const named = this.#items.find(({ id }) => id === link.dataset);
    const first = named ?? this.#items[0];
    if (first) await this.#chooseDataset(first.id, link.view);
  }

  async #chooseDataset(id: string, view?: Permalink["view"]): Promise<void> {
    const item = this.#items.find((candidate) => candidate.id === id)!;
    const work = async (signal: AbortSignal) => {
      const [tileJson, legend] = await Promise.all([
        api.fetchTileJson(id, signal),
        api.fetchLegend(id, signal),
      ]);
      this.#showDataset({ item, tileJson, legend });
      if (view) jumpToView(this.#map, view);
      else flyToBounds(this.#map, tileJson.bounds);
    };
    const retry = () => void this.#chooseDataset(id, view);
    const isDone = await this.#attempts.run("dataset", work, retry);
    if (isDone === undefined) return;
    // Also after a failure: the chooser names what is on the map.
    controls.showDataset(this.#dataset?.item);
    this.#writePermalink();
  }

  #showDataset(dataset: Dataset): void {
    const { item, tileJson, legend } = dataset;
    this.#dataset = dataset;
    this.#forgetZone();
    this.#attempts.cancel("tiles");
    showRaster(this.#map, api.tileTemplate(item.id), tileJson, this.#readOpacity());
    renderLegend(findElement("legend"), legend);
  }

  async #chooseZone(zone: Zone): Promise<void> {
    const dataset = this.#dataset;
    if (!dataset) return;
    this.#markSelected(zone);
    controls.showZone(zone);
    statistics.showLoading(zone.name);
    const isDone = await this.#attempts.run(
      "statistics",
      (signal) => this.#loadStatistics(dataset, zone, signal),
      () => void this.#chooseZone(zone),
    );
    if (isDone === false) statistics.showFailure(zone.name);
  }

  async #loadStatistics(
    { item, legend }: Dataset,
    zone: Zone,
    signal: AbortSignal,
  ): Promise<void> {
    const bins = legend.type === "continuous" ? HISTOGRAM_BINS : undefined;
    const start = performance.now();
    const answer = await api.postStatistics(item.id, zone.feature, { bins, signal });
    const milliseconds = performance.now() - start;
    statistics.showResult({ zoneName: zone.name, legend, answer, milliseconds });
  }

  #chooseDrawn(polygon: Polygon): void {
    const feature = { type: "Feature", properties: {}, geometry: polygon } as const;
    void this.#chooseZone({ name: "Drawn zone", feature });
  }

  #forgetZone(): void {
    this.#attempts.cancel("statistics");
    this.#attempts.cancel("point");
    this.#drawing.clear();
    this.#popup.hide();
    this.#markSelected(undefined);
    controls.showZone(undefined);
    statistics.showEmpty();
  }

  #setMode(mode: controls.Mode): void {
    this.#mode = mode;
    this.#forgetZone();
    this.#handleLeave();
    controls.showMode(mode);
    if (mode === "draw") this.#setShape(this.#shape);
    else this.#drawing.stop();
  }

  #setShape(shape: Shape): void {
    this.#shape = shape;
    this.#drawing.start(shape);
    controls.showShape(shape);
  }

  #handleClick({ point, lngLat }: MapMouseEvent): void {
    if (this.#mode !== "click") return;
    void this.#showPoint(lngLat);
    const zone = this.#zones?.findAt(point);
    if (zone) void this.#chooseZone(zone);
  }

  async #showPoint(place: LngLat): Promise<void> {
    const dataset = this.#dataset;
    if (!dataset) return;
    this.#popup.hide();
    const work = async (signal: AbortSignal) => {
      const { lng, lat } = place.wrap();
      const answer = await api.fetchPoint(dataset.item.id, lng, lat, signal);
      this.#popup.show(place, answer, dataset.legend);
    };
    await this.#attempts.run("point", work, () => void this.#showPoint(place));
  }

  #handleMove({ point }: MapMouseEvent): void {
    if (this.#mode !== "click") return;
    const zone = this.#zones?.findAt(point);
    this.#markHover(zone);
    this.#map.getCanvas().style.cursor = zone ? "pointer" : "";
    if (zone) this.#tooltip.show(zone.name, point.x, point.y);
    else this.#tooltip.hide();
  }

  #handleLeave(): void {
    this.#markHover(undefined);
    this.#tooltip.hide();
  }

  #writePermalink(): void {
    if (!this.#dataset) return;
    const hash = formatPermalink(this.#dataset.item.id, readView(this.#map));
    // Replaced, not pushed: the back button leaves the page instead of retracing pans.
    history.replaceState(null, "", hash);
  }
}
