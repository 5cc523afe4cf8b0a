// The name of the zone under the pointer.

import { createElement } from "./dom";

export interface Tooltip {
  show(text: string, x: number, y: number): void;
  hide(): void;
}

/** A tooltip inside `container`; does nothing where there is no hovering. */
export function createTooltip(container: HTMLElement): Tooltip {
  const tip = createElement("div", { class: "tooltip", "aria-hidden": "true" });
  tip.hidden = true;
  container.append(tip);
  const canHover = matchMedia("(hover: hover)");
  return {
    show(text, x, y) {
      tip.hidden = !canHover.matches;
      tip.textContent = text;
      // Beside the pointer, on the side with more room.
      const left = x > container.clientWidth / 2 ? x - tip.offsetWidth - 12 : x + 14;
      tip.style.transform = `translate(${left}px, ${y + 14}px)`;
    },
    hide() {
      tip.hidden = true;
    },
  };
}
