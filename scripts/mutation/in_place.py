"""Puts a changed function in the place of its original, in the running program.

The code of the function object is exchanged, so every module that has imported it sees the change,
and methods, properties and decorated functions are found behind what wraps them.
"""

import ast
import copy
import functools
import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import CodeType, FunctionType

from .functions import Function, Place

NOTE = "__note__"
BODIES = ("body", "orelse", "finalbody")


@contextmanager
def in_place(place: Place, function: Function) -> Iterator[None]:
    """The program has this code meanwhile. Raises LookupError when it has no such function, and
    ValueError when the code needs other closures."""
    target = _function_of(place)
    code = target.__code__
    target.__code__ = _code_of(place, function)
    try:
        yield
    finally:
        target.__code__ = code


@contextmanager
def noted(places: Sequence[Place], note: Callable[[str, int], None]) -> Iterator[None]:
    """All these functions call `note` with their module and the line of each statement that is
    reached."""
    codes = []
    for place in places:
        try:
            target = _function_of(place)
        except LookupError:
            continue
        target.__globals__[NOTE] = note
        codes.append((target, target.__code__))
        target.__code__ = _code_of(place, _with_notes(place))
    try:
        yield
    finally:
        for target, code in codes:
            target.__code__ = code


def _function_of(place: Place) -> FunctionType:
    found: object = importlib.import_module(place.module)
    for name in place.name.split("."):
        found = vars(found).get(name)
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        if isinstance(found, property):
            found = found.fget
        elif isinstance(found, functools.cached_property):
            found = found.func
        elif hasattr(found, "__wrapped__"):
            found = found.__wrapped__
        else:
            raise LookupError(f"{place.module} has no function {place.name}")
    return found


def _code_of(place: Place, function: Function) -> CodeType:
    """Compile a function where it stands: in its class, if it has one."""
    names = place.name.split(".")
    node: ast.stmt = function
    if len(names) > 1:
        node = ast.ClassDef(names[0], [], [], [function], [])
    tree = ast.fix_missing_locations(ast.Module([node], []))
    code = compile(tree, str(place.path), "exec")
    for name in names:
        inner = (each for each in code.co_consts if isinstance(each, CodeType))
        code = next(each for each in inner if each.co_name == name)
    return code


def _with_notes(place: Place) -> Function:
    function = copy.deepcopy(place.node)
    for node in ast.walk(function):
        for field in BODIES:
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                statements[:] = _noting(place.module, statements)
    return ast.fix_missing_locations(function)


def _noting(module: str, statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    for each in statements:
        arguments: list[ast.expr] = [ast.Constant(module), ast.Constant(each.lineno)]
        call = ast.Call(ast.Name(NOTE, ast.Load()), arguments, [])
        yield ast.copy_location(ast.Expr(call), each)
        yield each
