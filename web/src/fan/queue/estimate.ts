// An estimated wait as minutes that can be said. Pure.

/** From and to in whole minutes: the range is widened, never narrowed, and coarser far away. */
export function estimateParts(wait: { min: number; max: number }): { from: number; to: number } {
  const step = wait.max > 3600 ? 10 : wait.max > 1200 ? 5 : 1;
  const from = Math.max(step === 1 ? 1 : step, Math.floor(wait.min / 60 / step) * step);
  return { from, to: Math.max(from, Math.ceil(wait.max / 60 / step) * step) };
}
