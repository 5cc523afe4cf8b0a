// Short hands for building and finding elements. Text always goes in as text nodes:
// nothing the service says is parsed as HTML.

type Child = Node | string;
type Attributes = Record<string, string | number>;

const SVG = "http://www.w3.org/2000/svg";

export function createElement<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function createSvg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** A small square in the colour of a class. */
export function createSwatch(color: string): HTMLElement {
  const swatch = createElement("span", { class: "swatch", "aria-hidden": "true" });
  // Through the object model: the content security policy bars style attributes.
  swatch.style.backgroundColor = color;
  return swatch;
}

/** The element of index.html with this id. */
export function findElement<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no element '${id}'`);
  return element as T;
}

/** Whether the panel is a sheet below the map; as the style sheets have it. */
export function isNarrow(): boolean {
  return matchMedia("(max-width: 720px)").matches;
}

function fill<T extends Element>(
  element: T,
  attributes: Attributes,
  children: Child[],
) {
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}
