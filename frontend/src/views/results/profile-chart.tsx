// A profile as a chart, with a cursor that chart and map share.

import "uplot/dist/uPlot.min.css";
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { colorOf } from "../../domain/colors";
import { abbreviate, formats } from "../../domain/format";
import { nearest, runsOf } from "../../domain/profile";
import { darkScheme } from "../../map/basemap";
import { moveProbe, probe } from "../../map/probe";
import type { ClassLegend, ProfileAnswer } from "../../service/contract";

const HEIGHT = 190;

export function ProfileChart({ answer }: { answer: ProfileAnswer }) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = usePlot(frame, answer);
  const index = probe.value?.index;

  useEffect(() => {
    const plot = chart.current;
    const distance = index === undefined ? undefined : answer.distance_m[index];
    if (!plot || plot.over.matches(":hover")) return;
    const left = distance === undefined ? -10 : plot.valToPos(distance / 1000, "x");
    plot.setCursor({ left, top: plot.over.clientHeight / 2 }, false);
  }, [index, answer]);

  return (
    <ProbeSlider answer={answer} name="Profile">
      <div ref={frame} class="profile-chart" />
    </ProbeSlider>
  );
}

/** Keeps a plot of the answer in an element: as wide as it is, in the user's colours. */
function usePlot(frame: RefObject<HTMLElement | null>, answer: ProfileAnswer) {
  const chart = useRef<uPlot | undefined>(undefined);
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    let isGone = false;
    const draw = async () => {
      // Loaded on demand: most visits show no profile.
      const { default: UPlot } = await import("uplot");
      if (isGone) return;
      chart.current?.destroy();
      chart.current = new UPlot(optionsOf(element, answer), dataOf(answer), element);
    };
    void draw();
    const observer = new ResizeObserver(() =>
      chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    observer.observe(element);
    const repaint = () => void draw();
    darkScheme.addEventListener("change", repaint);
    return () => {
      isGone = true;
      observer.disconnect();
      darkScheme.removeEventListener("change", repaint);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [answer]);
  return chart;
}

/** The profile of a categorical band: runs of one class in its colour. */
export function ClassStrip({
  answer,
  legend,
}: {
  answer: ProfileAnswer;
  legend: ClassLegend;
}) {
  const [band] = answer.bands;
  const last = answer.distance_m.length - 1;
  const point = ({ offsetX, currentTarget }: MouseEvent & { currentTarget: SVGElement }) => {
    const share = offsetX / currentTarget.clientWidth;
    moveTo(answer, nearest(answer.distance_m, share * answer.length_m));
  };
  return (
    <ProbeSlider answer={answer} name="Classes along the line">
      <svg
        class="strip"
        viewBox={`0 0 ${last + 1} 10`}
        preserveAspectRatio="none"
        aria-hidden="true"
        onMouseMove={point}
        onMouseLeave={() => moveProbe(undefined)}
      >
        {runsOf(band?.values ?? []).map(({ value, from, to }) => (
          <rect
            x={from}
            width={to - from + 1}
            height={10}
            fill={value === null ? "transparent" : colorOf(legend, value)}
          />
        ))}
      </svg>
    </ProbeSlider>
  );
}

interface SliderProps {
  answer: ProfileAnswer;
  name: string;
  children: ComponentChildren;
}

/** The chart as a slider: arrow keys move along the line, and the map marks the position. */
function ProbeSlider({ answer, name, children }: SliderProps) {
  const index = probe.value?.index ?? 0;
  const last = answer.distance_m.length - 1;
  const steps: Record<string, number> = {
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    PageUp: index + Math.ceil(last / 10),
    PageDown: index - Math.ceil(last / 10),
    Home: 0,
    End: last,
  };
  const press = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    moveTo(answer, Math.min(last, Math.max(0, step)));
  };
  const text = describe(answer, index);
  return (
    <figure class="profile" data-testid="profile-chart">
      <div
        role="slider"
        tabIndex={0}
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={index}
        aria-valuetext={text}
        onKeyDown={press}
      >
        {children}
      </div>
      <figcaption class="probe" data-testid="probe">
        {probe.value ? text : "Hover over the chart to mark the position on the map."}
      </figcaption>
    </figure>
  );
}

function describe({ distance_m, bands: [band] }: ProfileAnswer, index: number): string {
  const value = band?.values[index];
  const label = band?.labels?.[index];
  const what =
    label ??
    (typeof value === "number" ? formats.quantity(value, band?.unit ?? null) : "no data");
  return `${what} at ${formats.length(distance_m[index] ?? 0)}`;
}

function moveTo({ coordinates }: ProfileAnswer, index: number): void {
  const place = coordinates[index];
  moveProbe(place ? { index, place } : undefined);
}

function dataOf({ distance_m, bands: [band] }: ProfileAnswer): uPlot.AlignedData {
  return [distance_m.map((metres) => metres / 1000), band?.values ?? []];
}

function optionsOf(element: HTMLElement, answer: ProfileAnswer): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    padding: [10, 12, 0, 0],
    scales: { x: { time: false } },
    axes: axesOf(style, answer),
    series: [
      {},
      {
        stroke: color("--accent-shown"),
        fill: color("--accent-soft-shown"),
        width: 2,
        points: { show: false },
        spanGaps: false,
      },
    ],
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 9 } },
    hooks: { setCursor: [(plot) => followCursor(plot, answer)] },
  };
}

/** The axes of distances and of values. */
function axesOf(style: CSSStyleDeclaration, { bands: [band] }: ProfileAnswer): uPlot.Axis[] {
  const font = `12px ${style.fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: style.getPropertyValue("--muted-shown").trim(),
    grid: { stroke: style.getPropertyValue("--line-shown").trim(), width: 1 },
    ticks: { show: false },
    font,
    labelFont: font,
    values: (_plot, splits) => splits.map((value) => formats.number(value)),
  };
  const unit = band?.unit ? abbreviate(band.unit) : "";
  return [
    { ...axis, label: "km", labelSize: 16, labelGap: 0, size: 28 },
    { ...axis, label: unit, labelSize: unit ? 16 : 0, size: 48 },
  ];
}

function followCursor(plot: uPlot, answer: ProfileAnswer): void {
  // A cursor that was set from the probe must not move the probe.
  if (!plot.over.matches(":hover")) return;
  if (typeof plot.cursor.idx === "number") moveTo(answer, plot.cursor.idx);
  else moveProbe(undefined);
}
