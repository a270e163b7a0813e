"""Mutants of Python functions: one function or method with one small change.

A comparison is turned round, `and` becomes `or`, a `not` goes, a number is one more, a text gets
two letters, `True` becomes `False`, an operator its opposite, an argument or an assigned value
`None`, a condition of `if` never holds, and a statement that calls, awaits or raises is left out.
Nested functions count as parts of the one around them. Left alone: docstrings, annotations,
defaults, constants of a module, assertions (`strict` of `zip` among them), and words of logs.
"""

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitXor: ast.BitAnd,
}  # fmt: skip


class Place(NamedTuple):
    """A function of a module: its name, or that of its class, a point and its name."""

    module: str
    path: Path
    name: str
    node: Function


class Change(NamedTuple):
    """What one mutant changes: a node of the function, by its number in the order of `ast.walk`."""

    number: int
    kind: str


def places(path: Path, source: Path) -> Iterator[Place]:
    """All functions and methods of a file, or of a folder's files; `source` is what module names
    begin below."""
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        module = ".".join(file.relative_to(source).with_suffix("").parts)
        yield from _places(file, module.removesuffix(".__init__"))


def _places(path: Path, module: str) -> Iterator[Place]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, Function):
            yield Place(module, path, node.name, node)
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, Function):
                    yield Place(module, path, f"{node.name}.{inner.name}", inner)


def changes(function: Function) -> Iterator[Change]:
    """Everything that can be changed in a function."""
    kept = {id(node) for left in _left_alone(function) for node in ast.walk(left)}
    for number, node in enumerate(ast.walk(function)):
        if id(node) not in kept:
            for kind in _kinds(node):
                yield Change(number, kind)


def _left_alone(function: Function) -> Iterator[ast.AST]:
    yield function.args
    yield from function.decorator_list
    if function.returns:
        yield function.returns
    for node in ast.walk(function):
        if isinstance(node, Function | ast.ClassDef):
            if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant):
                yield node.body[0]
        elif isinstance(node, ast.AnnAssign):
            yield node.annotation
        elif isinstance(node, ast.JoinedStr):
            yield from (value for value in node.values if isinstance(value, ast.Constant))
        elif isinstance(node, ast.Assert) or _is_log(node):
            yield node
        elif isinstance(node, ast.keyword) and node.arg == "strict":
            yield node.value


def _is_log(node: ast.AST) -> bool:
    return isinstance(node, ast.Call | ast.Expr) and ast.unparse(node).startswith("log.")


def _kinds(node: ast.AST) -> Iterator[str]:  # noqa: C901, PLR0912 - one line for each kind of node
    match node:
        case ast.Compare():
            yield from (f"compare {i}" for i in range(len(node.ops)))
        case ast.BoolOp():
            yield "swap"
        case ast.UnaryOp(op=ast.Not()):
            yield "no not"
        case ast.Constant(value=bool()):
            yield "swap"
        case ast.Constant(value=int() | float()):
            yield "one more"
        case ast.Constant(value=str() | bytes()):
            yield "XX"
        case ast.BinOp() | ast.AugAssign():
            if type(node.op) in COMPUTED:
                yield "swap"
        case ast.Call():
            yield from (f"argument {i}" for i, each in enumerate(node.args) if not _is_none(each))
            given = [not _is_none(each.value) and each.arg != "strict" for each in node.keywords]
            yield from (f"keyword {i}" for i, counts in enumerate(given) if counts)
        case ast.Assign() if not _is_none(node.value):
            yield "None"
        case ast.If() | ast.IfExp():
            yield "never"
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise():
            yield "gone"
        case ast.Break() | ast.Continue():
            yield "swap"


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def mutated(place: Place, change: Change) -> Function:
    """A copy of the function with the change."""
    function = copy.deepcopy(place.node)
    target = _node(function, change)
    new = _changed(target, change.kind)
    if new is not target:
        _replace(function, target, new)
    return ast.fix_missing_locations(function)


def _changed(node: ast.AST, kind: str) -> ast.AST:  # noqa: C901, PLR0912 - as above
    nothing = ast.copy_location(ast.Constant(None), node)
    word, _, index = kind.partition(" ")
    match node:
        case ast.Compare():
            i = int(index)
            node.ops[i] = COMPARED[type(node.ops[i])]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            return node.operand
        case ast.Constant(value=bool() as value):
            node.value = not value
        case ast.Constant(value=int() | float() as value):
            node.value = value + 1
        case ast.Constant(value=str() as value):
            node.value = f"XX{value}"
        case ast.Constant(value=bytes() as value):
            node.value = b"XX" + value
        case ast.BinOp() | ast.AugAssign():
            node.op = COMPUTED[type(node.op)]()
        case ast.Call() if word == "argument":
            node.args[int(index)] = nothing
        case ast.Call():
            node.keywords[int(index)].value = nothing
        case ast.Assign():
            node.value = nothing
        case ast.If() | ast.IfExp():
            node.test = ast.copy_location(ast.Constant(False), node)
        case ast.Expr() | ast.Raise():
            return ast.copy_location(ast.Pass(), node)
        case ast.Break():
            return ast.copy_location(ast.Continue(), node)
        case ast.Continue():
            return ast.copy_location(ast.Break(), node)
    return node


def _replace(function: Function, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(function):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list) and any(each is old for each in value):
                value[:] = [new if each is old else each for each in value]


def line_of(place: Place, change: Change) -> int:
    """Where the change is."""
    return int(getattr(_node(place.node, change), "lineno", place.node.lineno))


def statement_of(place: Place, change: Change) -> int:
    """The line of the innermost statement that has the change, which a test must reach."""
    target = _node(place.node, change)
    found = place.node.lineno
    for node in ast.walk(place.node):
        if isinstance(node, ast.stmt) and any(inner is target for inner in ast.walk(node)):
            found = max(found, node.lineno)
    return found


def _node(function: Function, change: Change) -> ast.AST:
    return next(node for n, node in enumerate(ast.walk(function)) if n == change.number)
