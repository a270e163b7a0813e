"""The console as it is served: the built one, below its own path, with the page's policy."""

import re

import httpx

from helpers.http import Site, problem_of
from yemae.http.site.page_files import read_page
from yemae.settings import BUILT_CONSOLE as BUILT

KIB = 1024
# More would be felt on the phone of an operator in a hall; uPlot and each screen come when needed.
FIRST_LOAD_MAX = 60 * KIB
REFERENCE = re.compile(r"""(?:src|href)="(/console/[^"]+)\"""")


async def open_index(site: Site, path: str = "/console") -> httpx.Response:
    """An address of the console, as a browser asks for it."""
    return await site.client.get(path, headers={"Accept": "text/html"})


async def test_every_screen_has_an_address_that_answers_with_the_console(site: Site) -> None:
    built = read_page(BUILT)
    assert built is not None
    assert "/console" in built.routes
    for route in built.routes:
        answer = await open_index(site, route.replace("{concert}", "any"))
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
        assert answer.text == (BUILT / "index.html").read_text()


async def test_it_runs_only_files_of_this_server_and_stands_in_no_frame(site: Site) -> None:
    answer = await open_index(site)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", answer.text)
    files = REFERENCE.findall(answer.text)
    assert len(files) >= 2
    for file in files:
        found = await site.client.get(file)
        assert found.status_code == 200
        assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert found.headers["content-security-policy"] == policy


async def test_what_it_has_not_is_not_found(site: Site) -> None:
    for path in ("/console/assets/nothing.js", "/console/index.html", "/console/routes.json"):
        problem_of(await site.get(path), 404, "not-found")
    assert (await open_index(site, "/console/arena/nowhere/at-all")).status_code == 404


def test_fans_load_nothing_of_it() -> None:
    fans = BUILT.with_name("page")
    assert not list(fans.rglob("*onsole*"))
    assert "/console" not in (fans / "index.html").read_text()


def test_its_first_load_is_small() -> None:
    index = (BUILT / "index.html").read_text()
    names = [name.removeprefix("/console/") for name in REFERENCE.findall(index)]
    loaded = {name: (BUILT / f"{name}.br").stat().st_size for name in names}
    assert sum(loaded.values()) <= FIRST_LOAD_MAX, loaded
