"""Concerts made and changed over HTTP: as compared, and by the rules of concert files."""

from typing import Any

import msgspec
import pytest

from helpers.concerts import FIRST, HALL, SMALL, TEXT, concert, load_concert
from helpers.http import Site, Visitor, problem_of
from helpers.operators import having
from yemae.concerts.files import documents
from yemae.concerts.files.concert_file import parse
from yemae.concerts.posters import Poster
from yemae.http.operator.concert_file_shapes import BODY_MAX_BYTES

FILES = "/v1/admin/concert-files"
COMPARISON = f"{FILES}/comparison"
FILE = f"/v1/admin/concerts/{HALL}/file"
NEW = TEXT.format(**SMALL | {"concert_id": "new"})
KEPT = TEXT.format(**SMALL | {"admit_per_minute": 60_000})


@pytest.fixture
async def kept(site: Site) -> dict[str, Any]:
    """The document of the hall, as its load has kept it."""
    await load_concert(site.runtime.settings, parse(KEPT, "hall.toml"))
    await site.runtime.catalogue.refresh()
    return documents.document_of(KEPT)


async def compared(op: Visitor, **body: object) -> dict[str, Any]:
    answer = await op.post(COMPARISON, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def apply(op: Visitor, document: dict[str, Any], **more: object) -> dict[str, Any]:
    shown = await compared(op, document=document)
    body = {"document": document, "digest": shown["digest"], **more}
    answer = await op.post(FILES, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_concert_is_made_from_a_text(op: Visitor) -> None:
    shown = await compared(op, toml=NEW)
    assert (shown["is_new"], shown["performances"], shown["seats"]) == (True, 2, 10)
    assert shown["changes"][0] == {"mark": "+", "what": "concert new: Test", "detail": ""}
    assert shown["plan_svg"].startswith("<svg")
    problem_of(await op.get("/v1/concerts/new"), 404, "concert-not-found")
    made = await op.post(FILES, {"toml": NEW, "digest": shown["digest"]})
    assert made.status_code == 200, made.text
    assert (await op.get("/v1/concerts/new")).json()["title"] == "Test"
    (line, *_) = (await op.get("/v1/admin/log?concert_id=new")).json()["lines"]
    assert (line["who"], line["action"]) == ("op", "load")
    assert line["details"]["changes"][0] == "+ concert new: Test"
    again = await compared(op, toml=NEW)
    assert (again["is_new"], again["changes"], again["questions"]) == (False, [], [])


async def test_a_concert_is_changed_by_its_document(op: Visitor, kept: dict[str, Any]) -> None:
    shown = (await op.get(FILE)).json()
    assert shown["document"] == kept
    wanted = shown["document"] | {
        "title": "Another night",
        "time_zone": "Asia/Seoul",
        "details": {"description": "**New** songs", "notices_en": "- No cameras"},
    }
    await apply(op, wanted)
    assert (await op.get(f"/v1/concerts/{HALL}")).json()["title"] == "Another night"
    line = (await op.get(f"/v1/admin/log?concert_id={HALL}")).json()["lines"][0]
    assert "~ title: Test → Another night" in line["details"]["changes"]
    previews = (await compared(op, document=wanted))["previews"]
    assert previews["description"] == "<p><strong>New</strong> songs</p>\n"
    assert previews["notices"] is None
    after = (await op.get(FILE)).json()["document"]
    assert after["sale_opens_at"] == "2026-01-01T09:00:00+09:00"
    assert after["details"] == wanted["details"]


async def test_only_what_was_shown_is_written(op: Visitor, kept: dict[str, Any]) -> None:
    shown = await compared(op, document=kept | {"title": "Mine"})
    other = {"document": kept | {"title": "Other"}, "digest": shown["digest"]}
    problem_of(await op.post(FILES, other), 409, "not-as-shown")
    await apply(op, kept | {"artist": "Others"})
    mine = {"document": kept | {"title": "Mine"}, "digest": shown["digest"]}
    problem_of(await op.post(FILES, mine), 409, "not-as-shown")
    assert (await op.get(FILE)).json()["document"]["title"] == "Test"


async def test_texts_of_another_operator_are_not_overwritten(
    op: Visitor, kept: dict[str, Any]
) -> None:
    first = kept | {"details": {"description": "First"}}
    second = kept | {"details": {"description": "Second"}}
    shown = await compared(op, document=second)
    await apply(op, first)
    # The line of the change, `~ details`, is the same as before.
    body = {"document": second, "digest": shown["digest"]}
    problem_of(await op.post(FILES, body), 409, "not-as-shown")


async def test_it_asks_after_the_first_sale(site: Site, op: Visitor, kept: dict[str, Any]) -> None:
    (fan,) = await site.enter("fan")
    await fan.held("1")
    dearer = kept | {"grades": [{"name": "R", "price": 60_000}]}
    shown = await compared(op, document=dearer)
    assert shown["questions"]
    body = {"document": dearer, "digest": shown["digest"]}
    problem = problem_of(await op.post(FILES, body), 409, "concert-file-not-agreed")
    assert problem["questions"] == shown["questions"]
    done = await op.post(FILES, body | {"agreed": True})
    assert done.status_code == 200, done.text


async def test_the_first_sale_in_between_is_a_change(
    site: Site, op: Visitor, kept: dict[str, Any]
) -> None:
    dearer = kept | {"grades": [{"name": "R", "price": 60_000}]}
    shown = await compared(op, document=dearer)
    (fan,) = await site.enter("fan")
    await fan.held("1")
    body = {"document": dearer, "digest": shown["digest"], "agreed": True}
    problem_of(await op.post(FILES, body), 409, "not-as-shown")


async def test_what_fans_have_stands_in_the_way(
    site: Site, op: Visitor, kept: dict[str, Any]
) -> None:
    (fan,) = await site.enter("fan")
    await fan.held("10")
    fewer = kept | {"sections": [{"name": "Floor", "grade": "R", "rows": ["A:1-9"]}]}
    answer = await op.post(COMPARISON, {"document": fewer})
    problem = problem_of(answer, 409, "concert-file-refused")
    assert f"performance {FIRST} is without seats that are sold or held" in problem["reason"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"document": {"id": "x"}}, "title"),
        ({"toml": "id = "}, "toml"),
        ({"toml": NEW.replace("price = 50000", "price = -1")}, "grades[0].price"),
        ({"toml": NEW + "\n[poster]\n"}, "poster"),
        ({"toml": f'poster = "a.jpg"\n{NEW}'}, "poster"),
        ({"toml": NEW, "document": {}}, "toml"),
        ({}, "toml"),
        ({"toml": NEW, "colour": 1}, "colour"),
    ],
)
async def test_a_wrong_file_names_its_field(
    op: Visitor, body: dict[str, object], field: str
) -> None:
    problem = problem_of(await op.post(COMPARISON, body), 422, "invalid-request")
    assert [each["field"] for each in problem["errors"]] == [field]


