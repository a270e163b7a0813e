"""openapi.json, made from the operations: OpenAPI 3.1 with an example for every answer and every
problem. The committed file is checked against this in the tests."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, get_type_hints

import msgspec

from yemae import __version__
from yemae.http.contract.operation import Operation, Parameter, Shown
from yemae.http.contract.problem_examples import example, problem_example
from yemae.http.server import korean
from yemae.http.server.problems import PROBLEM_TYPE
from yemae.refusals import InvalidRequest, Refusal, SeatInTheWay
from yemae.values.instants import Instant

TAGS = {
    "users": "Sign up, sign in. An operator may put their own login in front instead.",
    "queue": "대기열. Take a queue token, poll until admitted.",
    "concerts": "콘서트. Concerts, dates and seats.",
    "orders": "주문. Hold seats, release them, pay.",
    "checkouts": "카드 결제. Card payment through a payment provider.",
    "wallet": "잔액. Balance, top-ups, ledger.",
    "operations": "For operators.",
    "admin": "For operators: a concert's queue, watched and controlled while it runs.",
}
DESCRIPTION = (
    "The server that a concert's on-sale goes through: a virtual waiting room, seat holds, a "
    "wallet and payment. Errors are RFC 9457 problem documents; switch on `type`, which is also "
    "the address of a page that explains it. Their `title` and `detail` are in Korean for those "
    "whose `Accept-Language` prefers it, otherwise in English. Money is an integer in the "
    "currency's minor unit; times are RFC 3339 with three decimals: in UTC with `Z`, and on the "
    "venue's clocks with their offset where a name ends in `_local`."
)
HEADER_SCHEMAS = {
    "Retry-After": ("Seconds to wait before asking again.", {"type": "integer"}),
    "Location": ("Where the new thing is, or where to go.", {"type": "string"}),
    "ETag": ("Names this very answer, for If-None-Match.", {"type": "string"}),
    "Cache-Control": ("How long a cache may keep it.", {"type": "string"}),
}


def _any_of(fields: tuple[str, ...]) -> dict[str, Any]:
    """A schema for which one of these fields has to be there."""
    wanted: list[dict[str, Any]] = [{"required": [name]} for name in fields]
    return wanted[0] if len(wanted) == 1 else {"anyOf": wanted}


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole OpenAPI document."""
    operations = list(operations)
    kinds = [kind for op in operations for kind in _kinds(op)]
    schemas, components = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )
    schemas = tuple(map(_portable, schemas))
    components = {
        name.removesuffix("Body"): _portable(schema) for name, schema in components.items()
    }
    for body in {op.body for op in operations if op.body is not None and op.body.one_of}:
        components[body.__name__]["oneOf"] = [_any_of(group) for group in body.one_of]
    by_kind = dict(zip(map(repr, kinds), schemas, strict=True))
    problems = {refusal.slug: refusal for op in operations for refusal in op.declared()}
    components |= {_schema_name(refusal): _problem_schema(refusal) for refusal in problems.values()}
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in sorted(operations, key=lambda op: (op.path, op.method)):
        paths[operation.path][operation.method.lower()] = _operation(operation, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Yemae",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": dict(paths),
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "access_token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "From POST /v1/users or /v1/sessions, or from the operator's "
                    "own login: HS256 with the server's secret key, claims sub and exp.",
                }
            },
        },
    }


def _portable(schema: Any) -> Any:
    """The schema as clients of any language read it.

    Patterns are written as in JavaScript: `$` is the end of the text, for which Python writes a
    backslash and Z, and surrogates, which only Python's JSON can hold, need no exclusion. A struct
    `OrderBody`, named so beside the `Order` of the domain, is the component `Order`.
    """
    if isinstance(schema, dict):
        return {key: _portable_value(key, value) for key, value in schema.items()}
    return [_portable(item) for item in schema] if isinstance(schema, list) else schema


