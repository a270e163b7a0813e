"""Writes the page's table of currencies from yemae.values.money; `make docs` runs it.

A test fails when the two differ.
"""

from pathlib import Path

from yemae.values import money

TABLE = Path(__file__).resolve().parent.parent / "web" / "src" / "i18n" / "currencies.ts"


def table() -> str:
    """The whole file."""
    lines = [f"  {code}: {digits},\n" for code, digits in money.DIGITS.items()]
    return (
        "// How many digits each currency of ISO 4217 has after the point. Made by `make docs`\n"
        "// from src/yemae/money.py, never edited. Intl shows some of them otherwise (HUF, IQD).\n"
        "export const DIGITS: Readonly<Record<string, number>> = {\n"
        f"{''.join(lines)}"
        "};\n"
    )


if __name__ == "__main__":
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(table(), encoding="utf-8")
