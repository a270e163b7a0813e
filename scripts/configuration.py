"""Writes docs/configuration.md from yemae.settings; `make docs` runs it.

Names, defaults and ranges come from the structure itself; what a setting means stands here. A test
fails when the page is older than the settings, or when a setting has no words.
"""

from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from yemae.settings import Settings, variable

PAGE = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"

INTRODUCTION = """\
# Configuration

<!-- Written by `make docs` (scripts/configuration.py) from src/yemae/settings.py. -->

Everything that an operator can set is an environment variable. `make run` and every `yemae`
command honour them, but for `yemae mock`, whose address comes from its options alone; where a
command has an option of the same name, the option comes first. An empty variable counts as not
set. A value that cannot be used stops the start with one sentence that names the variable and what
is expected. `yemae serve` warns of a `YEMAE_` variable that it does not know. Nothing is read again
while the server runs.

Limits that belong to one concert (how many fans may be inside, how fast they come in, how many
seats one fan may have) are in its [concert file](concert-file.md). How to run Yemae with these
settings is in [operations](operations.md).
"""


class Words(NamedTuple):
    """What a setting means, and its unit where the name does not end in it."""

    meaning: str
    unit: str = ""
    default: str = ""
    range: str = ""


SECTIONS: dict[str, dict[str, Words]] = {
    "Address": {
        "host": Words("The address that it listens on.", range="a name or an IP address"),
        "port": Words("The port that it listens on."),
        "workers": Words(
            "Server processes; each has batches and connections of its own.",
            "processes",
            default="one for each processor",
        ),
    },
    "Page": {
        "page_dir": Words(
            "A page of your own for fans; see [the fan's page](web.md).",
            default="the page that comes with the server",
            range="a folder with an `index.html`",
        ),
    },
    "Data": {
        "data_dir": Words(
            "Where the private stores and the secret key are kept.",
            default="`~/.local/share/yemae`, or `/var/lib/yemae` for root",
            range="a folder; `XDG_DATA_HOME` moves the default",
        ),
        "database_url": Words(
            "The PostgreSQL (16 or newer) to use; [several hosts]"
            "(operations.md#postgresql-with-a-standby) may be named. Empty: a private one is "
            "started.",
            range="`postgresql://…`",
        ),
        "database_owner_url": Words(
            "The same database for `yemae migrate`, where the role of `YEMAE_DATABASE_URL` owns "
            "nothing; see [roles](operations.md#roles). Empty: `YEMAE_DATABASE_URL`.",
            range="`postgresql://…`",
        ),
        "valkey_url": Words(
            "The Valkey (8 or newer) or Redis (7 or newer) to use, one server or a cluster. Of a "
            "cluster, one address or several with commas. Empty: a private one is started.",
            range="`valkey://…`, `redis://…`; `valkeys://…`, `rediss://…` with TLS; "
            "`valkey://one:6379,two:6379`",
        ),
        "secret_key": Words(
            "Signs every token and ticket; the same on every node. Empty: made on the first run "
            "and kept in the data folder.",
            range="32 characters or more",
        ),
        "mode": Words(
            "In production a server with external stores insists on a secret key from here."
        ),
        "currency": Words(
            "Of every wallet, and so of every concert that is sold here (ISO 4217).",
            range="three capital letters",
        ),
    },
    "Logs": {
        "metrics": Words(
            "Who may read `/metrics`: programs of this machine, without a proxy in between; or "
            "everybody who reaches the port, where something in front keeps it from the public."
        ),
        "log_level": Words("The least serious messages that are written."),
        "log_format": Words(
            "`json` for machines, `console` for people, `auto` for console on a terminal and JSON "
            "otherwise."
        ),
        "access_log": Words("Write a line for each request, not only for faults."),
    },
    "Life spans": {
        "hold_ttl_s": Words("How long seats are held for an order that is not paid."),
        "access_token_ttl_s": Words("How long a sign-in lasts."),
        "queue_token_ttl_s": Words("How long a place in a line is good for."),
    },
    "Limits of requests": {
        "streams_per_user_max": Words(
            "Seat maps that one user follows at the same time; beyond this the answer is 429.",
            "streams per process",
        ),
        "streams_per_address_max": Words(
            "Streams to one network address at the same time; beyond this the answer is 429. Many "
            "fans of a mobile network share an address.",
            "streams per process",
        ),
        "connections_max": Words(
            "Connections of clients that a server process keeps open, as far as its limit of open "
            "files allows; one more ends the one that waits longest for its next request.",
            "connections",
        ),
        "body_max_bytes": Words("The longest body that is read; beyond it the answer is 413."),
        "body_wait_s": Words("How long a body may take to arrive; beyond it the answer is 408."),
        "seats_per_order_max": Words("Seats in one order, whatever the concert allows.", "seats"),
        "page_max": Words("Entries on one page of a list.", "entries"),
        "top_up_max": Words(
            "The largest top-up; 0 is what the dearest order in the currency can cost (100 seats "
            "at 100,000,000 each). A concert whose dearest order would be more is refused.",
            "minor units of the currency",
        ),
        "balance_max": Words(
            "The most that a wallet may hold; 0 and the rule for concerts as above.",
            "minor units of the currency",
        ),
        "top_ups_per_user_per_minute": Words(
            "More top-ups than this of one user in a minute get 429.", "top-ups per process"
        ),
        "holds_per_user_per_minute": Words(
            "More tries to hold seats than this of one user in a minute get 429.",
            "holds per process",
        ),
        "holds_per_pass_max": Words(
            "More tries to hold seats than this with one entry token in an hour get 429.",
            "holds per process",
        ),
    },
    "Accounts": {
        "sign_up": Words(
            "Whether fans can make accounts here. `off` where a login of your own stands in front."
        ),
        "guests": Words(
            "Whether fans can go on as guests, without an account. Those who are guests already "
            "stay so."
        ),
        "accounts_per_address_per_minute": Words(
            "New accounts and guests of one network address before the answer is 429. Networks of "
            "phones and schools have many fans behind one address.",
            "accounts per minute",
            default="300 in production, 600 in development",
            range="1–1,000,000,000",
        ),
        "sign_in_failures_per_minute": Words(
            "Wrong passwords for one account from one network address before the answer is 429. "
            "From all addresses together it is ten times as many, and then only addresses that "
            "the account was signed in from in the last 30 days may go on.",
            "tries per minute",
        ),
        "sign_in_failures_per_address_per_minute": Words(
            "Wrong passwords from one network address, for all accounts together, before the "
            "answer is 429. Accounts that were signed in from there before are not refused.",
            "tries per minute",
        ),
        "presale_code_failures_per_address_per_minute": Words(
            "Wrong presale codes for one concert from one network address before the answer is "
            "429, for right ones too.",
            "tries per minute",
        ),
        "password_hash_callers_max": Words(
            "Sign-ups and sign-ins that may wait for their hash before the answer is 503.",
            "callers per process",
        ),
        "password_hash_callers_per_address_max": Words(
            "Those of one network address that may wait before the answer is 429; addresses take "
            "turns.",
            "callers per process",
        ),
    },
    "Batches": {
        "batch_size_max": Words("Requests that share one round trip.", "requests"),
        "batch_lanes": Words(
            "Round trips of one verb that run at once.", "round trips per process"
        ),
        "batch_callers_max": Words(
            "Callers of one verb that may wait before the answer is 503.", "callers per process"
        ),
        "batch_wait_max_s": Words(
            "How long a caller may wait for the start of its round trip before the answer is 503."
        ),
    },
    "Stores": {
        "postgres_connections_max": Words("Connections to PostgreSQL.", "connections per process"),
        "postgres_statement_timeout_s": Words("After this a statement is given up."),
        "postgres_lock_timeout_s": Words(
            "How long a transaction waits for a row that another one has locked; then the answer "
            "is 503. Requests that need other rows do not wait."
        ),
        "postgres_transaction_timeout_s": Words(
            "After this a whole transaction is given up, even if the server itself hangs."
        ),
        "store_connect_timeout_s": Words("How long a connection to PostgreSQL is waited for."),
        "valkey_timeout_s": Words(
            "How long Valkey, or a connection to it, is waited for; in a cluster, also how long a "
            "call waits for a replica to take over."
        ),
        "valkey_connections_max": Words(
            "Connections to Valkey, or to each node of a cluster.", "connections per process"
        ),
        "catalogue_refresh_ms": Words(
            "How soon a server process notices that concerts or their queues' controls changed."
        ),
    },
    "Seat maps": {
        "plans_kept_max": Words("Seat plans that are kept in memory.", "plans per process"),
        "availability_tick_ms": Words("How often those who follow a seat map are told of changes."),
        "availability_tell_ms": Words(
            "How long changes of seats gather before one notice tells the other processes."
        ),
        "availability_check_s": Words(
            "How often the seats that somebody looks at are read from PostgreSQL, in case a notice "
            "was lost."
        ),
        "availability_versions_max": Words(
            "How many changes back a seat map that was away can go on from; older ones begin anew.",
            "changes per performance",
        ),
        "availability_streams_max": Words(
            "Seat maps followed at once; more are answered 503.", "streams per process"
        ),
        "availability_stream_s": Words(
            "After this a stream of a seat map or a queue ends, and its client reconnects."
        ),
    },
    "Waiting room": {
        "admission_tick_ms": Words("How often fans are let in."),
        "queue_snapshot_ms": Words(
            "How often each server process reads a queue's numbers, which answer most polls."
        ),
        "poll_after_min_ms": Words("When a fan at the front is told to ask again."),
        "poll_per_place_ms": Words("How much later for each place further back."),
        "poll_after_max_ms": Words("When a fan far back is told to ask again."),
        "poll_window_s": Words("The time in which the polls of one place are counted."),
        "polls_per_window_max": Words(
            "More polls than this of one place in that time get 429; the place is kept.",
            "polls per process",
        ),
        "polls_after_opening_per_s": Words(
            "Polls of those who joined before the opening are spread to come no faster than this.",
            "polls",
        ),
        "presence_flush_ms": Words("How often Valkey is told who was here."),
        "presence_size_max": Words("How many of those it is told of at once.", "fans"),
        "presence_waiting_max": Words(
            "How many may wait for being told of; beyond this the answer is 503.",
            "fans per process",
        ),
        "joins_per_user_per_minute": Words(
            "More joins than this of one user in a minute get 429.", "joins per process"
        ),
        "challenge_ttl_s": Words(
            "How long a proof-of-work challenge may be solved and used; see "
            "[operations](operations.md#proof-of-work)."
        ),
        "challenge_cost": Words(
            "What one try at a challenge costs; the server makes one try for each challenge that "
            "it hands out.",
            "rounds of PBKDF2",
        ),
        "challenge_counter_max": Words(
            "How many tries a challenge takes at most; half of it on average.", "tries"
        ),
        "seats_count_ms": Words("How often the seats that are left are counted for a queue."),
        "queue_streams_max": Words(
            "How many may follow queues as streams; beyond this the answer is 503.",
            "streams per process",
        ),
        "tick_step_max": Words("How much one Lua call of a tick does of each thing.", "fans"),
        "tick_calls_max": Words("How many such calls a tick makes for one concert.", "calls"),
    },
    "Scheduler and end": {
        "sweep_step_max": Words("How much one step of the :00 job takes.", "rows"),
        "sweep_steps_max": Words("Steps of one kind that one run makes at most.", "steps"),
        "heartbeat_timeout_s": Words(
            "When a server process that gives no sign of life is replaced."
        ),
        "shutdown_drain_s": Words(
            "From SIGTERM, when `/readyz` begins to say 503, until no more requests are taken. "
            "Ctrl-C does not wait for it."
        ),
        "shutdown_grace_s": Words("How long requests under way may take after that."),
        "clock_offset_max_s": Words(
            "Past this difference between its own clock and a store's, a server process is not "
            "ready. From two seconds on it logs an error."
        ),
    },
}
UNITS = {"s": "seconds", "ms": "milliseconds", "bytes": "bytes", "chars": "characters"}