async def test_a_currency_that_no_wallet_has_is_refused(op: Visitor) -> None:
    dollars = NEW.replace("seat_limit", 'currency = "USD"\nseat_limit', 1)
    problem_of(await op.post(COMPARISON, {"toml": dollars}), 409, "concert-file-refused")


async def test_a_file_may_be_longer_than_other_bodies(op: Visitor) -> None:
    long = f'{NEW}\n[details]\ndescription = """\n{"가나다라 " * 3_000}"""\n'
    await compared(op, toml=f"{long}#{' ' * 30_000}")
    problem_of(await op.post(COMPARISON, {"toml": "#" * BODY_MAX_BYTES}), 413, "body-too-large")


async def test_a_copy_is_hidden_and_has_ids_of_its_own(op: Visitor, kept: dict[str, Any]) -> None:
    assert kept["id"] == HALL
    path = f"/v1/admin/concerts/{HALL}/copy"
    copy = (await op.get(f"{path}?id=second-night")).json()
    assert copy["concert_id"] == "second-night"
    document = copy["document"]
    assert document["hidden"] is True
    assert [date["id"] for date in document["performances"]] == ["second-night-1", "second-night-2"]
    await apply(op, document)
    assert (await op.get("/v1/concerts/second-night")).status_code == 200
    for bad in ("", "?id=Not a slug", "?id="):
        problem_of(await op.get(f"{path}{bad}"), 422, "invalid-request")


async def test_it_is_hidden_and_archived(op: Visitor, kept: dict[str, Any]) -> None:
    await apply(op, kept | {"hidden": True, "archived": True})
    (shown,) = (await op.get("/v1/admin/concerts")).json()["concerts"]
    assert (shown["hidden"], shown["archived"]) == (True, True)


async def test_a_concert_that_an_earlier_version_loaded_has_no_file(
    site: Site, op: Visitor
) -> None:
    async with site.runtime.postgres.transaction() as tx:
        await tx.execute(b"delete from concert_files")
    problem_of(await op.get(FILE), 404, "concert-file-not-kept")
    problem_of(await op.get("/v1/admin/concerts/nowhere/file"), 404, "concert-not-found")


async def test_a_role_for_a_concert_changes_that_one_only(site: Site, kept: dict[str, Any]) -> None:
    visitor = having(site, f"operator:{HALL}")
    await apply(visitor, kept | {"title": "Mine"})
    problem_of(await visitor.post(COMPARISON, {"toml": NEW}), 403, "forbidden")


async def test_the_poster_stays(site: Site, op: Visitor) -> None:
    poster = Poster("a" * 32, 600, 800, b"small", b"large")
    wanted = msgspec.structs.replace(parse(f'poster = "a.jpg"\n{KEPT}', "hall.toml"), poster=poster)
    await load_concert(site.runtime.settings, wanted)
    await site.runtime.catalogue.refresh()
    document = (await op.get(FILE)).json()["document"]
    await apply(op, document | {"title": "With its poster"})
    assert site.runtime.catalogue.concert(HALL).poster == poster.digest
    document.pop("poster")
    await apply(op, document)
    assert site.runtime.catalogue.concert(HALL).poster is None


def test_the_usual_concert_is_that_of_its_text() -> None:
    assert parse(KEPT, "x") == concert()
