"""The payment providers, one file each; a provider's module is imported only where it is chosen."""

from collections.abc import Iterator
from contextlib import contextmanager

from yemae.payments.provider import Provider
from yemae.settings import Settings, SettingsError


def require_provider(settings: Settings) -> None:
    """Raises SettingsError for a provider that cannot be used here: one that moves no money where
    tickets are sold, one whose keys or SDK are missing; and where one is missing."""
    match settings.payment_provider():
        case "none" if settings.top_ups() == "card":
            raise SettingsError(
                "YEMAE_TOP_UPS='card' needs a payment provider: YEMAE_PAYMENT_PROVIDER."
            )
        case "test" if settings.server.mode == "production":
            raise SettingsError(
                "YEMAE_PAYMENT_PROVIDER='test' cannot be used in production: it moves no money, "
                "and every card of it pays."
            )
        case "stripe":
            with _extra("stripe"):
                from yemae.payments.providers import stripe  # noqa: PLC0415
            stripe.keys_of(settings)
        case "portone":
            with _extra("portone"):
                from yemae.payments.providers import portone  # noqa: PLC0415
            portone.keys_of(settings)


def provider_of(settings: Settings) -> Provider | None:
    """The provider that the settings name; None: no card payment. Raises SettingsError."""
    require_provider(settings)
    match settings.payment_provider():
        case "test":
            from yemae.payments.providers.test import BankClient  # noqa: PLC0415

            return BankClient.of(settings)
        case "stripe":
            from yemae.payments.providers.stripe import StripeProvider  # noqa: PLC0415

            return StripeProvider.of(settings)
        case "portone":
            from yemae.payments.providers.portone import PortOneProvider  # noqa: PLC0415

            return PortOneProvider.of(settings)
        case "none":
            return None


@contextmanager
def _extra(name: str) -> Iterator[None]:
    """Import what an extra brings."""
    try:
        yield
    except ImportError as error:
        raise SettingsError(
            f"YEMAE_PAYMENT_PROVIDER={name!r} needs its SDK, which is not installed: pip install "
            f"'yemae[{name}]' brings it."
        ) from error
