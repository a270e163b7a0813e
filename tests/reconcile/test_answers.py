"""What was answered with success is compared with the books."""

from reconcile.conftest import Sale
from yemae.reconcile.stores import reconcile
from yemae.settings import Settings


async def test_a_payment_that_was_answered_and_is_not_there_is_found(
    sale: Sale, settings: Settings
) -> None:
    paid, held = str(sale.paid.order.id), str(sale.held.id)
    answers = (await reconcile(settings, paid=[paid])).checks
    assert [c.violations for c in answers if c.name == "answer_is_a_fact"] == [0]
    found = await reconcile(settings, paid=[paid, held])
    (check,) = (check for check in found.checks if check.violations)
    assert (check.name, check.looked_at) == ("answer_is_a_fact", 2)
    assert check.examples == (f"order {held} was answered as paid, and is not",)
