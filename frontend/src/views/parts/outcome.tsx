// Shown in place of a result: that it is loading, or why the request failed.

import type { ComponentChildren } from "preact";
import { describeFault, type Problem, remedyOf } from "../../service/problem";

export function Loading({ children }: { children: ComponentChildren }) {
  return <p class="loading">{children}</p>;
}

interface FailureProps {
  problem: Problem;
  /** The kind of request, such as "statistics": remedies depend on it. */
  task: string;
  onRetry: () => void;
  /** Further buttons. */
  children?: ComponentChildren;
}

/** What is wrong in detail, and what helps. */
export function Explanation({ problem, task }: Pick<FailureProps, "problem" | "task">) {
  const remedy = remedyOf(problem.status, task);
  return (
    <>
      {problem.errors && (
        <ul>
          {problem.errors.map((fault) => (
            <li>{describeFault(fault)}</li>
          ))}
        </ul>
      )}
      {remedy && <p data-testid="remedy">{remedy}</p>}
    </>
  );
}

/** A failed request, shown in place of its result. */
export function Failure({ problem, task, onRetry, children }: FailureProps) {
  return (
    <div class="failure" role="alert" data-testid="failure" data-status={problem.status}>
      <strong>{problem.title}</strong>
      {problem.detail && <p>{problem.detail}</p>}
      <Explanation problem={problem} task={task} />
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
