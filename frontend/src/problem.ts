// What went wrong with a request, in the form of an RFC 9457 problem document.

export interface Problem {
  title: string;
  detail?: string;
  errors?: Fault[];
}

/** One faulty parameter or feature. */
export interface Fault {
  parameter?: string;
  feature?: string | number;
  detail?: string;
}

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** The problem that an answer with an error status states. */
export function readProblem(status: number, statusText: string, body: string): Problem {
  const fallback = `${status} ${statusText}`.trim();
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    // A gateway in front of the service answers in HTML or not at all.
    return { title: fallback };
  }
  if (typeof document !== "object" || document === null) return { title: fallback };
  return pickMembers(document as Record<string, unknown>, fallback);
}

function pickMembers(document: Record<string, unknown>, fallback: string): Problem {
  const { title, detail, errors } = document;
  return {
    title: typeof title === "string" ? title : fallback,
    ...(typeof detail === "string" && { detail }),
    ...(Array.isArray(errors) && { errors: errors as Fault[] }),
  };
}

/** One line for one fault, without saying the parameter's name twice. */
export function describeFault({
  parameter,
  feature,
  detail = "not valid",
}: Fault): string {
  const subject = parameter ?? (feature === undefined ? "" : `feature ${feature}`);
  return subject === "" || detail.includes(subject) ? detail : `${subject}: ${detail}`;
}

/** The problem behind anything thrown. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    title: "The page failed",
    detail: error instanceof Error ? error.message : String(error),
  };
}

/** Whether a request ended because a newer one took its place. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
