"""Finds names in Lua scripts that nothing defines, and locals that nothing uses.

`make check` runs it. Each script is checked as Valkey runs it: with its prelude and with what the
loader generates from its header. So an argument that a script does not use is found as well. A
local of the prelude has to be used in one script at least. Names that begin with `_` may be unused.
"""

import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from luaparser import ast

from yemae.store.scripts import Script

# What Valkey gives a script, as far as ours need it.
GLOBALS = {
    *("ARGV", "KEYS", "cmsgpack", "ipairs", "math", "pairs", "redis", "string", "table"),
    *("tonumber", "tostring", "unpack"),
}

SOURCE = Path(__file__).resolve().parent.parent / "src"

Place = tuple[str, int]


class Names:
    """Walks a syntax tree with the scopes of Lua 5.1."""

    def __init__(self) -> None:
        self.undefined: list[Place] = []
        self.declared: dict[Place, int] = {}
        self._scopes: list[dict[str, Place]] = [{}]
        self._line = 0

    def block(self, node: Any, names: Sequence[Any] = ()) -> None:
        """A scope of its own, with names that it begins with."""
        self._scopes.append({})
        for name in names:
            self._declare(name)
        self.visit(node)
        self._scopes.pop()

    def visit(self, node: Any) -> None:
        """One node and what is in it."""
        # Some names have no line of their own; they are on that of their statement.
        self._line = getattr(node, "line", None) or self._line
        match node:
            case list():
                for each in node:
                    self.visit(each)
            case ast.Name():
                self._use(node)
            case ast.Index() if node.notation == ast.IndexNotation.DOT:
                self.visit(node.value)
            case ast.Field() if not node.between_brackets:
                # `{name = value}` is no use of a variable `name`.
                self.visit(node.value)
            case ast.Block():
                self.block(node.body)
            case ast.Node() if not self._declares(node):
                self.visit([v for v in vars(node).values() if isinstance(v, ast.Node | list)])

    def _declares(self, node: Any) -> bool:
        """Whether the node declares names; if so, it is done."""
        match node:
            case ast.LocalAssign():
                self.visit(node.values)
                for name in node.targets:
                    self._declare(name)
            case ast.LocalFunction():
                self._declare(node.name)
                self.block(node.body, node.args)
            case ast.AnonymousFunction():
                self.block(node.body, node.args)
            case ast.Forin():
                self.visit(node.iter)
                self.block(node.body, node.targets)
            case ast.Fornum():
                self.visit([node.start, node.stop, node.step])
                self.block(node.body, [node.target])
            case _:
                return False
        return True

    def unused(self) -> list[Place]:
        """Locals that nothing uses, but those that say so."""
        return [place for place, uses in self.declared.items() if not uses and place[0][0] != "_"]

    def _declare(self, name: Any) -> None:
        if isinstance(name, ast.Name):
            place = (name.id, self._line)
            self.declared[place] = 0
            self._scopes[-1][name.id] = place

    def _use(self, name: Any) -> None:
        for scope in reversed(self._scopes):
            if name.id in scope:
                self.declared[scope[name.id]] += 1
                return
        if name.id not in GLOBALS:
            self.undefined.append((name.id, self._line))


def names_of(text: str) -> Names:
    """What a text declares and uses."""
    names = Names()
    names.block(ast.parse(text).body)
    return names


def main() -> str:
    """The breaches, one a line."""
    found: list[str] = []
    for folder in sorted(SOURCE.rglob("lua")):
        scripts = list(declared_beside(folder))
        files = {path.stem for path in folder.glob("*.lua")} - {"prelude"}
        undeclared = files - {script.name for script in scripts}
        found += [f"{folder}/{name}.lua: no module declares it" for name in sorted(undeclared)]
        found += breaches(scripts)
    return "\n".join(dict.fromkeys(found))


def declared_beside(folder: Path) -> Iterator[Script[..., Any]]:
    """The scripts that the modules beside a folder `lua` declare."""
    for path in sorted(folder.parent.glob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        for value in vars(module).values():
            if isinstance(value, Script) and value.folder == folder:
                yield value


def breaches(scripts: list[Script[..., Any]]) -> Iterator[str]:
    """What is wrong in each script of a folder, and in the keys and the prelude that they share."""
    unused_by_all: set[str] | None = None
    for script in scripts:
        names = names_of(script.text)
        in_front = script.text.count("\n") - script.body.count("\n")
        for name, line in names.undefined:
            at = f"{script.name}.lua:{line - in_front}" if line > in_front else "prelude.lua"
            yield f"{at}: nothing defines {name}"
        shared = set()
        for name, line in names.unused():
            if line > in_front:
                yield f"{script.name}.lua:{line - in_front}: nothing uses {name}"
            elif line == in_front and script.generated:
                yield f"{script.name}.lua: its header has {name}, which nothing uses"
            else:
                shared.add(name)
        unused_by_all = shared if unused_by_all is None else unused_by_all & shared
    for name in sorted(unused_by_all or ()):
        yield f"no script uses {name} of the prelude or the keys"


if __name__ == "__main__":
    sys.exit(main() or 0)
