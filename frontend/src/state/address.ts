// The address follows the store, and the store the address.

import { effect } from "@preact/signals";
import { formatLink, parseLink, type Link } from "../domain/link";
import { applyLink, readLink } from "./store";

// Dragging a map or a slider changes the address many times a second, which browsers
// refuse after a while.
const DELAY = 200;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether the address still has to be brought up to date. */
export function isAddressLate(): boolean {
  return timer !== undefined;
}

/** Reads the address once, and from then on keeps the two the same. */
export function bindAddress(): void {
  applyLink(parseLink(location.hash));
  let last = readLink();

  effect(() => {
    const link = readLink();
    const isStep = isNewPlace(last, link);
    last = link;
    clearTimeout(timer);
    timer = isStep ? undefined : setTimeout(() => write(link, false), DELAY);
    if (isStep) write(link, true);
  });

  addEventListener("hashchange", () => {
    const link = parseLink(location.hash);
    if (formatLink(link) === formatLink(readLink())) return;
    last = link;
    applyLink(link);
  });
}

/** Whether the way back should lead to what was there before. */
function isNewPlace(before: Link, after: Link): boolean {
  return (
    before.dataset !== undefined &&
    (before.mode !== after.mode ||
      before.dataset !== after.dataset ||
      before.zones !== after.zones)
  );
}

function write(link: Link, isStep: boolean): void {
  timer = undefined;
  const hash = formatLink(link);
  if (hash === location.hash) return;
  if (isStep) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}
