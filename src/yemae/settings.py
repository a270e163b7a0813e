"""What an operator can set, read once from the environment, and every limit by its name.

One frozen structure: the rest of the program gets it handed in and never reads the environment.
Fields without a note are limits; their unit is the last word of the name. The variable of a field
is `YEMAE_` and the field's name in capitals; docs/configuration.md lists them all from here.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from yemae.values import money

Positive = Annotated[int, Meta(ge=1, le=1_000_000_000)]
Seconds = Annotated[int, Meta(ge=1, le=86_400)]
Currency = Annotated[
    str,
    Meta(
        pattern=f"^(?:{'|'.join(money.DIGITS)})$",
        description="a currency of ISO 4217, three capital letters such as KRW",
    ),
]
AmountMax = Annotated[int, Meta(ge=0, le=money.ORDER_SEATS_MAX * money.PRICE_MAX * 1_000)]

# A developer's or a school's machine makes many fans; in production one address is a household, an
# office, or a part of a mobile network.
ACCOUNTS_PER_MINUTE = {"development": 600, "production": 300}

# Spelt like settings and none: where the flow of the README finds the server.
OTHERS = frozenset({"YEMAE_URL"})

# The fan's page that the build has put beside the code.
BUILT_PAGE = Path(__file__).resolve().parent / "page"


class SettingsError(Exception):
    """An environment variable has a value that cannot be used; the text is one sentence."""


def default_data_dir() -> Path:
    """Where the private stores live unless told otherwise: a folder of this user.

    Root gets the system's place for server data, because a home folder that only root can enter
    would be unreachable for the system user that PostgreSQL has to run as.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/yemae")
    data_home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser() / "yemae"


