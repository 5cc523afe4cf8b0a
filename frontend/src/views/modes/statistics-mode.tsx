// Statistics of one zone in full, of two zones side by side, of several in a table.

import { useEffect, useRef } from "preact/hooks";
import { formats } from "../../domain/format";
import type { Row } from "../../domain/tables";
import { narrow } from "../../map/insets";
import { legend, statistics } from "../../state/questions";
import type { State } from "../../state/resource";
import * as store from "../../state/store";
import { download } from "../parts/download";
import { Failure, Loading } from "../parts/outcome";
import { Comparison } from "../results/comparison";
import { downloadsOf } from "../results/downloads";
import { ZoneFigures } from "../results/zone-figures";
import { ZoneTable } from "../results/zone-table";
import { ZoneTools } from "./zone-tools";

export function StatisticsMode() {
  return (
    <>
      <ZoneTools takesSeveral />
      <StatisticsResult />
    </>
  );
}

export function StatisticsResult() {
  const state = statistics.value;
  const section = useRef<HTMLElement>(null);
  const isReady = state.state === "result";
  useEffect(() => {
    // On a narrow screen, the result starts below the visible part of the panel.
    if (isReady && narrow.matches) section.current?.scrollIntoView({ block: "start" });
  }, [isReady]);
  return (
    <section
      ref={section}
      class="result"
      aria-label="Statistics"
      aria-busy={state.state === "loading"}
      data-testid="stats-panel"
      data-state={state.state}
    >
      <Body state={state} />
    </section>
  );
}

function Body({ state }: { state: State<Row[]> }) {
  switch (state.state) {
    case "empty":
      return <p class="empty">Click a country on the map to see what is in it.</p>;
    case "loading":
      return <Loading>Computing statistics of {nameAll()} …</Loading>;
    case "failed":
      return <Failure problem={state.problem} task="statistics" onRetry={statistics.retry} />;
    case "result":
      return <Rows rows={state.value} milliseconds={state.milliseconds} />;
  }
}

function nameAll(): string {
  const zones = store.zones.value;
  return zones.length === 1 ? (zones[0]?.name ?? "") : `${zones.length} zones`;
}

function Rows({ rows, milliseconds }: { rows: Row[]; milliseconds: number }) {
  const present = legend.value;
  if (!present) return null;
  const [first, second] = rows;
  return (
    <>
      {first && rows.length === 1 && <ZoneFigures row={first} legend={present} />}
      {first && second && rows.length === 2 && (
        <Comparison rows={[first, second]} legend={present} />
      )}
      {rows.length > 1 && <ZoneTable rows={rows} legend={present} />}
      <div class="actions">
        {downloadsOf(rows, present).map(({ label, name, type, write }) => (
          <button
            type="button"
            class="small"
            data-testid={`download-${label}`}
            onClick={() => download(name, type, write())}
          >
            {label}
          </button>
        ))}
        <span class="note" data-testid="stats-time">
          in {formats.duration(milliseconds)}
        </span>
      </div>
    </>
  );
}
