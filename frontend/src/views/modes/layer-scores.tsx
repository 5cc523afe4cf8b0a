// The scores of one layer: a slider for each class, or the range over which a quantity
// goes from score 0 to 1.

import { abbreviate, formats } from "../../domain/format";
import { changeLayer } from "../../domain/overlay";
import type { ItemBand, Overlay, OverlayLayer } from "../../service/contract";
import { editOverlay } from "../../state/actions";

type ItemClass = NonNullable<ItemBand["classification:classes"]>[number];

interface Props {
  overlay: Overlay;
  index: number;
  band: ItemBand | undefined;
}

export function LayerScores({ overlay, index, band }: Props) {
  const layer = overlay.layers[index];
  if (!layer) return null;
  const change = (part: Partial<OverlayLayer>) =>
    editOverlay(changeLayer(overlay, index, part));
  return layer.scores ? (
    <ClassScores layer={layer} index={index} band={band} change={change} />
  ) : (
    <Range layer={layer} index={index} band={band} change={change} />
  );
}

interface PartProps {
  layer: OverlayLayer;
  index: number;
  band: ItemBand | undefined;
  change: (part: Partial<OverlayLayer>) => void;
}

function ClassScores({ layer, index, band, change }: PartProps) {
  const { scores = {}, default: others } = layer;
  const named = band?.["classification:classes"] ?? [];
  const values: ItemClass[] =
    named.length > 0 ? named : Object.keys(scores).map((value) => ({ value: Number(value) }));
  const scored = values.filter(({ value }) => String(value) in scores);
  const rest = values.filter(({ value }) => !(String(value) in scores));
  const row = ({ value, title, name }: ItemClass) => (
    <ScoreSlider
      key={value}
      label={title ?? name ?? `Class ${value}`}
      score={scores[value] ?? others ?? 0}
      testId={`score-${index}-${value}`}
      onChange={(score) => change({ scores: { ...scores, [value]: score } })}
    />
  );
  return (
    <>
      {scored.map(row)}
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} other classes</summary>
          {rest.map(row)}
        </details>
      )}
    </>
  );
}

interface ScoreProps {
  label: string;
  score: number;
  testId: string;
  onChange: (score: number) => void;
}

function ScoreSlider({ label, score, testId, onChange }: ScoreProps) {
  return (
    <label class="slider">
      <span>{label}</span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={score}
        data-testid={testId}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
      <output>{formats.number(score)}</output>
    </label>
  );
}

function Range({ layer, index, band, change }: PartProps) {
  const { range = [0, 1], invert = false, expression } = layer;
  const unit = band?.unit ? ` (${abbreviate(band.unit)})` : "";
  const set = (place: 0 | 1, value: number) => {
    const next: [number, number] = [...range];
    next[place] = value;
    if (Number.isFinite(value) && next[0] < next[1]) change({ range: next });
  };
  const end = (place: 0 | 1, label: string) => (
    <RangeEnd
      label={`${label}${unit}`}
      value={range[place]}
      testId={`range-${index}-${place}`}
      onChange={(value) => set(place, value)}
    />
  );
  return (
    <>
      {expression && (
        <p class="note">
          Expression: <code>{expression}</code>
        </p>
      )}
      <div class="interval">
        {end(0, `Score ${invert ? "1" : "0"} up to`)}
        {end(1, `Score ${invert ? "0" : "1"} from`)}
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={invert}
          data-testid={`invert-${index}`}
          onChange={({ currentTarget }) => change({ invert: currentTarget.checked })}
        />
        Lower is better
      </label>
    </>
  );
}

interface RangeEndProps {
  label: string;
  value: number;
  testId: string;
  onChange: (value: number) => void;
}

function RangeEnd({ label, value, testId, onChange }: RangeEndProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        step="any"
        value={value}
        data-testid={testId}
        onChange={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
    </label>
  );
}
