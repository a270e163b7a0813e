"""The pages for operators and for authors of clients: what they show is what the code does."""

import hashlib
import re
from typing import Any, get_args

import jsonschema_rs
import msgspec
import pytest
from cryptography.exceptions import InvalidSignature

from helpers.contract import described, validator
from helpers.pages import ROOT, Block, blocks, headings, links, page_of, read
from yemae.http.concert_shapes import EXAMPLE_PERFORMANCE
from yemae.http.contract.operation import Operation
from yemae.http.fan.order_shapes import EXAMPLE_CODE
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.operations import OPERATIONS
from yemae.sale.policy import State
from yemae.waiting_room import queue_numbers

PAGES = [path.name.removesuffix(".ko.md") for path in sorted(ROOT.glob("docs/*.ko.md"))]
GUIDE, ROOM = read("docs/client-guide.md"), read("docs/waiting-room.md")
TICKETS = read("docs/tickets.md")
JSON = [msgspec.json.decode(block.text) for block in blocks(GUIDE) if block.language == "json"]
QUEUE_CALLS = [operation for operation in OPERATIONS if operation.tag == "queue"]


def shapes(operation: Operation) -> list[dict[str, Any]]:
    """The schemas of what a call takes and answers."""
    whole = described(operation)
    parts = [*whole["responses"].values(), whole.get("requestBody", {})]
    return [
        content["schema"]
        for part in parts
        for kind, content in part.get("content", {}).items()
        if kind != "text/event-stream"
    ]


def fits(document: object, schema: dict[str, Any]) -> bool:
    try:
        validator(schema).validate(document)
    except jsonschema_rs.ValidationError:
        return False
    return True


def test_every_page_for_operators_is_there_in_korean() -> None:
    rows = [row.split("|") for row in read("docs/README.md").splitlines() if "| operators |" in row]
    assert {page.removesuffix(".md") for row in rows for page in links(row[1])[:1]} <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_have_the_same_sections_and_code(name: str) -> None:
    english, korean = read(f"docs/{name}.md"), read(f"docs/{name}.ko.md")
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(korean)]
    assert blocks(english) == blocks(korean)


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_lead_to_the_same_places(name: str) -> None:
    english, korean = read(f"docs/{name}.md"), read(f"docs/{name}.ko.md")
    assert sorted(map(page_of, links(english))) == sorted(map(page_of, links(korean)))


@pytest.mark.parametrize("document", JSON, ids=lambda it: it.get("state", next(iter(it))))
def test_what_the_client_guide_shows_fits_the_contract(document: dict[str, Any]) -> None:
    known = [schema for operation in QUEUE_CALLS for schema in shapes(operation)]
    assert any(fits(document, schema) for schema in known)


def test_a_document_that_does_not_fit_is_found() -> None:
    (waiting,) = [it for it in JSON if it.get("state") == "waiting" and "queue_token" not in it]
    poll = next(operation for operation in QUEUE_CALLS if operation.name == "poll_place")
    place = described(poll)["responses"]["200"]["content"]["application/json"]["schema"]
    assert fits(waiting, place)
    assert not fits({**waiting, "position": "1204"}, place)
    assert not fits({name: it for name, it in waiting.items() if name != "number"}, place)


def test_the_client_guide_shows_every_state_of_a_place() -> None:
    poll = next(operation for operation in QUEUE_CALLS if operation.name == "poll_place")
    place = described(poll)["responses"]["200"]["content"]["application/json"]["schema"]
    shown = {it["state"] for it in JSON if fits(it, place)}
    assert shown == set(place["discriminator"]["mapping"])


def test_the_client_guide_says_what_to_do_about_every_problem_of_the_queue() -> None:
    section = GUIDE.partition("## What to do about every problem")[2].partition("\n## ")[0]
    rows = [
        line.split("|")[1] for line in section.partition("|---")[2].splitlines()[1:] if "|" in line
    ]
    handled = {slug for cell in rows for slug in re.findall(r"`([a-z-]+)`", cell)}
    assert {refusal.slug for call in QUEUE_CALLS for refusal in call.declared()} <= handled


@pytest.mark.parametrize("page", [ROOM, read("docs/waiting-room.ko.md")], ids=["en", "ko"])
def test_the_operators_page_names_every_state(page: str) -> None:
    named = set(re.findall(r"`\"?(\w+)\"?`", page))
    assert set(get_args(State)) | {"waiting", "admitted"} <= named


def test_anybody_can_recompute_the_draw_with_the_algorithm_of_the_page() -> None:
    (algorithm,) = [block for block in blocks(ROOM) if is_algorithm(block)]
    theirs: dict[str, Any] = {}
    exec(algorithm.text, theirs)  # noqa: S102 - our own page
    for n in range(200):
        seed, user = hashlib.sha256(b"%d" % n).digest(), f"0199d3b2-6a40-7c11-9d42-{n:012x}"
        assert theirs["number"](seed.hex(), "arena", user) == queue_numbers.drawn_number(
            seed, "arena", user
        )
        assert theirs["sealed"](seed.hex()) == queue_numbers.seal(seed)


def test_a_scanner_made_of_the_tickets_page_reads_the_code_that_it_shows() -> None:
    scanner, code = blocks(TICKETS)[-2:]
    theirs: dict[str, Any] = {}
    exec(scanner.text, theirs)  # noqa: S102 - our own page
    assert code.text.strip() == EXAMPLE_CODE
    assert theirs["read"](EXAMPLE_CODE) == (EXAMPLE_ID, EXAMPLE_PERFORMANCE["id"], "7")
    with pytest.raises(InvalidSignature):
        theirs["read"](EXAMPLE_CODE.replace("GM5", "GM6"))


def is_algorithm(block: Block) -> bool:
    return block.language == "python" and "hmac" in block.text
