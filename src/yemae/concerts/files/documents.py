"""A concert file as a document: the same tables and fields in JSON, for a form. Pure.

A time is a text of RFC 3339 in a document, and a time of TOML in the file. All rules are the
loader's: what a document says is written as a file and read like any other.
"""

import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date, datetime, time
from typing import Any

from yemae.concerts.files import toml_text
from yemae.concerts.files.file_source import ConcertFileError
from yemae.concerts.lanes import GENERAL

Document = dict[str, Any]

# The fields that are times; each has this meaning in every table.
MOMENTS = frozenset(
    {
        "sale_opens_at",
        "prequeue_opens_at",
        "sale_ends_at",
        "opens_at",
        "ends_at",
        "starts_at",
        "until",
        "releases_at",
    }
)


def text_of(document: Mapping[str, Any]) -> str:
    """The concert file of a document. Raises ConcertFileError."""
    try:
        return toml_text.write(_with_times(document))
    except RecursionError:
        raise ConcertFileError("The values are nested too deeply.") from None


def document_of(text: str) -> Document:
    """The document of a concert file that was read before."""
    found: Document = _plain(tomllib.loads(text))
    return found


def without_codes(tables: Mapping[str, Any]) -> Document:
    """The tables of a file as they are kept and shown: presale codes are secret, so `keep_codes`
    stands in their place."""
    kept = deepcopy(dict(tables))
    for table in _with_codes(kept):
        if table.pop("codes", ()) or table.get("keep_codes"):
            table["keep_codes"] = True
    return kept


def copied(document: Document, concert_id: str) -> Document:
    """The document of another concert like this one: hidden, with ids of its own, and without the
    poster. Its presale codes have to be given anew."""
    copy = deepcopy(document)
    before = copy["id"]
    ids = {before: concert_id}
    for table in (*copy.get("sales", ()), *copy["performances"]):
        ids[table["id"]] = _renamed(table["id"], before, concert_id)
        table["id"] = ids[table["id"]]
    for date_table in copy["performances"]:
        if "sales" in date_table:
            date_table["sales"] = [
                each if each == GENERAL else ids.get(each, each) for each in date_table["sales"]
            ]
    for block in copy.get("blocks", ()):
        if "performances" in block:
            block["performances"] = [ids.get(each, each) for each in block["performances"]]
    copy |= {"id": concert_id, "hidden": True}
    for name in ("archived", "poster"):
        copy.pop(name, None)
    return copy


def _renamed(name: str, before: str, after: str) -> str:
    return after + name[len(before) :] if name.startswith(before) else f"{after}-{name}"


def _with_codes(document: Document) -> Iterator[Document]:
    """The tables that may have codes: lanes, and phases of the sale."""
    yield from document["queue"].get("lanes", ())
    for sale in document.get("sales", ()):
        yield sale
        yield from sale.get("lanes", ())


def _with_times(value: Any, name: str = "") -> Any:
    match value:
        case Mapping():
            return {inner: _with_times(each, inner) for inner, each in value.items()}
        case list():
            return [_with_times(each) for each in value]
        case str() if name in MOMENTS:
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                # The loader refuses it, and names the field.
                return value
    return value


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case datetime() | date() | time():
            return value.isoformat()
    return value
