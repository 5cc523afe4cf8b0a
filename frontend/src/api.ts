// The requests to the service. Addresses are relative to the page, so that page and
// service may live under any common prefix.

import type { FeatureCollection } from "geojson";
import type {
  Item,
  Legend,
  PointAnswer,
  StatisticsAnswer,
  TileJson,
  ZoneFeature,
} from "./contract";
import { isAbort, ProblemError, readProblem } from "./problem";

export async function fetchItems(signal: AbortSignal): Promise<Item[]> {
  const { features } = await requestJson<{ features: Item[] }>("datasets", { signal });
  return features;
}

export function fetchTileJson(id: string, signal: AbortSignal): Promise<TileJson> {
  return requestJson(`${datasetPath(id)}/tilejson.json`, { signal });
}

export function fetchLegend(id: string, signal: AbortSignal): Promise<Legend> {
  return requestJson(`${datasetPath(id)}/legend.json`, { signal });
}

export function fetchPoint(
  id: string,
  longitude: number,
  latitude: number,
  signal: AbortSignal,
): Promise<PointAnswer> {
  const query = new URLSearchParams({ lon: String(longitude), lat: String(latitude) });
  return requestJson(`${datasetPath(id)}/point?${query}`, { signal });
}

export function fetchZones(
  file: string,
  signal: AbortSignal,
): Promise<FeatureCollection> {
  return requestJson(`zones/${file}`, { signal });
}

/** Asks for the statistics of `zone`; without `bins` the service's default holds. */
export function postStatistics(
  id: string,
  zone: ZoneFeature,
  { bins, signal }: { bins?: number | undefined; signal: AbortSignal },
): Promise<StatisticsAnswer> {
  const query = bins === undefined ? "" : `?histogram_bins=${bins}`;
  return requestJson(`${datasetPath(id)}/statistics${query}`, {
    method: "POST",
    headers: { "Content-Type": "application/geo+json" },
    body: JSON.stringify(zone),
    signal,
  });
}

/** The URL template of a dataset's tiles. */
export function tileTemplate(id: string): string {
  // Appended after the fact: URL would encode the braces.
  return `${resolve(`${datasetPath(id)}/tiles/`)}{z}/{x}/{y}.png`;
}

function datasetPath(id: string): string {
  return `datasets/${encodeURIComponent(id)}`;
}

function resolve(path: string): string {
  return new URL(path, document.baseURI).href;
}

async function requestJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await send(path, init);
  const body = await response.text();
  if (!response.ok) {
    throw new ProblemError(readProblem(response.status, response.statusText, body));
  }
  try {
    return JSON.parse(body) as T;
  } catch {
    throw new ProblemError({
      title: "The answer is not JSON",
      detail: `Something other than the service answered at ${path}.`,
    });
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(resolve(path), init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ProblemError({
      title: "The server cannot be reached",
      detail: "check that it is running and that you are online.",
    });
  }
}
