// Keeps the page's URL and the store in step.

import { effect } from "@preact/signals";
import { formatLink, parseLink, type Link } from "../domain/link";
import { applyLink, readLink } from "./store";

// Milliseconds. Dragging a map or a slider changes the URL many times a second, which
// browsers refuse after a while.
const DELAY = 200;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether a change of the store is not in the URL yet. */
export function isAddressLate(): boolean {
  return timer !== undefined;
}

/** Reads the URL once, and from then on keeps URL and store in step. */
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

/** Whether the change gets an entry of its own in the browser's history. */
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
