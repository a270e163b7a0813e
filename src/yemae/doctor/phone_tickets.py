"""What is checked of phone tickets: whether the setting can be read, and until when it is good."""

from datetime import datetime, timedelta

from yemae.doctor.findings import Finding, found
from yemae.phone_tickets.keys import read_phone_ticket_keys
from yemae.settings import Settings, SettingsError

SOON = timedelta(days=30)
NAMES = {"apple": "Apple Wallet", "google": "Google Wallet"}


def check_phone_tickets(settings: Settings, now: datetime) -> Finding:
    """Read the keys. Nothing is asked of Apple or Google."""
    try:
        keys = read_phone_ticket_keys(settings)
    except SettingsError as error:
        return found("phone_tickets.bad", sentence=str(error))
    if keys.apple is not None:
        day = f"{keys.apple.expires_at:%Y-%m-%d}"
        if keys.apple.expires_at <= now:
            return found("phone_tickets.expired", day=day)
        if keys.apple.expires_at <= now + SOON:
            return found("phone_tickets.expires", day=day)
    kinds = keys.kinds(now)
    if not kinds:
        return found("phone_tickets.none")
    return found("phone_tickets.made", apps=" and ".join(NAMES[kind] for kind in kinds))
