// Work that may fail or be overtaken: at most one piece of it a topic, and an alert for
// as long as the topic's last piece stands failed.

import type { Alerts, Topic } from "./alerts";
import { isAbort, toProblem } from "./problem";

export class Attempts {
  readonly #alerts: Alerts;
  readonly #running = new Map<Topic, AbortController>();

  constructor(alerts: Alerts) {
    this.#alerts = alerts;
  }

  /**
   * Does `work` in the place of the topic's earlier work. Returns whether it succeeded;
   * undefined if later work took its place. `retry` is what the alert offers.
   */
  async run(
    topic: Topic,
    work: (signal: AbortSignal) => Promise<void>,
    retry: () => void,
  ): Promise<boolean | undefined> {
    this.#running.get(topic)?.abort();
    const controller = new AbortController();
    this.#running.set(topic, controller);
    try {
      await work(controller.signal);
    } catch (error) {
      if (isAbort(error)) return undefined;
      this.#alerts.show(topic, toProblem(error), retry);
      return false;
    }
    this.#alerts.clear(topic);
    return true;
  }

  /** Ends the topic's work and takes its alert away. */
  cancel(topic: Topic): void {
    this.#running.get(topic)?.abort();
    this.#alerts.clear(topic);
  }
}
