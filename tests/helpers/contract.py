"""openapi.json as tests read it: what it says of an operation, and its schemas as validators."""

import re
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec

from yemae.http.contract import openapi
from yemae.http.contract.operation import Operation
from yemae.http.operations import OPERATIONS

# As a client sees it: JSON values only.
DOCUMENT: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(openapi.document(OPERATIONS)))


NOT_ONLY_SPACES = re.compile(r"\^\(\?=\\s\*\\S\)\[\^(.*)\]\*\$")


def described(operation: Operation) -> dict[str, Any]:
    """What the document says of an operation."""
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def simplified(part: Any) -> Any:
    """A copy for a generator of requests, because it writes into the document that it is given.
    "Not only spaces" is "no spaces" in it: texts of a wanted length are found in no time then, and
    take a minute of trying with a look-ahead."""
    if isinstance(part, dict):
        return {name: simplified(each) for name, each in part.items()}
    if isinstance(part, list):
        return [simplified(each) for each in part]
    if isinstance(part, str):
        return NOT_ONLY_SPACES.sub(r"^[^\\s\1]+$", part)
    return part


@cache
def validator_of(
    path: str, method: str, status: str, media_type: str
) -> jsonschema_rs.Draft202012Validator:
    """The validator of what an operation answers."""
    shown = DOCUMENT["paths"][path][method]["responses"][status]
    return validator(shown["content"][media_type]["schema"])


def validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """A validator of a schema that may refer to the document's components; formats count."""
    return _compiled(msgspec.json.encode(schema))


@cache
def _compiled(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    """Many operations answer the same, such as a problem; compiling a schema takes some time."""
    whole = {**msgspec.json.decode(schema), "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
