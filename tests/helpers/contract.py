"""openapi.json as tests read it: what it says of an operation, and its schemas as validators."""

from functools import cache
from typing import Any

import jsonschema_rs
import msgspec

from yemae.http.contract import openapi
from yemae.http.contract.operation import Operation
from yemae.http.operations import OPERATIONS

# As a client sees it: JSON values only.
DOCUMENT: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(openapi.document(OPERATIONS)))


def described(operation: Operation) -> dict[str, Any]:
    """What the document says of an operation."""
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


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
