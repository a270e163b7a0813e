"""A closing report as a page: one HTML file without scripts and without anything from elsewhere, so
that it opens from a disk in ten years. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from html import escape

import msgspec

from yemae.closing.facts import Facts, MinuteFacts, QueueFacts, SoldFacts
from yemae.closing.words import Language, say
from yemae.values import money
from yemae.values.instants import Instant
from yemae.values.time_zones import venue_zone, zone_name

WIDTH, HEIGHT, LEFT = 720, 160, 56
# More points than pixels say nothing more.
POINTS_MAX = 1_440
AMOUNTS = ("revenue", "booking_fees", "cancellation_fees", "refunds", "net")
SEATS = ("sold", "cancelled", "held", "blocked", "free")
STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{font-size:1rem}
table{border-collapse:collapse;width:100%;font-size:.85rem}
th,td{text-align:start;padding:.25rem .5rem;border-bottom:1px solid #8884;vertical-align:top}
.n{text-align:end;font-variant-numeric:tabular-nums}
.n,th{word-break:keep-all}
.ok,.bad{padding:.6rem .9rem;border-radius:.5rem;font-weight:600}
.ok{background:#16a34a22}.bad{background:#dc262622}
.scroll{overflow-x:auto}svg{max-width:100%;height:auto}
code{font-size:.8rem;overflow-wrap:anywhere}
"""


def page(facts: Facts, language: Language) -> str:
    """The report as HTML."""
    title = f"{say('Closing report', language)} · {facts.title}"
    verdict = "Everything adds up." if facts.holds else "Something does not add up."
    in_currency = f" ({facts.money.currency})"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(facts.artist)} · {escape(facts.venue)} · <code>{facts.concert_id}</code></p>",
        f"<p>{say('As of', language)}: {_when(facts, facts.as_of)} ({_zone_name(facts)})</p>",
        f'<p class="{"ok" if facts.holds else "bad"}">{say(verdict, language)}</p>',
        _section("Dates", language, _dates(facts, language)),
        _section("Money", language, _money(facts, language), in_currency),
        *(_queue(facts, queue, language) for queue in facts.queues),
        _section("Minutes", language, _minutes(facts, language), in_currency),
        _section("Invariants", language, _invariants(facts, language)),
        _section("Actions", language, _actions(facts, language)),
    ]
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _section(heading: str, language: Language, body: str, unit: str = "") -> str:
    return f"<h2>{say(heading, language)}{unit}</h2>\n{body}"


def _table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    language: Language,
    numbers: Sequence[str] = (),
) -> str:
    """A table with its headings in a language; numbers stand to the right."""
    right = [heading in numbers for heading in headings]
    head = "".join(
        f'<th scope="col"{_right(is_number)}>{say(heading, language)}</th>'
        for heading, is_number in zip(headings, right, strict=True)
    )
    lines = "".join(
        "<tr>"
        + "".join(
            f"<td{_right(is_number)}>{escape(_text(cell))}</td>"
            for cell, is_number in zip(row, right, strict=True)
        )
        + "</tr>\n"
        for row in rows
    )
    if not lines:
        return f"<p>{say('None', language)}</p>"
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{lines}</tbody></table></div>"
    )


def _zone(facts: Facts) -> tzinfo:
    """Of the venue's clocks, or else UTC."""
    return venue_zone(facts.time_zone, None) or UTC


def _zone_name(facts: Facts) -> str:
    return zone_name(_zone(facts))


def _when(facts: Facts, moment: Instant | None) -> str:
    """A moment as the venue's clocks show it."""
    if moment is None:
        return "–"
    return f"{datetime.fromisoformat(moment).astimezone(_zone(facts)):%Y-%m-%d %H:%M}"


def _right(is_number: bool) -> str:
    return ' class="n"' if is_number else ""


def _text(cell: object) -> str:
    if isinstance(cell, int):
        return f"{cell:,}"
    return "" if cell is None else str(cell)


def _invariants(facts: Facts, language: Language) -> str:
    rows = [
        (
            "✗" if check.violations else "✓",
            check.says_ko if language == "ko" else check.says,
            check.looked_at,
            check.violations,
        )
        for check in facts.invariants
    ]
    headings = ("Holds", "What must hold", "Looked at", "Violations")
    return _table(headings, rows, language, headings[2:])


