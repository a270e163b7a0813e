"""Writes docs/configuration.md and its Korean twin from yemae.settings; `make docs` runs it.

Every word about a setting stands in the settings themselves; a test fails when a page is older.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from yemae.settings import Settings, variable
from yemae.settings.reading import as_text, fields, limits
from yemae.settings.said import said_default, sentences

DOCS = Path(__file__).resolve().parent.parent / "docs"

ENGLISH = """\
# Configuration

<!-- Written by `make docs` (scripts/configuration.py) from src/yemae/settings. -->

[한국어](configuration.ko.md)

Every setting is an environment variable. `make run` and every `yemae` command read them, except
`yemae mock`, whose address comes from its options alone. A command's option of the same name takes
precedence. An empty variable counts as not set. A value that cannot be used stops the start with a
one-line error that names the variable and what is expected. `yemae serve` warns of a `YEMAE_`
variable that it does not know, and says what became of one that an earlier version had. Nothing is
read again while the server runs.

Every setting can come from a file instead: with `_FILE` after its name, the variable names a file
whose text, without the space around it, is the value, such as
`YEMAE_SECRET_KEY_FILE=/run/secrets/secret_key`. So secrets need not be in the environment. An empty
file, a file that cannot be read, and both variables at once stop the start.

Limits of one concert (how many fans may be inside, how fast they are admitted, how many seats one
fan may have) are in its [concert file](concert-file.md). How to run Yemae with these settings is in
[operations](operations.md).
"""
KOREAN = """\
# 설정

<!-- `make docs`(scripts/configuration.py)가 src/yemae/settings에서 만듭니다. -->

[English](configuration.md)

모든 설정은 환경 변수입니다. `make run`과 모든 `yemae` 명령이 읽으며, 주소를 옵션으로만 받는
`yemae mock`은 예외입니다. 같은 이름의 옵션이 있으면 옵션이 먼저입니다. 빈 변수는 설정하지 않은 것과
같습니다. 쓸 수 없는 값이면 변수와 기대하는 값을 알리는 한 줄 오류를 내고 시작하지 않습니다.
`yemae serve`는 모르는 `YEMAE_` 변수를 경고하고, 이전 버전의 변수라면 지금은 어떻게 되었는지
알려 줍니다. 서버가 실행되는 동안 다시 읽지 않습니다.

모든 설정은 파일에서도 읽을 수 있습니다. 이름 뒤에 `_FILE`이 붙은 변수는 파일을 가리키고, 앞뒤
공백을 뺀 그 파일의 글이 값입니다. 예: `YEMAE_SECRET_KEY_FILE=/run/secrets/secret_key`. 그래서
비밀을 환경에 둘 필요가 없습니다. 빈 파일이거나, 파일을 읽을 수 없거나, 두 변수를 함께 설정하면
시작하지 않습니다.

콘서트 하나의 제한(안에 있을 수 있는 팬의 수, 입장 속도, 한 팬이 가질 수 있는 좌석)은 그
[콘서트 파일](concert-file.ko.md)에 있습니다. 이 설정으로 운영하는 방법은
[운영](operations.ko.md)에 있습니다.
"""


class Language(NamedTuple):
    """The words of one page; `at` is where a pair of sentences has this language's."""

    at: int
    introduction: str
    columns: tuple[str, ...]
    empty: str
    text: str
    folder: str
    currency: str


PAGES = {
    "configuration.md": Language(
        0,
        ENGLISH,
        ("Variable", "Default", "Values", "Meaning"),
        "empty",
        "text",
        "a folder",
        "an ISO 4217 code",
    ),
    "configuration.ko.md": Language(
        1, KOREAN, ("변수", "기본값", "값", "뜻"), "비움", "글자", "폴더", "ISO 4217 코드"
    ),
}


def page(language: Language) -> str:
    """The page as it should be."""
    head = f"| {' | '.join(language.columns)} |\n{'|---' * len(language.columns)}|\n"
    parts = [language.introduction]
    for group, kind in get_type_hints(Settings, include_extras=True).items():
        parts.append(f"\n## {sentences(kind)[language.at]}\n\n{head}")
        parts += (f"| {' | '.join(row)} |\n" for row in _rows(group, language))
    return "".join(parts)


def _rows(of_group: str, language: Language) -> Iterator[tuple[str, ...]]:
    values = getattr(Settings(), of_group)
    for group, field, hint in fields():
        if group == of_group:
            default = _default(hint, getattr(values, field), language)
            meaning = sentences(hint)[language.at]
            yield f"`{variable(field)}`", default, _values(hint, language), meaning


def _default(hint: Any, value: object, language: Language) -> str:
    if in_words := said_default(hint):
        return in_words[language.at]
    return f"`{as_text(value)}`" if value != "" else language.empty


def _values(hint: Any, language: Language) -> str:
    kind, bounds = limits(hint)
    if kind is bool:
        return "`true`, `false`"
    if kind is Path:
        return language.folder
    if get_origin(kind) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(kind) if choice)
    if bounds is None:
        return language.text
    return language.currency if bounds.pattern else f"{bounds.ge:,}–{bounds.le:,}"


if __name__ == "__main__":
    for name, language in PAGES.items():
        (DOCS / name).write_text(page(language), encoding="utf-8")
