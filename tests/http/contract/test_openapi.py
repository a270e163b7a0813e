"""openapi.json is current, and every example in it is what its schema says."""

import jsonschema_rs
import pytest

from helpers.contract import DOCUMENT, described, validator
from helpers.pages import ROOT
from yemae.http.contract.docs_page import document_bytes
from yemae.http.contract.operation import Operation
from yemae.http.operations import OPERATIONS

COMMITTED = ROOT / "openapi.json"
CONTENTS = [
    pytest.param(content, id=f"{operation.name}-{status}-{media_type}")
    for operation in OPERATIONS
    for status, answer in described(operation)["responses"].items()
    for media_type, content in answer.get("content", {}).items()
]
BODIES = [
    pytest.param(described(op)["requestBody"]["content"]["application/json"], id=op.name)
    for op in OPERATIONS
    if op.body is not None
]


def test_the_committed_file_is_what_the_operations_say() -> None:
    assert COMMITTED.read_bytes() == document_bytes(OPERATIONS), "type `make docs`"


def test_every_schema_is_a_schema() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        jsonschema_rs.meta.validate(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )


@pytest.mark.parametrize("content", [*CONTENTS, *BODIES])
def test_every_answer_body_and_problem_has_examples_that_fit_its_schema(
    content: dict[str, object],
) -> None:
    named = content.get("examples")
    examples = (
        [shown["value"] for shown in named.values()]
        if isinstance(named, dict)
        else [content["example"]]
    )
    assert examples
    schema = content["schema"]
    assert isinstance(schema, dict)
    for example in examples:
        validator(schema).validate(example)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_declared_problem_has_its_own_example(operation: Operation) -> None:
    responses = described(operation)["responses"]
    shown_statuses = {shown.status for shown in operation.answers}
    for refusal in operation.declared():
        if refusal.status not in shown_statuses:
            problems = responses[str(refusal.status)]["content"]["application/problem+json"]
            assert problems["examples"][refusal.slug]["value"]["status"] == refusal.status


def test_every_operation_has_a_name_of_its_own_and_a_known_tag() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))
    assert {operation.tag for operation in OPERATIONS} == {tag["name"] for tag in DOCUMENT["tags"]}
