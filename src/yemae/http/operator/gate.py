"""The gate of roles: in front of every operation for operators, by the matrix.

It comes before anything else of the call is looked at. A role for one concert opens calls whose
path leads to that concert, and those that keep to it themselves; a path that leads nowhere is
refused to such a role like another concert's.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from functools import wraps
from uuid import UUID

from yemae.accounts import strength
from yemae.accounts.access import Identity
from yemae.accounts.roles import Grant
from yemae.back_office import roles, trouble
from yemae.concerts.controls import by_user
from yemae.http.contract.operation import Answer, Operation
from yemae.http.operator.matrix import MATRIX, Rule
from yemae.http.server.call import Call, Operator
from yemae.refusals import (
    FreshSignInRequired,
    OperatorRequired,
    RoleRequired,
    SecondFactorRequired,
)
from yemae.runtime import Stores


def guarded(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The same operations behind the gate. One that is not in the matrix is a fault at start."""
    return tuple(_guarded(operation, MATRIX[operation.name]) for operation in operations)


def _guarded(operation: Operation, rule: Rule) -> Operation:
    handler = operation.handler

    @wraps(handler)
    async def behind_gate(call: Call) -> Answer:
        call.caller = await let_through(call, rule, operation.path)
        return await handler(call)

    described = f"{(operation.description or handler.__doc__ or '').strip()}\n\n{words(rule)}"
    asked = (RoleRequired, SecondFactorRequired, *((FreshSignInRequired,) * rule.is_grave))
    problems = dict.fromkeys((*operation.problems, *asked))
    return replace(operation, handler=behind_gate, description=described, problems=tuple(problems))


def words(rule: Rule) -> str:
    """Who may make a call, for its description."""
    roles_of = f"Roles: {', '.join(f'`{role}`' for role in (*rule.roles, 'admin'))}."
    return (
        f"{roles_of} It asks for a sign-in of the last ten minutes." if rule.is_grave else roles_of
    )


async def let_through(call: Call, rule: Rule, path: str) -> Operator:
    """Who may make this call now. Raises Unauthenticated, OperatorRequired, SecondFactorRequired,
    RoleRequired, FreshSignInRequired."""
    identity = call.identity()
    held = await roles.held(call.runtime, identity)
    if not held:
        raise OperatorRequired
    await roles.require_strong(call.runtime, identity)
    caller = await _caller(call, rule, path, identity, held)
    if rule.is_grave:
        require_fresh(call)
    return caller


def require_fresh(call: Call) -> None:
    """Raise FreshSignInRequired where the caller has signed in too long ago for what is grave: for
    every call that the matrix says so of, and for what its handler finds in the body."""
    strength.require_fresh(call.identity(), call.runtime.issuer.signer.now())


async def _caller(
    call: Call, rule: Rule, path: str, identity: Identity, held: frozenset[Grant]
) -> Operator:
    who = by_user(identity.user_id)
    fitting = {grant for grant in held if grant.role in ("admin", *rule.roles)}
    if any(grant.concert_id is None for grant in fitting):
        return Operator(who, None, held)
    concerts = frozenset(grant.concert_id for grant in fitting if grant.concert_id is not None)
    if concerts and (rule.narrows or await concert_of(call, path) in concerts):
        return Operator(who, concerts, held)
    raise RoleRequired(next(iter(rule.roles), "admin"))


def require_concert(call: Call, rule: Rule, concert_id: str) -> None:
    """Raise RoleRequired where the caller's role is for other concerts only."""
    concerts = call.caller.concerts
    if concerts is not None and concert_id not in concerts:
        raise RoleRequired(next(iter(rule.roles), "admin"))


async def require_call(call: Call, name: str, path: str) -> None:
    """Raise RoleRequired where the caller's roles do not open another call as well, at the concert
    that the path of this one leads to: for what a handler finds in the body."""
    if not _opens(call.caller, name, await concert_of(call, path)):
        raise RoleRequired(next(iter(MATRIX[name].roles), "admin"))


def sees_log(call: Call, caller: Operator, queue_id: str) -> bool:
    """Whether the caller's roles open the log of a queue's concert: its lines may name fans."""
    queue = call.runtime.catalogue.queues.get(queue_id)
    return _opens(caller, "list_log", queue_id if queue is None else queue.concert_id)


def _opens(caller: Operator, name: str, concert_id: str | None) -> bool:
    return any(
        grant.role in ("admin", *MATRIX[name].roles) and grant.concert_id in (None, concert_id)
        for grant in caller.roles
    )


# The parts of paths that name a thing of a concert, and how its concert is found.
THINGS: Mapping[str, Callable[[Stores, UUID | None], Awaitable[str | None]]] = {
    "order_id": roles.concert_of_order,
    "refund_id": roles.concert_of_refund,
    "checkout_id": trouble.concert_of_checkout,
    "mail_id": trouble.concert_of_mail,
}


async def concert_of(call: Call, path: str) -> str | None:
    """The concert that a call's path leads to; None: to none, or to one that is not there."""
    catalogue = call.runtime.catalogue
    if "{concert_id}" in path:
        queue = catalogue.queues.get(call.path("concert_id"))
        return None if queue is None else queue.concert_id
    if "{performance_id}" in path:
        date = catalogue.performances.get(call.path("performance_id"))
        return None if date is None else date.concert_id
    for name, concert_of_thing in THINGS.items():
        if f"{{{name}}}" in path:
            return await concert_of_thing(call.runtime, call.path_uuid(name))
    return None
