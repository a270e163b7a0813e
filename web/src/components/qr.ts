// A code as a QR code: one path, in units of its smallest squares. Pure.
import { encode } from "uqr";

export interface QrPath {
  readonly path: string;
  readonly size: number;
}

/** A ring of four light squares belongs to every QR code (ISO/IEC 18004); scanners look for it. */
const QUIET = 4;

/** The dark squares of a text, joined along each row. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  return { path: data.map((row, y) => runs(row, y)).join(""), size };
}

function runs(row: readonly boolean[], y: number): string {
  let path = "";
  for (let x = 0; x < row.length; x += 1) {
    if (!row[x]) continue;
    const begins = x;
    while (row[x + 1]) x += 1;
    const width = x + 1 - begins;
    path += `M${begins} ${y}h${width}v1h${-width}z`;
  }
  return path;
}
