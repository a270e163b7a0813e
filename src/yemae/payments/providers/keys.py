"""The keys of a payment provider, as the one setting has them: known by their beginnings.

Always holds: no sentence about keys has one in it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from yemae.settings import Settings, SettingsError
from yemae.settings.payments import ADDRESSES

VARIABLE = "YEMAE_PAYMENT_KEYS"
WEBHOOK = "whsec_"


class Keys(NamedTuple):
    """What a provider needs: each kind of key by its beginning, and the signing secrets of its
    webhooks, of which there are two while one is renewed."""

    named: dict[str, str]
    webhook_secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return "Keys(…)"


def read_keys(settings: Settings, wanted: Sequence[tuple[str, ...]]) -> Keys:
    """Read the keys: one of each kind, by its possible beginnings ("" is any other text), and the
    signing secrets. Raises SettingsError."""
    given = settings.payments.payment_keys.split()
    words = [word for word in given if not word.startswith(ADDRESSES)]
    provider = settings.payment_provider()
    secrets = tuple(word for word in words if word.startswith(WEBHOOK))
    named: dict[str, str] = {}
    beginnings = sorted((start for kind in wanted for start in kind), key=len, reverse=True)
    kinds = {start: kind[0] for kind in wanted for start in kind}
    for word in words:
        start = next((each for each in beginnings if word.startswith(each)), None)
        if word in secrets:
            continue
        if start is None or kinds[start] in named:
            expected = " ".join(_shown(kind) for kind in [*wanted, (WEBHOOK,)])
            raise SettingsError(
                f"{VARIABLE} has a key that is not one of {provider}, or two of a kind: expected "
                f"{expected}."
            )
        named[kinds[start]] = word
    missing = [_shown(kind) for kind in wanted if kind[0] not in named]
    if not secrets:
        missing.append(_shown((WEBHOOK,)))
    if missing:
        raise SettingsError(
            f"YEMAE_PAYMENT_PROVIDER={provider!r} needs {', '.join(missing)} in {VARIABLE}, or in "
            f"the file that {VARIABLE}_FILE names."
        )
    return Keys(named, secrets)


def _shown(kind: tuple[str, ...]) -> str:
    return " or ".join(f"{start}…" if start else "API_SECRET" for start in kind)
