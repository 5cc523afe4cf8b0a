// The panel's controls: they report what the user wants and show what is the case.

import type { Item } from "./contract";
import { createElement, findElement, isNarrow } from "./dom";
import { HINTS, type Shape, SHAPES } from "./drawing";
import { ZONE_SETS } from "./zone-sets";
import type { Zone, ZoneIndex } from "./zones";

export type Mode = "click" | "draw";

/** Fills the dataset chooser; `onChoose` gets the id. */
export function bindDatasets(items: Item[], onChoose: (id: string) => void): void {
  const select = findElement<HTMLSelectElement>("dataset");
  const options = items.map((item) =>
    createElement("option", { value: item.id }, titleOf(item)),
  );
  select.replaceChildren(...options);
  select.disabled = items.length === 0;
  if (select.disabled)
    select.append(createElement("option", {}, "The catalogue is empty"));
  select.addEventListener("change", () => onChoose(select.value));
}

export function bindDatasetZoom(onZoom: () => void): void {
  findElement("dataset-zoom").addEventListener("click", onZoom);
}

/** Shows which dataset is on the map; none if `item` is undefined. */
export function showDataset(item: Item | undefined): void {
  findElement<HTMLSelectElement>("dataset").value = item?.id ?? "";
  findElement("dataset-description").textContent = item?.properties.description ?? "";
}

export function titleOf(item: Item): string {
  return item.properties.title ?? item.id;
}

/** Fills the list of zones by name, the way to a zone without a pointer. */
export function bindZones(index: ZoneIndex, onChoose: (zone: Zone) => void): void {
  const select = findElement<HTMLSelectElement>("zone");
  for (const set of ZONE_SETS) {
    const zones = [...index.list(set)].sort((a, b) => a.name.localeCompare(b.name));
    const options = zones.map((zone) =>
      createElement("option", { value: keyOf(zone) }, zone.name),
    );
    select.append(createElement("optgroup", { label: set.heading }, ...options));
  }
  select.addEventListener("change", () => {
    const zones = ZONE_SETS.flatMap((set) => index.list(set));
    const zone = zones.find((candidate) => keyOf(candidate) === select.value);
    if (zone) onChoose(zone);
  });
}

export function showZone(zone: Zone | undefined): void {
  findElement<HTMLSelectElement>("zone").value = zone ? keyOf(zone) : "";
}

function keyOf({ place }: Zone): string {
  return place ? `${place.set.id}/${place.index}` : "";
}

export function bindModes(onChoose: (mode: Mode) => void): void {
  for (const mode of ["click", "draw"] as const) {
    findElement(`mode-${mode}`).addEventListener("click", () => onChoose(mode));
  }
}

export function showMode(mode: Mode): void {
  for (const candidate of ["click", "draw"] as const) {
    press(findElement(`mode-${candidate}`), candidate === mode);
    findElement(`${candidate}-tools`).hidden = candidate !== mode;
  }
}

export function bindShapes(
  onChoose: (shape: Shape) => void,
  onClear: () => void,
): void {
  for (const shape of SHAPES) {
    findShapeButton(shape).addEventListener("click", () => onChoose(shape));
  }
  findElement("draw-clear").addEventListener("click", onClear);
}

export function showShape(shape: Shape): void {
  for (const candidate of SHAPES) {
    press(findShapeButton(candidate), candidate === shape);
  }
  findElement("draw-hint").textContent = HINTS[shape];
}

/** Binds the opacity slider; returns a reader of its present value, 0 to 1. */
export function bindOpacity(onChange: (opacity: number) => void): () => number {
  const slider = findElement<HTMLInputElement>("opacity");
  const read = () => slider.valueAsNumber / 100;
  slider.addEventListener("input", () => onChange(read()));
  return read;
}

/** On narrow screens the panel is a sheet that folds, and the legend starts folded. */
export function bindFolding(): void {
  findElement<HTMLDetailsElement>("legend-card").open = !isNarrow();
  const toggle = findElement("panel-toggle");
  toggle.addEventListener("click", () => {
    const isOpen = document.body.classList.toggle("is-folded") === false;
    toggle.setAttribute("aria-expanded", String(isOpen));
    toggle.textContent = isOpen ? "Hide" : "Show";
  });
}

function findShapeButton(shape: Shape): HTMLElement {
  return document.querySelector<HTMLElement>(`[data-shape="${shape}"]`)!;
}

function press(button: HTMLElement, isPressed: boolean): void {
  button.setAttribute("aria-pressed", String(isPressed));
}
