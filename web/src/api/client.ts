// The API, typed by openapi.json: one client, and one way to read its answers.
import createClient from "openapi-fetch";
import { learnTime } from "../time/now.svelte.ts";
import { currentLanguage } from "../words/words.svelte.ts";
import type { components, paths } from "./schema.d.ts";

export type Schemas = components["schemas"];

/** What the server says when it says no (RFC 9457), with the fields of its kind. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly [field: string]: unknown;
}

/** A call that did not succeed. `slug` names the kind; `unreachable` and `unreadable` are ours. */
export class Refused extends Error {
  constructor(
    readonly slug: string,
    readonly problem: Problem | null,
    /** Milliseconds that the server asks to wait, or null. */
    readonly retryAfterMs: number | null,
  ) {
    super(problem?.detail ?? slug);
  }
}

/** How long a call may take before it counts as lost. */
const PATIENCE_MS = 12_000;

export const api = createClient<paths>({
  baseUrl: "",
  cache: "no-store",
  fetch: (request) => fetch(request, { signal: patience(request.signal) }),
});

api.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", currentLanguage());
  },
  onResponse({ request, response }) {
    // What the browser has kept says when it was first answered, not what time it is.
    if (request.cache === "no-store") learnTime(response);
  },
});

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer of a call. Throws Refused. */
export async function answered<T>(call: Promise<Outcome<T>>): Promise<T> {
  const outcome = await call.catch(() => {
    throw new Refused("unreachable", null, null);
  });
  if (outcome.response.ok) return outcome.data as T;
  const wait = Number(outcome.response.headers.get("Retry-After") ?? NaN);
  const problem = isProblem(outcome.error) ? outcome.error : null;
  const slug = problem?.type.replace("/problems/", "") ?? "unreadable";
  throw new Refused(slug, problem, Number.isFinite(wait) ? wait * 1000 : null);
}

/** A new key for a call that may be repeated; `crypto.randomUUID` is not there without TLS. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What was thrown, as a refusal; anything else is a mistake of this page and goes on. */
export function asRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  throw error;
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "type" in error && "status" in error;
}

function patience(given: AbortSignal): AbortSignal {
  return AbortSignal.any([given, AbortSignal.timeout(PATIENCE_MS)]);
}
