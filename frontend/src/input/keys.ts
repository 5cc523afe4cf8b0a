// Keyboard shortcuts of the page. Single-key ones can be switched off (WCAG 2.1.4).

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
  { keys: "P", does: "Collapse or expand the panel" },
  { keys: "W", does: "Show the work" },
  { keys: "?", does: "Show the keyboard shortcuts" },
  { keys: "Ctrl Z", does: "Undo the last corner or zone" },
  { keys: "Arrows, + , −", does: "On the map: pan and zoom; a crosshair marks the centre" },
  { keys: "Space", does: "On the map: select the zone, or add a corner, at the crosshair" },
  { keys: "Enter", does: "On the map: select the zone, or finish the shape" },
  { keys: "Esc", does: "Restart the shape; close the drawer or the help" },
];

const STORED = "rasterlet-single-keys";

/** Whether shortcuts without a modifier key are on. */
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
  // In a list, a letter selects the option that starts with it.
  return target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])");
}
