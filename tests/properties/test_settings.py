"""Reading settings: every value is either used or refused by the name of its variable."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.settings import (
    Settings,
    SettingsError,
    read_settings,
    to_environ,
    unknown_variables,
    variable,
)
from yemae.settings.reading import fields
from yemae.settings.removed import REMOVED

FIELDS = [field for _, field, _ in fields()]
GROUPS = {field: group for group, field, _ in fields()}


def value(settings: Settings, field: str) -> object:
    """What a setting is, whichever group has it."""
    return getattr(getattr(settings, GROUPS[field]), field)


NUMBERS = [field for field in FIELDS if isinstance(value(Settings(), field), int)]
NUMBERS.remove("access_log")


# Where 0 is a word of its own: the default, or no drain at all.
ZERO = {field for field in NUMBERS if value(Settings(), field) == 0} | {"shutdown_drain_s"}


@pytest.mark.parametrize("field", sorted(set(NUMBERS) - ZERO))
def test_zero_is_refused_where_it_means_nothing(field: str) -> None:
    with pytest.raises(SettingsError, match=f"^{variable(field)}='0' cannot be used: "):
        read_settings({variable(field): "0"})


@pytest.mark.parametrize("field", NUMBERS)
@pytest.mark.parametrize("text", ["-1", "1.5", "many", "1_000", "99999999999999999999", "0x1"])
def test_a_number_that_cannot_be_used_is_refused_by_name(field: str, text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({variable(field): text})
    assert str(refused.value).startswith(f"{variable(field)}={text!r} cannot be used: ")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("port", "65536"),
        ("mode", "prod"),
        ("log_level", "INFO"),
        ("log_format", "xml"),
        ("access_log", "perhaps"),
        ("currency", "won"),
        ("currency", "KRWX"),
        ("currency", "XYZ"),
        ("workers", "65"),
        ("poll_after_max_ms", "99"),
        ("hold_ttl_s", "86401"),
        ("data_dir", "~no-such-user-of-this-machine/yemae"),
    ],
)
def test_a_value_outside_its_choices_is_refused_by_name(field: str, text: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(variable(field))):
        read_settings({variable(field): text})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("YEMAE_PORT", "abc", "a whole number from 1 to 65535"),
        ("YEMAE_HOLD_TTL_S", "0", "a whole number from 1 to 86400"),
        ("YEMAE_MODE", "prod", "one of development, production"),
        ("YEMAE_TOP_UPS", "paid", "one of free, card, off"),
        ("YEMAE_LOG_FORMAT", "xml", "one of auto, console, json"),
        ("YEMAE_CURRENCY", "won", "a currency of ISO 4217, three capital letters such as KRW"),
        ("YEMAE_ACCESS_LOG", "perhaps", "true or false"),
        ("YEMAE_DATA_DIR", "~no-such-user-of-this-machine", "the path of a folder"),
    ],
)
def test_a_refusal_says_what_is_expected(name: str, text: str, expected: str) -> None:
    assert refusal({name: text}) == f"{name}={text!r} cannot be used: expected {expected}."


def test_every_variable_that_can_be_refused_says_what_is_expected() -> None:
    refused = {field: refusal({variable(field): "~no such value/"}) for field in FIELDS}
    free = {field for field, said in refused.items() if said is None}
    # A server that is given a domain checks the name and the networks.
    https = {"domain", "operators_from", "acme_url"}
    stores = {"database_url", "database_owner_url", "valkey_url", "secret_key"}
    # `yemae doctor` and `yemae mail test` try these.
    mail = {"smtp_url", "mail_from", "public_url"}
    # What they are for reads them.
    keys = {"payment_keys", "phone_tickets", "sign_in_providers"}
    assert free == {"host"} | stores | https | mail | keys
    assert all(said is None or ": expected " in said for said in refused.values())


def test_a_variable_that_sets_nothing_is_named_with_the_one_probably_meant() -> None:
    environ = {
        "YEMAE_PROT": "1",
        "YEMAE_SOMETHING_ELSE": "1",
        "YEMAE_PORT": "1",
        "YEMAE_URL": "http://127.0.0.1:8000",
        "PATH": "/bin",
    }
    assert unknown_variables(environ) == [
        "YEMAE_PROT is no setting of Yemae and does nothing: did you mean YEMAE_PORT?",
        "YEMAE_SOMETHING_ELSE is no setting of Yemae and does nothing.",
    ]


def test_a_variable_of_an_earlier_version_is_named_with_what_holds_now() -> None:
    environ = {"YEMAE_BATCH_LANES": "4", "YEMAE_TOP_UP_MAX": "5"}
    assert unknown_variables(environ) == [
        "YEMAE_BATCH_LANES is no longer a setting: it is 2.",
        "YEMAE_TOP_UP_MAX is no longer a setting: a top-up is limited by YEMAE_BALANCE_MAX.",
    ]


def test_a_name_is_a_setting_or_gone_and_each_setting_has_its_own() -> None:
    assert len(set(FIELDS)) == len(FIELDS)
    assert not {variable(field) for field in FIELDS} & REMOVED.keys()


def test_there_are_no_more_settings_than_an_operator_can_know() -> None:
    """One more needs a reason of an operator; the rest are constants. The latest is
    `phone_tickets`: the keys of an operator at Apple and Google."""
    assert 25 <= len(FIELDS) <= 48


def test_a_name_that_no_group_has_is_an_error() -> None:
    with pytest.raises(TypeError, match="no setting is called batch_lanes"):
        Settings().replace(port=1, batch_lanes=4)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "host": st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
            "port": st.integers(1, 65_535),
            "access_log": st.booleans(),
            "data_dir": st.just(Path("/srv/yemae")),
            "mode": st.sampled_from(["development", "production"]),
        },
    )
)
def test_settings_come_back_from_their_variables(values: dict[str, object]) -> None:
    settings = Settings().replace(**values)
    assert read_settings(to_environ(settings)) == settings
    assert {field: value(settings, field) for field in values} == values


def test_settings_come_back_where_their_files_were_named(tmp_path: Path) -> None:
    named = {"YEMAE_PORT_FILE": _file(tmp_path, "8123")}
    settings = read_settings(named)
    assert settings.server.port == 8123
    assert read_settings(named | to_environ(settings)) == settings


def test_no_setting_is_unknown() -> None:
    names = [variable(field) for field in FIELDS]
    assert unknown_variables(dict.fromkeys(names, "")) == []
    assert unknown_variables({f"{name}_FILE": "" for name in names}) == []


def test_a_secret_can_be_in_a_file(tmp_path: Path) -> None:
    named = {"YEMAE_SECRET_KEY_FILE": _file(tmp_path, "a key in a file\n"), "YEMAE_PORT": "8123"}
    settings = read_settings(named)
    assert settings.stores.secret_key == "a key in a file"
    assert settings.server.port == 8123


def test_a_value_from_a_file_is_refused_as_one_from_a_variable(tmp_path: Path) -> None:
    named = {"YEMAE_PORT_FILE": _file(tmp_path, "abc")}
    assert refusal(named) == refusal({"YEMAE_PORT": "abc"})


def test_a_file_that_gives_no_secret_is_refused(tmp_path: Path) -> None:
    missing, empty = str(tmp_path / "missing"), _file(tmp_path, " \n")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    assert [refusal({"YEMAE_SECRET_KEY_FILE": file}) for file in (missing, str(binary), empty)] == [
        f"YEMAE_SECRET_KEY_FILE={missing!r} cannot be read: No such file or directory.",
        f"YEMAE_SECRET_KEY_FILE={str(binary)!r} cannot be read: it is not text in UTF-8.",
        f"YEMAE_SECRET_KEY_FILE={empty!r} cannot be used: the file is empty.",
    ]


def test_a_setting_and_its_file_exclude_each_other(tmp_path: Path) -> None:
    both = {"YEMAE_PORT": "8123", "YEMAE_PORT_FILE": _file(tmp_path, "8124")}
    assert refusal(both) == "YEMAE_PORT and YEMAE_PORT_FILE are both set: remove one of them."


def _file(folder: Path, text: str) -> str:
    path = folder / "value"
    path.write_text(text)
    return str(path)


def refusal(environ: dict[str, str]) -> str | None:
    """What reading these variables is refused with, or None."""
    try:
        read_settings(environ)
    except SettingsError as refused:
        return str(refused)
    return None


@given(st.sampled_from(FIELDS), st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_in_any_variable_is_used_or_refused(field: str, text: str) -> None:
    refused = refusal({variable(field): text})
    assert refused is None or refused.startswith(f"{variable(field)}=")


@given(st.dictionaries(st.sampled_from(NUMBERS), st.integers(-5, 100_000)))
def test_numbers_within_their_limits_arrive_as_they_are(numbers: dict[str, int]) -> None:
    environ = {variable(field): str(number) for field, number in numbers.items()}
    refused = refusal(environ)
    if refused is None:
        settings = read_settings(environ)
        assert {field: value(settings, field) for field in numbers} == numbers
    else:
        assert refused.startswith(tuple(f"{name}=" for name in environ))


@pytest.mark.parametrize("field", FIELDS)
def test_an_empty_variable_means_the_default(field: str) -> None:
    assert read_settings({variable(field): ""}) == read_settings({})


def test_variables_of_others_are_none_of_our_business() -> None:
    assert read_settings({"PATH": "/bin", "YEMAE_UNKNOWN": "1", "PORT": "x"}) == Settings()


def test_the_environment_of_the_process_is_read_when_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YEMAE_PORT", "8123")
    assert read_settings().server.port == 8123


@pytest.mark.parametrize("text", ["true", "1", "false", "0"])
def test_a_switch_is_on_or_off(text: str) -> None:
    assert read_settings({"YEMAE_ACCESS_LOG": text}).logs.access_log is (text in ("true", "1"))


def test_a_folder_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/fan")
    assert read_settings({"YEMAE_DATA_DIR": "data"}).stores.data_dir == tmp_path / "data"
    assert read_settings({"YEMAE_DATA_DIR": "~/data"}).stores.data_dir == Path("/home/fan/data")
