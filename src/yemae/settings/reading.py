"""Reads the YEMAE_* variables into Settings, and finds the variables that set nothing.

One rule for secrets, and for every other setting: the variable with `_FILE` after its name may name
a file that has the value, as service managers and orchestrators hand secrets out.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from yemae.settings.groups import Settings
from yemae.settings.removed import REMOVED
from yemae.values.troubles import BadInputError

# Spelt like settings and none: where the flow of the README finds the server.
OTHERS = frozenset({"YEMAE_URL"})
# What a variable that names the file of a setting ends with.
FROM_FILE = "_FILE"


class SettingsError(BadInputError):
    """An environment variable has a value that cannot be used; the text is one sentence."""


class Limits(NamedTuple):
    """What a setting may be: the bare type, and the bounds of a number or a text."""

    kind: Any
    meta: Meta | None


def variable(field: str) -> str:
    """The environment variable that sets a field."""
    return f"YEMAE_{field.upper()}"


def fields() -> Iterator[tuple[str, str, Any]]:
    """Each setting's group, name and annotated type."""
    for group, kind in get_type_hints(Settings).items():
        for field, hint in get_type_hints(kind, include_extras=True).items():
            yield group, field, hint


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read YEMAE_* variables. Raises SettingsError naming the first variable that is wrong."""
    environ = os.environ if environ is None else environ
    given: dict[str, object] = {}
    for _, field, hint in fields():
        text = _text(variable(field), environ)
        if not text:
            continue
        try:
            given[field] = _parse(text, hint)
        except (msgspec.ValidationError, RuntimeError) as error:
            raise SettingsError(
                f"{variable(field)}={text!r} cannot be used: expected {_expected(hint)}."
            ) from error
    return Settings().replace(**given)


def to_environ(settings: Settings) -> dict[str, str]:
    """The variables from which `read_settings` makes these settings again, also where others are
    set already: those that name files are empty."""
    values = {field: getattr(getattr(settings, group), field) for group, field, _ in fields()}
    said = {variable(field): as_text(value) for field, value in values.items()}
    return said | {name + FROM_FILE: "" for name in said}


def as_text(value: object) -> str:
    """A setting's value as its variable has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def unknown_variables(environ: Mapping[str, str] | None = None) -> list[str]:
    """One sentence for each YEMAE_* variable that sets nothing: what became of it if an earlier
    version had it, otherwise the one probably meant."""
    environ = os.environ if environ is None else environ
    known = {variable(field) + end for _, field, _ in fields() for end in ("", FROM_FILE)}
    sentences = []
    for name in sorted(environ):
        if not name.startswith("YEMAE_") or name in known | OTHERS:
            continue
        if name in REMOVED:
            sentences.append(f"{name} is no longer a setting: {REMOVED[name]}.")
            continue
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
        meant = f": did you mean {near[0]}?" if near else "."
        sentences.append(f"{name} is no setting of Yemae and does nothing{meant}")
    return sentences


def limits(hint: Any) -> Limits:
    """The type of a setting without its sentence."""
    if get_origin(hint) is Literal or not hasattr(hint, "__metadata__"):
        return Limits(hint, None)
    metas = [meta for meta in hint.__metadata__ if isinstance(meta, Meta)]
    bounds = [meta for meta in metas if meta.ge is not None or meta.pattern is not None]
    return Limits(hint.__origin__, bounds[0] if bounds else None)


def _text(name: str, environ: Mapping[str, str]) -> str:
    """What a variable says, or the file that is named for it; empty when neither is set."""
    said, file = environ.get(name, ""), environ.get(name + FROM_FILE, "")
    if not file:
        return said
    if said:
        raise SettingsError(f"{name} and {name}{FROM_FILE} are both set: remove one of them.")
    try:
        said = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SettingsError(f"{name}{FROM_FILE}={file!r} cannot be read: {reason}.") from error
    if not said:
        # An empty variable means the default; a file that should have a secret must not.
        raise SettingsError(f"{name}{FROM_FILE}={file!r} cannot be used: the file is empty.")
    return said


def _parse(text: str, hint: Any) -> object:
    if limits(hint).kind is Path:
        # A RuntimeError when a user of this name is not there.
        return Path(text).expanduser().absolute()
    return msgspec.convert(text, hint, strict=False)


def _expected(hint: Any) -> str:
    """What a variable of this type may be, in words."""
    kind, meta = limits(hint)
    if kind is bool:
        return "true or false"
    if kind is Path:
        return "the path of a folder"
    if get_origin(kind) is Literal:
        return f"one of {', '.join(filter(None, get_args(kind)))}"
    if meta is None:
        return "text"
    if meta.pattern is not None:
        return "a currency of ISO 4217, three capital letters such as KRW"
    return f"a whole number from {meta.ge} to {meta.le}"
