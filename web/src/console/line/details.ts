// The details of a line of the log in one line: `admit_per_minute 600 → 900`. Pure.

type Details = Readonly<Record<string, unknown>>;

/** The details of an action, each by its name in words where there is one; empty if it has none. */
export function detailsOf(details: Details, names: Readonly<Record<string, string>> = {}): string {
  return Object.entries(details)
    .filter(([name]) => name !== "from" && name !== "to")
    .map(([name, value]) => {
      const label = names[name] ?? name;
      if (isChange(value)) return `${label} ${shown(value.from)} → ${shown(value.to)}`;
      return `${label} ${shown(value)}`;
    })
    .join(", ");
}

function isChange(value: unknown): value is { from: unknown; to: unknown } {
  return typeof value === "object" && value !== null && "from" in value && "to" in value;
}

function shown(value: unknown): string {
  if (value === null || value === "") return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
