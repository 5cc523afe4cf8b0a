// The statistics of one zone, with its classes as bars or its values as a histogram.

import { formats } from "../../domain/format";
import { histogramOf } from "../../domain/histogram";
import type { Row } from "../../domain/tables";
import type { BandStatistics, Legend } from "../../service/contract";
import { ClassBars } from "./class-bars";
import { HistogramChart } from "./histogram-chart";

const REASONS: Record<string, string> = {
  outside_raster: "The zone lies outside this dataset.",
  no_valid_pixels: "The dataset has no data in this zone.",
};

export function ZoneFigures({ row, legend }: { row: Row; legend: Legend }) {
  return (
    <article class="zone">
      <h2 data-testid="zone-name">{row.zone.name}</h2>
      <Notes row={row} />
      {!whyNothing(row) && <Figures band={row.band} legend={legend} />}
    </article>
  );
}

/** Why a zone has no statistics; undefined if it has some. */
export function whyNothing({ answer, band }: Row): string | undefined {
  if (answer.error) return answer.error.detail;
  // Some statistics overflow; the others exist.
  if (!band.reason || band.reason === "overflow") return undefined;
  return REASONS[band.reason] ?? `No statistics: ${band.reason}`;
}

/** Notes on the statistics: why there are none, or which part they describe. */
export function Notes({ row }: { row: Row }) {
  const nothing = whyNothing(row);
  if (nothing) {
    return (
      <p class="empty" data-testid="stat-reason">
        {nothing}
      </p>
    );
  }
  const { covered_percent: covered, valid_percent: valid } = row.band;
  const { repaired, note } = row.answer.zone ?? {};
  // Rounding may leave a zone that is wholly covered just below 100 %.
  const isPart = typeof covered === "number" && covered < 99.95;
  const hasGaps = typeof valid === "number" && valid < 99.95;
  return (
    <>
      {isPart && (
        <p class="notice" data-testid="zone-partial">
          Only {formats.percent(covered)} of the zone lies on this dataset; the statistics
          describe that part.
        </p>
      )}
      {hasGaps && (
        <p class="notice">{formats.percent(100 - valid)} of it has no data.</p>
      )}
      {repaired && (
        <p class="notice" data-testid="zone-repaired">
          The zone was repaired before use: {repaired}
        </p>
      )}
      {note && <p class="notice">{note}</p>}
    </>
  );
}

function Figures({ band, legend }: { band: BandStatistics; legend: Legend }) {
  if (legend.type === "classes") {
    const top = legend.entries.find(({ value }) => value === band.majority)?.label;
    return (
      <>
        <dl class="figures">
          <Figure wide name="majority" label="Most common" value={band.majority} text={top} />
          <Figure name="area_m2" label="Area" value={band.area_m2} format={formats.area} />
          <Figure name="unique" label="Classes" value={band.unique} />
          <Figure name="count" label="Pixels" value={band.count} />
        </dl>
        {band.categories && <ClassBars categories={band.categories} legend={legend} />}
      </>
    );
  }
  const unit = legend.type === "continuous" ? legend.unit : null;
  const quantity = (value: number) => formats.quantity(value, unit);
  const histogram = histogramOf(band);
  return (
    <>
      <dl class="figures">
        <Figure name="mean" label="Mean" value={band.mean} format={quantity} />
        <Figure name="median" label="Median" value={band.median} format={quantity} />
        <Figure name="std" label="Std. dev." value={band.std} format={quantity} />
        <Figure name="min" label="Min" value={band.min} format={quantity} />
        <Figure name="max" label="Max" value={band.max} format={quantity} />
        <Figure name="area_m2" label="Area" value={band.area_m2} format={formats.area} />
        <Figure name="percentile_5" label="5th percentile" value={band.percentile_5} format={quantity} />
        <Figure name="percentile_95" label="95th percentile" value={band.percentile_95} format={quantity} />
        <Figure name="count" label="Pixels" value={band.count} />
      </dl>
      {histogram && legend.type === "continuous" && (
        <HistogramChart histogram={histogram} legend={legend} band={band} />
      )}
    </>
  );
}

interface FigureProps {
  name: string;
  label: string;
  value: number | null | undefined;
  text?: string | undefined;
  format?: (value: number) => string;
  wide?: boolean;
}

/** One statistic; a dash for null, nothing where the band's type does not have it. */
function Figure({ name, label, value, text, format = formats.number, wide }: FigureProps) {
  if (value === undefined) return null;
  return (
    <div class={wide ? "figure is-wide" : "figure"}>
      <dt>{label}</dt>
      <dd data-testid={`stat-${name}`} data-value={value ?? ""}>
        {text ?? (value === null ? "–" : format(value))}
      </dd>
    </div>
  );
}
