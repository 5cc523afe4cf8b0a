// What of the map the panel covers.

import type { Insets } from "./map";

/** As the style sheets have it. */
export const narrow = matchMedia("(max-width: 45rem)");

export function readInsets(): Insets {
  const none = { top: 0, right: 0, bottom: 0, left: 0 };
  const panel = document.getElementById("panel")?.getBoundingClientRect();
  if (!panel) return none;
  if (narrow.matches) return { ...none, bottom: innerHeight - panel.top };
  // A folded panel is no wall.
  return panel.height < innerHeight / 4 ? none : { ...none, left: panel.right };
}
