// What was done, said at the foot of the page for a while, and how to undo it.

export interface Note {
  readonly id: number;
  readonly text: string;
  readonly kind: "done" | "bad";
  readonly undo: (() => Promise<unknown>) | null;
}

/** Long enough to read, and to think better of it. */
const SHOWN_MS = 12_000;
const UNDO_MS = 30_000;
const NOTES_MAX = 4;

let shown = $state.raw<readonly Note[]>([]);
let last = 0;

/** The notes that are shown; reading them in a component follows them. */
export function notes(): readonly Note[] {
  return shown;
}

/** Say that something was done; `undo` takes it back, or returns why it did not. */
export function say(text: string, undo: Note["undo"] = null, kind: Note["kind"] = "done"): void {
  last += 1;
  const note = { id: last, text, kind, undo };
  shown = [...shown, note].slice(-NOTES_MAX);
  setTimeout(() => dismiss(note.id), undo ? UNDO_MS : SHOWN_MS);
}

/** Show a note no longer. */
export function dismiss(id: number): void {
  shown = shown.filter((note) => note.id !== id);
}
