// The build: src/ and index.html into dist/, with the zones and the licences beside.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
// @ts-expect-error  a plain script
import { collectLicenses } from "./licenses.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const SAMPLE = fileURLToPath(new URL("../sample/", import.meta.url));
const ZONE_FILES = ["countries.geojson", "counties_yosemite.geojson"];

/** Where the service answers, if not beside the page: an absolute URL. */
const API = process.env["RASTERLET_API"] ?? "";

/** Files that no module imports: the outlines of zones, and the licences. */
function addFiles(): Plugin {
  return {
    name: "add-files",
    async generateBundle() {
      for (const file of ZONE_FILES) {
        const source = await readFile(SAMPLE + file);
        this.emitFile({ type: "asset", fileName: `zones/${file}`, source });
      }
      const source: string = await collectLicenses(HERE);
      this.emitFile({ type: "asset", fileName: "licenses.txt", source });
      const icon = await readFile(`${HERE}icon.svg`);
      this.emitFile({ type: "asset", fileName: "icon.svg", source: icon });
    },
  };
}

/** Names the service in the page, and lets the page talk to it. */
function nameService(): Plugin {
  const origin = API === "" ? "" : ` ${new URL(API).origin}`;
  const base = API === "" || API.endsWith("/") ? API : `${API}/`;
  return {
    name: "name-service",
    transformIndexHtml: (html) =>
      html
        .replaceAll("{{api}}", base)
        .replaceAll("{{api-origin}}", origin)
        .replaceAll("{{datasets}}", `${base || "./"}datasets`),
  };
}

export default defineConfig({
  base: "./",
  plugins: [nameService(), addFiles()],
  publicDir: false,
  build: {
    target: "es2022",
    // The policy of the page knows no scripts but files.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      output: {
        // Web servers that do not know .mjs would not let it run.
        assetFileNames: ({ names }) =>
          names[0]?.endsWith(".mjs")
            ? "assets/[name]-[hash].js"
            : "assets/[name]-[hash][extname]",
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/datasets", "/overlay", "/wmts", "/zones", "/licenses.txt"].map((path) => [
        path,
        "http://127.0.0.1:8000",
      ]),
    ),
  },
});
