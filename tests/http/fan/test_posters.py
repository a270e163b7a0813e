"""The poster of a concert over HTTP: a JPEG, kept for ever by its version."""

import io
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from helpers.concerts import HALL, SMALL, TEXT, concert, load_concert, said
from helpers.http import Site, open_site
from yemae.concerts.files.concert_file import ConcertFileError
from yemae.concerts.files.import_files import load_files
from yemae.concerts.files.poster_file import read
from yemae.settings import Settings

POSTER = f"/v1/concerts/{HALL}/poster"


async def load(settings: Settings, folder: Path, colour: str) -> None:
    path = folder / f"{colour}.png"
    Image.new("RGB", (900, 1200), colour).save(path)
    await load_concert(settings, msgspec.structs.replace(concert(), poster=read(path)))


async def test_the_poster_is_served_in_two_sizes(settings: Settings, tmp_path: Path) -> None:
    async with open_site(settings) as site:
        await load(settings, tmp_path, "navy")
        await site.runtime.catalogue.refresh()
        listed = (await site.get("/v1/concerts")).json()["concerts"][0]["poster"]
        assert (listed["width"], listed["height"]) == (900, 1200)
        for size, width in (("small", 560), ("large", 900)):
            answer = await site.get(f"{POSTER}?v={listed['version']}&size={size}")
            assert answer.headers["content-type"] == "image/jpeg"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert Image.open(io.BytesIO(answer.content)).width == width
        assert (await site.get(f"{POSTER}?size=huge")).status_code == 422


async def test_a_poster_that_is_known_is_not_sent_again(settings: Settings, tmp_path: Path) -> None:
    async with open_site(settings) as site:
        await load(settings, tmp_path, "navy")
        await site.runtime.catalogue.refresh()
        first = await site.get(POSTER)
        assert first.headers["cache-control"] == "public, max-age=60"
        assert (await site.get(f"{POSTER}?v=another")).headers["cache-control"] == "no-store"
        again = await site.get(POSTER, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = await site.get(
            f"{POSTER}?size=small", headers={"If-None-Match": first.headers["etag"]}
        )
        assert other.status_code == 200


async def test_another_poster_is_seen_soon_and_the_old_one_is_dropped(
    settings: Settings, tmp_path: Path
) -> None:
    async with open_site(settings) as site:
        await load(settings, tmp_path, "navy")
        await site.runtime.catalogue.refresh()
        before = await site.get(POSTER)
        await load(settings, tmp_path, "red")
        # The server has not looked at the catalogue yet, and what it knows of is dropped.
        site.runtime.posters._known._kept.clear()
        after = await site.get(POSTER)
        assert after.headers["etag"] != before.headers["etag"]
        async with site.runtime.postgres.transaction() as tx:
            assert len(await tx.fetch(b"select from posters")) == 1
        await load_concert(settings)
        await site.runtime.catalogue.refresh()
        assert (await site.get(POSTER)).status_code == 404


async def test_a_concert_without_a_poster_has_none_here(site: Site) -> None:
    assert (await site.get(f"/v1/concerts/{HALL}")).json()["poster"] is None
    assert (await site.get(POSTER)).status_code == 404


def test_a_file_names_its_poster_from_its_own_folder(settings: Settings, tmp_path: Path) -> None:
    Image.new("RGB", (300, 400), "navy").save(tmp_path / "hall.png")
    path = tmp_path / "hall.toml"
    path.write_text('poster = "hall.png"\n' + TEXT.format(**SMALL))
    assert said(load_files(settings, [path])[0])[0] == "+ concert hall: Test"
    assert load_files(settings, [path])[0].changes == []
    Image.new("RGB", (300, 400), "red").save(tmp_path / "hall.png")
    assert said(load_files(settings, [path])[0]) == ["~ poster"]
    path.write_text('poster = "none.png"\n' + TEXT.format(**SMALL))
    with pytest.raises(ConcertFileError, match=r"none\.png: cannot be read"):
        load_files(settings, [path])
