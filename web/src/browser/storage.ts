// What the browser keeps for us. A browser may forbid it; then it is kept until the page is left.

const PREFIX = "yemae:";
const memory = new Map<string, string>();

/** What was kept under a name, or null. */
export function kept(name: string): string | null {
  try {
    // A browser may let us read and not write, such as one whose storage is full.
    return memory.get(name) ?? localStorage.getItem(PREFIX + name);
  } catch {
    return memory.get(name) ?? null;
  }
}

/** Keep a text; null forgets it. */
export function keep(name: string, text: string | null): void {
  memory.delete(name);
  try {
    if (text === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
  } catch {
    if (text !== null) memory.set(name, text);
  }
}

/** What was kept under a name, if it is JSON of something. */
export function keptJson<T>(name: string): T | null {
  try {
    return JSON.parse(kept(name) ?? "null") as T | null;
  } catch {
    return null;
  }
}

/** The names that begin so, under which something is kept. */
export function keptNames(beginning: string): string[] {
  const names = new Set(memory.keys());
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const name = localStorage.key(i);
      if (name?.startsWith(PREFIX)) names.add(name.slice(PREFIX.length));
    }
  } catch {
    // Nothing but what is kept until the page is left.
  }
  return [...names].filter((name) => name.startsWith(beginning));
}

/** Forget all names that begin so, but one. */
export function forgetNames(beginning: string, but: string | null): void {
  for (const name of keptNames(beginning)) if (name !== but) keep(name, null);
}

/** Hear of changes that another tab makes. Returns how to stop. */
export function onChangeElsewhere(hear: (name: string, text: string | null) => void): () => void {
  function pass(event: StorageEvent): void {
    if (event.key?.startsWith(PREFIX)) hear(event.key.slice(PREFIX.length), event.newValue);
  }
  addEventListener("storage", pass);
  return () => removeEventListener("storage", pass);
}
