"""Which operation a path means: one look-up for a fixed path, or one for each part of a path with
parameters, for any number of operations.

The framework tries its routes one after the other and passes each request through its middleware
first; that is fine for pages and probes, and a fifth of the time of a poll.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from yemae.http.contract.operation import Operation
from yemae.http.server import problems
from yemae.refusals import MethodNotAllowed

Found = TypeVar("Found")

# Neither can be a part of a path, because a part has no slash.
PARAMETER = "/"
END = "//"


class Paths(Generic[Found]):
    """A tree of paths such as `/v1/orders/{order_id}`. A fixed part wins over a parameter."""

    def __init__(self, found_at: Iterable[tuple[str, Found]]) -> None:
        self._fixed: dict[str, tuple[Found, dict[str, str]]] = {}
        self._tree: dict[str, Any] = {}
        for path, found in found_at:
            if "{" not in path:
                assert path not in self._fixed, f"{path} is there already"
                self._fixed[path] = (found, {})
                continue
            node, names = self._tree, []
            for part in path.split("/"):
                if part.startswith("{"):
                    names.append(part.strip("{}"))
                    part = PARAMETER  # noqa: PLW2901
                node = node.setdefault(part, {})
            assert END not in node, f"{path} is there already"
            node[END] = (found, names)

    def find(self, path: str) -> tuple[Found, dict[str, str]] | None:
        """What is at a path, with its parameters by name; a parameter is never empty, and has no
        character that cannot be seen: no id of ours has one, and no store would take a NUL."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed
        node, values = self._tree, []
        for part in path.split("/"):
            child = node.get(part)
            if child is None:
                child = node.get(PARAMETER)
                if child is None or not part or not part.isprintable():
                    return None
                values.append(part)
            node = child
        if END not in node:
            return None
        found, names = node[END]
        return found, dict(zip(names, values, strict=True))


class Path:
    """Every method of one path."""

    def __init__(self, endpoints: dict[str, ASGIApp]) -> None:
        self._endpoints = endpoints
        self._allowed = sorted({*endpoints, "HEAD"} if "GET" in endpoints else endpoints)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to its method's endpoint."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        endpoint = self._endpoints.get(method)
        if endpoint is None:
            refusal = MethodNotAllowed(self._allowed)
            await problems.response(refusal, scope)(scope, receive, send)
        else:
            await endpoint(scope, receive, send)


def by_path(
    contract: Iterable[Operation], endpoint: Callable[[Operation], ASGIApp]
) -> dict[str, Path]:
    """The operations of each path of a contract."""
    methods: dict[str, dict[str, ASGIApp]] = defaultdict(dict)
    for operation in contract:
        methods[operation.path][operation.method] = endpoint(operation)
    return {path: Path(endpoints) for path, endpoints in methods.items()}
