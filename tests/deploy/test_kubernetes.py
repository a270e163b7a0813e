"""The manifests fit the schemas of the Kubernetes API, name what is there, and ask for little.

Custom resources have no schema here: of those the tests check only what is compared by value.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import kubernetes_validate
import pytest

from helpers.kustomize import BUILDS, Resource, build, containers, environ, one
from helpers.pages import ROOT, read
from yemae.http.server.sse import HEARTBEAT_S
from yemae.serve.worker_pool import HEARTBEAT_TIMEOUT_S
from yemae.settings import Settings, read_settings, unknown_variables

# The oldest version with `sleep` in preStop by default, and the newest whose schemas are here.
VERSIONS = ("1.30", kubernetes_validate.latest_version())
CUSTOM = {"Cluster", "ObjectStore", "ScheduledBackup", "ServiceMonitor"}
WORKLOADS = {"Deployment", "StatefulSet", "Job"}
# What a server process opens beside its pool: for notices, and for the check of its health.
OTHER_CONNECTIONS = 2
# What migrations, operators' commands, backups and the PostgreSQL operator itself may need.
SPARE_CONNECTIONS = 50
# What Valkey needs beside its data while it writes its file anew.
SPARE_MEMORY = 1.5
UNITS = {"Mi": 2**20, "Gi": 2**30, "mb": 2**20, "m": 0.001, "": 1.0}

RESOURCES = [
    pytest.param(it, id=f"{folder.name}-{it['kind']}-{it['metadata']['name']}")
    for folder in BUILDS
    for it in build(folder)
]
every_build = pytest.mark.parametrize("folder", BUILDS, ids=lambda it: it.name)


def amount(text: str) -> float:
    """A quantity such as 512Mi or 100m."""
    found = re.fullmatch(r"(\d+)(\w*)", text)
    assert found
    return int(found[1]) * UNITS[found[2]]


def pods(folder: Path) -> Iterator[Resource]:
    """The pods of the workloads that we ship."""
    return (it["spec"]["template"] for it in build(folder) if it["kind"] in WORKLOADS)


def refused(resource: Resource, version: str) -> bool:
    try:
        kubernetes_validate.validate(resource, version, strict=True)
    except kubernetes_validate.ValidationError:
        return True
    return False


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("resource", RESOURCES)
def test_every_resource_fits_the_schema_of_its_api(resource: Resource, version: str) -> None:
    if resource["kind"] in CUSTOM:
        assert "." in resource["apiVersion"].partition("/")[0]
    else:
        kubernetes_validate.validate(resource, version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_misspelt_field_and_a_wrong_type_are_found(version: str) -> None:
    service = one(BUILDS[0], "Service", "yemae")
    assert not refused(service, version)
    assert refused({**service, "spec": {**service["spec"], "selectors": {}}}, version)
    assert refused({**service, "spec": {**service["spec"], "ports": "http"}}, version)


@every_build
def test_every_variable_is_a_setting_with_a_value_that_can_be_used(folder: Path) -> None:
    assert unknown_variables(environ(folder)) == []
    settings = read_settings(environ(folder))
    assert settings.server.mode == "production"
    assert settings.logs.metrics == "direct"
    assert all((settings.stores.secret_key, settings.stores.valkey_url))


def test_the_servers_connect_to_the_primary_alone_and_encrypted() -> None:
    url = environ(BUILDS[1])["YEMAE_DATABASE_URL"]
    cluster = one(BUILDS[1], "Cluster", "postgres")
    (role,) = cluster["spec"]["managed"]["roles"]
    name = cluster["metadata"]["name"]
    assert url.startswith(f"postgresql://{role['name']}:")
    assert f"@{name}-rw:5432/{cluster['spec']['bootstrap']['initdb']['database']}?" in url
    assert "target_session_attrs=read-write" in url
    assert "sslmode=require" in url


@every_build
def test_a_variable_in_a_value_is_defined_before_it(folder: Path) -> None:
    for pod in pods(folder):
        for container in pod["spec"]["containers"]:
            known: set[str] = set()
            for variable in container.get("env", []):
                assert set(re.findall(r"\$\((\w+)\)", variable.get("value", ""))) <= known
                known.add(variable["name"])
            words = " ".join([*container.get("command", []), *container.get("args", [])])
            assert set(re.findall(r"\$\((\w+)\)", words)) <= known


@every_build
def test_a_pod_names_config_maps_that_are_there_and_secrets_that_the_page_names(
    folder: Path,
) -> None:
    maps = {it["metadata"]["name"] for it in build(folder) if it["kind"] == "ConfigMap"}
    page = read("docs/deployment.md")
    for pod in pods(folder):
        volumes = [it for it in pod["spec"].get("volumes", []) if "configMap" in it]
        assert {it["configMap"]["name"] for it in volumes} <= maps
        for container in pod["spec"]["containers"]:
            sources = container.get("envFrom", [])
            assert {it["configMapRef"]["name"] for it in sources} <= maps
            for variable in container.get("env", []):
                if secret := variable.get("valueFrom", {}).get("secretKeyRef"):
                    assert f"`{secret['name']}`" in page
                    assert secret["key"] in page


@every_build
def test_no_service_sets_a_variable_of_yemae(folder: Path) -> None:
    """A Service named yemae would set YEMAE_PORT=tcp://… in every pod."""
    assert all(pod["spec"]["enableServiceLinks"] is False for pod in pods(folder))


