// The same text, the same numbers: chance that a poster is drawn with. Pure.

/** A function that gives numbers from 0 to 1, always the same ones for a text. */
export function chanceOf(text: string): () => number {
  let state = hash(text);
  // Mulberry32, by Tommy Ettinger: small, and even enough for pictures.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const unit of new TextEncoder().encode(text)) sum = Math.imul(sum ^ unit, 0x01000193);
  return sum;
}
