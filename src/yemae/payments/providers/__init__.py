"""The payment providers, one file each; a provider's module is imported only where it is chosen."""

from yemae.payments.provider import Provider
from yemae.settings import Settings, SettingsError


def require_provider(settings: Settings) -> None:
    """Raises SettingsError for a provider that cannot be used here, and where one is missing."""
    provider, is_production = settings.payment_provider(), settings.server.mode == "production"
    if provider == "test" and is_production:
        raise SettingsError(
            "YEMAE_PAYMENT_PROVIDER='test' cannot be used in production: it moves no money, and "
            "every card of it pays."
        )
    if provider == "none" and settings.top_ups() == "card":
        raise SettingsError(
            "YEMAE_TOP_UPS='card' needs a payment provider: YEMAE_PAYMENT_PROVIDER."
        )


def provider_of(settings: Settings) -> Provider | None:
    """The provider that the settings name; None: no card payment. Raises SettingsError."""
    require_provider(settings)
    match settings.payment_provider():
        case "test":
            from yemae.payments.providers.test import BankClient  # noqa: PLC0415

            return BankClient.of(settings)
        case _:
            return None
