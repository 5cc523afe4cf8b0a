// Error messages of the map. Each belongs to a topic and disappears with the topic's next
// success.

import { signal } from "@preact/signals";
import type { Problem } from "../service/problem";

export type Topic = "catalogue" | "legend" | "map" | "tiles" | "zones" | "offline" | "drop";

export interface Alert {
  topic: Topic;
  problem: Problem;
  retry?: () => void;
}

export const alerts = signal<Alert[]>([]);

/** Shows what failed, with a button for `retry`. */
export function showAlert(topic: Topic, problem: Problem, retry?: () => void): void {
  const others = alerts.peek().filter((alert) => alert.topic !== topic);
  alerts.value = [...others, { topic, problem, ...(retry && { retry }) }];
}

export function clearAlert(topic: Topic): void {
  const others = alerts.peek().filter((alert) => alert.topic !== topic);
  if (others.length < alerts.peek().length) alerts.value = others;
}
