// The licence texts of everything that ends up in the bundle.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const RULE = "-".repeat(79);
const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i;

async function readManifest(directory) {
  return JSON.parse(await readFile(join(directory, "package.json"), "utf8"));
}

/** Names of the packages that `root` needs at run time, directly or not, sorted. */
async function listPackages(root) {
  const found = new Set();
  const queue = Object.keys((await readManifest(root)).dependencies);
  for (const name of queue) {
    if (found.has(name) || name.startsWith("@types/")) continue;
    found.add(name);
    const manifest = await readManifest(join(root, "node_modules", name));
    queue.push(...Object.keys(manifest.dependencies ?? {}));
  }
  return [...found].sort();
}

async function describePackage(directory) {
  const { name, version, license, author } = await readManifest(directory);
  const files = (await readdir(directory)).filter((file) => LICENSE_FILE.test(file));
  const texts = await Promise.all(
    files.sort().map((file) => readFile(join(directory, file), "utf8")),
  );
  const owner = author?.name ?? author;
  const heading = `${name} ${version}, ${license}${owner ? `, by ${owner}` : ""}`;
  return [heading, ...texts.map((text) => text.trim())];
}

/** The text of licenses.txt: one chapter a package. */
export async function collectLicenses(root) {
  const chapters = ["This page is built from the following packages."];
  for (const name of await listPackages(root)) {
    const parts = await describePackage(join(root, "node_modules", name));
    chapters.push(parts.join("\n\n"));
  }
  return chapters.join(`\n\n${RULE}\n\n`) + "\n";
}
