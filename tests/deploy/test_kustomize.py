"""What the tests build is what `kubectl kustomize` builds."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers.kustomize import BUILDS, KUBERNETES, build, sources

HASH = re.compile(r"(-settings)-[a-z0-9]{10}\b")
OLDEST = 5


def kustomize_version() -> int:
    """The major version of the kustomize in kubectl; 0 without one."""
    if shutil.which("kubectl") is None:
        return 0
    said = subprocess.run(
        ["kubectl", "version", "--client"], capture_output=True, text=True, check=False
    )
    found = re.search(r"Kustomize Version: v(\d+)", said.stdout)
    return int(found[1]) if found else 0


def by_name(resources: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(it["kind"], it["metadata"]["name"]): it for it in resources}


@pytest.mark.parametrize("folder", BUILDS, ids=lambda it: it.name)
@pytest.mark.skipif(kustomize_version() < OLDEST, reason="no kubectl with kustomize 5 or newer")
def test_kubectl_builds_the_same(folder: Path) -> None:
    said = subprocess.run(
        ["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=True
    )
    assert said.stderr == ""
    theirs = list(yaml.safe_load_all(HASH.sub(r"\1", said.stdout)))
    assert by_name(build(folder)) == by_name(theirs)


def test_every_file_belongs_to_a_build() -> None:
    read = {path.resolve() for folder in BUILDS for path in sources(folder)}
    shipped = {path for path in KUBERNETES.rglob("*") if path.is_file()}
    assert read == shipped


def test_a_word_that_the_helper_does_not_know_fails(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("namePrefix: a-\n")
    with pytest.raises(AssertionError, match="namePrefix"):
        build(tmp_path)


def test_a_list_that_a_patch_would_have_to_merge_otherwise_fails(tmp_path: Path) -> None:
    thing = "apiVersion: v1\nkind: Thing\nmetadata:\n  name: a\nports: [1]\n"
    (tmp_path / "a.yaml").write_text(thing)
    (tmp_path / "b.yaml").write_text(thing)
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [a.yaml]\npatches:\n  - path: b.yaml\n"
    )
    with pytest.raises(AssertionError, match="ports"):
        build(tmp_path)
