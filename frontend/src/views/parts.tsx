// Small parts that several views share.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { describeFault, type Problem, remedyOf } from "../service/problem";

/** A small square in the colour of a class. */
export function Swatch({ color }: { color: string }) {
  return <span class="swatch" aria-hidden="true" style={{ backgroundColor: color }} />;
}

/** A strip that runs through colours from left to right. */
export function Ramp({ colors }: { colors: string[] }) {
  const backgroundImage = `linear-gradient(to right, ${colors.join(", ")})`;
  return <div class="ramp" aria-hidden="true" style={{ backgroundImage }} />;
}

interface ToggleProps {
  isOn: boolean;
  onPress: () => void;
  testId?: string;
  title?: string;
  children: ComponentChildren;
}

/** A button that is pressed or not. */
export function Toggle({ isOn, onPress, testId, title, children }: ToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      data-testid={testId}
      title={title}
      onClick={onPress}
    >
      {children}
    </button>
  );
}

export function Loading({ children }: { children: ComponentChildren }) {
  return <p class="loading">{children}</p>;
}

interface FailureProps {
  problem: Problem;
  /** What failed: "statistics", whose remedies differ. */
  task: string;
  onRetry: () => void;
  /** What else may help. */
  children?: ComponentChildren;
}

/** A failed request, in the place of its answer. */
export function Failure({ problem, task, onRetry, children }: FailureProps) {
  const remedy = remedyOf(problem.status, task);
  return (
    <div class="failure" role="alert" data-testid="failure" data-status={problem.status}>
      <strong>{problem.title}</strong>
      {problem.detail && <p>{problem.detail}</p>}
      {problem.errors && (
        <ul>
          {problem.errors.map((fault) => (
            <li>{describeFault(fault)}</li>
          ))}
        </ul>
      )}
      {remedy && <p data-testid="remedy">{remedy}</p>}
      {problem.wait !== undefined && <p>Try again in {problem.wait} s.</p>}
      <div class="actions">
        {children}
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    </div>
  );
}

/** Copies a text; says whether that went well. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, say] = useState("Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say("Copied");
    } catch {
      // Not allowed, or not on a secure page.
      say("Not allowed");
    }
    setTimeout(() => say("Copy"), 1600);
  };
  return (
    <button type="button" class="small" aria-label={`${said} ${label}`} onClick={() => void copy()}>
      {said}
    </button>
  );
}

type IconName =
  | "statistics"
  | "profile"
  | "extract"
  | "priority"
  | "click"
  | "polygon"
  | "rectangle"
  | "circle"
  | "undo"
  | "close"
  | "fold";

const ICONS: Record<IconName, string> = {
  statistics: "M4 20V11M10 20V4M16 20v-6M21 20H2",
  profile: "M2 19l6-9 4 5 4-9 6 13",
  extract: "M4 8l7-4 5 4 4 1-2 8-6 3-8-4z",
  priority: "M3 6h18M3 12h18M3 18h18M8 4v4M16 10v4M11 16v4",
  click: "M5 3l6 17 2.5-7L21 10.500z",
  polygon: "M12 3l9 7-4 10H6L3 9z",
  rectangle: "M4 6h16v12H4z",
  circle: "M12 4a8 8 0 100 16 8 8 0 000-16z",
  undo: "M9 14L4 9l5-5M4 9h10a6 6 0 010 12h-3",
  close: "M6 6l12 12M18 6L6 18",
  fold: "M6 15l6-6 6 6",
};

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}
