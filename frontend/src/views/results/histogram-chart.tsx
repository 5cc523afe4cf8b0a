// A histogram above the map's colour ramp, with lines at mean and median and a band from the
// 5th to the 95th percentile.

import { sliceColors } from "../../domain/colors";
import { formats } from "../../domain/format";
import type { Histogram } from "../../domain/histogram";
import type { BandStatistics, ContinuousLegend } from "../../service/contract";
import { Ramp } from "../parts/marks";

const WIDTH = 320;
const HEIGHT = 110;

interface Props {
  histogram: Histogram;
  legend: ContinuousLegend;
  band: BandStatistics;
}

export function HistogramChart({ histogram, legend, band }: Props) {
  const { weights, edges } = histogram;
  const low = edges[0] ?? 0;
  const high = edges.at(-1) ?? low;
  const { unit } = legend;
  const place = (value: number) => ((value - low) / (high - low || 1)) * WIDTH;
  const [from, to] = [band.percentile_5 ?? low, band.percentile_95 ?? high];
  return (
    <figure class="histogram" data-testid="histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram of ${weights.length} bins, ${formats.range(low, high, unit)}`}
      >
        <rect class="middle" x={place(from)} width={place(to) - place(from)} height={HEIGHT} />
        <Bins histogram={histogram} unit={unit} />
        <Line name="mean" value={band.mean} place={place} />
        <Line name="median" value={band.median} place={place} />
      </svg>
      <Ramp colors={sliceColors(legend, low, high)} />
      <figcaption>
        <span>{formats.quantity(low, unit)}</span>
        <span class="keys">
          <span class="key mean">mean</span>
          <span class="key median">median</span>
          <span class="key middle">5 – 95 %</span>
        </span>
        <span>{formats.quantity(high, unit)}</span>
      </figcaption>
    </figure>
  );
}

function Bins({ histogram, unit }: { histogram: Histogram; unit: string | null }) {
  const { weights, edges } = histogram;
  const tallest = Math.max(...weights, 0) || 1;
  const step = WIDTH / weights.length;
  return (
    <>
      {weights.map((weight, index) => {
        const height = (weight / tallest) * (HEIGHT - 4);
        const range = formats.range(edges[index] ?? 0, edges[index + 1] ?? 0, unit);
        return (
          <rect
            class="bin"
            x={index * step}
            y={HEIGHT - height}
            width={Math.max(step - 1, 0.5)}
            height={height}
          >
            <title>{`${range}: ${formats.number(weight)} pixels`}</title>
          </rect>
        );
      })}
    </>
  );
}

interface LineProps {
  name: "mean" | "median";
  value: number | null | undefined;
  place: (value: number) => number;
}

function Line({ name, value, place }: LineProps) {
  if (typeof value !== "number") return null;
  const x = place(value);
  return <line class={name} x1={x} x2={x} y1={0} y2={HEIGHT} />;
}
