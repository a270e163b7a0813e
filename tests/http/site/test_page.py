"""The fan's page as it is served: the real one that was built, and folders with other pages."""

import gzip
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from starlette.applications import Starlette

from helpers.http import Site, problem_of
from yemae.http.site import page
from yemae.http.site.page_files import ROUTES, PageError, read_page
from yemae.settings import BUILT_PAGE as BUILT

KIB = 1024
FIRST_LOAD_MAX = 80 * KIB
REFERENCE = re.compile(r"""(?:src|href)="([^"]+)\"""")


def app_of(folder: Path) -> Starlette:
    found = read_page(folder)
    assert found is not None
    return Starlette(routes=page.routes(found))


def browser(folder: Path) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app_of(folder))
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_every_address_of_the_page_is_answered_with_it(site: Site) -> None:
    built = read_page(BUILT)
    assert built is not None
    for route in built.routes:
        answer = await site.client.get(re.sub(r"\{\w+\}", "anything", route))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.text == (BUILT / "index.html").read_text()


async def test_the_page_runs_nothing_that_is_not_a_file_of_this_server(site: Site) -> None:
    answer = await site.client.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not re.search(
        r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)|(?:https?:)?//", answer.text
    )
    references = REFERENCE.findall(answer.text)
    assert len(references) >= 3
    for reference in references:
        found = await site.client.get(reference)
        assert found.status_code == 200
        assert found.headers["content-security-policy"] == policy


async def test_what_has_a_hash_in_its_name_is_kept_for_good(site: Site) -> None:
    names = [path.relative_to(BUILT) for path in BUILT.glob("assets/*.js")]
    assert names
    for name in names:
        answer = await site.client.get(f"/{name}")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


async def test_a_page_that_has_not_changed_costs_an_empty_answer(site: Site) -> None:
    first = await site.client.get("/")
    again = await site.client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    stale = await site.client.get("/", headers={"If-None-Match": '"another"'})
    assert stale.status_code == 200


