// Requests to the service: sending them, and a record of the last ones.

import { signal } from "@preact/signals";
import { isAbort, ProblemError, readProblem } from "./problem";

/** A request before it is sent. */
export interface Call {
  /** A title for the user; an empty one keeps the request out of the record. */
  title: string;
  method: "GET" | "POST";
  url: string;
  body?: string;
}

/** A request and how it went. */
export interface Exchange {
  call: Call;
  /** 0 if there was no response. */
  status: number;
  milliseconds: number;
  /** Size of the decompressed body. */
  bytes: number;
  /** Size of the body as transferred, if the browser reports it. */
  travelled?: number;
}

const KEPT = 12;

/** The last requests with a title, the newest first. */
export const exchanges = signal<Exchange[]>([]);

/** The response's JSON. Throws a ProblemError, or the error of an abort. */
export async function send<T>(call: Call, abort: AbortSignal): Promise<T> {
  const start = performance.now();
  const response = await reach(call, abort);
  const body = await response.text();
  const milliseconds = performance.now() - start;
  if (call.title !== "") {
    record({ call, status: response.status, milliseconds, ...sizesOf(call.url, body) });
  }
  if (!response.ok) throw failure(response, body);
  try {
    return JSON.parse(body) as T;
  } catch {
    throw new ProblemError({
      status: response.status,
      title: "The response is not JSON",
      detail: `${call.url} does not lead to the service.`,
    });
  }
}

async function reach({ method, url, body }: Call, abort: AbortSignal): Promise<Response> {
  const headers: HeadersInit =
    body === undefined ? {} : { "Content-Type": "application/geo+json" };
  try {
    return await fetch(url, {
      method,
      headers,
      signal: abort,
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ProblemError({
      status: 0,
      title: navigator.onLine ? "The server cannot be reached" : "You are offline",
      detail: navigator.onLine
        ? "Check that it is running, then try again."
        : "Try again once you are online.",
    });
  }
}

function failure(response: Response, body: string): ProblemError {
  const wait = Number(response.headers.get("Retry-After") ?? NaN);
  return new ProblemError({
    ...readProblem(response.status, response.statusText, body),
    ...(wait > 0 && { wait }),
  });
}

function sizesOf(url: string, body: string) {
  const bytes = new TextEncoder().encode(body).length;
  const [entry] = performance.getEntriesByName(url, "resource").slice(-1);
  const travelled = (entry as PerformanceResourceTiming | undefined)?.encodedBodySize;
  return travelled ? { bytes, travelled } : { bytes };
}

function record(exchange: Exchange): void {
  exchanges.value = [exchange, ...exchanges.value].slice(0, KEPT);
}
