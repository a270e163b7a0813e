// The API, typed by openapi.json: one client, and one way to read its answers.
import createClient from "openapi-fetch";
import { learnTime } from "../time/now.svelte.ts";
import { deadline } from "./deadline.ts";
import type { components, paths } from "./schema.d.ts";

export type Schemas = components["schemas"];

/** A problem document of the server (RFC 9457), with the fields of its type. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly [field: string]: unknown;
}

/** A call that did not succeed. `slug` names the kind; `unreachable`, `unreadable` and
 * `page-failed` are ours. */
export class Refused extends Error {
  constructor(
    readonly slug: string,
    readonly problem: Problem | null,
    /** Milliseconds that the server asks to wait, or null. */
    readonly retryAfterMs: number | null,
    cause?: unknown,
  ) {
    super(problem?.detail ?? slug, { cause });
  }
}

/** The timeout of a call, and of one that makes a file. */
const PATIENCE_MS = 12_000;
const PATIENCE_OF_FILES_MS = 60_000;

let language = (): string => "en";

/** Set the language of the server's answers. */
export function answerIn(current: () => string): void {
  language = current;
}

export const api = createClient<paths>({
  baseUrl: "",
  cache: "no-store",
  fetch: (request) => withRenewal(request, PATIENCE_MS),
});

/** The `fetch` of a call that makes a file. */
export function fetchFile(request: Request): Promise<Response> {
  return withRenewal(request, PATIENCE_OF_FILES_MS);
}

api.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", language());
  },
  onResponse({ request, response }) {
    // What the browser has kept says when it was first answered, not what time it is.
    if (request.cache !== "default") learnTime(response);
  },
});

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer of a call. Throws Refused. */
export async function answered<T>(call: Promise<Outcome<T>>): Promise<T> {
  const outcome = await call.catch((error: unknown) => {
    // A captive portal answered, such as the sign-in page of a hotel.
    if (error instanceof SyntaxError) throw new Refused("unreadable", null, null, error);
    throw error;
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

/** What was thrown, as a refusal. Anything else is an error of this page: the fan reads so, and it
 * is reported as an uncaught error. */
export function asRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  reportError(error);
  return new Refused("page-failed", null, null, error);
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "type" in error && "status" in error;
}

/** Returns a new `Authorization` for one that the server refused; null if there is none. */
type Renew = (old: string) => Promise<string | null>;

let renew: Renew = () => Promise.resolve(null);

/** Set how an access token that the server refused is renewed. */
export function renewBy(how: Renew): void {
  renew = how;
}

/** Fetch; on a 401, renew the access token and retry once. Throws Refused. */
async function withRenewal(request: Request, patienceMs: number): Promise<Response> {
  const old = request.headers.get("Authorization");
  if (old === null) return overNetwork(request, patienceMs);
  const again = request.clone();
  const response = await overNetwork(request, patienceMs);
  const fresh = response.status === 401 ? await renew(old) : null;
  if (fresh === null) return response;
  again.headers.set("Authorization", fresh);
  return overNetwork(again, patienceMs);
}

/** The whole answer. Only what fails in here is the network's fault. Throws Refused. */
async function overNetwork(request: Request, patienceMs: number): Promise<Response> {
  const signal = deadline(patienceMs, request.signal);
  try {
    const response = await fetch(request, { signal });
    const { status, statusText, headers } = response;
    const body = await response.arrayBuffer();
    return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
  } catch (error) {
    throw new Refused("unreachable", null, null, error);
  }
}
