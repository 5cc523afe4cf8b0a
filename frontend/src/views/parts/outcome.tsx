// What stands in the place of an answer: that it is on its way, or why there is none.

import type { ComponentChildren } from "preact";
import { describeFault, type Problem, remedyOf } from "../../service/problem";

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
