// The part of the address after '#': dataset and map view, so that a link shows what
// its sender saw. Form: #dataset=landcover&view=<zoom>/<latitude>/<longitude>

export interface View {
  zoom: number;
  latitude: number;
  longitude: number;
}

export interface Permalink {
  dataset?: string;
  view?: View;
}

/** Reads what is valid in `hash`; what is not, is not there. */
export function parsePermalink(hash: string): Permalink {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const dataset = parameters.get("dataset");
  const view = parseView(parameters.get("view") ?? "");
  return { ...(dataset && { dataset }), ...(view && { view }) };
}

/** The inverse of `parsePermalink`, to five decimals (about a metre). */
export function formatPermalink(dataset: string, view: View): string {
  const { zoom, latitude, longitude } = view;
  const place = `${zoom.toFixed(2)}/${latitude.toFixed(5)}/${longitude.toFixed(5)}`;
  return `#dataset=${encodeURIComponent(dataset)}&view=${place}`;
}

function parseView(text: string): View | undefined {
  const parts = text.split("/");
  const [zoom = NaN, latitude = NaN, longitude = NaN] = parts.map(Number);
  const isValid =
    parts.length === 3 &&
    parts.every((part) => part.trim() !== "") &&
    zoom >= 0 &&
    zoom <= 24 &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 540;
  return isValid ? { zoom, latitude, longitude } : undefined;
}
