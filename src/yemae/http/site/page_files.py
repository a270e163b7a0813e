"""The fan's page as it lies in its folder: which files there are, and in which encodings.

All of it is read into memory once. A folder without `index.html` is a page that was not built;
`routes.json` beside it lists the addresses that `index.html` answers.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

ASSETS = "assets/"
INDEX = "index.html"
ROUTES = "routes.json"
# What the build makes beside a file, the smallest first: the content coding and its suffix.
CODINGS = (("br", ".br"), ("gzip", ".gz"))
ABOUT = {ROUTES, "built.json"}
# A part in braces stands for any one part.
ADDRESS = r"^/$|^(/(\{[a-z_]+\}|[A-Za-z0-9._~-]+))+/?$"
ADDRESSES = msgspec.json.Decoder(list[Annotated[str, msgspec.Meta(pattern=ADDRESS)]])
EXAMPLE_ADDRESSES = '["/", "/concerts/{concert}"]'
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}


class File(NamedTuple):
    """One file; `coded` has its bytes for each content coding, `identity` included."""

    path: str
    media_type: str
    tag: str
    coded: dict[str, bytes]

    @property
    def is_hashed(self) -> bool:
        """Whether its name changes with its contents, so that it may be kept for good."""
        return self.path.startswith(ASSETS)


class Page(NamedTuple):
    """Every file by its path, and the addresses of the page."""

    files: dict[str, File]
    routes: tuple[str, ...]


class PageError(Exception):
    """A folder has a page that cannot be shown; the text is one sentence."""


def read_page(folder: Path) -> Page | None:
    """The page of a folder; None if it was not built. Raises PageError."""
    if not (folder / INDEX).is_file():
        return None  # Another folder, such as / by mistake, may have any number of files.
    suffixes = tuple(suffix for _, suffix in CODINGS)
    named = {path.relative_to(folder).as_posix(): path for path in _inside(folder)}
    if INDEX not in named:
        return None
    files = {
        name: _read(name, named)
        for name in named
        if not name.endswith(suffixes) and name not in ABOUT
    }
    return Page(files, _addresses(named.get(ROUTES)))


def _addresses(listed: Path | None) -> tuple[str, ...]:
    """The addresses that index.html answers."""
    if listed is None:
        return ("/",)
    try:
        return tuple(ADDRESSES.decode(listed.read_bytes()))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PageError(
            f"{listed} has to be a list of addresses such as {EXAMPLE_ADDRESSES}: {error}"
        ) from error


def _inside(folder: Path) -> list[Path]:
    """The files of a folder. A link that leads out of it is left out, so that write access to the
    folder does not publish other files of this machine."""
    root = folder.resolve()
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in found if path.resolve().is_relative_to(root)]


def _read(name: str, named: Mapping[str, Path]) -> File:
    coded = {"identity": named[name].read_bytes()}
    for coding, suffix in CODINGS:
        if name + suffix in named:
            coded[coding] = named[name + suffix].read_bytes()
    kind = (
        TYPES.get(named[name].suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    )
    return File(name, kind, hashlib.sha256(coded["identity"]).hexdigest()[:16], coded)
