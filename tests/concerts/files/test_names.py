"""Names of any script: one rule for the file, the schema and the API, in one form."""

import re
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from helpers.concerts import FIRST, HALL, SMALL, TEXT, load_concert
from helpers.http import open_site, problem_of
from yemae.concerts.files.concert_file import ConcertFileError, parse
from yemae.concerts.files.import_files import load_files
from yemae.concerts.limits import SEAT_NUMBER
from yemae.settings import Settings
from yemae.values.text import composed

Form = Literal["NFC", "NFD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD")
NUMBERED = TEXT.replace('"{{seat}}"', '"{{section}}-{{row}}-{{seat}}"')
SCRIPTS = [
    ("1階", "い", "1階-い-1"),
    ("가구역", "나", "가구역-나-1"),
    ("Платформа", "Ж", "Платформа-Ж-1"),
    ("شرفة", "ب", "شرفة-ب-1"),
    ("ชั้น1", "ก", "ชั้น1-ก-1"),
    ("एक", "की", "एक-की-1"),
    ("Πλατεία", "Ω", "Πλατεία-Ω-1"),
    ("二樓", "十", "二樓-十-1"),
    ("🎻", "É", "🎻-É-1"),
]


def hall(section: str, row: str) -> str:
    """A concert file whose seats have this section and this row in their numbers."""
    text = NUMBERED.format(**SMALL).replace('"A:1-10"', f'"{row}:1-3"')
    return text.replace('name = "Floor"', f'name = "{section}"')


@pytest.mark.parametrize(("section", "row", "number"), SCRIPTS, ids=[s[2] for s in SCRIPTS])
@pytest.mark.parametrize("form", FORMS)
async def test_seats_of_any_script_are_loaded_held_and_shown(
    settings: Settings, section: str, row: str, number: str, form: Form
) -> None:
    """As an editor on any system writes them, and as a client on any system asks for them."""
    text = unicodedata.normalize(form, hall(section, row))
    async with open_site(settings, parse(text, "hall.toml")) as site:
        (fan,) = await site.enter("fan")
        held = await fan.hold(unicodedata.normalize("NFD", number), performance=FIRST)
        assert held.status_code == 201, held.text
        assert [seat["number"] for seat in held.json()["seats"]] == [composed(number)]
        listed = (await fan.get(f"/v1/performances/{FIRST}/seats")).json()["seats"]
        assert composed(f"{section}-{row}-2") in [seat["number"] for seat in listed]


async def test_the_same_name_in_two_forms_is_one_name(settings: Settings) -> None:
    nfd = unicodedata.normalize("NFD", "가")
    text = hall("1", "가").replace('"가:1-3"', f'"가:1-3", "{nfd}:4-6", "{nfd}:3"')
    with pytest.raises(ConcertFileError, match="expected each seat once"):
        parse(text, "hall.toml")
    escaped = "".join(f"\\u{ord(character):04x}" for character in nfd)
    assert parse(hall("1", escaped), "hall.toml") == parse(hall("1", "가"), "hall.toml")
    async with open_site(settings, parse(hall("1", nfd), "hall.toml")) as site:
        (fan,) = await site.enter("fan")
        twice = await fan.hold("1-가-1", f"1-{nfd}-1", performance=FIRST)
        problem_of(twice, 422, "invalid-request")
        offer = {"grade": unicodedata.normalize("NFD", "R"), "count": 1}
        body = {"performance_id": FIRST, "best_available": offer}
        assert (await fan.post("/v1/orders", body)).status_code == 201


@pytest.mark.parametrize(
    "odd", ["\u202e", "\u200b", "\u00a0", "\u3000", "\u2028", "\ufeff", " ", "\u0085", "\u200f"]
)
async def test_a_seat_number_that_cannot_be_read_is_refused_with_a_sentence(
    settings: Settings, odd: str
) -> None:
    with pytest.raises(ConcertFileError) as refused:
        parse(hall(f"a{odd}b", "A"), "hall.toml")
    assert len(str(refused.value).splitlines()) == 1
    async with open_site(settings) as site:
        (fan,) = await site.enter("fan")
        refused_too = await fan.hold(f"a{odd}b")
        assert refused_too.status_code == (404 if odd == " " else 422)
    with (
        psycopg.connect(settings.stores.database_url) as connection,
        pytest.raises(psycopg.errors.CheckViolation, match="seats_number_check"),
    ):
        connection.execute("update seats set number = %s where position = 0", (f"a{odd}b",))


CHARACTERS = st.characters(codec="utf-8", exclude_characters="\x00")


@given(st.lists(st.text(CHARACTERS, max_size=22), min_size=200, max_size=200))
@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_file_and_the_schema_have_one_rule(database_url: str, texts: list[str]) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "select pg_get_constraintdef(oid) from pg_constraint where conname = %s",
            ("seats_number_check",),
        ).fetchone()
        assert row is not None
        rule = re.search(r"~ '(.*)'::text", str(row[0]))
        assert rule is not None
        found = connection.execute(
            'select t collate "C" ~ %s'
            " from unnest(%s::text[]) with ordinality as x (t, n) order by n",
            (rule[1], texts),
        ).fetchall()
    assert [is_one for (is_one,) in found] == [
        re.match(SEAT_NUMBER, text) is not None for text in texts
    ]


@given(
    section=st.text(st.characters(codec="utf-8", exclude_characters='"\\'), max_size=12),
    row=st.text(st.characters(codec="utf-8", exclude_characters='"\\'), max_size=4),
    grade=st.text(st.characters(codec="utf-8", exclude_characters='"\\'), min_size=1, max_size=5),
    title=st.text(st.characters(codec="utf-8", exclude_characters='"\\'), max_size=30),
)
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_names_are_loaded_or_refused_with_a_sentence(
    settings: Settings, tmp_path: Path, section: str, row: str, grade: str, title: str
) -> None:
    """Into the database itself: what the file lets through, the schema takes."""
    text = hall(section, row).replace('"R"', f'"{grade}"').replace('"Test"', f'"{title}"')
    path = tmp_path / "any.toml"
    path.write_text(text, encoding="utf-8", newline="")
    with suppress(ConcertFileError):
        (loaded,) = load_files(settings, [path])
        assert loaded.seats >= 1


async def test_a_group_is_one_composed_or_decomposed(settings: Settings) -> None:
    lane = '[[queue.lanes]]\nname = "fanclub"\nshare = 30\ngroup = "팬클럽"\n'
    for form in FORMS:
        text = TEXT.format(**SMALL).replace("[[grades]]", f"{lane}\n[[grades]]", 1)
        await load_concert(settings, parse(unicodedata.normalize(form, text), "hall.toml"))
        async with open_site(settings, parse(unicodedata.normalize(form, text), "x")) as site:
            for number, given_form in enumerate(FORMS):
                group = unicodedata.normalize(given_form, "팬클럽")
                fan = site.visitor(f"{form}-{number}")
                token = site.runtime.issuer.issue(fan.user_id, groups=[group]).text
                fan.tokens["Authorization"] = f"Bearer {token}"
                answer = await fan.post(f"/v1/concerts/{HALL}/queue-tokens")
                assert answer.json()["lane"] == "fanclub"
