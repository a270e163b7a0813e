"""`[details]` and the names in English of a concert file."""

import msgspec
import pytest

from helpers.concert_files import changed, refusal
from helpers.concerts import GOOD
from yemae.concerts.details import NONE, CastMember, Details, Organiser, stored
from yemae.concerts.files.concert_file import parse

TABLE = '''
[details]
running_time_minutes = 120
interval_minutes = 15
minimum_age = 0
description = """
# 첫눈

**기타** 한 대.
"""
address = "서울"

[[details.cast]]
name = "서윤별"
role_en = "Vocals"

[details.organiser]
name = "작은숲"
email = "help@example.com"
'''


def test_the_table_gives_the_details() -> None:
    assert parse(GOOD + TABLE, "x.toml").details == Details(
        running_time_minutes=120,
        interval_minutes=15,
        minimum_age=0,
        description="# 첫눈\n\n**기타** 한 대.\n",
        address="서울",
        cast=(CastMember("서윤별", role_en="Vocals"),),
        organiser=Organiser("작은숲", email="help@example.com"),
    )


def test_a_file_without_the_table_has_no_details() -> None:
    assert parse(GOOD, "x.toml").details is NONE
    assert stored(NONE) == (None, None)


def test_details_keep_their_digest_and_others_have_another() -> None:
    first, again = (stored(parse(GOOD + TABLE, "x.toml").details) for _ in range(2))
    assert first == again
    assert stored(Details(minimum_age=0)).details_digest != first.details_digest
    assert msgspec.json.decode(first.details or "", type=Details).minimum_age == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("minimum_age = 22", "details.minimum_age: expected an integer of at most 21, found 22."),
        (
            'map_url = "http://maps.example.com"',
            "details.map_url: expected a text of the form https://…, "
            "found 'http://maps.example.com'.",
        ),
        (
            'map_url = "https://a.b/\\"onload=x"',
            "details.map_url: expected a text of the form https://…, "
            "found 'https://a.b/\"onload=x'.",
        ),
        (
            'description = "  \\n"',
            "details.description: expected a text of lines that are not all blank and have no "
            "control characters, found '  \\n'.",
        ),
        (
            "interval_minutes = 15",
            "details.interval_minutes: expected less than running_time_minutes, which includes "
            "it, found 15.",
        ),
        ("colour = 1", "details.colour: this is not a field of the format."),
    ],
)
def test_a_wrong_field_is_named(line: str, problem: str) -> None:
    text = f"{GOOD}\n[details]\n{line}\n"
    assert refusal(text) == f", line {text.count(chr(10))}: {problem}"


def test_a_contact_is_an_address_and_a_number() -> None:
    table = '\n[details.organiser]\nname = "A"\n'
    assert "details.organiser.email: expected" in refusal(GOOD + table + 'email = "a b@c.d"\n')
    assert "details.organiser.phone: expected" in refusal(GOOD + table + 'phone = "call us"\n')


def test_names_in_english_are_on_the_plan_and_change_no_plan_that_has_none() -> None:
    plain = msgspec.json.encode(parse(GOOD, "x.toml").plan)
    assert b"_en" not in plain
    text = changed('name = "1F"', 'name = "1F"\nname_en = "Stalls"\nfloor = "1층"\nfloor_en = "1F"')
    text = text.replace('name = "R"', 'name = "R"\nname_en = "Regular"', 1)
    text += (
        '\n[stage]\nx = 0\ny = -90\nwidth = 50\nheight = 20\nlabel = "무대"\nlabel_en = "Stage"\n'
    )
    plan = parse(text, "x.toml").plan
    assert (plan.grades[0].name_en, plan.stage.label_en) == ("Regular", "Stage")
    assert (plan.sections[0].name_en, plan.sections[0].floor_en) == ("Stalls", "1F")
    assert b'"name":"S","price":0,"color":1}' in msgspec.json.encode(plan)
