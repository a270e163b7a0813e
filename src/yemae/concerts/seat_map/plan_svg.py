"""A plan as an SVG picture, so that an organiser can check a concert file by eye. Pure.

Grades differ in color and in shape, so that a black-and-white print or an eye that sees no colors
can distinguish them. Seats of one grade are one path, so that 50,000 of them open quickly.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape

from yemae.concerts.seat_map.plan import Plan
from yemae.values import money
from yemae.values.text import printable_markup

# Okabe and Ito's colors, chosen for eyes that confuse red and green; then all over again.
COLORS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b6b6b")
HALF = 4.0
LEGEND_LINE = 26.0
TITLE_HEIGHT = 44.0
WIDTH_MIN = 420.0
# How wide the picture opens; a small plan is magnified, up to ENLARGED_MAX times.
OPENS_WIDE = 1_000.0
SCALE_MAX = 2.5


def draw(plan: Plan, title: str, currency: str) -> str:
    """The whole picture, with a legend of grades, prices and seats below."""
    legend = LEGEND_LINE * (len(plan.grades) + 1)
    width = max(plan.size.width, WIDTH_MIN)
    height = TITLE_HEIGHT + plan.size.height + legend
    shift = (width - plan.size.width) / 2
    scale = min(max(OPENS_WIDE / width, 1.0), SCALE_MAX)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{scale * width:g}" height="{scale * height:g}" '
        'font-family="system-ui, sans-serif">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{width / 2:g}" y="30" text-anchor="middle" font-size="18" '
        f'font-weight="600">{escape(title)}</text>',
        f'<g transform="translate({shift:g} {TITLE_HEIGHT:g})">',
        *_stage(plan),
        *_outlines(plan),
        *_areas(plan),
        *_seats(plan),
        *_row_names(plan),
        *_names(plan),
        "</g>",
        f'<g transform="translate(30 {TITLE_HEIGHT + plan.size.height:g})" font-size="14">',
        *_legend(plan, currency),
        "</g>",
        "</svg>",
    ]
    # As character references, so that a terminal that shows the text is not steered by a name.
    return printable_markup("\n".join(lines)) + "\n"


def _stage(plan: Plan) -> Iterator[str]:
    stage = plan.stage
    yield (
        f'<rect x="{stage.x:g}" y="{stage.y:g}" width="{stage.width:g}" height="{stage.height:g}" '
        'rx="6" fill="#333"/>'
    )
    size = min(18.0, stage.height * 0.5, 1.2 * stage.width / len(stage.label))
    yield (
        f'<text x="{stage.x + stage.width / 2:g}" y="{stage.y + stage.height / 2:g}" fill="#fff" '
        f'text-anchor="middle" dominant-baseline="central" font-size="{size:g}">'
        f"{escape(stage.label)}</text>"
    )


def _outlines(plan: Plan) -> Iterator[str]:
    for section in plan.sections:
        yield _polygon(section.outline, section.grade, 0.12, "")


def _areas(plan: Plan) -> Iterator[str]:
    """Stronger than a section, with a broken line: nothing stands in it but its name."""
    for area in plan.areas:
        yield _polygon(area.outline, area.grade, 0.3, ' stroke-width="2" stroke-dasharray="7 4"')


def _polygon(outline: list[tuple[float, float]], grade: int, opacity: float, stroke: str) -> str:
    points = " ".join(f"{x:g},{y:g}" for x, y in outline)
    color = _color(grade)
    return (
        f'<polygon points="{points}" fill="{color}" fill-opacity="{opacity:g}" stroke="{color}" '
        f'stroke-opacity="0.5"{stroke}/>'
    )


def _seats(plan: Plan) -> Iterator[str]:
    paths: list[list[str]] = [[] for _ in plan.grades]
    seats = plan.seats
    for x, y, grade in zip(seats.x, seats.y, seats.grade, strict=True):
        paths[grade].append(_shape(grade)(x, y))
    for grade, path in enumerate(paths):
        yield f'<path fill="{_color(grade)}" d="{"".join(path)}"/>'


def _row_names(plan: Plan) -> Iterator[str]:
    """Before the first seat of each row, in the row's own direction."""
    yield '<g font-size="6" fill="#555" text-anchor="middle" dominant-baseline="central">'
    xs, ys = plan.seats.x, plan.seats.y
    for row in plan.rows:
        first = row.first_seat
        right, down = 10.0, 0.0
        if row.seats > 1:
            right, down = xs[first + 1] - xs[first], ys[first + 1] - ys[first]
        far = math.hypot(right, down) or 1.0
        x, y = xs[first] - 8 * right / far, ys[first] - 8 * down / far
        yield f'<text x="{x:.1f}" y="{y:.1f}">{escape(row.name)}</text>'
    yield "</g>"


