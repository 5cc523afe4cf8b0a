// The position on the profile that chart and map both mark.

import { signal } from "@preact/signals";
import type { Position } from "geojson";

interface Probe {
  /** Index of the profile's sample. */
  index: number;
  place: Position;
}

export const probe = signal<Probe | undefined>(undefined);

export function moveProbe(next: Probe | undefined): void {
  if (next?.index !== probe.peek()?.index) probe.value = next;
}