def _money(facts: Facts, language: Language) -> str:
    currency = facts.money.currency
    headings = ("Date", "Grade", "Sold by", "Price type", *SEATS, *AMOUNTS)

    def row(line: SoldFacts) -> list[object]:
        sold_by = line.sold_by and say(line.sold_by, language)
        named = line.price_type or (line.grade and say("Full price", language))
        first = line.performance_id or say("Total", language)
        amounts = [_amount(line.figures[name], currency) for name in AMOUNTS]
        seats = [line.figures[name] for name in SEATS]
        return [first, line.grade, sold_by, named, *seats, *amounts]

    rows = [row(line) for line in (*facts.money.lines, facts.money.total)]
    return _table(headings, rows, language, (*SEATS, *AMOUNTS))


def _amount(minor: int, currency: str) -> str:
    """An amount under a heading that names the currency."""
    return money.amount(minor, currency).removesuffix(f" {currency}")


def _minutes(facts: Facts, language: Language) -> str:
    currency = facts.money.currency
    rows = [
        (
            _when(facts, each.minute),
            each.orders,
            each.seats,
            _amount(each.charged, currency),
            each.cancelled,
            _amount(each.refunded, currency),
        )
        for each in facts.money.minutes
    ]
    headings = ("Minute", "Orders", "Seats", "Charged", "Cancelled", "Refunded")
    return _table(headings, rows, language, headings[1:])


def _dates(facts: Facts, language: Language) -> str:
    rows = [(date.id, _when(facts, date.starts_at), date.seats_total) for date in facts.dates]
    return _table(("Date", "Starts", "Seats"), rows, language, ("Seats",))


def _actions(facts: Facts, language: Language) -> str:
    rows = [
        (_when(facts, act.at), act.who, act.queue_id, act.action, _details(act.details))
        for act in facts.actions
    ]
    return _table(("At", "Who", "Queue", "Action", "Details"), rows, language)


def _details(details: object) -> str:
    return msgspec.json.encode(details, order="sorted").decode()


def _queue(facts: Facts, queue: QueueFacts, language: Language) -> str:
    steps = [(say(step.name, language), step.count) for step in queue.funnel]
    parts = [
        f"<h2>{say('Queue', language)} <code>{queue.id}</code></h2>",
        f"<h3>{say('Funnel', language)}</h3>",
        _table(("Step", "Fans"), steps, language, ("Fans",)),
        f"<h3>{say('Curves', language)}</h3>",
        _curves(facts, queue, language),
    ]
    if queue.draw is not None:
        draw = queue.draw
        seed = draw.seed or "–"
        rows = [(draw.sealed, seed, draw.checked, draw.wrong)]
        headings = ("Sealed seed", "Seed", "Places checked", "Wrong")
        parts += [
            f"<h3>{say('Draw', language)}</h3>",
            _table(headings, rows, language, headings[2:]),
        ]
    return "\n".join(parts)


def _curves(facts: Facts, queue: QueueFacts, language: Language) -> str:
    if len(queue.curves) < 2:
        return f"<p>{say('No history is kept of this queue.', language)}</p>"
    step = -(-len(queue.curves) // POINTS_MAX)
    points = queue.curves[::step]
    first, last = (_when(facts, point.at) for point in (points[0], points[-1]))
    return "\n".join(
        _curve(say(label, language), points, name, (first, last))
        for label, name in (
            ("Waiting", "waiting"),
            ("Inside", "active"),
            ("admitted", "admitted"),
            ("payments", "payments"),
        )
    )


def _curve(label: str, points: Sequence[MinuteFacts], name: str, ends: tuple[str, str]) -> str:
    """A figure over time as a line in SVG, which begins and ends at its first and last minute."""
    values = [int(point.figures.get(name) or 0) for point in points]
    most = max(*values, 1)
    across = (WIDTH - LEFT) / (len(values) - 1)
    line = " ".join(
        f"{LEFT + index * across:.1f},{HEIGHT - 24 - value * (HEIGHT - 40) / most:.1f}"
        for index, value in enumerate(values)
    )
    first, last = ends
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}, {most:,}">'
        f'<polyline points="{line}" fill="none" stroke="#7a3fe0" stroke-width="1.5"/>'
        f'<g font-size="11" fill="currentColor"><text x="0" y="20">{most:,}</text>'
        f'<text x="0" y="{HEIGHT - 24}">0</text><text x="{LEFT}" y="{HEIGHT - 6}">{first}</text>'
        f'<text x="{WIDTH}" y="{HEIGHT - 6}" text-anchor="end">{last}</text>'
        f'<text x="{LEFT}" y="12">{escape(label)}</text></g></svg>'
    )
