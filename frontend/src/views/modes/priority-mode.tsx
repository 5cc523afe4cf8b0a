// The weighted overlay: its layers and their weights. The map follows while a slider moves.

import { formats } from "../../domain/format";
import {
  bandOf,
  changeLayer,
  HEAVIEST,
  layerFor,
  removeLayer,
  shareOfWeight,
} from "../../domain/overlay";
import type { Item, Overlay } from "../../service/contract";
import { editOverlay } from "../../state/actions";
import * as store from "../../state/store";
import { LayerScores } from "./layer-scores";
import { StatisticsResult } from "./statistics-mode";
import { ZoneTools } from "./zone-tools";

export function PriorityMode() {
  const overlay = store.overlay.value;
  if (!overlay) {
    return <p class="empty">The catalogue has no dataset that can be weighted.</p>;
  }
  const hasNoWeight = overlay.layers.every(({ weight = 1 }) => weight === 0);
  return (
    <>
      <section class="priority" aria-label="Priorities" data-testid="priority-panel">
        <p class="note">
          Each pixel scores from 0 to 1: the weighted mean of the layers' scores.
        </p>
        {overlay.layers.map((_layer, index) => (
          <LayerCard key={index} overlay={overlay} index={index} />
        ))}
        {hasNoWeight && (
          <p class="notice" role="alert">
            Give at least one layer a weight above zero.
          </p>
        )}
        <div class="actions">
          <AddLayer overlay={overlay} />
          {store.editedOverlay.value && <Reset />}
        </div>
      </section>
      <details class="priority-zones" open={store.zones.value.length > 0}>
        <summary>Score a zone</summary>
        <ZoneTools takesSeveral />
        <StatisticsResult />
      </details>
    </>
  );
}

function Reset() {
  return (
    <button
      type="button"
      class="small"
      data-testid="overlay-reset"
      onClick={() => editOverlay(undefined)}
    >
      Reset
    </button>
  );
}

function LayerCard({ overlay, index }: { overlay: Overlay; index: number }) {
  const layer = overlay.layers[index];
  if (!layer) return null;
  const item = store.items.value.find(({ id }) => id === layer.dataset);
  const title = item?.properties.title ?? layer.dataset;
  const isMissing = item === undefined && store.items.value.length > 0;
  return (
    <fieldset class="layer" data-testid={`layer-${index}`}>
      <legend>{title}</legend>
      {isMissing && <p class="notice">This dataset is not in the catalogue.</p>}
      <WeightSlider overlay={overlay} index={index} title={title} />
      <LayerScores overlay={overlay} index={index} band={item && bandOf(item)} />
      {overlay.layers.length > 1 && (
        <button
          type="button"
          class="small remove"
          aria-label={`Remove ${title}`}
          onClick={() => editOverlay(removeLayer(overlay, index))}
        >
          Remove
        </button>
      )}
    </fieldset>
  );
}

interface WeightProps {
  overlay: Overlay;
  index: number;
  title: string;
}

function WeightSlider({ overlay, index, title }: WeightProps) {
  const weight = overlay.layers[index]?.weight ?? 1;
  const share = formats.percent(100 * shareOfWeight(overlay, index));
  return (
    <label class="slider">
      <span>Weight</span>
      <input
        type="range"
        min="0"
        max={HEAVIEST}
        step="0.1"
        value={weight}
        data-testid={`weight-${index}`}
        aria-label={`Weight of ${title}`}
        aria-valuetext={`${formats.number(weight)}, ${share} of the total`}
        onInput={({ currentTarget }) =>
          editOverlay(changeLayer(overlay, index, { weight: currentTarget.valueAsNumber }))
        }
      />
      <output>{share}</output>
    </label>
  );
}

/** Adds a dataset as a layer. */
function AddLayer({ overlay }: { overlay: Overlay }) {
  const free = store.items.value.filter((item) => layerFor(item) !== undefined);
  const add = (item: Item | undefined) => {
    const layer = item && layerFor(item);
    if (layer) editOverlay({ ...overlay, layers: [...overlay.layers, layer] });
  };
  if (overlay.layers.length >= 8) return null;
  return (
    <select
      aria-label="Add a layer"
      value=""
      data-testid="layer-add"
      onChange={({ currentTarget }) => {
        add(free.find(({ id }) => id === currentTarget.value));
        currentTarget.value = "";
      }}
    >
      <option value="">Add a layer …</option>
      {free.map(({ id, properties }) => (
        <option value={id}>{properties.title ?? id}</option>
      ))}
    </select>
  );
}
