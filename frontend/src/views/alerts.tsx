// Errors of the map, with remedies.

import { type Alert, alerts, clearAlert, type Topic } from "../state/alerts";
import { Explanation } from "./parts/outcome";

const HEADINGS: Record<Topic, string | undefined> = {
  catalogue: "The catalogue could not be loaded",
  legend: "The dataset could not be loaded",
  map: "The map cannot be shown",
  tiles: "Some map tiles could not be loaded",
  zones: "The zones could not be loaded",
  offline: undefined,
  drop: undefined,
};

export function Alerts() {
  return (
    <div class="alerts" role="alert" data-testid="alert" hidden={alerts.value.length === 0}>
      {alerts.value.map((alert) => (
        <Message key={alert.topic} {...alert} />
      ))}
    </div>
  );
}

function Message({ topic, problem, retry }: Alert) {
  const heading = HEADINGS[topic];
  const said = [heading ? problem.title : undefined, problem.detail].filter(Boolean);
  return (
    <div class="message" data-topic={topic}>
      <strong>{heading ?? problem.title}</strong>
      <p>{said.join(": ")}</p>
      <Explanation problem={problem} task={topic} />
      <div class="actions">
        {retry && (
          <button type="button" class="small" onClick={retry}>
            Try again
          </button>
        )}
        <button type="button" class="small" onClick={() => clearAlert(topic)}>
          Dismiss
        </button>
      </div>
    </div>
  );
}
