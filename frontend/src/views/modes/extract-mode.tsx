// The outlines of the pixels of some classes in a zone, or of a range of a quantity.

import { colorOf } from "../../domain/colors";
import { formats } from "../../domain/format";
import { boxOf } from "../../domain/geometry";
import { boundsInView } from "../../map/stage";
import type {
  ClassLegend,
  ContinuousLegend,
  FeaturesAnswer,
  Outline,
} from "../../service/contract";
import { setZones, togglePicked } from "../../state/actions";
import { classes, legend, outlines } from "../../state/questions";
import type { State } from "../../state/resource";
import * as store from "../../state/store";
import { download, fileName } from "../parts/download";
import { Swatch } from "../parts/marks";
import { Failure, Loading } from "../parts/outcome";
import { ZoneTools } from "./zone-tools";

export function ExtractMode() {
  const state = outlines.value;
  const present = legend.value;
  return (
    <>
      <ZoneTools takesSeveral={false} />
      {present?.type === "classes" && <Picker legend={present} />}
      {present?.type === "continuous" && <Interval legend={present} />}
      <section
        class="result"
        aria-label="Outlines"
        aria-busy={state.state === "loading"}
        data-testid="extract-panel"
        data-state={state.state}
      >
        <Body state={state} />
      </section>
    </>
  );
}

/** A checkbox for every class of the legend. */
function Picker({ legend }: { legend: ClassLegend }) {
  return (
    <fieldset class="picker">
      <legend>Classes</legend>
      {legend.entries.map(({ value, label, color }) => (
        <label data-testid={`pick-${value}`}>
          <input
            type="checkbox"
            checked={store.picked.value.includes(value)}
            onChange={() => togglePicked(value)}
          />
          <Swatch color={color} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

function Interval({ legend }: { legend: ContinuousLegend }) {
  const { min, max, unit } = legend;
  const [low, high] = store.interval.value ?? [min, max];
  const set = (from: number, to: number) => {
    if (Number.isFinite(from) && Number.isFinite(to)) store.interval.value = [from, to];
  };
  return (
    <fieldset class="interval">
      <legend>Values {unit ? `in ${unit}` : ""}</legend>
      <label>
        From
        <input
          type="number"
          step="any"
          value={low}
          data-testid="interval-low"
          onChange={({ currentTarget }) => set(currentTarget.valueAsNumber, high)}
        />
      </label>
      <label>
        To
        <input
          type="number"
          step="any"
          value={high}
          data-testid="interval-high"
          onChange={({ currentTarget }) => set(low, currentTarget.valueAsNumber)}
        />
      </label>
    </fieldset>
  );
}

function Body({ state }: { state: State<FeaturesAnswer> }) {
  switch (state.state) {
    case "empty":
      return <Next />;
    case "loading":
      return <Loading>Tracing outlines …</Loading>;
    case "failed":
      return (
        <Failure problem={state.problem} task="extract" onRetry={outlines.retry}>
          {state.problem.status === 413 && (
            <button type="button" data-testid="take-view" onClick={takeView}>
              Use the current view
            </button>
          )}
        </Failure>
      );
    case "result":
      return <Result answer={state.value} milliseconds={state.milliseconds} />;
  }
}

/** Says what to choose next. */
function Next() {
  if (store.zones.value.length === 0) {
    return (
      <p class="empty">
        Choose a zone on the map, or{" "}
        <button type="button" class="link" data-testid="take-view" onClick={takeView}>
          use the current view
        </button>
        .
      </p>
    );
  }
  return (
    <p class="empty">
      {classes.value ? "Pick the classes to outline." : "Enter a range of values."}
    </p>
  );
}

function takeView(): void {
  const bounds = boundsInView();
  if (bounds) setZones([{ name: "Current view", geometry: boxOf(bounds) }]);
}

interface ResultProps {
  answer: FeaturesAnswer;
  milliseconds: number;
}

function Result({ answer, milliseconds }: ResultProps) {
  const zone = store.zones.value.at(-1);
  const found = answer.features.filter(({ geometry }) => geometry !== null);
  const save = () =>
    download(
      fileName(`${zone?.name ?? "zone"} outlines`, "geojson"),
      "application/geo+json",
      JSON.stringify(answer),
    );
  return (
    <>
      <h2 data-testid="zone-name">{zone?.name}</h2>
      {found.length === 0 && (
        <p class="empty" data-testid="stat-reason">
          No matching pixels in the zone.
        </p>
      )}
      <ul class="counts">
        {answer.features.map((outline) => (
          <Count outline={outline} />
        ))}
      </ul>
      <div class="actions">
        <button
          type="button"
          class="small"
          data-testid="download-GeoJSON"
          disabled={found.length === 0}
          onClick={save}
        >
          GeoJSON
        </button>
        <span class="note">in {formats.duration(milliseconds)}</span>
      </div>
    </>
  );
}

function Count({ outline: { properties } }: { outline: Outline }) {
  const { value, name, count } = properties;
  const present = classes.value;
  return (
    <li data-testid="outline" data-value={value} data-count={count}>
      {present && <Swatch color={colorOf(present, value)} />}
      <span>{present ? (name ?? `Class ${value}`) : "Within the range"}</span>
      <span class="share">{`${formats.number(count)} pixels`}</span>
    </li>
  );
}
