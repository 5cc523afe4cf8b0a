// Values along a drawn line.

import { formats } from "../../domain/format";
import { climbOf, extremesOf } from "../../domain/profile";
import { formatCsv } from "../../domain/tables";
import { moveProbe } from "../../map/probe";
import type { ProfileAnswer } from "../../service/contract";
import { setLine } from "../../state/actions";
import { classes, profile } from "../../state/questions";
import { valueOf } from "../../state/resource";
import * as store from "../../state/store";
import { download, fileName } from "../parts/download";
import { Failure, Loading } from "../parts/outcome";
import { ClassStrip, ProfileChart } from "../results/profile-chart";

export function ProfileMode() {
  const state = profile.value;
  const answer = valueOf(state);
  return (
    <section
      class="result"
      aria-label="Profile"
      aria-busy={state.state === "loading"}
      data-testid="profile-panel"
      data-state={state.state}
    >
      <p class="note">
        Click on the map to start a line and to add corners. To finish, press Enter or click
        the last corner again.
      </p>
      {state.state === "failed" && (
        <Failure problem={state.problem} task="profile" onRetry={profile.retry} />
      )}
      {state.state === "empty" && (
        <p class="empty">Click twice on the map for a profile.</p>
      )}
      {state.state === "loading" && !answer && <Loading>Reading values along the line …</Loading>}
      {answer && <Result answer={answer} />}
    </section>
  );
}

function Result({ answer }: { answer: ProfileAnswer }) {
  const [band] = answer.bands;
  if (!band) return null;
  const extremes = extremesOf(band.values);
  const legend = classes.value;
  const clear = () => {
    setLine([]);
    moveProbe(undefined);
  };
  const save = () => download(fileName("profile", "csv"), "text/csv", toCsv(answer));
  return (
    <>
      {!extremes && (
        <p class="empty" data-testid="stat-reason">
          The dataset has no data along this line.
        </p>
      )}
      {extremes && legend && <ClassStrip answer={answer} legend={legend} />}
      {extremes && !legend && <ProfileChart answer={answer} />}
      {extremes && <Figures answer={answer} isClasses={legend !== undefined} />}
      <div class="actions">
        <button type="button" class="small" data-testid="download-CSV" onClick={save}>
          CSV
        </button>
        <button type="button" class="small" data-testid="clear-line" onClick={clear}>
          Remove the line
        </button>
        {profile.value.state === "result" && (
          <span class="note">in {formats.duration(profile.value.milliseconds)}</span>
        )}
      </div>
      {store.line.value.length > 60 && (
        <p class="note">A line with many corners makes a long link.</p>
      )}
    </>
  );
}

function Figures({ answer, isClasses }: { answer: ProfileAnswer; isClasses: boolean }) {
  const [band] = answer.bands;
  if (!band) return null;
  const unit = (value: number) => formats.quantity(value, band.unit);
  const { min = 0, max = 0 } = extremesOf(band.values) ?? {};
  const { up, down } = climbOf(band.values);
  const figures: [string, string, number, string][] = [
    ["length", "Length", answer.length_m, formats.length(answer.length_m)],
  ];
  if (!isClasses) {
    figures.push(
      ["min", "Min", min, unit(min)],
      ["max", "Max", max, unit(max)],
      ["up", "Ascent", up, unit(up)],
      ["down", "Descent", down, unit(down)],
    );
  }
  return (
    <dl class="figures">
      {figures.map(([key, label, value, text]) => (
        <div class="figure">
          <dt>{label}</dt>
          <dd data-testid={`profile-${key}`} data-value={value}>
            {text}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function toCsv({ distance_m, coordinates, bands: [band] }: ProfileAnswer): string {
  const lines = distance_m.map((distance, index) => [
    distance,
    coordinates[index]?.[0],
    coordinates[index]?.[1],
    band?.values[index],
    ...(band?.labels ? [band.labels[index]] : []),
  ]);
  const head = ["distance_m", "longitude", "latitude", "value"];
  return formatCsv([band?.labels ? [...head, "class"] : head, ...lines]);
}
