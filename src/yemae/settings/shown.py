"""The settings as operators read them: what each one is and means, and no secret.

A text may have a password in it, so a setting that may be any text is shown only where it says that
it holds none (`is_shown` in `said.py`).
"""

import re
from typing import Any, NamedTuple, get_type_hints

from yemae.settings.groups import Settings
from yemae.settings.reading import as_text, fields, limits, variable
from yemae.settings.said import said_default, sentences
from yemae.values.translated import Translated

LINK = re.compile(r"\[([^]]+)\]\([^)]+\)")


class ShownSetting(NamedTuple):
    """A setting. `value` is None where it is a secret; `default` is the value without the variable,
    in words where these say more. Both sentences are text with code between backticks."""

    variable: str
    value: str | None
    is_default: bool
    default: Translated
    meaning: Translated


class ShownGroup(NamedTuple):
    """The settings of one group, in the order of the configuration page."""

    title: Translated
    settings: list[ShownSetting]


def shown(settings: Settings) -> list[ShownGroup]:
    """Every setting, by group."""
    found = {
        group: ShownGroup(sentences(hint), [])
        for group, hint in get_type_hints(Settings, include_extras=True).items()
    }
    for group, field, hint in fields():
        value = getattr(getattr(settings, group), field)
        default = getattr(getattr(Settings(), group), field)
        found[group].settings.append(
            ShownSetting(
                variable(field),
                as_text(value) if _is_shown(hint) else None,
                value == default,
                said_default(hint) or Translated(as_text(default), as_text(default)),
                Translated(*(LINK.sub(r"\1", text) for text in sentences(hint))),
            )
        )
    return list(found.values())


def _is_shown(hint: Any) -> bool:
    kind, bounds = limits(hint)
    is_any_text = kind is str and bounds is None
    return not is_any_text or any((meta.extra or {}).get("is_shown") for meta in hint.__metadata__)
