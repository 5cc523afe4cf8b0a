// The legend of the map. It highlights the class under the pointer; pressing a class filters
// the map to it, pressing further ones adds them.

import { shareOf } from "../domain/colors";
import { formats } from "../domain/format";
import { narrow } from "../map/insets";
import { cursor } from "../map/pointer";
import type { ClassLegend, ContinuousLegend, Legend } from "../service/contract";
import { toggleShown } from "../state/actions";
import { legend } from "../state/questions";
import * as store from "../state/store";
import { Ramp, Swatch } from "./parts/marks";

export function LegendCard() {
  const { value } = legend;
  if (!value) return null;
  return (
    <aside aria-label="Legend">
    <details class="legend-card" open={!narrow.matches}>
      <summary>Legend</summary>
      <div class="legend" data-testid="legend">
        <h2>{value.title}</h2>
        <p class="note" data-testid="dataset-description">
          {store.item.value?.properties.description}
        </p>
        <LegendBody legend={value} />
      </div>
      <label class="opacity">
        <span>Opacity</span>
        <input
          type="range"
          min="0"
          max="100"
          data-testid="opacity"
          value={Math.round(store.opacity.value * 100)}
          onInput={({ currentTarget }) =>
            (store.opacity.value = currentTarget.valueAsNumber / 100)
          }
        />
      </label>
    </details>
    </aside>
  );
}

function LegendBody({ legend }: { legend: Legend }) {
  if (legend.type === "classes") return <Classes legend={legend} />;
  return legend.type === "continuous" ? <Gradient legend={legend} /> : null;
}

function Classes({ legend }: { legend: ClassLegend }) {
  const shown = store.shown.value;
  const value = cursor.value?.answer?.values[0]?.value;
  return (
    <>
      <ul class={shown.length > 0 ? "classes is-filtered" : "classes"}>
        {legend.entries.map((entry) => (
          <li>
            <button
              type="button"
              class="class"
              aria-pressed={shown.includes(entry.value)}
              data-value={entry.value}
              data-here={entry.value === value}
              title="Filter the map by this class"
              onClick={() => toggleShown(entry.value)}
            >
              <Swatch color={entry.color} />
              {entry.label}
            </button>
          </li>
        ))}
      </ul>
      {shown.length > 0 && (
        <button
          type="button"
          class="small"
          data-testid="legend-all"
          onClick={() => (store.shown.value = [])}
        >
          Show all classes
        </button>
      )}
    </>
  );
}

function Gradient({ legend }: { legend: ContinuousLegend }) {
  const value = cursor.value?.answer?.values[0]?.value;
  const { colors, min, max, unit } = legend;
  return (
    <div class="gradient">
      <div class="ramp-frame">
        <Ramp colors={colors} />
        {typeof value === "number" && (
          <span class="ramp-mark" style={{ left: `${shareOf(legend, value) * 100}%` }} />
        )}
      </div>
      <span>{formats.quantity(min, unit)}</span>
      <span>{formats.quantity(max, unit)}</span>
    </div>
  );
}
