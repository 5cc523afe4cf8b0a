// The page's requests and layers as code for other programs.

import type { Call } from "../service/api";

type RequestParts = Omit<Call, "title">;

// Characters. Longer code is shortened on screen, not in what is copied.
const LONGEST = 800;

export const LANGUAGES = ["curl", "JavaScript", "Python"] as const;
export type Language = (typeof LANGUAGES)[number];

export function writeRequest(request: RequestParts, language: Language): string {
  if (language === "curl") return writeCurl(request);
  return language === "Python" ? writePython(request) : writeJavaScript(request);
}

/** `code` with the middle left out if it is long. */
export function abridge(code: string): string {
  if (code.length <= LONGEST) return code;
  const cut = code.length - LONGEST;
  return `${code.slice(0, LONGEST - 200)}\n… ${cut} more characters, all of which are copied …\n${code.slice(-200)}`;
}

function writeCurl({ method, url, body }: RequestParts): string {
  if (method === "GET") return `curl ${quoteShell(url)}`;
  return [
    `curl ${quoteShell(url)} \\`,
    "  -H 'Content-Type: application/geo+json' \\",
    `  -d ${quoteShell(body ?? "")}`,
  ].join("\n");
}

/** A text as one word of a POSIX shell. */
function quoteShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function writeJavaScript({ method, url, body }: RequestParts): string {
  if (method === "GET") {
    return `const response = await fetch(${JSON.stringify(url)});\nconst answer = await response.json();`;
  }
  return [
    `const response = await fetch(${JSON.stringify(url)}, {`,
    '  method: "POST",',
    '  headers: { "Content-Type": "application/geo+json" },',
    `  body: JSON.stringify(${body ?? "null"}),`,
    "});",
    "const answer = await response.json();",
  ].join("\n");
}

function writePython({ method, url, body }: RequestParts): string {
  const head = "import json\nfrom urllib.request import Request, urlopen\n\n";
  if (method === "GET") {
    return `${head}with urlopen(${JSON.stringify(url)}) as response:\n    answer = json.load(response)`;
  }
  return [
    `${head}request = Request(`,
    `    ${JSON.stringify(url)},`,
    // As a string: JSON's null, true and false are not Python's.
    `    data=${quotePython(body ?? "")}.encode(),`,
    '    headers={"Content-Type": "application/geo+json"},',
    ")",
    "with urlopen(request) as response:",
    "    answer = json.load(response)",
  ].join("\n");
}

/** JSON's string literals are valid in Python, except for escaped surrogates. */
function quotePython(text: string): string {
  return JSON.stringify(text);
}

/** A layer of the map, for other programs. */
export interface Shown {
  title: string;
  tiles: string;
  tileJson: string;
  attribution: string;
  maxzoom: number;
}

export function writeLeaflet({ tiles, attribution, maxzoom }: Shown): string {
  return [
    `L.tileLayer(${JSON.stringify(tiles)}, {`,
    `  attribution: ${JSON.stringify(attribution)},`,
    `  maxNativeZoom: ${maxzoom},`,
    "}).addTo(map);",
  ].join("\n");
}

export function writeMapLibre({ tileJson }: Shown): string {
  return [
    'map.addSource("rasterlet", {',
    '  type: "raster",',
    `  url: ${JSON.stringify(tileJson)},`,
    "});",
    'map.addLayer({ id: "rasterlet", type: "raster", source: "rasterlet" });',
  ].join("\n");
}
