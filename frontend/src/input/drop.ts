// GeoJSON that is dropped on the page or pasted into it, as zones.

import { announce, setZones } from "../state/actions";
import { clearAlert, showAlert } from "../state/alerts";
import { batch, signal } from "@preact/signals";
import { readZones } from "../domain/zones";
import { showZones } from "../map/stage";
import * as store from "../state/store";

/** Whether a file is being dragged over the page. */
export const isOver = signal(false);

/** Adds the zones of a GeoJSON text; throws an Error that says what is wrong with it. */
export function takeGeoJson(text: string): void {
  const found = readZones(text);
  batch(() => {
    if (store.mode.peek() === "profile") store.mode.value = "statistics";
    setZones(store.isAdding.peek() ? [...store.zones.peek(), ...found] : found);
  });
  showZones(found);
  announce(found.length === 1 ? "One zone was added" : `${found.length} zones were added`);
}

export function bindDrop(): void {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    isOver.value = true;
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) isOver.value = false;
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    isOver.value = false;
    const [file] = event.dataTransfer?.files ?? [];
    if (file) void tryText(file.text());
    else void tryText(Promise.resolve(event.dataTransfer?.getData("text/plain") ?? ""));
  });
  addEventListener("paste", ({ clipboardData, target }) => {
    // Fields handle their own pastes.
    if (target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) return;
    const text = clipboardData?.getData("text/plain").trim() ?? "";
    if (text !== "") void tryText(Promise.resolve(text));
  });
}

async function tryText(text: Promise<string>): Promise<void> {
  try {
    takeGeoJson(await text);
    clearAlert("drop");
  } catch (error) {
    showAlert("drop", {
      title: "This could not be used as a zone",
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}
