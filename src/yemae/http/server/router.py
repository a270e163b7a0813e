"""Which operation a path means: one look-up for a fixed path, or one for each part of a path with
parameters, whatever the number of operations.

The framework tries its routes one after the other and passes each request through its middleware
first; that is fine for pages and probes, and a fifth of the time of a poll.
"""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

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
        if not path.isprintable():
            return None
        node, values = self._tree, []
        for part in path.split("/"):
            child = node.get(part)
            if child is None:
                child = node.get(PARAMETER)
                if child is None or not part:
                    return None
                values.append(part)
            node = child
        if END not in node:
            return None
        found, names = node[END]
        return found, dict(zip(names, values, strict=True))
