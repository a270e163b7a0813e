"""Builds the folders of deploy/kubernetes/ as `kubectl kustomize` does, as far as they need it.

What always holds: a word that this module does not know fails, so it never builds something else
than kustomize would. tests/deploy/test_kustomize.py compares the two where kubectl is installed.
One thing is left out: the hash in the names of generated ConfigMaps.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Resource = dict[str, Any]

KUBERNETES = Path(__file__).resolve().parents[2] / "deploy" / "kubernetes"
# Every folder that is applied as it is.
BUILDS = (KUBERNETES / "base", KUBERNETES / "overlays" / "production")
KNOWN = {
    "apiVersion",
    "kind",
    "resources",
    "components",
    "configMapGenerator",
    "patches",
    "namespace",
    "images",
}
SECRET = "a-secret-of-32-characters-or-more"
# Lists whose elements a patch changes by their name; and those that it replaces as a whole.
NAMED, REPLACED = {"containers", "env"}, {"egress"}
# Kinds of the whole cluster.
NOT_IN_A_NAMESPACE = {"Namespace"}


@cache
def build(folder: Path) -> list[Resource]:
    """Every resource of a folder; not to be changed, because it is made once."""
    return _gather(folder, [])


def one(folder: Path, kind: str, name: str) -> Resource:
    """One resource of a folder."""
    (found,) = [it for it in build(folder) if (it["kind"], it["metadata"]["name"]) == (kind, name)]
    return found


def environ(folder: Path, kind: str = "Deployment", name: str = "yemae") -> dict[str, str]:
    """The variables of a workload's only container: every secret is the same word."""
    (container,) = containers(one(folder, kind, name))
    values: dict[str, str] = {}
    for source in container.get("envFrom", []):
        values |= one(folder, "ConfigMap", source["configMapRef"]["name"])["data"]
    for variable in container["env"]:
        text = variable.get("value", SECRET)
        values[variable["name"]] = re.sub(r"\$\((\w+)\)", lambda it: values[it[1]], text)
    return values


def documents(path: Path) -> list[Resource]:
    """The documents of one file."""
    return [it for it in yaml.safe_load_all(path.read_text(encoding="utf-8")) if it is not None]


def sources(folder: Path) -> Iterator[Path]:
    """Every file that a folder's build reads."""
    path = folder / "kustomization.yaml"
    yield path
    (said,) = documents(path)
    for name in said.get("resources", []) + said.get("components", []):
        yield from sources(folder / name) if (folder / name).is_dir() else [folder / name]
    for generator in said.get("configMapGenerator", []):
        yield from (
            folder / name for name in generator.get("envs", []) + generator.get("files", [])
        )
    yield from (folder / patch["path"] for patch in said.get("patches", []))


def _gather(folder: Path, found: list[Resource]) -> list[Resource]:
    """What was found so far, with what this folder adds to it and changes of it."""
    (said,) = documents(folder / "kustomization.yaml")
    assert set(said) <= KNOWN, set(said) - KNOWN
    for name in said.get("resources", []):
        path = folder / name
        found += _gather(path, []) if path.is_dir() else documents(path)
    for name in said.get("components", []):
        found = _gather(folder / name, found)
    found += [_config_map(folder, generator) for generator in said.get("configMapGenerator", [])]
    for patch in said.get("patches", []):
        assert set(patch) == {"path"}
        for change in documents(folder / patch["path"]):
            _patch(found, change)
    for resource in found:
        if "namespace" in said and resource["kind"] not in NOT_IN_A_NAMESPACE:
            resource["metadata"]["namespace"] = said["namespace"]
        for container in containers(resource):
            for image in said.get("images", []):
                if container["image"] == image["name"]:
                    container["image"] = f"{image['newName']}:{image['newTag']}"
    return found


def containers(resource: Resource) -> list[Resource]:
    """The containers of a workload; [] for anything else."""
    if resource["kind"] not in {"Deployment", "StatefulSet", "Job"}:
        return []
    pod = resource["spec"]["template"]["spec"]
    return [*pod.get("initContainers", []), *pod["containers"]]


def _config_map(folder: Path, generator: Resource) -> Resource:
    assert set(generator) <= {"name", "envs", "files"}
    data = {
        name: (folder / name).read_text(encoding="utf-8") for name in generator.get("files", [])
    }
    for name in generator.get("envs", []):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        data |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": generator["name"]},
        "data": data,
    }


def _patch(found: list[Resource], change: Resource) -> None:
    (target,) = [
        it
        for it in found
        if all(it[key] == change[key] for key in ("apiVersion", "kind"))
        and it["metadata"]["name"] == change["metadata"]["name"]
    ]
    target |= _merged(target, change)


def _merged(old: Resource, change: Resource) -> Resource:
    """A strategic merge: null removes a field."""
    merged = dict(old)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = _merged(old.get(key, {}), value)
        elif isinstance(value, list) and key in NAMED:
            merged[key] = _merged_list(old.get(key, []), value)
        else:
            assert not isinstance(value, list) or key in REPLACED, key
            merged[key] = value
    return merged


def _merged_list(old: list[Resource], changes: list[Resource]) -> list[Resource]:
    """The elements of the patch first, in its order: an element that is there is changed."""
    before = {it["name"]: it for it in old}
    changed = [_merged(before.pop(it["name"], {}), it) for it in changes]
    return [*changed, *before.values()]