async def test_the_page_is_sent_as_the_browser_accepts_it(site: Site) -> None:
    script = next(BUILT.glob("assets/*.js"))
    tags = set()
    for accepted, coding in (("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None)):
        answer = await site.client.get(
            f"/assets/{script.name}", headers={"Accept-Encoding": accepted}
        )
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["vary"] == "Accept-Encoding"
        tags.add(answer.headers["etag"])
    assert len(tags) == 3
    assert gzip.decompress(script.with_name(script.name + ".gz").read_bytes()) == (
        script.read_bytes()
    )


async def test_the_page_leaves_the_api_alone(site: Site) -> None:
    for path in ("/v1/nothing", "/concerts", "/assets/nothing.js", "/built.json", "/routes.json"):
        assert problem_of(await site.get(path), 404, "not-found") == {}
    assert "swagger" in (await site.client.get("/docs")).text


async def test_a_browser_at_an_address_that_nothing_has_gets_the_page(site: Site) -> None:
    answer = await site.client.get("/nowhere", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.text == (BUILT / "index.html").read_text()
    again = {"Accept": "text/html", "If-None-Match": answer.headers["etag"]}
    assert (await site.client.get("/nowhere", headers=again)).status_code == 404
    assert problem_of(await site.ask("POST", "/nowhere", headers=again), 404, "not-found") == {}
    assert problem_of(await site.get("/v1/nowhere", headers=again), 404, "not-found") == {}


async def test_an_operator_s_own_page_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>Ours</title>")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "song.bin").write_bytes(b"la la")
    async with browser(tmp_path) as client:
        assert "Ours" in (await client.get("/")).text
        assert (await client.get("/tickets")).status_code == 404
        song = await client.get("/assets/song.bin")
        assert (song.content, song.headers["content-type"]) == (
            b"la la",
            "application/octet-stream",
        )
    (tmp_path / ROUTES).write_text('["/", "/tickets"]')
    async with browser(tmp_path) as client:
        assert "Ours" in (await client.get("/tickets")).text


@pytest.mark.parametrize("text", ["{", '{"/": 1}', '["tickets"]', '["/{"]', '["//"]', "\xff"])
def test_a_list_of_addresses_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>Ours</title>")
    (tmp_path / ROUTES).write_text(text, encoding="latin-1")
    with pytest.raises(PageError, match="has to be a list of addresses"):
        read_page(tmp_path)


def test_without_a_page_the_front_door_is_left_to_the_api_page(tmp_path: Path) -> None:
    assert read_page(tmp_path) is None


@pytest.mark.timeout(20)
def test_a_folder_that_is_no_page_is_not_looked_through() -> None:
    assert read_page(Path("/")) is None


def test_the_first_load_is_small() -> None:
    """All scripts that index.html names, and those that these import at once, compressed."""
    index = (BUILT / "index.html").read_text()
    names = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', index)
    assert names
    # One of a few bytes is sent as it is, because it would grow.
    sent = {name: [BUILT / f"{name}.br", BUILT / name] for name in names}
    loaded = {
        name: next(file.stat().st_size for file in files if file.exists())
        for name, files in sent.items()
    }
    assert sum(loaded.values()) <= FIRST_LOAD_MAX, loaded


@pytest.fixture
def own_page(tmp_path: Path) -> Path:
    """A small page of an operator's own, with a secret beside its folder."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Ours</title>")
    (folder / "assets" / "a-1234abcd.js").write_text("1")
    return folder


OUTSIDE = [
    "/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt",
    "/assets/../../secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/%2e%2e/%2e%2e/secret.txt",
    "/..%5csecret.txt", "/assets%5c..%5c..%5csecret.txt", "/..\\secret.txt", "//secret.txt",
    "//../secret.txt", "/%2e%2e%00/secret.txt", "/index.html%00", "/assets/a-1234abcd.js%00.txt",
    "/%00", "/%252e%252e%252fsecret.txt", "//etc/passwd", "/%2fetc%2fpasswd", "/etc/passwd",
    "/file:///etc/passwd", "/assets", "/assets/", "/.", "/assets/.", "/page/index.html",
]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
async def test_no_path_leads_out_of_the_folder(own_page: Path, path: str) -> None:
    """As the server hands it on, which a browser or a client would have tidied up before."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http", "method": "GET", "path": unquote(path), "raw_path": path.encode(),
        "query_string": b"", "headers": [], "root_path": "",
    }  # fmt: skip
    await app_of(own_page)(scope, receive, send)
    assert sent[0]["status"] == 404
    assert sent[1]["body"] == b"Not Found"


async def test_no_link_leads_out_of_the_folder_and_one_inside_is_a_file(own_page: Path) -> None:
    secret = own_page.parent / "secret.txt"
    (own_page / "link.txt").symlink_to(secret)
    (own_page / "assets" / "a-1234abcd.js.br").symlink_to(secret)
    (own_page / "out").symlink_to(own_page.parent)
    (own_page / "in.js").symlink_to(own_page / "assets" / "a-1234abcd.js")
    async with browser(own_page) as client:
        for path in ("/link.txt", "/out/secret.txt"):
            assert (await client.get(path)).status_code == 404
        script = await client.get("/assets/a-1234abcd.js", headers={"Accept-Encoding": "br"})
        assert (script.text, script.headers.get("content-encoding")) == ("1", None)
        assert (await client.get("/in.js")).text == "1"
    (own_page / "index.html").unlink()
    (own_page / "index.html").symlink_to(secret)
    assert read_page(own_page) is None


async def test_every_file_has_the_policy_and_only_those_in_assets_are_kept_for_good(
    site: Site,
) -> None:
    built = read_page(BUILT)
    assert built is not None
    assert {file.is_hashed for file in built.files.values()} == {True, False}
    for name, file in built.files.items():
        path = "/" if name == "index.html" else f"/{name}"
        answer = await site.client.get(path)
        known = {"If-None-Match": answer.headers["etag"]}
        assert ("immutable" in answer.headers["cache-control"]) == name.startswith("assets/")
        for same in (answer, await site.client.get(path, headers=known)):
            assert same.headers["content-security-policy"] == page.POLICY[POLICY]
            assert same.headers["etag"] == answer.headers["etag"]
        assert same.status_code == 304
        assert same.content == b""
        head = await site.client.head(path)
        assert (head.status_code, head.headers["etag"]) == (200, answer.headers["etag"])
        if not re.search(r"-[\w-]{8}\.\w+$", name):
            assert not file.is_hashed


POLICY = "Content-Security-Policy"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("{tag}", 304), ("W/{tag}", 304), ('"other", {tag}', 304), ("*", 304),
        ('"other"', 200), ("", 200), ("{gzip}", 200),
    ],
)  # fmt: skip
async def test_a_tag_is_of_a_file_in_one_coding(site: Site, asked: str, status: int) -> None:
    plain, gzipped = {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip"}
    tag = (await site.client.get("/", headers=plain)).headers["etag"]
    other = (await site.client.get("/", headers=gzipped)).headers["etag"]
    wanted = plain | {"If-None-Match": asked.format(tag=tag, gzip=other)}
    assert (await site.client.get("/", headers=wanted)).status_code == status


async def test_a_part_of_a_file_is_answered_with_the_whole(site: Site) -> None:
    """That is what a server does that has no ranges; none of the files is large."""
    whole = await site.client.get("/")
    part = await site.client.get("/", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.content) == (200, whole.content)
    assert "accept-ranges" not in part.headers
