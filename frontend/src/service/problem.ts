// Failed requests as RFC 9457 problem documents.

export interface Problem {
  /** 0 if there was no response; missing if the page itself failed. */
  status?: number;
  title: string;
  detail?: string;
  errors?: Fault[];
  /** Seconds to wait before a retry, from `Retry-After`. */
  wait?: number;
}

/** One faulty parameter or feature. */
interface Fault {
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

/** The problem in a response with an error status. */
export function readProblem(status: number, statusText: string, body: string): Problem {
  const fallback = { status, title: `${status} ${statusText}`.trim() };
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    // A gateway in front of the service responds in HTML, or with an empty body.
    return fallback;
  }
  if (typeof document !== "object" || document === null) return fallback;
  const { title, detail, errors } = document as Record<string, unknown>;
  return {
    status,
    title: typeof title === "string" ? title : fallback.title,
    ...(typeof detail === "string" && { detail }),
    ...(Array.isArray(errors) && { errors: errors as Fault[] }),
  };
}

/** A fault in one line, which names the parameter once. */
export function describeFault({
  parameter,
  feature,
  detail = "not valid",
}: Fault): string {
  const subject = parameter ?? (feature === undefined ? "" : `feature ${feature}`);
  return subject === "" || detail.includes(subject) ? detail : `${subject}: ${detail}`;
}

/** Any thrown value as a problem. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    title: "The page failed",
    detail: error instanceof Error ? error.message : String(error),
  };
}

/** What the user can do about it; undefined if only a retry can help. */
export function remedyOf(status: number | undefined, task: string): string | undefined {
  switch (status) {
    case 413:
      return REMEDIES[task] ?? "Request less: a smaller zone, or fewer zones.";
    case 502:
      return "The raster or the catalogue cannot be read at its source. Other datasets may still work.";
    case 503:
      return "The raster's storage is busy.";
    case 504:
      return "This would take longer than the service allows. Draw a smaller zone, or request fewer zones.";
    default:
      return undefined;
  }
}

const REMEDIES: Record<string, string> = {
  statistics: "Draw a smaller zone, or request fewer zones at once.",
  extract: "Draw a smaller zone, pick fewer classes, or use the current view.",
  profile: "Draw a shorter line.",
  tiles: "Zoom in: this raster has no overviews for a view this wide.",
};

/** Whether a request was aborted because a newer one replaced it. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
