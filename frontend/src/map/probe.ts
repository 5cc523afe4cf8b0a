// The place on the profile that chart and map both point at.

import { signal } from "@preact/signals";
import type { Position } from "geojson";

interface Probe {
  /** Position among the profile's samples. */
  index: number;
  place: Position;
}

export const probe = signal<Probe | undefined>(undefined);

export function moveProbe(next: Probe | undefined): void {
  if (next?.index !== probe.peek()?.index) probe.value = next;
}
