// What went wrong with a request, in the form of an RFC 9457 problem document.

export interface Problem {
  /** 0 if nothing answered; none if the page itself failed. */
  status?: number;
  title: string;
  detail?: string;
  errors?: Fault[];
  /** Seconds to wait, if the service says so. */
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

/** The problem that an answer with an error status states. */
export function readProblem(status: number, statusText: string, body: string): Problem {
  const fallback = { status, title: `${status} ${statusText}`.trim() };
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    // A gateway in front of the service answers in HTML or not at all.
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

/** What a person can do about it; undefined where trying again is all. */
export function remedyOf(status: number | undefined, task: string): string | undefined {
  switch (status) {
    case 413:
      return REMEDIES[task] ?? "Ask for less: a smaller zone, or fewer zones.";
    case 502:
      return "The raster or the catalogue cannot be read at its source. Other datasets may still work.";
    case 503:
      return "The store of the raster is busy.";
    case 504:
      return "This takes longer than the service may. Ask for a smaller zone, or for fewer zones.";
    default:
      return undefined;
  }
}

const REMEDIES: Record<string, string> = {
  statistics: "Draw a smaller zone, or ask for fewer zones at once.",
  extract: "Draw a smaller zone, pick fewer classes, or take what is in view.",
  profile: "Draw a shorter line.",
  tiles: "Zoom in: this raster has no overviews for a view this wide.",
};

/** Whether a request ended because a newer one took its place. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
