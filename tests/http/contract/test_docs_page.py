"""Pages for people, answers for operators, and addresses where there is nothing."""

import asyncio
import re
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import msgspec
import pytest
from swagger_ui_bundle import swagger_ui_path

from helpers.http import Site, Visitor, open_site, problem_of
from yemae.http.contract import docs_page
from yemae.http.operations import OPERATIONS
from yemae.refusals import all_refusals
from yemae.settings import Settings

LOCAL = {"Host": "localhost"}
PACKAGE = {path.name for path in Path(swagger_ui_path).iterdir()}
REFERENCE = re.compile(r"""(?:src|href|action|url)\s*[=(:]\s*["']?([^"'\s>)]+)""")
ALLOWED = [
    ("/v1/orders", ["GET", "HEAD", "POST"]),
    ("/v1/orders/1", ["DELETE", "GET", "HEAD"]),
    ("/v1/users", ["POST"]),
    ("/v1/queue-tokens/me", ["DELETE", "GET", "HEAD"]),
    ("/livez", ["GET", "HEAD"]),
    ("/docs", ["GET", "HEAD"]),
    ("/openapi.json", ["GET", "HEAD"]),
    ("/problems/not-found", ["GET", "HEAD"]),
]


def promises(page: httpx.Response) -> None:
    """What every page for people promises."""
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "http" not in policy
    assert "*" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"(?:https?:)?//", page.text), "a third party"


async def test_the_api_page_loads_everything_from_here(site: Site) -> None:
    page = await site.client.get("/docs")
    promises(page)
    found = REFERENCE.findall(page.text)
    assert len(found) == 4
    script = await site.client.get("/docs/viewer.js")
    assert not re.search(r"(?:https?:)?//", script.text)
    assert REFERENCE.findall(script.text) == ["/openapi.json"]
    for reference in (*found, "/openapi.json"):
        assert reference.startswith("/")
        assert (await site.client.get(reference)).status_code == 200


async def test_of_the_viewers_package_only_what_it_loads_is_served(site: Site) -> None:
    for name in docs_page.ASSETS:
        asset = await site.client.get(f"/docs/assets/{name}")
        assert asset.status_code == 200
        assert asset.headers["content-security-policy"].startswith("default-src 'none';")
        known = {"If-None-Match": asset.headers["etag"]}
        again = await site.client.get(f"/docs/assets/{name}", headers=known)
        assert (again.status_code, again.content) == (304, b"")
    others = PACKAGE - docs_page.ASSETS.keys()
    assert "index.html" in others
    for name in (*others, "", "../docs.py"):
        assert (await site.client.get(f"/docs/assets/{name}")).status_code == 404


async def test_every_answer_forbids_to_guess_its_type(site: Site, visitor: Visitor) -> None:
    pages = ["/", "/docs", "/docs/viewer.js", "/docs/assets/swagger-ui.css", "/problems/not-found"]
    pages += ["/openapi.json", "/nothing", "/v1/nothing", "/problems/nothing", "/v1/orders/"]
    calls = [
        (op.method, op.path) for op in OPERATIONS if not op.path.endswith(("/stream", "/live"))
    ]
    for method, path in [*(("GET", page) for page in pages), ("DELETE", "/docs"), *calls]:
        answer = await site.client.request(method, path, headers=visitor.tokens)
        nosniff = answer.headers.get_list("x-content-type-options")
        assert nosniff == ["nosniff"], f"{method} {path}"


async def test_the_contract_is_served_as_it_is_made(site: Site) -> None:
    answer = await site.client.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == docs_page.document_bytes(OPERATIONS)
    paths = msgspec.json.decode(answer.content)["paths"]
    assert {path: set(paths[path]) for path in paths} == {
        path: {op.method.lower() for op in OPERATIONS if op.path == path}
        for path in {op.path for op in OPERATIONS}
    }


async def test_every_problem_type_has_its_page(site: Site) -> None:
    for refusal in all_refusals():
        page = await site.client.get(f"/problems/{refusal.slug}")
        promises(page)
        assert f"HTTP {refusal.status}" in page.text
        assert f"/problems/{refusal.slug}" in page.text


async def test_the_type_of_a_problem_is_the_address_of_its_page(site: Site) -> None:
    problem = (await site.get("/v1/me")).json()
    assert problem["title"] in (await site.client.get(problem["type"])).text


async def test_where_there_is_nothing_the_answer_is_a_problem(site: Site) -> None:
    for path in (
        "/nowhere",
        "/v1",
        "/v2/concerts",
        "/problems/nothing",
        "/problems/",
        "/docs/assets/nothing.js",
        "/docs/assets/../../pyproject.toml",
        "/docs/assets/%2e%2e/__init__.py",
        "/v1/orders/a/b/c",
        "/v1/%00",
    ):
        assert problem_of(await site.get(path), 404, "not-found") == {}, path


async def test_a_slash_too_many_is_another_address(site: Site) -> None:
    for path in ("/v1/concerts/", "/v1/me/", "//v1/me", "/livez/", "/problems/not-found/"):
        answer = await site.client.get(path)
        assert answer.status_code == 404, path
        problem_of(answer, 404, "not-found")


async def test_other_methods_are_refused_with_those_that_work(site: Site) -> None:
    for path, allowed in ALLOWED:
        for method in ("PUT", "PATCH", "OPTIONS", "TRACE", "BREW"):
            answer = await site.ask(method, path)
            assert problem_of(answer, 405, "method-not-allowed") == {"allowed": allowed}
            assert answer.headers["allow"] == ", ".join(allowed)


