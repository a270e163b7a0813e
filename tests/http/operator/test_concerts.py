"""The list of concerts for operators: what fans are not shown is in it, and roles narrow it."""

import msgspec

from helpers.concerts import HALL, concert, load_concert
from helpers.http import Site, Visitor, problem_of
from helpers.sales import LATE, PRESALE, in_phases

PATH = "/v1/admin/concerts"


async def load(site: Site, concert_id: str, *, hidden: bool = False) -> None:
    wanted = concert()
    dates = tuple(
        msgspec.structs.replace(date, id=f"{concert_id}-{n}")
        for n, date in enumerate(wanted.performances)
    )
    wanted = msgspec.structs.replace(wanted, id=concert_id, hidden=hidden, performances=dates)
    await load_concert(site.runtime.settings, wanted)
    await site.runtime.catalogue.refresh()


async def test_a_concert_has_its_queues_and_dates(site: Site, op: Visitor) -> None:
    page = (await op.get(PATH)).json()
    (shown,) = page["concerts"]
    assert (shown["id"], shown["hidden"], shown["archived"]) == (HALL, False, False)
    (queue,) = shown["queues"]
    assert (queue["id"], queue["name"], queue["state"]) == (HALL, None, "open")
    assert [date["id"] for date in shown["dates"]] == [
        date.id for date in site.runtime.catalogue.concert(HALL).performances
    ]
    assert page["next_cursor"] is None


async def test_a_phase_without_a_name_in_english_has_none(site: Site, op: Visitor) -> None:
    await load_concert(site.runtime.settings, in_phases())
    await site.runtime.catalogue.refresh()
    (shown,) = (await op.get(PATH)).json()["concerts"]
    names = {queue["id"]: (queue["name"], queue["name_en"]) for queue in shown["queues"]}
    assert names == {
        HALL: (None, None),
        PRESALE: ("팬클럽 선예매", "Fan club presale"),
        LATE: ("추가 회차", None),
    }


async def test_hidden_concerts_are_listed_in_pages(site: Site, op: Visitor) -> None:
    await load(site, "secret", hidden=True)
    public = (await op.get("/v1/concerts")).json()["concerts"]
    assert [each["id"] for each in public] == [HALL]
    first = (await op.get(f"{PATH}?limit=1")).json()
    second = (await op.get(f"{PATH}?limit=1&cursor={first['next_cursor']}")).json()
    listed = [*first["concerts"], *second["concerts"]]
    assert sorted((each["id"], each["hidden"]) for each in listed) == [
        (HALL, False),
        ("secret", True),
    ]
    assert second["next_cursor"] is None
    problem_of(await op.get(f"{PATH}?cursor=nowhere"), 422, "invalid-request")


async def test_a_role_for_a_concert_lists_that_concert(site: Site) -> None:
    await load(site, "other")
    visitor = site.visitor("ben")
    token = site.runtime.issuer.issue("ben", roles=("viewer:other",)).text
    visitor.tokens["Authorization"] = f"Bearer {token}"
    listed = (await visitor.get(PATH)).json()["concerts"]
    assert [each["id"] for each in listed] == ["other"]
