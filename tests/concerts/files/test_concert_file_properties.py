"""Any input gives a concert or a refusal, and a generated plan comes back seat by seat."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.concerts import GOOD
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert, FileSeat, parse, read


def survives(text: str) -> None:
    """Parse a text that may be anything: a concert or a ConcertFileError, nothing else."""
    try:
        assert isinstance(parse(text, "x.toml"), FileConcert)
    except ConcertFileError as refused:
        message = str(refused)
    else:
        return
    assert message.startswith("x.toml")
    assert len(message.splitlines()) == 1


@given(st.binary(max_size=300))
def test_any_bytes_give_a_concert_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    with suppress(ConcertFileError):
        assert isinstance(read(path), FileConcert)


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_text_gives_a_concert_or_a_refusal(text: str) -> None:
    survives(text)


WORDS = (
    'id [queue] [[sections]] = " """ \'\'\' [ ] { } , . - 0x 1e9 nan inf true # \\u ` '
    '"A:1-9" 2030-01-01 T00:00:00 Z +23:59 9999-12-31 performances starts_at $.queue`'
)
SCRAP = st.sampled_from([*WORDS.split(" "), "\n", " ", "\r", "\u2028", "\ud800", " - at `$.queue`"])


@given(st.lists(SCRAP, max_size=20).map("".join), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_a_damaged_file_gives_a_concert_or_a_refusal(scrap: str, at: int, cut: int) -> None:
    survives(GOOD[:at] + scrap + GOOD[at + cut :])


@st.composite
def plans(draw: st.DrawFn) -> tuple[str, list[FileSeat]]:
    """Draw a file's grades and sections, and the seats that they have to give."""
    grades = draw(st.dictionaries(st.sampled_from("RSAB"), st.integers(0, 10**8), min_size=1))
    text = "".join(f'[[grades]]\nname = "{name}"\nprice = {grades[name]}\n' for name in grades)
    seats: list[FileSeat] = []
    for section in range(draw(st.integers(1, 4))):
        grade = draw(st.sampled_from(sorted(grades)))
        names = draw(st.lists(st.sampled_from(ascii_uppercase), unique=True, min_size=1))
        rows = []
        for row in names:
            spans = _spans(draw(st.sets(st.integers(1, 99_999), min_size=1, max_size=30)))
            rows.append(f"{row}:{','.join(text for text, _ in spans)}")
            seats += [
                FileSeat(f"{section}-{row}-{seat}", grade, grades[grade])
                for _, numbers in spans
                for seat in numbers
            ]
        text += f'[[sections]]\nname = "{section}"\ngrade = "{grade}"\nrows = {rows}\n'
    return text, seats


def _spans(numbers: set[int]) -> list[tuple[str, list[int]]]:
    """Write numbers as ranges: 1, 2, 3 and 7 become `1-3` and `7`."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return [(f"{s[0]}-{s[-1]}" if len(s) > 1 else str(s[0]), s) for s in spans]


MOMENTS = st.integers(0, 900 * 365).map(
    lambda days: datetime(2001, 1, 1, 12, 30, 15, 250_000, tzinfo=UTC) + timedelta(days=days)
)


@given(plans(), st.integers(-1439, 1439), MOMENTS)
def test_a_generated_plan_comes_back_seat_by_seat(
    plan: tuple[str, list[FileSeat]], offset_minutes: int, moment: datetime
) -> None:
    text, seats = plan
    starts_at = moment.astimezone(timezone(timedelta(minutes=offset_minutes)))
    head = GOOD[: GOOD.index("[[grades]]")]
    date = f'[[performances]]\nid = "p"\nstarts_at = {starts_at.isoformat()}\n'
    concert = parse(head + text + date, "x.toml")
    assert list(concert.seats) == seats
    assert concert.performances[0].starts_at == starts_at
