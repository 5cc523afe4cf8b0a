// Bundles the page into dist/: index.html, assets with a hash of their content in
// the name (so they may be cached for ever), the zone files and the licences.

import { build } from "esbuild";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { collectLicenses } from "./licenses.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const DIST = join(HERE, "dist");
const SAMPLE = join(HERE, "..", "sample");
const ZONE_FILES = ["countries.geojson", "counties_yosemite.geojson"];

const SHARED = {
  absWorkingDir: HERE,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  outdir: join(DIST, "assets"),
  entryNames: "[name]-[hash]",
  metafile: true,
  // licenses.txt has them in full.
  legalComments: "none",
  logLevel: "warning",
};

/** Builds one entry point; returns the names of its outputs by extension. */
async function bundle(name, path, define = {}) {
  const { metafile } = await build({
    ...SHARED,
    entryPoints: { [name]: path },
    define,
  });
  const outputs = Object.keys(metafile.outputs).map((output) => basename(output));
  return Object.fromEntries(outputs.map((output) => [output.split(".").pop(), output]));
}

async function writePage(assets) {
  const template = await readFile(join(HERE, "index.html"), "utf8");
  const page = template
    .replace("{{script}}", `assets/${assets.js}`)
    .replace("{{style}}", `assets/${assets.css}`);
  await writeFile(join(DIST, "index.html"), page);
}

async function copyZones() {
  await mkdir(join(DIST, "zones"), { recursive: true });
  for (const file of ZONE_FILES) {
    await cp(join(SAMPLE, file), join(DIST, "zones", file));
  }
}

await rm(DIST, { recursive: true, force: true });
// MapLibre's worker stays a file of its own: a worker made from a blob would need
// a looser content security policy.
const worker = await bundle("worker", "maplibre-gl/dist/maplibre-gl-worker.mjs");
const page = await bundle("main", "src/main.ts", {
  WORKER_FILE: JSON.stringify(worker.js),
});
await writePage(page);
await copyZones();
await cp(join(HERE, "icon.svg"), join(DIST, "icon.svg"));
await writeFile(join(DIST, "licenses.txt"), await collectLicenses(HERE));
