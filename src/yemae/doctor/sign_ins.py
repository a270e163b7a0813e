"""What is checked of logins elsewhere: whether the setting can be read, and each issuer answers."""

import asyncio

from yemae.accounts.logins.file import ALGORITHMS, LoginsFile, read_logins
from yemae.accounts.logins.metadata import IssuerInfo
from yemae.base.web_client import WebClient
from yemae.doctor.findings import Finding, found
from yemae.refusals import IdentityProviderUnavailable
from yemae.settings import Settings, SettingsError

ANSWER_S = 5.0
CONNECTIONS = 8


def check_sign_ins(settings: Settings) -> Finding:
    """Read the metadata of every issuer. Naver has none, and is not asked."""
    try:
        file = read_logins(settings)
    except SettingsError as error:
        return found("sign_ins.bad", sentence=str(error))
    urls = [each.url for each in file.providers if each.kind != "naver"]
    if file.access_tokens is not None and file.access_tokens.jwks_uri is None:
        urls.append(file.access_tokens.issuer)
    if not file.providers and file.access_tokens is None:
        return found("sign_ins.none")
    if silent := asyncio.run(_silent(settings, sorted(set(urls)))):
        return found("sign_ins.silent", issuers=", ".join(silent))
    return found("sign_ins.answer", providers=_named(file))


def _named(file: LoginsFile) -> str:
    names = [each.key for each in file.providers]
    return ", ".join(names if file.access_tokens is None else [*names, "the own login"])


async def _silent(settings: Settings, urls: list[str]) -> list[str]:
    """The issuers that do not answer, or not with what can be used."""
    client, plain = WebClient(ANSWER_S, CONNECTIONS), settings.server.mode == "development"
    issuers = [IssuerInfo(client, url, ALGORITHMS, plain=plain) for url in urls]
    try:
        asked = await asyncio.gather(*(each.metadata() for each in issuers), return_exceptions=True)
    finally:
        await client.close()
    faults = [each for each in asked if isinstance(each, BaseException)]
    for fault in faults:
        if not isinstance(fault, IdentityProviderUnavailable):
            raise fault
    return [url for url, said in zip(urls, asked, strict=True) if isinstance(said, BaseException)]
