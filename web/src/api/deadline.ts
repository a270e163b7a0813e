// A signal that ends a call: with the one that was given, or when its time is over. Written out,
// because AbortSignal.any and AbortSignal.timeout are younger than the page's oldest browsers.

/** Aborted as soon as `given` is, and after `ms` in any case. */
export function deadline(ms: number, given?: AbortSignal): AbortSignal {
  const call = new AbortController();
  const end = (): void => {
    clearTimeout(timer);
    given?.removeEventListener("abort", end);
    call.abort();
  };
  const timer = setTimeout(end, ms);
  if (given?.aborted) end();
  else given?.addEventListener("abort", end);
  return call.signal;
}