def _portable_value(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return _portable(value)
    match key:
        case "pattern":
            return value.replace(r"\Z", "$").replace(r"\ud800-\udfff", "")
        case "$ref" | "title":
            return value.removesuffix("Body")
    return value


def _kinds(operation: Operation) -> list[Any]:
    kinds: list[Any] = [shown.kind for shown in operation.answers if shown.kind is not None]
    if operation.body is not None:
        kinds.append(operation.body)
    return kinds


def _operation(operation: Operation, by_kind: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description or (operation.handler.__doc__ or "").strip(),
    }
    if operation.signed_in:
        described["security"] = [{"access_token": []}]
    parameters = [*_path_parameters(operation.path), *map(_parameter, operation.parameters)]
    if parameters:
        described["parameters"] = parameters
    if operation.body is not None:
        described["requestBody"] = {
            "required": not operation.body_is_optional,
            "content": {
                "application/json": {
                    "schema": by_kind[repr(operation.body)],
                    "example": operation.body_example,
                }
            },
        }
    responses = {str(shown.status): _answer(shown, by_kind) for shown in operation.answers}
    responses |= {
        status: answer for status, answer in _problems(operation).items() if status not in responses
    }
    described["responses"] = dict(sorted(responses.items()))
    return described


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema,
    }


def _answer(shown: Shown, by_kind: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": shown.description}
    if shown.kind is not None:
        answer["content"] = {
            shown.media_type: {"schema": by_kind[repr(shown.kind)], **_examples(shown)}
        }
    if shown.headers:
        answer["headers"] = {
            name: {"description": HEADER_SCHEMAS[name][0], "schema": HEADER_SCHEMAS[name][1]}
            for name in shown.headers
        }
    return answer


def _examples(shown: Shown) -> dict[str, Any]:
    if not shown.examples:
        return {"example": shown.example}
    return {"examples": {name: {"value": value} for name, value in shown.examples.items()}}


def _problems(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[type[Refusal]]] = defaultdict(list)
    for refusal in operation.declared():
        by_status[refusal.status].append(refusal)
    return {str(status): _problem_answer(refusals) for status, refusals in by_status.items()}


def _problem_answer(refusals: list[type[Refusal]]) -> dict[str, Any]:
    refs = [{"$ref": f"#/components/schemas/{_schema_name(refusal)}"} for refusal in refusals]
    answer: dict[str, Any] = {
        "description": " · ".join(refusal.title for refusal in refusals),
        "content": {
            PROBLEM_TYPE: {
                "schema": refs[0] if len(refs) == 1 else {"oneOf": refs},
                "examples": {
                    refusal.slug: {"summary": refusal.title, "value": problem_example(refusal)}
                    for refusal in refusals
                },
            }
        },
    }
    if any(example(refusal).retry_after_s() is not None for refusal in refusals):
        answer["headers"] = {
            "Retry-After": {
                "description": HEADER_SCHEMAS["Retry-After"][0],
                "schema": HEADER_SCHEMAS["Retry-After"][1],
            }
        }
    return answer


def _schema_name(refusal: type[Refusal]) -> str:
    return f"{refusal.__name__}Problem"


def _problem_schema(refusal: type[Refusal]) -> dict[str, Any]:
    extra = {name: _extra_schema(refusal, name) for name in example(refusal).extra()}
    return {
        "title": refusal.title,
        "description": refusal.explanation(),
        "type": "object",
        "properties": {
            "type": {"const": f"/problems/{refusal.slug}"},
            "title": {"enum": [refusal.title, korean.title(refusal)]},
            "status": {"const": refusal.status},
            "detail": {"type": "string"},
            "instance": {"type": "string", "description": "The request's id, as in the log."},
            **extra,
        },
        "required": ["type", "title", "status", "detail", "instance", *extra],
    }


def _extra_schema(refusal: type[Refusal], name: str) -> dict[str, Any]:
    if refusal is InvalidRequest:
        line = {
            "type": "object",
            "required": ["field", "detail"],
            "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
        }
        return {"type": "array", "items": line}
    hint = get_type_hints(refusal)[name]
    if hint == list[SeatInTheWay]:
        # Written out: a definition of its own would have another root than the document.
        (line,) = msgspec.json.schema(SeatInTheWay)["$defs"].values()
        return {"type": "array", "items": line}
    moments: dict[Any, Any] = {datetime: Instant, datetime | None: Instant | None}
    return msgspec.json.schema(moments.get(hint, hint))
