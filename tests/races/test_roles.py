"""A role that is given while its account is being deleted."""

import pytest

from races.interleaving import Pause, count, overtake, without
from yemae.accounts import users
from yemae.accounts.access import Identity
from yemae.accounts.roles import Grant
from yemae.back_office import roles
from yemae.concerts import controls
from yemae.runtime import Runtime
from yemae.sale import account_deletion
from yemae.sale.account_deletion import delete_account

GRANTS = "select count(*) from role_grants"


async def give_and_delete(
    runtimes: list[Runtime], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is deleted while a role is given to it and not committed yet."""
    async with runtimes[0].postgres.transaction() as tx:
        await users.ensure_users(tx, ["ann"])
    answers = await overtake(
        database_url,
        Pause(monkeypatch, controls, "log"),
        roles.give(runtimes[0], "op", "ann", Grant("viewer"), None),
        delete_account(runtimes[1], Identity("ann"), 0.0, password=None, address=""),
    )
    assert not [each for each in answers if isinstance(each, BaseException)]


async def test_a_deleted_account_takes_along_the_role_that_it_is_given_meanwhile(
    runtimes: list[Runtime], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give_and_delete(runtimes, database_url, monkeypatch)
    assert await count(database_url, GRANTS) == 0


async def test_control_without_the_lock_of_the_account_its_role_stays(
    runtimes: list[Runtime], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, account_deletion, "LOCK_ACCOUNT", "for update")
    await give_and_delete(runtimes, database_url, monkeypatch)
    assert await count(database_url, GRANTS) == 1
