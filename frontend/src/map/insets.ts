// The part of the map that the panel covers.

import type { Insets } from "./map";

/** The same breakpoint as in the style sheets. */
export const narrow = matchMedia("(max-width: 45rem)");

export function readInsets(): Insets {
  const none = { top: 0, right: 0, bottom: 0, left: 0 };
  const panel = document.getElementById("panel")?.getBoundingClientRect();
  if (!panel) return none;
  if (narrow.matches) return { ...none, bottom: innerHeight - panel.top };
  // A collapsed panel covers little.
  return panel.height < innerHeight / 4 ? none : { ...none, left: panel.right };
}
