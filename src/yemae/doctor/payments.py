"""What is checked of card payment: whether the provider takes our keys, and whether money moves."""

import asyncio

from yemae.doctor.findings import Finding, found
from yemae.payments.provider import Provider, UnclearError
from yemae.payments.providers import provider_of
from yemae.settings import Settings, SettingsError

ANSWER_S = 10.0


def check_payments(settings: Settings) -> Finding:
    """Ask the provider, without a payment."""
    try:
        provider = provider_of(settings)
    except SettingsError as error:
        return found("payments.bad", sentence=str(error))
    if provider is None:
        is_production = settings.server.mode == "production"
        return found("payments.none" if is_production else "payments.none_in_development")
    if provider.name == "test":
        return found("payments.test_bank")
    try:
        moves_money = asyncio.run(_ask(provider))
    except (UnclearError, TimeoutError) as error:
        return found("payments.refused", provider=provider.name, reason=str(error) or "no answer")
    return _of_answer(settings, provider.name, moves_money=moves_money)


def _of_answer(settings: Settings, name: str, *, moves_money: bool) -> Finding:
    if url := settings.payments.api_url():
        return found("payments.elsewhere", provider=name, url=url)
    if not moves_money:
        return found("payments.test_mode", provider=name)
    if not settings.origin():
        return found("payments.no_url", provider=name)
    return found("payments.live", provider=name, url=settings.origin())


async def _ask(provider: Provider) -> bool:
    try:
        async with asyncio.timeout(ANSWER_S):
            return await provider.check()
    finally:
        await provider.close()