@every_build
def test_every_container_has_few_rights_and_limits(folder: Path) -> None:
    for pod in pods(folder):
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:
            rights = container["securityContext"]
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["capabilities"] == {"drop": ["ALL"]}
            for name in ("cpu", "memory"):
                asked, limit = (container["resources"][it][name] for it in ("requests", "limits"))
                assert amount(asked) <= amount(limit)


@every_build
def test_selectors_find_what_they_are_for(folder: Path) -> None:
    resources = build(folder)
    labels = {it["metadata"]["name"]: it["spec"]["template"]["metadata"]["labels"]
              for it in resources if it["kind"] in WORKLOADS}  # fmt: skip
    for it in resources:
        name = it["metadata"]["name"]
        if it["kind"] in {"Deployment", "StatefulSet", "PodDisruptionBudget"}:
            assert it["spec"]["selector"]["matchLabels"].items() <= labels[name].items()
        if it["kind"] == "Service":
            found = [pod for pod, its in labels.items()
                     if it["spec"]["selector"].items() <= its.items()]  # fmt: skip
            assert found == [name]
    spread = one(folder, "Deployment", "yemae")["spec"]["template"]["spec"]
    for constraint in spread["topologySpreadConstraints"]:
        assert constraint["labelSelector"]["matchLabels"] == labels["yemae"]
    target = one(folder, "HorizontalPodAutoscaler", "yemae")["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", "yemae")


@every_build
def test_ports_lead_from_the_ingress_to_the_server(folder: Path) -> None:
    deployment, service = one(folder, "Deployment", "yemae"), one(folder, "Service", "yemae")
    (server,), (port,) = containers(deployment), service["spec"]["ports"]
    (listening,) = server["ports"]
    assert listening["containerPort"] == read_settings(environ(folder)).server.port
    assert port["targetPort"] == listening["name"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert server[probe]["httpGet"]["port"] == listening["name"]
    (rule,) = one(folder, "Ingress", "yemae")["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert path["backend"]["service"] == {"name": "yemae", "port": {"name": port["name"]}}


def test_prometheus_finds_the_servers() -> None:
    monitor, service = (one(BUILDS[1], kind, "yemae") for kind in ("ServiceMonitor", "Service"))
    chosen = monitor["spec"]["selector"]["matchLabels"].items()
    assert chosen <= service["metadata"]["labels"].items()
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}


def stream_timeouts(annotations: dict[str, str]) -> list[int]:
    return [int(value.rstrip("s")) for key, value in annotations.items() if "timeout" in key]


def test_the_ingress_waits_longer_than_a_stream_is_silent() -> None:
    timeouts = stream_timeouts(one(BUILDS[0], "Ingress", "yemae")["metadata"]["annotations"])
    assert timeouts
    assert min(timeouts) > 2 * HEARTBEAT_S


@every_build
def test_a_pod_has_time_to_end(folder: Path) -> None:
    deployment, server = one(folder, "Deployment", "yemae"), read_settings(environ(folder)).server
    (container,) = containers(deployment)
    leaving_s = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    # Open connections get a second more, and processes that hang two before they are killed.
    stopping_s = server.shutdown_drain_s + 1 + server.shutdown_grace_s + 2
    given_s = deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert given_s > leaving_s + stopping_s


@every_build
def test_the_server_itself_replaces_a_process_that_hangs(folder: Path) -> None:
    (server,) = containers(one(folder, "Deployment", "yemae"))
    probe = server["livenessProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] > HEARTBEAT_TIMEOUT_S


def connections(settings: Settings, pods_max: int) -> int:
    """What this number of pods may open."""
    each = settings.stores.postgres_connections_max + OTHER_CONNECTIONS
    return pods_max * settings.server.workers * each


def test_postgres_has_connections_for_every_pod_of_an_upgrade() -> None:
    folder = BUILDS[1]
    replicas = one(folder, "HorizontalPodAutoscaler", "yemae")["spec"]["maxReplicas"]
    surge = one(folder, "Deployment", "yemae")["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
    parameters = one(folder, "Cluster", "postgres")["spec"]["postgresql"]["parameters"]
    most = connections(read_settings(environ(folder)), replicas + surge)
    assert most + SPARE_CONNECTIONS <= int(parameters["max_connections"])


def test_a_commit_waits_for_a_standby_and_one_machine_may_be_lost() -> None:
    spec = one(BUILDS[1], "Cluster", "postgres")["spec"]
    synchronous = spec["postgresql"]["synchronous"]
    assert synchronous["dataDurability"] == "required"
    assert spec["postgresql"]["parameters"]["synchronous_commit"] == "on"
    assert spec["instances"] >= synchronous["number"] + 2
    assert spec["affinity"]["podAntiAffinityType"] == "required"


def test_valkey_keeps_fans_in_line_and_has_room_to_write_its_file() -> None:
    lines = one(BUILDS[1], "ConfigMap", "valkey-settings")["data"]["valkey.conf"].splitlines()
    said = dict(line.split(" ", 1) for line in lines if not line.startswith("#"))
    assert said["maxmemory-policy"] == "noeviction"
    assert said["appendonly"] == "yes"
    (valkey,) = containers(one(BUILDS[1], "StatefulSet", "valkey"))
    limit = amount(valkey["resources"]["limits"]["memory"])
    assert amount(said["maxmemory"]) * SPARE_MEMORY <= limit


def test_the_image_is_that_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    images = {it["image"] for pod in pods(BUILDS[1]) for it in pod["spec"]["containers"]}
    ours = {image for image in images if "yemae" in image}
    assert {image.rpartition(":")[2] for image in ours} == {version["version"]}
    assert all(":" in image and not image.endswith(":latest") for image in images)
