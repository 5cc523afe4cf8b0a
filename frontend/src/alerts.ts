// The messages about what failed. Each belongs to a topic; the topic's next success
// takes it away.

import { createElement } from "./dom";
import { describeFault, type Problem } from "./problem";

export type Topic =
  "catalogue" | "dataset" | "map" | "point" | "statistics" | "tiles" | "zones";

export interface Alerts {
  /** Says what failed, with a button for `retry`. */
  show(topic: Topic, problem: Problem, retry?: () => void): void;
  clear(topic: Topic): void;
}

export function createAlerts(container: HTMLElement): Alerts {
  const messages = new Map<Topic, HTMLElement>();

  const render = () => {
    container.replaceChildren(...messages.values());
    container.hidden = messages.size === 0;
  };
  const clear = (topic: Topic) => {
    if (messages.delete(topic)) render();
  };
  const show = (topic: Topic, problem: Problem, retry?: () => void) => {
    const buttons = [
      ...(retry ? [createButton("retry", "Try again", retry)] : []),
      createButton("close", "Dismiss", () => clear(topic)),
    ];
    messages.set(topic, createMessage(topic, problem, buttons));
    render();
  };
  return { show, clear };
}

const HEADINGS: Record<Topic, string> = {
  catalogue: "The catalogue could not be loaded",
  dataset: "The dataset could not be loaded",
  map: "The map cannot be shown",
  point: "The value here could not be read",
  statistics: "The statistics could not be computed",
  tiles: "Some map tiles could not be loaded",
  zones: "The zones could not be loaded",
};

function createButton(name: string, label: string, onPress: () => void): HTMLElement {
  const button = createElement(
    "button",
    { type: "button", class: `quiet ${name}` },
    label,
  );
  button.addEventListener("click", onPress);
  return button;
}

function createMessage(
  topic: Topic,
  problem: Problem,
  buttons: HTMLElement[],
): HTMLElement {
  const reason = [problem.title, problem.detail].filter(Boolean).join(": ");
  const faults = (problem.errors ?? []).map((fault) =>
    createElement("li", {}, describeFault(fault)),
  );
  return createElement(
    "div",
    { class: "message", "data-topic": topic },
    createElement("strong", {}, HEADINGS[topic]),
    createElement("p", {}, reason),
    ...(faults.length > 0 ? [createElement("ul", {}, ...faults)] : []),
    createElement("div", { class: "actions" }, ...buttons),
  );
}
