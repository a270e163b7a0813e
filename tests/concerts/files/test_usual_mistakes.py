"""Usual mistakes of a first concert file: the refusal says what to write."""

import pytest

from helpers.concert_files import changed, refusal
from helpers.concerts import GOOD


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"{GOOD}\nlisting = 4\n",
            "performances[1].listing: this stands at the top of the file, above the first table, "
            "not in performances[1].",
        ),
        (
            changed("[queue]", "[queue]\ntitle_en = 'x'"),
            "line 9: queue.title_en: this stands at the top of the file, above the first table, "
            "not in queue.",
        ),
        (
            changed("artist", "artst"),
            "line 3: artst: this is not a field of the format; artist is.",
        ),
        (f"{GOOD}\n[[section]]\n", "section: this is not a field of the format; sections is."),
        (
            changed("[[grades]]", "[grades]"),
            "line 16: this is not TOML: this name has a value above already, or [[…]] follows […]; "
            "found again at column 9.",
        ),
        (
            GOOD.replace("[[grades]]", "[grades]"),
            "line 16: this is not TOML: this table stands above already; where there are several, "
            "each has two pairs of brackets, [[…]]; found again at column 8.",
        ),
        (
            f"{GOOD}\n[price_types]\nid = 'child'\n",
            "price_types: expected [[price_types]], found [price_types].",
        ),
        (
            f"{GOOD}\n[queue.lanes]\nname = 'x'\n",
            "queue.lanes: expected [[queue.lanes]], found [queue.lanes].",
        ),
        (
            changed('rows = ["A:1-3"', 'rows = { A = 3 }\nx = ["A:1-3"'),
            "sections[0].rows: expected an array, found a table.",
        ),
        (
            f"{GOOD}\n[cancellation]\ncloses_at = 17:00:00\n",
            "cancellation.closes_at: expected a text, in quotes, found 17:00:00.",
        ),
        (
            changed('"Title"', "“Title”"),
            "line 2: this is not TOML: Invalid value at column 9, which is '“'.",
        ),
        (
            changed("title =", "\u00a0title ="),
            "line 2: this is not TOML: Invalid statement at column 1, which is '\\xa0'.",
        ),
        (changed('"Title"', '"Title'), "line 2: this is not TOML: Illegal character '\\n'"),
        (changed("66000", "9" * 5_000), "this is not TOML: a number has too many digits."),
    ],
)
def test_a_usual_mistake_is_named_with_the_way_out(text: str, message: str) -> None:
    assert message in refusal(text)