def default_workers() -> int:
    """One server process for each processor this process may use."""
    return len(os.sched_getaffinity(0))


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set, with its default."""

    # Where it listens, and with how many server processes.
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65_535)] = 8000
    workers: Annotated[int, Meta(ge=1, le=64)] = msgspec.field(default_factory=default_workers)

    # The folder of the fan's page.
    page_dir: Path = BUILT_PAGE

    # Where the data is. An empty URL means: start a private store under data_dir.
    data_dir: Path = msgspec.field(default_factory=default_data_dir)
    database_url: str = ""
    # For migrations, where the role of database_url owns nothing. Empty: database_url.
    database_owner_url: str = ""
    valkey_url: str = ""

    # Signs every token. Empty: made on the first run and kept in data_dir.
    secret_key: str = ""
    # In production, external stores need a secret key from the environment.
    mode: Literal["development", "production"] = "development"

    # Who may read /metrics: this machine, or whoever reaches the port.
    metrics: Literal["local", "all"] = "local"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    # Auto: console on a terminal, JSON otherwise.
    log_format: Literal["auto", "console", "json"] = "auto"
    # Log a line for each request, not only for faults.
    access_log: bool = False

    # Of every wallet, and so of every concert that is sold here (ISO 4217).
    currency: Currency = "KRW"

    # Life spans.
    hold_ttl_s: Seconds = 300
    access_token_ttl_s: Annotated[int, Meta(ge=60, le=2_592_000)] = 43_200
    queue_token_ttl_s: Annotated[int, Meta(ge=60, le=2_592_000)] = 86_400

    # Requests.
    streams_per_user_max: Positive = 12
    streams_per_address_max: Positive = 500
    connections_max: Annotated[int, Meta(ge=1, le=1_000_000)] = 10_000
    body_max_bytes: Positive = 65_536
    body_wait_s: Seconds = 10
    seats_per_order_max: Annotated[int, Meta(ge=1, le=100)] = 20
    page_max: Annotated[int, Meta(ge=1, le=1_000)] = 100
    # 0: as much as the dearest order in this currency can cost.
    top_up_max: AmountMax = 0
    balance_max: AmountMax = 0
    top_ups_per_user_per_minute: Positive = 120
    holds_per_user_per_minute: Positive = 120
    holds_per_pass_max: Positive = 500
    # Accounts.
    sign_up: Literal["open", "off"] = "open"
    guests: Literal["on", "off"] = "on"
    # 0: ACCOUNTS_PER_MINUTE of the mode.
    accounts_per_address_per_minute: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    sign_in_failures_per_minute: Positive = 10
    sign_in_failures_per_address_per_minute: Positive = 30
    presale_code_failures_per_address_per_minute: Positive = 30
    password_hash_callers_max: Positive = 200
    password_hash_callers_per_address_max: Positive = 64

    # Batches: how many requests share a round trip, how many round trips run at once, and how
    # many callers may wait, and how long, before the answer is 503.
    batch_size_max: Annotated[int, Meta(ge=1, le=1_000)] = 128
    batch_lanes: Annotated[int, Meta(ge=1, le=16)] = 2
    batch_callers_max: Positive = 5_000
    batch_wait_max_s: Seconds = 3

    # Stores.
    postgres_connections_max: Annotated[int, Meta(ge=2, le=100)] = 8
    postgres_statement_timeout_s: Seconds = 5
    postgres_lock_timeout_s: Seconds = 2
    postgres_transaction_timeout_s: Seconds = 8
    store_connect_timeout_s: Seconds = 2
    valkey_timeout_s: Seconds = 2
    valkey_connections_max: Annotated[int, Meta(ge=2, le=1_000)] = 32
    catalogue_refresh_ms: Annotated[int, Meta(ge=50, le=60_000)] = 500

    # Seat maps.
    plans_kept_max: Annotated[int, Meta(ge=1, le=10_000)] = 64
    availability_tick_ms: Annotated[int, Meta(ge=50, le=10_000)] = 250
    availability_tell_ms: Annotated[int, Meta(ge=10, le=10_000)] = 100
    availability_check_s: Annotated[int, Meta(ge=1, le=3_600)] = 5
    availability_versions_max: Annotated[int, Meta(ge=1, le=10_000)] = 240
    availability_streams_max: Positive = 5_000
    availability_stream_s: Seconds = 600

    # Waiting room.
    admission_tick_ms: Annotated[int, Meta(ge=50, le=10_000)] = 250
    queue_snapshot_ms: Annotated[int, Meta(ge=50, le=10_000)] = 1_000
    poll_after_min_ms: Annotated[int, Meta(ge=100, le=60_000)] = 1_000
    poll_after_max_ms: Annotated[int, Meta(ge=100, le=60_000)] = 60_000
    poll_per_place_ms: Annotated[int, Meta(ge=1, le=60_000)] = 10
    poll_window_s: Seconds = 10
    polls_per_window_max: Positive = 250
    polls_after_opening_per_s: Positive = 2_000
    presence_flush_ms: Annotated[int, Meta(ge=10, le=10_000)] = 250
    presence_size_max: Annotated[int, Meta(ge=1, le=1_000)] = 200
    presence_waiting_max: Positive = 200_000
    joins_per_user_per_minute: Positive = 600
    challenge_ttl_s: Annotated[int, Meta(ge=10, le=3_600)] = 300
    challenge_cost: Annotated[int, Meta(ge=1, le=100_000)] = 200
    challenge_counter_max: Annotated[int, Meta(ge=1, le=10_000_000)] = 20_000
    seats_count_ms: Annotated[int, Meta(ge=100, le=60_000)] = 2_000
    queue_streams_max: Positive = 5_000
    tick_step_max: Annotated[int, Meta(ge=1, le=1_000)] = 25
    tick_calls_max: Annotated[int, Meta(ge=1, le=1_000)] = 200

    # Scheduler: how many rows one step of the :00 job takes, and how many steps it may make.
    sweep_step_max: Annotated[int, Meta(ge=1, le=10_000)] = 500
    sweep_steps_max: Positive = 400

    # Of server processes: from the last sign of life to the replacement.
    heartbeat_timeout_s: Annotated[int, Meta(ge=2, le=3_600)] = 30

    # From SIGTERM, when a balancer is told to look elsewhere, to the last request that is taken.
    shutdown_drain_s: Annotated[int, Meta(ge=0, le=3_600)] = 5
    shutdown_grace_s: Seconds = 20
    clock_offset_max_s: Seconds = 30

    def new_accounts_max(self) -> int:
        """How many accounts, guests included, one address may make in a minute."""
        return self.accounts_per_address_per_minute or ACCOUNTS_PER_MINUTE[self.mode]

    @property
    def largest_top_up(self) -> int:
        """In minor units of the currency."""
        return self.top_up_max or money.order_max(self.currency)

    @property
    def largest_balance(self) -> int:
        """What a wallet may hold, in minor units of the currency."""
        return self.balance_max or money.order_max(self.currency)


def variable(field: str) -> str:
    """The environment variable that sets a field."""
    return f"YEMAE_{field.upper()}"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read YEMAE_* variables. Raises SettingsError naming the first variable that is wrong."""
    environ = os.environ if environ is None else environ
    hints = get_type_hints(Settings, include_extras=True)
    given: dict[str, object] = {}
    for field in Settings.__struct_fields__:
        text = environ.get(variable(field))
        if text is None or text == "":
            continue
        try:
            given[field] = _parse(text, hints[field])
        except (msgspec.ValidationError, RuntimeError) as error:
            raise SettingsError(
                f"{variable(field)}={text!r} cannot be used: expected {_expected(hints[field])}."
            ) from error
    return Settings(**given)  # type: ignore[arg-type]


def unknown_variables(environ: Mapping[str, str] | None = None) -> list[str]:
    """One sentence for each YEMAE_* variable that sets nothing, with the one probably meant."""
    environ = os.environ if environ is None else environ
    known = {variable(field) for field in Settings.__struct_fields__}
    sentences = []
    for name in sorted(environ):
        if not name.startswith("YEMAE_") or name in known | OTHERS:
            continue
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
        meant = f": did you mean {near[0]}?" if near else "."
        sentences.append(f"{name} is no setting of Yemae and does nothing{meant}")
    return sentences


def _parse(text: str, kind: type) -> object:
    if kind is Path:
        # A RuntimeError when a user of this name is not there.
        return Path(text).expanduser().absolute()
    return msgspec.convert(text, kind, strict=False)


def _expected(hint: Any) -> str:
    """What a variable of this type may be, in words."""
    if hint is bool:
        return "true or false"
    if hint is Path:
        return "the path of a folder"
    if get_origin(hint) is Literal:
        return f"one of {', '.join(get_args(hint))}"
    notes = [note for note in getattr(hint, "__metadata__", ()) if isinstance(note, Meta)]
    if not notes:
        return "text"
    (meta,) = notes
    return meta.description or f"a whole number from {meta.ge} to {meta.le}"
