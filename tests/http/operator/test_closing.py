"""The closing report over HTTP: what is in it, its file, and who may have it."""

import hashlib

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from helpers.operators import having
from yemae.closing.seal import check

REPORT = f"/v1/admin/concerts/{HALL}/closing-report"
CASH = {"performance_id": FIRST, "seats": ["1"], "tender": "cash", "name": "Ben"}


async def test_it_says_what_is_in_it_and_comes_as_a_file_with_that_digest(
    site: Site, op: Visitor
) -> None:
    assert (await op.post("/v1/admin/orders", CASH)).status_code == 201
    answer = await op.get(REPORT)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["concert_id"], body["holds"], body["actions"]) == (HALL, True, 1)
    assert body["totals"]["sold"] == 1
    assert [each["name"] for each in body["files"]] == [
        "report.en.html",
        "report.json",
        "report.ko.html",
        "report.xlsx",
    ]
    assert all(each["violations"] == 0 for each in body["invariants"])
    file = await op.post(REPORT)
    assert (file.status_code, file.headers["content-type"]) == (200, "application/zip")
    assert f"{HALL}-closing-report.zip" in file.headers["content-disposition"]
    assert hashlib.sha256(file.content).hexdigest() == body["sha256"]
    assert len(file.content) == body["bytes"]
    assert check(file.content, site.runtime.settings.stores.secret_key) == []
    line = (await op.get("/v1/admin/log?limit=1")).json()["lines"][0]
    assert (line["action"], line["details"]["sha256"]) == ("closing report", body["sha256"])


async def test_it_is_for_those_who_keep_the_books(site: Site) -> None:
    for role in ("viewer", "box_office", "support", f"finance:{HALL}-not"):
        problem_of(await having(site, role).get(REPORT), 403, "forbidden")
    assert (await having(site, f"finance:{HALL}").get(REPORT)).status_code == 200


async def test_a_concert_that_is_not_there_is_404(op: Visitor) -> None:
    problem_of(await op.get(REPORT.replace(HALL, "nowhere")), 404, "concert-not-found")
    assert op.site.runtime.closing_reports == {}