async def test_head_is_get_without_a_body(site: Site) -> None:
    for path in ("/v1/concerts", "/livez", "/v1/concerts/hall/queue"):
        assert (await site.ask("HEAD", path)).status_code == 200
    assert (await site.ask("HEAD", "/v1/me")).status_code == 401


async def test_a_proxy_s_request_id_is_kept_when_it_is_one(site: Site) -> None:
    for given in ("abc-1", "A.b_c", "0" * 64):
        answer = await site.get("/v1/me", headers={"X-Request-Id": given})
        assert answer.headers["x-request-id"] == answer.json()["instance"] == given
    for strange in ("", " ", "a b", "0" * 65, '"', "<script>", "a;b"):
        answer = await site.get("/nowhere", headers={"X-Request-Id": strange})
        assert answer.json()["instance"] not in ("", strange)


async def test_two_requests_have_two_ids(site: Site) -> None:
    ids = {(await site.get("/livez")).headers["x-request-id"] for _ in range(5)}
    assert len(ids) == 5


async def test_alive_and_ready(site: Site) -> None:
    assert (await site.get("/livez")).json() == {"status": "alive"}
    for path, status in (("/readyz", "ready"), ("/healthz", "ok")):
        answer = await site.get(path)
        assert answer.status_code == 200
        assert answer.json() == {"status": status, "postgres": "ok", "valkey": "ok"}
        assert answer.headers["cache-control"] == "no-store"


async def test_a_process_without_any_store_is_not_ready(site: Site) -> None:
    states = {"away", "hangs", "starting"}
    for checked in (site.runtime.health._postgres, site.runtime.health._valkey_checked):
        checked._found = states.pop()
    answer = await site.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")


async def test_probes_are_answered_while_every_connection_is_taken(site: Site) -> None:
    most = site.runtime.settings.stores.postgres_connections_max
    async with AsyncExitStack() as stack:
        for _ in range(most):
            await stack.enter_async_context(site.runtime.postgres.transaction())
        for path in ("/readyz", "/healthz"):
            for _ in range(100):
                assert (await asyncio.wait_for(site.get(path), 30)).status_code == 200


OUTSIDE = [
    {"Host": "tickets.example"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Real-IP": "127.0.0.1"},
    {"Via": "1.1 proxy"},
    {"Forwarded": "for=127.0.0.1"},
]


async def test_metrics_are_for_programs_of_this_machine(site: Site) -> None:
    for host in ("localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]:8000"):
        assert (await site.get("/metrics", headers={"Host": host})).status_code == 200
    for headers in OUTSIDE:
        problem_of(await site.get("/metrics", headers={**LOCAL, **headers}), 404, "not-found")
    for client in (("203.0.113.7", 1), ("::ffff:203.0.113.7", 1)):
        transport = httpx.ASGITransport(site.app, client=client)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as other:
            assert (await other.get("/metrics")).status_code == 404


async def test_direct_metrics_are_for_all_who_come_without_a_proxy(settings: Settings) -> None:
    async with open_site(settings.replace(metrics="direct")) as site:
        transport = httpx.ASGITransport(site.app, client=("203.0.113.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8000") as other:
            assert (await other.get("/metrics")).status_code == 200
            for headers in OUTSIDE[1:]:
                assert (await other.get("/metrics", headers=headers)).status_code == 404


async def test_metrics_are_made_once_for_all_who_ask_in_a_second(site: Site) -> None:
    asking = [site.get("/metrics", headers=LOCAL) for _ in range(50)]
    assert len({answer.content for answer in await asyncio.gather(*asking)}) == 1


async def test_metrics_do_not_keep_queues_being_read(site: Site) -> None:
    await site.get("/metrics", headers=LOCAL)
    assert site.runtime.board._looked_at == {}


async def test_metrics_show_the_queues_and_what_was_asked(site: Site, inside: Visitor) -> None:
    await site.visitor("waiting").join()
    problem_of(await inside.hold("11"), 404, "seat-not-found")
    answer = await site.get("/metrics", headers=LOCAL)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = answer.text.splitlines()
    gauges = ("waiting", "absent", "active", "active_limit", "admitted", "open")
    for gauge in gauges:
        assert f"# TYPE yemae_queue_{gauge} gauge" in lines
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    # Losses are counted for the process, which other tests may have given some.
    of_queues = {name for name in values if re.match("yemae_queue_(?!losses_)", name)}
    assert of_queues == {f'yemae_queue_{gauge}{{concert="hall"}}' for gauge in gauges}
    assert values['yemae_queue_open{concert="hall"}'] == "1.0"
    limit = site.runtime.catalogue.concert("hall").active_limit
    assert values['yemae_queue_active_limit{concert="hall"}'] == str(float(limit))
    for counted in (
        'yemae_requests_total{operation="place_order",status="404"}',
        'yemae_refusals_total{type="seat-not-found"}',
        'yemae_batch_size_count{verb="hold"}',
        'yemae_request_duration_seconds_count{operation="join_queue"}',
    ):
        assert float(values[counted]) >= 1
    assert answer.text.endswith("\n")


async def test_a_node_whose_clock_is_too_far_off_is_not_ready(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead_s = time.time() + 40
    monkeypatch.setattr(time, "time", lambda: ahead_s)
    for path in ("/readyz", "/healthz"):
        answer = await site.get(path)
        assert (answer.status_code, answer.json()["status"]) == (503, "clock off")
