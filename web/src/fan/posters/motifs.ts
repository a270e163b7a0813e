// What is on a poster: each motif gives the shapes between sky and lettering. Pure.

export interface Palette {
  readonly top: string;
  readonly bottom: string;
  readonly glow: string;
  readonly light: string;
  readonly deep: string;
}

export interface Shape {
  readonly path: string;
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly opacity: number;
}

type Chance = () => number;
type Motif = (palette: Palette, chance: Chance) => Shape[];

export const MOTIFS: readonly Motif[] = [moonrise, waves, rays, rings, snow, strings];

function moonrise({ glow, light, deep }: Palette, chance: Chance): Shape[] {
  const x = 90 + chance() * 120;
  const halo = [120, 92, 68].map((r, i) => disc(x, 130, r, glow, 0.07 + i * 0.04));
  const hills = [0, 1, 2].map((i) =>
    filled(ridge(215 + i * 38, 26 - i * 4, chance), i === 2 ? deep : light, 0.22 + i * 0.2),
  );
  return [...halo, disc(x, 130, 50, glow, 0.95), ...hills];
}

function waves({ glow, light, deep }: Palette, chance: Chance): Shape[] {
  const tones = [glow, light, light, deep];
  const sea = [0, 1, 2, 3, 4, 5].map((i) =>
    filled(ridge(120 + i * 36, 22, chance), tones[i % tones.length]!, 0.14 + i * 0.05),
  );
  return [disc(70 + chance() * 160, 82, 34, glow, 0.9), ...sea];
}

function rays({ glow, light }: Palette, chance: Chance): Shape[] {
  const x = 110 + chance() * 80;
  const count = 14 + Math.floor(chance() * 6);
  const beams = Array.from({ length: count }, (_, i) => {
    const middle = (i / count) * 2 * Math.PI;
    const half = Math.PI / count / 2.2;
    const [a, b] = [at(x, 170, 420, middle - half), at(x, 170, 420, middle + half)];
    return filled(`M${x} 170L${a}L${b}Z`, i % 2 ? light : glow, 0.2);
  });
  return [...beams, disc(x, 170, 58, glow, 0.95), disc(x, 170, 40, light, 0.5)];
}

function rings({ glow, light, deep }: Palette, chance: Chance): Shape[] {
  const x = 60 + chance() * 180;
  const y = 110 + chance() * 60;
  const circles = Array.from({ length: 9 }, (_, i) => ({
    path: circle(x, y, 26 + i * 27),
    stroke: i % 3 === 1 ? glow : light,
    width: 2 + ((i * 5) % 7) * 1.6,
    opacity: 0.75 - i * 0.06,
  }));
  return [...circles, disc(x, y, 18, glow, 1), disc(x, y, 6, deep, 1)];
}

function snow({ glow, light, deep }: Palette, chance: Chance): Shape[] {
  const flakes = Array.from({ length: 70 }, () => {
    const near = chance();
    return disc(chance() * 300, chance() * 300, 0.8 + near * near * 5, glow, 0.25 + near * 0.6);
  });
  const ground = [0, 1].map((i) => filled(ridge(238 + i * 34, 14, chance), i ? deep : light, 0.4));
  return [disc(220 - chance() * 140, 96, 42, light, 0.55), ...flakes, ...ground];
}

function strings({ glow, light }: Palette, chance: Chance): Shape[] {
  return Array.from({ length: 15 }, (_, i) => {
    const x = 12 + i * 19.7;
    const swing = (chance() - 0.5) * 70;
    const bright = chance() > 0.7;
    return {
      path: `M${r(x)} -10C${r(x + swing)} 110 ${r(x - swing)} 210 ${r(x)} 330`,
      stroke: bright ? glow : light,
      width: bright ? 4 : 1.6,
      opacity: bright ? 0.9 : 0.5,
    };
  });
}

/** A hilly line from edge to edge at about this height, closed below the poster. */
function ridge(y: number, height: number, chance: Chance): string {
  const phase = chance() * 7;
  const points = Array.from({ length: 13 }, (_, i) => {
    const lift = Math.sin(i * 0.9 + phase) * 0.7 + Math.sin(i * 0.37 + phase * 2) * 0.5;
    return `${i * 25} ${r(y + lift * height)}`;
  });
  return `M0 ${points[0]!.split(" ")[1]}L${points.join("L")}L300 420L0 420Z`;
}

function disc(x: number, y: number, radius: number, fill: string, opacity: number): Shape {
  return filled(circle(x, y, radius), fill, opacity);
}

function filled(path: string, fill: string, opacity: number): Shape {
  return { path, fill, opacity };
}

function circle(x: number, y: number, radius: number): string {
  const [a, b] = [r(x - radius), r(2 * radius)];
  return `M${a} ${r(y)}a${r(radius)} ${r(radius)} 0 1 0 ${b} 0a${r(radius)} ${r(radius)} 0 1 0 ${-b} 0Z`;
}

function at(x: number, y: number, radius: number, angle: number): string {
  return `${r(x + radius * Math.cos(angle))} ${r(y + radius * Math.sin(angle))}`;
}

function r(number: number): number {
  return Math.round(number * 10) / 10;
}
