// The layer's tiles on the map. New tiles are loaded behind those that are shown, and
// take their place when all are there, so that nothing flickers.

import { AJAXError, type Map as MapLibreMap, type MapSourceDataEvent } from "maplibre-gl";
import type { TileJson } from "../service/contract";
import { type Problem, readProblem } from "../service/problem";
import { FIRST_OVERLAY } from "./basemap";

interface Picture {
  /** URL template. */
  tiles: string;
  /** Pictures of different places do not wait for each other. */
  place: string;
  /** Whether it changes while somebody drags: then a coarse one comes first. */
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
  picture: Picture;
  isDraft: boolean;
  started: number;
}

// A frame that takes longer than this makes way for a newer one, and its requests end.
const PATIENCE = 250;

// Pixels a side: a quarter of the requests that tiles of 256 take.
const SIDE = 512;

// Once nothing has changed for so long, the coarse picture is made a fine one.
const REST = 150;

export class Raster {
  readonly #map: MapLibreMap;
  readonly #listener: RasterListener;
  #opacity = 1;
  #count = 0;
  #failures = 0;
  #shown: Frame | undefined;
  #coming: Frame | undefined;
  #wanted: Picture | undefined;
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

  /** Shows a picture as soon as its tiles are there; undefined for none. */
  show(picture: Picture | undefined): void {
    this.#wanted = picture;
    this.#advance();
  }

  /** Whether the picture that was asked for last is shown in full. */
  isSettled(): boolean {
    const shown = this.#shown;
    if (this.#coming || shown?.isDraft) return false;
    return shown?.picture.tiles === this.#wanted?.tiles;
  }

  setOpacity(opacity: number): void {
    this.#opacity = opacity;
    if (this.#shown) this.#paint(this.#shown, opacity);
  }

  /** Asks for the tiles in view again, those that failed included. */
  reload(): void {
    this.#failures = 0;
    const frame = this.#coming ?? this.#shown;
    if (frame) this.#map.refreshTiles(frame.id);
  }

  #advance(): void {
    clearTimeout(this.#timer);
    const wanted = this.#wanted;
    if (!wanted || wanted.place !== this.#shown?.picture.place) this.#drop("shown");
    if (wanted?.tiles === (this.#coming ?? this.#shown)?.picture.tiles) {
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
    if (wanted.tiles === this.#shown?.picture.tiles) {
      this.#refine();
      return;
    }
    this.#coming = this.#load(wanted, wanted.isLive && this.#shown !== undefined);
    // With nothing before it, tiles may show one by one.
    if (!this.#shown) this.#swap();
  }

  /** How long the frame that is coming may still take, now that another is wanted. */
  #timeLeft(wanted: Picture | undefined): number {
    const coming = this.#coming;
    // A fine picture of what is no longer wanted is not worth a wait.
    const isWorthIt = coming?.picture.place === wanted?.place && this.#isAsFine(coming);
    return coming && isWorthIt ? coming.started + PATIENCE - performance.now() : 0;
  }

  #isAsFine(frame: Frame | undefined): boolean {
    return frame !== undefined && (frame.isDraft || !frame.picture.isLive);
  }

  /** Makes the coarse picture a fine one when it is the one wanted for a while. */
  #refine(): void {
    if (this.#coming || !this.#shown?.isDraft) return;
    this.#timer = setTimeout(() => {
      const wanted = this.#wanted;
      if (wanted && !this.#coming) this.#coming = this.#load(wanted, false);
    }, REST);
  }

  #load(picture: Picture, isDraft: boolean): Frame {
    this.#count += 1;
    this.#failures = 0;
    const id = `raster-${this.#count}`;
    const frame = { id, picture, isDraft, started: performance.now() };
    const { minzoom, maxzoom, bounds, tileSize = 256, attribution } = picture.tileJson;
    // A level less for each time that the side doubles; none is above the first.
    const levels = Math.log2(SIDE / tileSize);
    this.#map.addSource(frame.id, {
      type: "raster",
      tiles: [`${picture.tiles}${picture.tiles.includes("?") ? "&" : "?"}tilesize=${SIDE}`],
      minzoom,
      maxzoom: Math.max(minzoom, maxzoom - levels),
      bounds,
      // Stretched to twice their size, tiles are fewer still.
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
          // MapLibre would take 300 ms over it, while the picture before is gone at once.
          "raster-opacity-transition": { duration: 0, delay: 0 },
          // Pixels are measurements: between two classes there is no third.
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
    // With its last tile rather than when the map says that it is idle, a frame later.
    const isWhole = tile !== undefined && this.#map.isSourceLoaded(sourceId);
    if (sourceId === this.#coming?.id && (isWhole || sourceDataType === "idle")) {
      this.#swap();
    }
    if (this.#owns(sourceId) && tile?.state === "loaded" && this.#failures === 0) {
      this.#listener.onSuccess();
    }
  }

  #rest(): void {
    // Where no tile is in view, no source says that it is idle.
    this.#swap();
    this.#listener.onBusy(false);
  }

  #owns(sourceId: string): boolean {
    return sourceId === this.#shown?.id || sourceId === this.#coming?.id;
  }

  #paint({ id }: Frame, opacity: number): void {
    this.#map.setPaintProperty(id, "raster-opacity", opacity);
  }

  /** Takes a frame off the map, which ends its requests. */
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
  // The browser's own words for an unreachable server differ and say little.
  if (error instanceof TypeError) return { status: 0, title: "The server cannot be reached" };
  return { title: error instanceof Error ? error.message : String(error) };
}
