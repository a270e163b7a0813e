"""Which modules have which commands. A command's modules are imported when it is called.

So `yemae queue pause` doesn't wait for the imports of a rehearsal; only a help of all commands
needs all of them.
"""

from collections.abc import Iterable
from functools import cache
from importlib import import_module

import typer

# The first module adds the command, or the group, to which the other modules add their commands.
MODULES: dict[str, tuple[str, ...]] = {
    "serve": ("serve",),
    "migrate": ("database",),
    "schema": ("database",),
    "erd": ("database",),
    "concerts": (
        "concerts",
        "concerts_export",
        "concerts_ready",
        "concerts_cancel",
        "concerts_closing",
    ),
    "performances": ("performances",),
    "tokens": ("tokens",),
    "users": ("users",),
    "terms": ("terms",),
    "mail": ("mail",),
    "outbox": ("outbox",),
    "webhooks": ("webhooks",),
    "queue": ("queue", "queue_log", "queue_message"),
    "seats": ("seats",),
    "orders": (
        "orders",
        "orders_look",
        "orders_sell",
        "orders_send",
        "orders_extend",
        "orders_release",
        "orders_in_doubt",
        "orders_disputes",
        "orders_refunds",
    ),
    "tickets": ("tickets",),
    "sales": ("sales",),
    "log": ("log",),
    "reconcile": ("reconcile",),
    "backup": ("backup",),
    "restore": ("backup",),
    "doctor": ("doctor",),
    "rehearse": ("rehearse",),
    "simulate": ("simulate",),
    "mock": ("mock",),
    "openapi": ("documents",),
    "version": ("version",),
}


def add_commands(program: typer.Typer, arguments: Iterable[str] = ()) -> None:
    """Add the command that the arguments begin with, after options; or all, where they begin with
    none."""
    called = next((word for word in arguments if not word.startswith("-")), "")
    chosen = [MODULES[called]] if called in MODULES else MODULES.values()
    for modules in dict.fromkeys(chosen):
        _add(program, modules)


def _add(program: typer.Typer, modules: tuple[str, ...]) -> None:
    first = import_module(f"yemae.cli.{modules[0]}")
    if hasattr(first, "app"):
        program.add_typer(_group(modules))
    else:
        first.add_to(program)


@cache
def _group(modules: tuple[str, ...]) -> typer.Typer:
    first, *others = (import_module(f"yemae.cli.{name}") for name in modules)
    group: typer.Typer = first.app
    for other in others:
        other.add_to(group)
    return group
