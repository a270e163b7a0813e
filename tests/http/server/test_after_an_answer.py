"""What is left of a request in memory once it is answered."""

from starlette.types import Receive, Scope, Send

from helpers.connections import connected, echo, next_echo, on_uvloop, serving
from helpers.half_answers import GET
from yemae.http.server.connections import CYCLE


@on_uvloop
async def test_a_request_is_in_no_circle_once_it_is_answered() -> None:
    scopes: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert CYCLE in scope
        scopes.append(scope)
        await echo(scope, receive, send)

    async with serving(app) as (port, _), connected(port) as (reader, writer):
        # Also of two that came together, the second of which begins as the first one ends.
        writer.write(GET + GET)
        for _ in range(2):
            await next_echo(reader)
    assert [CYCLE in scope for scope in scopes] == [False, False]
