"""What YEMAE_VALKEY_URL says, before anything is connected."""

import pytest

from yemae.settings import SettingsError
from yemae.store.failures import require_valkey_url
from yemae.store.slots import Address
from yemae.store.valkey_address import place_of, read_address


def test_each_server_of_a_url_has_the_rest_of_it() -> None:
    assert read_address("valkeys://u:p@one:1,two:2, three/0?health_check_interval=5").urls == (
        "valkeys://u:p@one:1/0?health_check_interval=5",
        "valkeys://u:p@two:2/0?health_check_interval=5",
        "valkeys://u:p@three/0?health_check_interval=5",
    )
    only = read_address("unix:///a%20b/c.sock?db=1")
    assert (only.urls, only.primary) == (("unix:///a%20b/c.sock?db=1",), "")


def test_sentinels_have_their_own_account_and_the_servers_that_of_the_url() -> None:
    found = read_address(
        "valkey+sentinel://fan:a%40b@one,two:2, [::1]/my-master/3"
        "?sentinel_username=s&sentinel_password=p%2F&protocol=2"
    )
    assert found.urls == (
        "valkey://s:p%2F@one:26379?protocol=2",
        "valkey://s:p%2F@two:2?protocol=2",
        "valkey://s:p%2F@[::1]:26379?protocol=2",
    )
    assert found.primary == "my-master"
    assert found.server_url(Address("h", 7)) == "valkey://fan:a%40b@h:7/3?protocol=2"
    assert found.server_url(Address("fe80::1", 7)) == "valkey://fan:a%40b@[fe80::1]:7/3?protocol=2"


@pytest.mark.parametrize(
    ("scheme", "server"),
    [("valkey", "valkey"), ("valkeys", "valkeys"), ("redis", "redis"), ("rediss", "rediss")],
)
def test_both_names_and_tls_have_sentinels(scheme: str, server: str) -> None:
    found = read_address(f"{scheme}+sentinel://one/yemae")
    assert found.urls == (f"{server}://one:26379",)
    assert found.server_url(Address("two", 6379)) == f"{server}://two:6379/"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("valkey+sentinel://one,two", "need the name of the primary"),
        ("http://one", "must specify one of the following schemes"),
        ("http+sentinel://one/yemae", "must specify one of the following schemes"),
        ("valkey+sentinel://one:port/yemae", "YEMAE_VALKEY_URL cannot be used"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_in_one_sentence(url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        require_valkey_url(url)


def test_the_place_of_a_server_is_named_without_the_password() -> None:
    assert place_of("valkey://u:secret@one:1/0") == "one:1"
    assert place_of("unix:///a/b.sock") == "/a/b.sock"
