"""The fan's page as it lies in its folder: which files there are, and in which encodings.

All of it is read into memory once. A folder without `index.html` is a page that was not built;
`routes.json` beside it lists the addresses that `index.html` answers.
"""

import hashlib
import mimetypes
from pathlib import Path
from typing import NamedTuple

import msgspec

BUILT = Path(__file__).resolve().parent.parent / "page"
ASSETS = "assets/"
INDEX = "index.html"
ROUTES = "routes.json"
# What the build makes beside a file, the smallest first: the content coding and its suffix.
CODINGS = (("br", ".br"), ("gzip", ".gz"))
ABOUT = {ROUTES, "built.json"}
TYPES = {".js": "text/javascript; charset=utf-8", ".html": "text/html; charset=utf-8"}


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


def folder_of(page_dir: str) -> Path:
    """The folder that an operator chose, or the page that comes with the server."""
    return Path(page_dir) if page_dir else BUILT


def is_built(folder: Path) -> bool:
    """Whether there is a page."""
    return (folder / INDEX).is_file()


def read_page(folder: Path) -> Page | None:
    """The page of a folder; None if it was not built."""
    if not is_built(folder):
        return None
    suffixes = tuple(suffix for _, suffix in CODINGS)
    whole = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    named = {path.relative_to(folder).as_posix(): path for path in whole}
    files = {
        name: _read(name, path)
        for name, path in named.items()
        if not name.endswith(suffixes) and name not in ABOUT
    }
    routes = named.get(ROUTES)
    listed = msgspec.json.decode(routes.read_bytes(), type=list[str]) if routes else ["/"]
    return Page(files, tuple(listed))


def _read(name: str, path: Path) -> File:
    coded = {"identity": path.read_bytes()}
    for coding, suffix in CODINGS:
        smaller = path.with_name(path.name + suffix)
        if smaller.is_file():
            coded[coding] = smaller.read_bytes()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return File(name, kind, hashlib.sha256(coded["identity"]).hexdigest()[:16], coded)
