"""Requests that wait in a batch, and how their callers get the answers."""

import asyncio
from collections.abc import Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

Request = TypeVar("Request")
Answer = TypeVar("Answer")
# Names a row of a store.
Key = Hashable


class Submission(NamedTuple, Generic[Request, Answer]):
    """A request and the caller who waits for its answer."""

    request: Request
    answer: "asyncio.Future[Answer]"
    since: float
    # The row that it waits for, in a second batch; requests with different keys are never together.
    key: Key | None = None


def settle(batch: list[Submission[Request, Answer]], answers: Sequence[Answer | Exception]) -> None:
    """Give each caller its answer."""
    for waiting, answer in zip(batch, answers, strict=True):
        settle_one(waiting, answer)


def settle_one(waiting: Submission[Request, Answer], answer: Answer | Exception) -> None:
    """Give a caller its answer: an exception is raised there."""
    if waiting.answer.done():  # its caller was cancelled
        return
    if isinstance(answer, Exception):
        waiting.answer.set_exception(answer)
    else:
        waiting.answer.set_result(answer)
