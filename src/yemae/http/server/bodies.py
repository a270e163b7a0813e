"""The body of a request, from bytes to a struct or a refusal that names the field."""

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from yemae.http.contract.operation import invalid_fields
from yemae.refusals import InvalidRequest, MalformedBody

# As JSON has it; by itself it is no JSON.
ESCAPED_NUL = rb"\u0000"
NO_NUL = "Expected a text without the character U+0000"

BodyKind = TypeVar("BodyKind")


def decoded(raw: bytes, decoder: msgspec.json.Decoder[BodyKind]) -> BodyKind:
    """The body as what the decoder reads. No text of it has a NUL, which no store takes. Raises
    MalformedBody or InvalidRequest."""
    try:
        body = decoder.decode(raw)
        if ESCAPED_NUL in raw:
            _refuse_nul(msgspec.json.decode(raw))
        return body
    except msgspec.ValidationError as error:
        raise invalid_fields(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedBody(str(error) or "empty") from None
    except RecursionError:
        raise MalformedBody("its values are nested too deeply") from None


def _refuse_nul(body: Any) -> None:
    path = next(_with_nul(body, ""), None)
    if path is not None:
        raise InvalidRequest.of(path or "body", NO_NUL)


def _with_nul(value: Any, path: str) -> Iterator[str]:
    """The fields whose texts have a NUL; of a name that has one, the field that it is in."""
    if isinstance(value, str):
        if "\0" in value:
            yield path
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _with_nul(each, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _with_nul(name, path)
            yield from _with_nul(each, f"{path}.{name}".removeprefix("."))
