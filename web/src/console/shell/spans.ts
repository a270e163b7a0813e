// Spans of time in few letters: `3 s`, `4 min`, `1.5 h`. Pure.

export interface Units {
  readonly s: string;
  readonly m: string;
  readonly h: string;
  readonly d: string;
}

/** A span in its largest unit: `45 s`, `4 min`, `1 h 20 min`, `3 d`. */
export function shortSpan(ms: number, units: Units): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 100) return `${s}${units.s}`;
  const minutes = Math.round(s / 60);
  if (minutes < 100) return `${minutes}${units.m}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48)
    return minutes % 60 ? `${hours}${units.h} ${minutes % 60}${units.m}` : `${hours}${units.h}`;
  return `${Math.round(hours / 24)}${units.d}`;
}

/** A wait as it is read: `0:45`, `12:05`, `1:02:09`. */
export function waitOf(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (number: number): string => String(number).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
