// Keys for the whole page. Single letters can be switched off (WCAG 2.1.4).

import { signal } from "@preact/signals";
import { MODES } from "../domain/link";
import { undo } from "../map/stage";
import { chooseMode } from "../state/actions";
import * as store from "../state/store";

interface KeyHelp {
  keys: string;
  does: string;
}

export const KEY_HELP: KeyHelp[] = [
  { keys: "1 – 4", does: "Statistics, Profile, Extract, Priority" },
  { keys: "P", does: "Fold or open the panel" },
  { keys: "W", does: "Show the work" },
  { keys: "?", does: "These keys" },
  { keys: "Ctrl Z", does: "Take the last corner or zone back" },
  { keys: "Arrows, + , −", does: "On the map: move and zoom; the cross points" },
  { keys: "Space", does: "On the map: take the zone, or set a corner, at the cross" },
  { keys: "Enter", does: "On the map: take the zone, or finish the shape" },
  { keys: "Esc", does: "Start the shape over; close what is open" },
];

const STORED = "rasterlet-single-keys";

/** Whether keys without a modifier do something. */
export const hasSingleKeys = signal(localStorage.getItem(STORED) !== "off");
export const isHelpOpen = signal(false);

export function setSingleKeys(isOn: boolean): void {
  hasSingleKeys.value = isOn;
  localStorage.setItem(STORED, isOn ? "on" : "off");
}

export function bindKeys(): void {
  addEventListener("keydown", (event) => {
    if (isTyping(event.target)) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      event.preventDefault();
      undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !hasSingleKeys.value) return;
    if (pressSingle(event.key.toLowerCase())) event.preventDefault();
  });
}

function pressSingle(key: string): boolean {
  const mode = MODES[Number(key) - 1];
  if (mode) chooseMode(mode);
  else if (key === "p") store.folded.value = !store.folded.peek();
  else if (key === "w") store.drawer.value = store.drawer.peek() ? undefined : "request";
  else if (key === "?") isHelpOpen.value = true;
  else return false;
  return true;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // In a list, letters go to the option that begins with them.
  return target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])");
}
