// Two zones side by side: their classes, or their statistics.

import { colorOf } from "../../domain/colors";
import { formats } from "../../domain/format";
import { type Row, shareOf } from "../../domain/tables";
import type { BandStatistics, ClassLegend, Legend } from "../../service/contract";
import { Notes } from "./zone-figures";

interface Props {
  rows: [Row, Row];
  legend: Legend;
}

export function Comparison({ rows, legend }: Props) {
  return (
    <div class="comparison" data-testid="comparison">
      <div class="pair">
        {rows.map((row) => (
          <div>
            <h2 data-testid="zone-name">{row.zone.name}</h2>
            <Notes row={row} />
          </div>
        ))}
      </div>
      {legend.type === "classes" ? (
        <ClassPairs rows={rows} legend={legend} />
      ) : (
        <FigurePairs rows={rows} unit={legend.type === "continuous" ? legend.unit : null} />
      )}
    </div>
  );
}

/** The classes of both zones, by their summed fractions in descending order. */
function ClassPairs({ rows, legend }: { rows: [Row, Row]; legend: ClassLegend }) {
  const shares = ({ band }: Row, value: number) => {
    const category = band.categories?.find((one) => one.value === value);
    return category ? shareOf(category) : 0;
  };
  const [left, right] = rows;
  const pairs = legend.entries
    .map(({ value, label }) => ({
      value,
      label,
      left: shares(left, value),
      right: shares(right, value),
    }))
    .filter((pair) => pair.left + pair.right > 0)
    .toSorted((one, other) => other.left + other.right - one.left - one.right);
  return (
    <table class="pairs">
      <caption class="visually-hidden">Class fractions</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{left.zone.name}</th>
          <th scope="col">Class</th>
          <th scope="col">{right.zone.name}</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map((pair) => (
          <tr data-value={pair.value}>
            <ShareCell share={pair.left} color={colorOf(legend, pair.value)} side="left" />
            <th scope="row">{pair.label}</th>
            <ShareCell share={pair.right} color={colorOf(legend, pair.value)} side="right" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ShareCellProps {
  share: number;
  color: string;
  side: "left" | "right";
}

function ShareCell({ share, color, side }: ShareCellProps) {
  const style = { width: `${share * 100}%`, backgroundColor: color };
  return (
    <td class={side}>
      {share > 0 ? formats.percent(share * 100) : "–"}
      <span class="track" aria-hidden="true">
        <span class="bar" style={style} />
      </span>
    </td>
  );
}

const FIGURES: [keyof BandStatistics & string, string][] = [
  ["mean", "Mean"],
  ["median", "Median"],
  ["std", "Std. dev."],
  ["min", "Min"],
  ["max", "Max"],
  ["percentile_5", "5th percentile"],
  ["percentile_95", "95th percentile"],
];

function FigurePairs({ rows, unit }: { rows: [Row, Row]; unit: string | null }) {
  const read = ({ band }: Row, key: keyof BandStatistics) => {
    const value = band[key];
    return typeof value === "number" ? formats.quantity(value, unit) : "–";
  };
  const [left, right] = rows;
  return (
    <table class="pairs figures-pairs">
      <caption class="visually-hidden">Statistics of both zones</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">{left.zone.name}</th>
          <th scope="col">Statistic</th>
          <th scope="col">{right.zone.name}</th>
        </tr>
      </thead>
      <tbody>
        {FIGURES.map(([key, label]) => (
          <tr>
            <td class="left">{read(left, key)}</td>
            <th scope="row">{label}</th>
            <td class="right">{read(right, key)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
