// The value under a click, in a popup.

import { type LngLat, type Map as MapLibreMap, Popup } from "maplibre-gl";
import type { Legend, PointAnswer, PointValue } from "./contract";
import { createElement, createSwatch } from "./dom";
import { formatPosition, formatQuantity } from "./format";

export interface PointPopup {
  show(place: LngLat, answer: PointAnswer, legend: Legend): void;
  hide(): void;
}

export function createPointPopup(map: MapLibreMap): PointPopup {
  const popup = new Popup({
    anchor: "bottom",
    className: "point-popup",
    closeOnClick: false,
    // The focus stays with the map, which one may be steering by keyboard.
    focusAfterOpen: false,
    maxWidth: "260px",
    offset: 6,
  });
  return {
    show(place, answer, legend) {
      popup.setLngLat(place).setDOMContent(createContent(answer, legend)).addTo(map);
    },
    hide() {
      popup.remove();
    },
  };
}

function createContent(
  { coordinates, values }: PointAnswer,
  legend: Legend,
): HTMLElement {
  const [longitude, latitude] = coordinates;
  return createElement(
    "div",
    { "data-testid": "point-value" },
    ...values.map((value) => createLine(value, legend)),
    createElement("p", { class: "note" }, formatPosition(longitude, latitude)),
  );
}

function createLine({ value, label, unit }: PointValue, legend: Legend): HTMLElement {
  if (value === null) return createElement("p", {}, "No data here");
  const entries = legend.type === "classes" ? legend.entries : [];
  const color = entries.find((entry) => entry.value === value)?.color;
  return createElement(
    "p",
    {},
    ...(color ? [createSwatch(color)] : []),
    createElement("strong", {}, label ?? formatQuantity(value, unit)),
  );
}
