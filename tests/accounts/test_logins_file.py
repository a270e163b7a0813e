"""The setting of other logins: what it may have, and what is said when it cannot be used."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from yemae.accounts.logins.file import Mapping, is_address, read_logins
from yemae.settings import Settings, SettingsError, read_settings

GOOGLE = {"kind": "google", "client_id": "client", "client_secret": "hush"}
CLUB = {
    "kind": "oidc", "id": "club", "issuer": "https://login.example.com/", "client_id": "client",
    "name": {"ko": "팬클럽", "en": "Fan club"},
}  # fmt: skip
OWN = {"issuer": "https://login.example.com", "audience": "tickets"}


def settings_of(value: Any, **more: object) -> Settings:
    return Settings().replace(sign_in_providers=msgspec.json.encode(value).decode(), **more)


def test_without_a_setting_there_are_none() -> None:
    found = read_logins(Settings())
    assert (found.providers, found.access_tokens) == ([], None)


def test_the_usual_providers_need_only_a_client(tmp_path: Path) -> None:
    file = tmp_path / "logins.json"
    value = {"providers": [{**GOOGLE, "kind": kind} for kind in ("google", "kakao", "naver")]}
    file.write_bytes(msgspec.json.encode(value))
    found = read_logins(read_settings({"YEMAE_SIGN_IN_PROVIDERS_FILE": str(file)}))
    assert [(each.key, each.url, each.scope) for each in found.providers] == [
        ("google", "https://accounts.google.com", "openid email profile"),
        ("kakao", "https://kauth.kakao.com", "openid profile_nickname"),
        ("naver", "https://nid.naver.com", ""),
    ]
    assert found.providers[1].said.ko == "카카오"
    assert "hush" not in repr(found)


def test_any_issuer_has_a_name_of_its_own() -> None:
    (club,) = read_logins(settings_of({"providers": [CLUB], "access_tokens": OWN})).providers
    assert (club.key, club.url, club.said.en) == (
        "club", "https://login.example.com", "Fan club",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"providers": [{**GOOGLE, "roles": {"a": "boss"}}]}, "'boss' is no role: expected viewer"),
        ({"access_tokens": {**OWN, "roles": {"a": "door:"}}}, "'door:' is no role"),
        ([], "Expected `object`, got `array`"),
        ({"providers": [{**GOOGLE, "kind": "myspace"}]}, r"at `\$\.providers\[0\]\.kind`"),
        ({"providers": [{"kind": "google"}]}, "missing required field `client_id`"),
        ({"providers": [{**GOOGLE, "secret": "hush"}]}, "unknown field `secret`"),
        ({"providers": [GOOGLE, GOOGLE]}, "two providers have the id google"),
        ({"providers": [GOOGLE] * 9}, "length <= 8"),
        ({"providers": [{**CLUB, "id": None}]}, "needs `id`, `issuer` and `name`"),
        ({"providers": [{**CLUB, "id": "No Id"}]}, "matching regex"),
        ({"providers": [{**CLUB, "scopes": ["email"]}]}, "the scopes lack `openid`"),
        ({"providers": [{**CLUB, "issuer": "http://login.example.com"}]}, "address of https"),
        ({"access_tokens": {"issuer": "https://a.example"}}, "missing required field `audience`"),
        ({"access_tokens": {**OWN, "algorithms": ["HS256"]}}, "Invalid enum value 'HS256'"),
        ({"access_tokens": {**OWN, "algorithms": ["none"]}}, "Invalid enum value 'none'"),
        ({"access_tokens": {**OWN, "algorithms": []}}, "length >= 1"),
        ({"access_tokens": {**OWN, "issuer": "login"}}, r"at `\$\.access_tokens\.issuer`"),
        ({"access_tokens": {**OWN, "jwks_uri": "x"}}, r"at `\$\.access_tokens\.jwks_uri`"),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is(value: Any, sentence: str) -> None:
    with pytest.raises(SettingsError, match=f"^YEMAE_SIGN_IN_PROVIDERS cannot.*{sentence}") as said:
        read_logins(settings_of(value))
    assert "hush" not in str(said.value)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(SettingsError, match="malformed"):
        read_logins(Settings().replace(sign_in_providers="{hush"))


@pytest.mark.parametrize(
    ("url", "plain", "expected"),
    [
        ("https://login.example.com", False, True),
        ("https://login.example.com:8443/realms/fans", False, True),
        ("http://localhost:9000", True, True),
        ("http://localhost:9000", False, False),
        ("http://login.example.com", True, False),
        ("https://user@login.example.com", True, False),
        ("https://", True, False),
        ("https://[x", True, False),
        ("https://a:b", True, False),
        ("https://한글.example", True, False),
        ("ftp://login.example.com", True, False),
    ],
)
def test_addresses_are_https_or_of_this_machine(url: str, plain: bool, expected: bool) -> None:
    assert is_address(url, plain=plain) is expected


@pytest.mark.parametrize(
    ("claim", "claims", "groups"),
    [
        ("groups", {"groups": ["gold", 1, None]}, ["vip"]),
        ("groups", {"groups": {"gold": True}}, []),
        ("groups", {}, []),
        ("a.b", {"a": {"b": ["gold"]}}, ["vip"]),
        ("a.b", {"a.b": "gold"}, ["vip"]),
        ("a.b", {"a": ["b"]}, []),
        ("https://example.com/roles", {"https://example.com/roles": ["gold", "silver"]}, ["vip"]),
    ],
)
def test_only_groups_that_the_operator_names_count(
    claim: str, claims: dict[str, object], groups: list[str]
) -> None:
    mapping = Mapping(groups_claim=claim, groups={"gold": "vip"}, roles={"staff": "door"})
    assert mapping.groups_of(claims) == groups
    assert mapping.roles_of(claims) == []
    assert mapping.roles_of({claim: "staff"}) == ["door"]
