// The layer's tiles on the map. New tiles load invisibly and replace the shown ones when all
// have arrived, so that nothing flickers.

import { AJAXError, type Map as MapLibreMap, type MapSourceDataEvent } from "maplibre-gl";
import type { TileJson } from "../service/contract";
import { type Problem, readProblem } from "../service/problem";
import { FIRST_OVERLAY } from "./basemap";

interface MapImage {
  /** URL template. */
  tiles: string;
  /** Identifies the layer: images of different layers do not wait for each other. */
  place: string;
  /** Whether sliders change it: then a coarse draft is loaded first. */
  isLive: boolean;
  tileJson: TileJson;
}

interface RasterListener {
  onBusy(isBusy: boolean): void;
  onFailure(problem: Problem): void;
  onSuccess(): void;
}

interface Frame {
  id: string;
  image: MapImage;
  isDraft: boolean;
  started: number;
}

// Milliseconds after which a loading frame is dropped for a newer one.
const PATIENCE = 250;

// Pixels per side: a quarter of the requests that tiles of 256 pixels take.
const SIDE = 512;

// Milliseconds without a change after which a draft is replaced by the full image.
const REST = 150;

export class Raster {
  readonly #map: MapLibreMap;
  readonly #listener: RasterListener;
  #opacity = 1;
  #count = 0;
  #failures = 0;
  #shown: Frame | undefined;
  #coming: Frame | undefined;
  #wanted: MapImage | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(map: MapLibreMap, listener: RasterListener) {
    this.#map = map;
    this.#listener = listener;
    map.on("sourcedata", (event) => this.#notice(event));
    map.on("sourcedataloading", ({ sourceId }) => {
      if (this.#owns(sourceId)) listener.onBusy(true);
    });
    map.on("idle", () => this.#rest());
    map.on("error", (event) => {
      this.#failures += 1;
      void describeTileError(event.error).then((problem) => listener.onFailure(problem));
    });
  }

  /** Shows an image as soon as its tiles have arrived; undefined removes the shown one. */
  show(image: MapImage | undefined): void {
    this.#wanted = image;
    this.#advance();
  }

  /** Whether the last image given to `show` is shown in full resolution. */
  isSettled(): boolean {
    const shown = this.#shown;
    if (this.#coming || shown?.isDraft) return false;
    return shown?.image.tiles === this.#wanted?.tiles;
  }

  setOpacity(opacity: number): void {
    this.#opacity = opacity;
    if (this.#shown) this.#paint(this.#shown, opacity);
  }

  /** Requests the tiles in view again, including those that failed. */
  reload(): void {
    this.#failures = 0;
    const frame = this.#coming ?? this.#shown;
    if (frame) this.#map.refreshTiles(frame.id);
  }

  #advance(): void {
    clearTimeout(this.#timer);
    const wanted = this.#wanted;
    if (!wanted || wanted.place !== this.#shown?.image.place) this.#drop("shown");
    if (wanted?.tiles === (this.#coming ?? this.#shown)?.image.tiles) {
      this.#refine();
      return;
    }
    const left = this.#timeLeft(wanted);
    if (left > 0) {
      this.#timer = setTimeout(() => this.#advance(), left);
      return;
    }
    this.#drop("coming");
    if (!wanted) return;
    if (wanted.tiles === this.#shown?.image.tiles) {
      this.#refine();
      return;
    }
    this.#coming = this.#load(wanted, wanted.isLive && this.#shown !== undefined);
    // If nothing is shown yet, tiles may appear one by one.
    if (!this.#shown) this.#swap();
  }

  /** Milliseconds that the loading frame has left, now that another is wanted. */
  #timeLeft(wanted: MapImage | undefined): number {
    const coming = this.#coming;
    // Do not wait for the full image of something no longer wanted.
    const isWorthIt = coming?.image.place === wanted?.place && this.#isAsFine(coming);
    return coming && isWorthIt ? coming.started + PATIENCE - performance.now() : 0;
  }

  #isAsFine(frame: Frame | undefined): boolean {
    return frame !== undefined && (frame.isDraft || !frame.image.isLive);
  }

  /** Replaces the draft by the full image if nothing changes for a while. */
  #refine(): void {
    if (this.#coming || !this.#shown?.isDraft) return;
    this.#timer = setTimeout(() => {
      const wanted = this.#wanted;
      if (wanted && !this.#coming) this.#coming = this.#load(wanted, false);
    }, REST);
  }

  #load(image: MapImage, isDraft: boolean): Frame {
    this.#count += 1;
    this.#failures = 0;
    const id = `raster-${this.#count}`;
    const frame = { id, image, isDraft, started: performance.now() };
    const { minzoom, maxzoom, bounds, tileSize = 256, attribution } = image.tileJson;
    // One level less for each doubling of the side, but not below the first.
    const levels = Math.log2(SIDE / tileSize);
    this.#map.addSource(frame.id, {
      type: "raster",
      tiles: [`${image.tiles}${image.tiles.includes("?") ? "&" : "?"}tilesize=${SIDE}`],
      minzoom,
      maxzoom: Math.max(minzoom, maxzoom - levels),
      bounds,
      // A draft has its tiles stretched to twice their size, so there are fewer.
      tileSize: isDraft ? 2 * SIDE : SIDE,
      ...(attribution && { attribution }),
    });
    this.#map.addLayer(
      {
        id: frame.id,
        type: "raster",
        source: frame.id,
        paint: {
          "raster-opacity": 0,
          // MapLibre fades in for 300 ms by default, while the replaced image is gone at once.
          "raster-opacity-transition": { duration: 0, delay: 0 },
          // Class codes must not be interpolated.
          "raster-resampling": "nearest",
          "raster-fade-duration": 0,
        },
      },
      FIRST_OVERLAY,
    );
    return frame;
  }

  #swap(): void {
    if (!this.#coming) return;
    this.#paint(this.#coming, this.#opacity);
    this.#drop("shown");
    this.#shown = this.#coming;
    this.#coming = undefined;
    this.#advance();
  }

  #notice({ sourceId, sourceDataType, tile }: MapSourceDataEvent): void {
    // With the last tile, a frame earlier than the map's idle event.
    const isWhole = tile !== undefined && this.#map.isSourceLoaded(sourceId);
    if (sourceId === this.#coming?.id && (isWhole || sourceDataType === "idle")) {
      this.#swap();
    }
    if (this.#owns(sourceId) && tile?.state === "loaded" && this.#failures === 0) {
      this.#listener.onSuccess();
    }
  }

  #rest(): void {
    // Without a tile in view, no source fires its idle event.
    this.#swap();
    this.#listener.onBusy(false);
  }

  #owns(sourceId: string): boolean {
    return sourceId === this.#shown?.id || sourceId === this.#coming?.id;
  }

  #paint({ id }: Frame, opacity: number): void {
    this.#map.setPaintProperty(id, "raster-opacity", opacity);
  }

  /** Removes a frame from the map, which aborts its requests. */
  #drop(which: "shown" | "coming"): void {
    const frame = which === "shown" ? this.#shown : this.#coming;
    if (!frame) return;
    this.#map.removeLayer(frame.id);
    this.#map.removeSource(frame.id);
    if (which === "shown") this.#shown = undefined;
    else this.#coming = undefined;
  }
}

async function describeTileError(error: unknown): Promise<Problem> {
  if (error instanceof AJAXError) {
    return readProblem(error.status, error.statusText, await error.body.text());
  }
  // Browsers differ in their messages for an unreachable server.
  if (error instanceof TypeError) return { status: 0, title: "The server cannot be reached" };
  return { title: error instanceof Error ? error.message : String(error) };
}
