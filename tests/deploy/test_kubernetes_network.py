"""The NetworkPolicies of the production overlay admit what a sale needs and nothing else."""

from typing import Any, NamedTuple

import pytest

from helpers.kustomize import BUILDS, build, containers

Policy = dict[str, Any]

OURS = "yemae"
# As the CloudNativePG operator labels the pods that it makes.
POSTGRES = {"cnpg.io/cluster": "postgres"}
RESOURCES = build(BUILDS[1])
POLICIES = [it for it in RESOURCES if it["kind"] == "NetworkPolicy"]
WORKLOADS = {
    it["metadata"]["name"]: it
    for it in RESOURCES
    if it["kind"] in {"Deployment", "StatefulSet", "Job"}
}


class Peer(NamedTuple):
    """A pod; `ports` are those that it names."""

    namespace: dict[str, str]
    labels: dict[str, str]
    ports: dict[str, int]

    @property
    def is_ours(self) -> bool:
        """Whether our policies hold for it."""
        return self.namespace["kubernetes.io/metadata.name"] == OURS


def ours(name: str) -> Peer:
    """A pod of a workload that we ship."""
    resource = WORKLOADS[name]
    ports = {
        port["name"]: port["containerPort"]
        for container in containers(resource)
        for port in container.get("ports", [])
    }
    labels = resource["spec"]["template"]["metadata"]["labels"]
    return Peer({"kubernetes.io/metadata.name": OURS}, labels, ports)


def other(namespace: str, pod: dict[str, str] | None = None, **labels: str) -> Peer:
    """A pod elsewhere."""
    named = {name.replace("_", "-"): value for name, value in labels.items()}
    return Peer({"kubernetes.io/metadata.name": namespace, **named}, pod or {}, {})


SERVER, MIGRATE, VALKEY = ours("yemae"), ours("yemae-migrate"), ours("valkey")
DATABASE = Peer({"kubernetes.io/metadata.name": OURS}, POSTGRES, {})
INGRESS = other("traefik", yemae_ingress="true")
PROMETHEUS = other("watch", {"app.kubernetes.io/name": "prometheus"}, yemae_monitoring="true")
GRAFANA = other("watch", {"app.kubernetes.io/name": "grafana"}, yemae_monitoring="true")
OPERATOR = other("cnpg-system")
DNS = other("kube-system", {"k8s-app": "kube-dns"})
STRANGER = other("shop", {"app.kubernetes.io/name": "yemae"})

ADMITTED = [
    ("ingress to server", INGRESS, SERVER, 8000),
    ("prometheus to server", PROMETHEUS, SERVER, 8000),
    ("server to database", SERVER, DATABASE, 5432),
    ("server to valkey", SERVER, VALKEY, 6379),
    ("server to dns", SERVER, DNS, 53),
    ("migrate to database", MIGRATE, DATABASE, 5432),
    ("migrate to dns", MIGRATE, DNS, 53),
    ("standby to primary", DATABASE, DATABASE, 5432),
    ("instance to instance", DATABASE, DATABASE, 8000),
    ("operator to instance", OPERATOR, DATABASE, 8000),
    ("prometheus to instance", PROMETHEUS, DATABASE, 9187),
    ("instance to the API", DATABASE, other("api"), 6443),
    ("instance to its backups", DATABASE, other("s3"), 443),
]
REFUSED = [
    ("stranger to server", STRANGER, SERVER, 8000),
    ("stranger to database", STRANGER, DATABASE, 5432),
    ("stranger to valkey", STRANGER, VALKEY, 6379),
    ("ingress to valkey", INGRESS, VALKEY, 6379),
    ("ingress to database", INGRESS, DATABASE, 5432),
    ("ingress to another port", INGRESS, SERVER, 9000),
    ("grafana to server", GRAFANA, SERVER, 8000),
    ("prometheus to database", PROMETHEUS, DATABASE, 5432),
    ("migrate to valkey", MIGRATE, VALKEY, 6379),
    ("server to server", SERVER, SERVER, 8000),
    ("server to the internet", SERVER, other("internet"), 443),
    ("server to another valkey", SERVER, other("internet"), 6379),
    ("server to another database", SERVER, other("internet"), 5432),
    ("valkey to the internet", VALKEY, other("internet"), 443),
    ("valkey to database", VALKEY, DATABASE, 5432),
]


def admits(one: Peer, another: Peer, port: int) -> bool:
    """Whether the first pod may connect to a port of the second, by the rules of the API: once a
    policy selects a pod, only what one of them allows is allowed."""
    return _side("Egress", one, another, another, port) and _side(
        "Ingress", another, one, another, port
    )


def _side(direction: str, pod: Peer, peer: Peer, listener: Peer, port: int) -> bool:
    mine = [
        it["spec"]
        for it in POLICIES
        if pod.is_ours
        and direction in it["spec"]["policyTypes"]
        and _selects(it["spec"]["podSelector"], pod.labels)
    ]
    rules = [rule for spec in mine for rule in spec.get(direction.lower(), [])]
    return not mine or any(_rule(rule, peer, listener, port) for rule in rules)


def _rule(rule: dict[str, Any], peer: Peer, listener: Peer, port: int) -> bool:
    ports = {listener.ports.get(it["port"], it["port"]) for it in rule["ports"]}
    peers = rule.get("to", rule.get("from"))
    return port in ports and (peers is None or any(_peer(it, peer) for it in peers))


def _peer(said: dict[str, Any], peer: Peer) -> bool:
    if "ipBlock" in said:
        return False  # Pods are chosen by labels here; a block is of the machine's own network.
    namespace = said.get("namespaceSelector")
    at_home = peer.is_ours if namespace is None else _selects(namespace, peer.namespace)
    return at_home and _selects(said.get("podSelector", {}), peer.labels)


def _selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    assert set(selector) <= {"matchLabels"}
    wanted: dict[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()


def pairs(cases: list[tuple[str, Peer, Peer, int]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("one", "another", "port"), [pytest.param(*rest, id=name) for name, *rest in cases]
    )


@pairs(ADMITTED)
def test_what_a_sale_needs_is_admitted(one: Peer, another: Peer, port: int) -> None:
    assert admits(one, another, port)


@pairs(REFUSED)
def test_everything_else_is_refused(one: Peer, another: Peer, port: int) -> None:
    assert not admits(one, another, port)


@pytest.mark.parametrize("folder", BUILDS, ids=lambda it: it.name)
def test_every_pod_of_the_namespace_is_refused_first(folder: Any) -> None:
    whole = [
        it["spec"]
        for it in build(folder)
        if it["kind"] == "NetworkPolicy" and it["spec"]["podSelector"] == {}
    ]
    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in whole
