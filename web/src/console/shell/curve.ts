// What curves are drawn with: colours of the page, thin lines, an axis of hours and one of values.
import type UPlot from "uplot";

export interface Series {
  readonly label: string;
  /** The name of a colour of the page, such as `--series-1`. */
  readonly color: string;
  /** Dashed, for what was to be reached. */
  readonly dashed?: boolean;
  readonly values: readonly (number | null)[];
}

/** Something that an operator did. */
export interface Mark {
  /** Seconds since 1970. */
  readonly at: number;
  /** The number that stands in the list below. */
  readonly number: number;
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly axisWidth: number;
  readonly format: (value: number) => string;
  readonly marked: (chart: UPlot) => void;
}

function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The options of a chart. */
export function optionsOf(series: readonly Series[], frame: Frame): UPlot.Options {
  const [text, line] = [color("--text-2"), color("--line")];
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: text, font, ticks: { show: false } };
  return {
    width: frame.width,
    height: frame.height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 22, values: (_, at) => at.map(clock) },
      {
        ...axis,
        size: frame.axisWidth,
        space: 28,
        grid: { stroke: line, width: 1 },
        values: (_, values) => values.map(frame.format),
      },
    ],
    series: [
      {},
      ...series.map((each, i) => ({
        label: each.label,
        stroke: color(each.color),
        width: each.dashed ? 1.25 : 2,
        points: { show: false },
        ...(each.dashed && { dash: [5, 4] }),
        ...(i === 0 && !each.dashed && { fill: `${color(each.color)}1f` }),
      })),
    ],
    hooks: { draw: [frame.marked] },
  };
}

/** Draw a numbered flag for each mark. */
export function drawMarks(chart: UPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = color("--text-2");
  ctx.lineWidth = ratio;
  ctx.font = `600 ${10 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const { at, number } of marks) {
    const x = Math.round(chart.valToPos(at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillStyle = color("--text");
    ctx.beginPath();
    ctx.arc(x, bbox.top + 7 * ratio, 7 * ratio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.fillStyle = color("--ground");
    ctx.fillText(String(number), x, bbox.top + 7.5 * ratio);
  }
  ctx.restore();
}

function clock(at: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const moment = new Date(at * 1000);
  return `${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
