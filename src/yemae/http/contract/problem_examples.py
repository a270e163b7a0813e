"""A problem of each type with example values, for the API page, the mock server and tests. Pure."""

from dataclasses import fields
from typing import Any

from yemae.http.contract.example_fields import EXAMPLE_FIELDS
from yemae.refusals import Refusal
from yemae.values.instants import plain

EXAMPLE_INSTANCE = "5f1c3a-1b2"


def example(refusal: type[Refusal]) -> Refusal:
    """A refusal of this type with example values."""
    return refusal(**{field.name: EXAMPLE_FIELDS[field.name] for field in fields(refusal)})


def problem_example(refusal: type[Refusal]) -> dict[str, Any]:
    """The problem document of the example."""
    sample = example(refusal)
    return {
        "type": f"/problems/{sample.slug}",
        "title": sample.title,
        "status": sample.status,
        "detail": sample.detail(),
        "instance": EXAMPLE_INSTANCE,
        **plain(sample.extra()),
    }