def _names(plan: Plan) -> Iterator[str]:
    """The names of sections and areas, and how many an area takes."""
    # Small enough to leave the seats to be seen, large enough to be read when all fits a screen.
    size = min(max(9.0, plan.size.width / 90), 30.0)
    yield (
        f'<g font-size="{size:g}" font-weight="700" fill="#111" text-anchor="middle" '
        'dominant-baseline="central" stroke="#fff" stroke-width="4" paint-order="stroke" '
        'stroke-linejoin="round">'
    )
    for section in plan.sections:
        label = section.label
        yield f'<text x="{label.x:g}" y="{label.y:g}">{escape(section.name)}</text>'
    for area in plan.areas:
        label = area.label
        yield f'<text x="{label.x:g}" y="{label.y:g}">{escape(area.name)}</text>'
        yield (
            f'<text x="{label.x:g}" y="{label.y + 1.3 * size:g}" font-size="{0.8 * size:g}">'
            f"{area.seats:,}</text>"
        )
    yield "</g>"


def _legend(plan: Plan, currency: str) -> Iterator[str]:
    counts = Counter(plan.seats.grade)
    for area in plan.areas:
        counts[area.grade] += area.seats
    for index, grade in enumerate(plan.grades):
        y = LEGEND_LINE * (index + 0.5)
        yield f'<path transform="translate(8 {y:g}) scale(2)" fill="{_color(index)}" d="'
        yield f'{_shape(index)(0.0, 0.0)}"/>'
        yield (
            f'<text x="28" y="{y:g}" dominant-baseline="central">{escape(grade.name)} · '
            f"{money.amount(grade.price, currency)} · {counts[index]:,}</text>"
        )


def _color(grade: int) -> str:
    return COLORS[grade % len(COLORS)]


def _shape(grade: int) -> Callable[[float, float], str]:
    return SHAPES[grade % len(SHAPES)]


def _circle(x: float, y: float) -> str:
    return (
        f"M{x - HALF:.1f} {y:.1f}a{HALF} {HALF} 0 1 0 {2 * HALF} 0"
        f"a{HALF} {HALF} 0 1 0 {-2 * HALF} 0"
    )


def _square(x: float, y: float) -> str:
    side = 2 * HALF - 1
    return f"M{x - side / 2:.1f} {y - side / 2:.1f}h{side}v{side}h{-side}z"


def _diamond(x: float, y: float) -> str:
    return f"M{x:.1f} {y - HALF:.1f}l{HALF} {HALF}l{-HALF} {HALF}l{-HALF} {-HALF}z"


def _triangle(x: float, y: float) -> str:
    return f"M{x:.1f} {y - HALF:.1f}l{HALF} {2 * HALF - 1}h{-2 * HALF}z"


def _ring(x: float, y: float) -> str:
    inner = HALF / 2
    return f"{_circle(x, y)}M{x - inner:.1f} {y:.1f}a2 2 0 1 1 4 0a2 2 0 1 1 -4 0"


SHAPES = (_circle, _square, _diamond, _triangle, _ring)