def page() -> str:
    """The page as it should be. Raises KeyError for a setting without words."""
    hints = get_type_hints(Settings, include_extras=True)
    defaults = {field.name: field.default for field in msgspec.structs.fields(Settings)}
    described = [name for section in SECTIONS.values() for name in section]
    wrong = set(described) ^ set(defaults)
    if wrong:
        raise KeyError(f"settings without words, or words without a setting: {sorted(wrong)}")
    parts = [INTRODUCTION]
    for title, section in SECTIONS.items():
        parts.append(f"\n## {title}\n\n")
        parts.append("| Variable | Unit | Default | Range | Meaning |\n|---|---|---|---|---|\n")
        for name, words in section.items():
            unit = words.unit or UNITS.get(name.rsplit("_", 1)[-1], "–")
            default = words.default or _default(defaults[name])
            allowed = words.range or _range(hints[name])
            parts.append(
                f"| `{variable(name)}` | {unit} | {default} | {allowed} | {words.meaning} |\n"
            )
    return "".join(parts)


def _default(value: Any) -> str:
    if value == "":
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`"


def _range(hint: Any) -> str:
    if hint is bool:
        return "`true`, `false`"
    if get_origin(hint) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(hint))
    (meta,) = [each for each in hint.__metadata__ if isinstance(each, Meta)]
    return f"{meta.ge:,}–{meta.le:,}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
