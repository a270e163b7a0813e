"""How often mails are asked for, and passkeys and codes are tried; counted for all nodes as one."""

from typing import NamedTuple

from yemae.accounts.passkeys import CHALLENGE_TTL_S
from yemae.store.throttle import Throttle
from yemae.store.valkey import Valkey

# Lost links that may be asked for in this time. Fans of a mobile network share an address.
LINKS_S, LINKS_OF_NETWORK, LINKS_OF_ADDRESS = 600, 60, 5
# Answers of passkeys from one network; as many as wrong passwords.
PASSKEYS_S, PASSKEYS_OF_NETWORK = 60, 30
# Codes of one account: to guess one of a million takes months.
CODES_S, CODES_OF_ACCOUNT = 300, 10


class MailLimits(NamedTuple):
    """How often mails are asked for: from one network, and for one address."""

    network: Throttle
    email: Throttle


class PasskeyLimits(NamedTuple):
    """How often a network answers with a passkey, and how often a challenge is good."""

    network: Throttle
    challenge: Throttle


def mail_limits(valkey: Valkey, what: str) -> MailLimits:
    """The limits of mails of one kind."""
    return MailLimits(
        Throttle(valkey, f"{what}-of-network", LINKS_OF_NETWORK, LINKS_S),
        Throttle(valkey, f"{what}-of-address", LINKS_OF_ADDRESS, LINKS_S),
    )


def passkey_limits(valkey: Valkey) -> PasskeyLimits:
    """The limits of passkeys."""
    return PasskeyLimits(
        Throttle(valkey, "passkeys-of-network", PASSKEYS_OF_NETWORK, PASSKEYS_S),
        Throttle(valkey, "passkey-challenges", 1, CHALLENGE_TTL_S),
    )


def code_limit(valkey: Valkey) -> Throttle:
    """The limit of codes of second factors."""
    return Throttle(valkey, "codes-of-account", CODES_OF_ACCOUNT, CODES_S)
