"""Every dependency has a line of reason, and every line a dependency."""

import json
import re
import tomllib

from helpers.pages import ROOT, read

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def names(requirements: list[str]) -> list[str]:
    found = (re.match(r"[a-z0-9-]+", requirement) for requirement in requirements)
    return sorted(match[0] for match in found if match)


def described(section: str) -> list[str]:
    (text,) = re.findall(
        rf"^## {section}\n(.*?)(?=^## |\Z)", read("docs/dependencies.md"), re.MULTILINE | re.DOTALL
    )
    return sorted(re.findall(r"^\| `([a-z0-9@/-]+)` \| \S.*\|$", text, re.MULTILINE))


def test_every_dependency_has_its_reason() -> None:
    assert described("At run time") == names(PROJECT["dependencies"])


def test_every_dependency_for_development_has_its_reason() -> None:
    assert described("For development") == names(PROJECT["optional-dependencies"]["dev"])


def test_every_dependency_for_https_has_its_reason() -> None:
    assert described("For HTTPS") == names(PROJECT["optional-dependencies"]["tls"])


def test_every_dependency_of_a_payment_provider_has_its_reason() -> None:
    extras = PROJECT["optional-dependencies"]
    assert described("For card payment") == names([*extras["stripe"], *extras["portone"]])


def test_the_packages_whose_binaries_we_take_are_dependencies() -> None:
    taken = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["tls"]]
    assert set(described("Binaries")) <= set(names(taken))


def test_every_package_of_the_page_has_its_reason() -> None:
    package = json.loads(read("web/package.json"))
    listed = [*package["dependencies"], *package["devDependencies"]]
    python = names(PROJECT["optional-dependencies"]["page"])
    assert described("For the page") == sorted([*python, *listed])
