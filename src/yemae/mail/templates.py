"""Words of letters: Jinja2 templates, of the operator's folder or our own.

A letter of kind K in language L is `K.L.txt`, whose first line is the subject, and `K.L.html`.
Every value is escaped in HTML; a name that a template does not get is an error, not a gap.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from jinja2 import (
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    select_autoescape,
)

from yemae.mail.errors import TemplatesError
from yemae.settings import Settings
from yemae.settings.mail import BUILT_TEMPLATES

# Read before a process of root becomes another user, who may not be let into the program's folder.
BUILT = {path.name: path.read_text(encoding="utf-8") for path in BUILT_TEMPLATES.iterdir()}


class LetterWords(NamedTuple):
    """A letter's words."""

    subject: str
    text: str
    html: str


class Templates:
    """The templates, compiled when they are first used."""

    def __init__(self, own: Path) -> None:
        self._jinja = Environment(
            loader=ChoiceLoader([FileSystemLoader(own), DictLoader(BUILT)]),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, kind: str, language: str, values: Mapping[str, object]) -> LetterWords:
        """The words of a letter. Raises TemplatesError."""
        name = f"{kind}.{language}"
        try:
            text = self._jinja.get_template(f"{name}.txt").render(values)
            html = self._jinja.get_template(f"{name}.html").render(values)
        # A template calls what it likes of the values, so it may raise anything.
        except Exception as error:
            place = f", line {error.lineno}" if hasattr(error, "lineno") else ""
            kind_of = "" if isinstance(error, TemplateError) else f"{type(error).__name__}: "
            raise TemplatesError(
                f"The mail template {name}{place} cannot be used: {kind_of}{error}"
            ) from error
        subject, _, rest = text.strip().partition("\n")
        return LetterWords(subject.strip(), rest.strip() + "\n", html)


def templates_of(settings: Settings) -> Templates:
    """The templates of these settings."""
    return Templates(settings.mail.mail_templates_dir)
