// Answers that follow a question: when it changes, the running request is aborted and a
// new one sent.

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Call, send } from "../service/api";
import { isAbort, type Problem, toProblem } from "../service/problem";

export type State<T> =
  | { state: "empty" }
  /** `last` is the previous answer, which may stay on screen. */
  | { state: "loading"; last?: T }
  | { state: "failed"; problem: Problem }
  | { state: "result"; value: T; milliseconds: number };

interface Resource<T> extends ReadonlySignal<State<T>> {
  /** Sends the request again. */
  retry(): void;
}

/** A request, and how to read its response. */
export interface Question<T> {
  call: Call;
  /** Tells questions apart whose requests are the same. */
  place?: string;
  read(answer: unknown): T;
}

/** The state of the answer to a changing question; empty while there is no question. */
export function follow<T>(question: ReadonlySignal<Question<T> | undefined>): Resource<T> {
  const state = signal<State<T>>({ state: "empty" });
  const attempt = signal(0);
  let asked = "";
  let running: AbortController | undefined;

  const ask = async ({ call, read }: Question<T>, abort: AbortSignal) => {
    const start = performance.now();
    const before = state.peek();
    const last = before.state === "result" ? before.value : undefined;
    state.value = { state: "loading", ...(last !== undefined && { last }) };
    try {
      const value = read(await send(call, abort));
      if (abort.aborted) return;
      const milliseconds = performance.now() - start;
      state.value = { state: "result", value, milliseconds };
    } catch (error) {
      if (isAbort(error) || abort.aborted) return;
      state.value = { state: "failed", problem: toProblem(error) };
    }
  };

  effect(() => {
    const present = question.value;
    const key = present
      ? JSON.stringify([attempt.value, present.place, present.call.url, present.call.body])
      : "";
    // The question may be a new object with the same content: its answer stands.
    if (key === asked) return;
    asked = key;
    running?.abort();
    running = new AbortController();
    if (present) void ask(present, running.signal);
    else state.value = { state: "empty" };
  });

  return Object.assign(state, { retry: () => void (attempt.value += 1) });
}

/** The answer's value, or the previous one's while a request runs. */
export function valueOf<T>(state: State<T>): T | undefined {
  if (state.state === "result") return state.value;
  return state.state === "loading" ? state.last : undefined;
}
