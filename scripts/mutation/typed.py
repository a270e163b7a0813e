"""Which mutants a type checker refuses, so that no test has to: all copies of a function stand
beside it, in a copy of the source, and mypy runs once over all of them."""

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from .functions import Change, Function, Place, mutated
from .runs import ROOT

COPY = re.compile(r"__m(\d+)$")
ERROR = re.compile(r"^(.+?):(\d+): error:")


def refused(mutants: Sequence[tuple[Place, Change]]) -> set[int]:
    """The indexes of the mutants whose function has more errors than the function itself."""
    with tempfile.TemporaryDirectory(prefix="yemae-mutants-") as name:
        folder = Path(name)
        shutil.copytree(ROOT / "src", folder / "src")
        shutil.copy(ROOT / "pyproject.toml", folder)
        files: dict[Path, dict[int, list[int]]] = {}
        for index, (place, _) in enumerate(mutants):
            files.setdefault(place.path, {}).setdefault(place.node.lineno, []).append(index)
        owners = {}
        for path, functions in files.items():
            copy = folder / path.relative_to(ROOT)
            owners[str(copy.relative_to(folder))] = _write(copy, functions, mutants)
        command = [sys.executable, "-m", "mypy", "--cache-dir", str(folder / "cache"), *owners]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1} or not done.stdout:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    errors: Counter[int] = Counter()
    usual: Counter[str] = Counter()
    for line in done.stdout.splitlines():
        if (found := ERROR.match(line)) and found[1] in owners:
            owner = owners[found[1]].get(int(found[2]))
            if isinstance(owner, int):
                errors[owner] += 1
            elif owner:
                usual[owner] += 1
    return {i for i, n in errors.items() if n > usual[_named(mutants[i][0])]}


def _named(place: Place) -> str:
    return f"{place.module}.{place.name}"


def _write(
    copy: Path, functions: dict[int, list[int]], mutants: Sequence[tuple[Place, Change]]
) -> dict[int, int | str]:
    """Write a file with copies; which mutant, or which function itself, each line belongs to."""
    tree = ast.parse(copy.read_text(encoding="utf-8"))
    _add_copies(tree.body, functions, mutants)
    text = ast.unparse(ast.fix_missing_locations(tree))
    copy.write_text(text, encoding="utf-8")
    module = mutants[next(iter(functions.values()))[0]][0].module
    return dict(_owners(ast.parse(text).body, module))


def _add_copies(
    body: list[ast.stmt], functions: dict[int, list[int]], mutants: Sequence[tuple[Place, Change]]
) -> None:
    for at in range(len(body) - 1, -1, -1):
        node = body[at]
        if isinstance(node, ast.ClassDef):
            _add_copies(node.body, functions, mutants)
        elif isinstance(node, Function):
            for index in functions.get(node.lineno, ()):
                function = mutated(*mutants[index])
                function.name = f"{node.name}__m{index}"
                body.insert(at + 1, function)


def _owners(body: list[ast.stmt], inside: str) -> Iterator[tuple[int, int | str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _owners(node.body, f"{inside}.{node.name}")
        elif isinstance(node, Function):
            found = COPY.search(node.name)
            owner = int(found[1]) if found else f"{inside}.{node.name}"
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            for line in range(first, (node.end_lineno or node.lineno) + 1):
                yield line, owner
