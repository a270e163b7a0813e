// Breaks the words of a poster into lines that fit. Pure; widths are estimates, because a poster is
// drawn before anything can be measured.

export interface Lettering {
  readonly lines: readonly string[];
  readonly size: number;
}

/** The largest of these sizes at which the text fits into `maxLines`; the rest is cut. */
export function letter(
  text: string,
  width: number,
  maxLines: number,
  sizes: readonly number[],
): Lettering {
  const smallest = Math.min(...sizes);
  for (const size of sizes) {
    const lines = wrap(text, width / size);
    const fits = lines.every((line) => ems(line) * size <= width);
    if (fits && lines.length <= maxLines) return { lines, size };
  }
  const kept = wrap(text, width / smallest).slice(0, maxLines);
  const last = kept.length - 1;
  return {
    size: smallest,
    lines: kept.map((line, i) => (i === last ? `${cut(line, width / smallest - 1)}…` : line)),
  };
}

/** About how wide a text is, in sizes of its letters. */
export function ems(text: string): number {
  let sum = 0;
  for (const sign of text)
    sum += /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffee]/.test(sign)
      ? 0.95
      : /[MWmw&@%]/.test(sign)
        ? 0.95
        : /[A-Z\d]/.test(sign)
          ? 0.66
          : sign === " "
            ? 0.3
            : 0.56;
  return sum;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && ems(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

function cut(line: string, width: number): string {
  const signs = [...line];
  while (signs.length > 1 && ems(signs.join("")) > width) signs.pop();
  return signs.join("");
}
