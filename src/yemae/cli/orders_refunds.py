"""`yemae orders refunds`, `retry-refund` and `pay-out`: refunds that are not paid out."""

from typing import Annotated, Literal

import typer

from yemae.back_office import orders as back_office
from yemae.back_office.orders import OpenRefund
from yemae.cli.examples import examples
from yemae.cli.orders import given_id
from yemae.cli.queue import on_stores
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.concerts.controls import operator
from yemae.payments.refunds import Refund
from yemae.runtime import Stores
from yemae.sale.pay_out import pay_out_refund
from yemae.sale.refund import Refunded, retry_refund
from yemae.values import money
from yemae.values.instants import instant

LISTED_MAX = 1_000


def add_to(app: typer.Typer) -> None:
    """Add the commands to `yemae orders`."""
    app.command(epilog=examples("yemae orders refunds", "yemae orders refunds --all"))(refunds)
    epilog = examples("yemae orders retry-refund 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11 --to wallet")
    app.command("retry-refund", epilog=epilog)(retry)
    epilog = examples("yemae orders pay-out 0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11")
    app.command("pay-out", epilog=epilog)(pay_out)


def refunds(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that wait for the provider only.")
    ] = False,
    json: AsJson = False,
) -> None:
    """List refunds that wait for an operator, newest first: to cards that were declined, or are
    open for too long, and those in cash.

    An open one to a card is looked up until the provider says what it did. One that was declined is
    given back by `retry-refund`; one in cash is noted by `pay-out` as it is handed out.
    """

    async def look(stores: Stores) -> list[OpenRefund]:
        return await back_office.open_refunds(
            stores, is_waiting=not everything, before=None, limit=LISTED_MAX
        )

    found = on_stores(look)
    if json:
        # Only here: the shapes of the API take a while to import.
        from yemae.http.operator.refunds import open_refund  # noqa: PLC0415

        write_json([open_refund(each) for each in found])
        return
    write_table(
        ["Refund", "Order", "To", "Amount", "State", "Why", "Since"],
        [
            (
                str(each.id),
                str(each.order_id),
                each.provider or each.destination,
                money.amount(each.amount, each.currency),
                each.state,
                each.failure or "",
                instant(each.created_at),
            )
            for each in found
        ],
        numbers=["Amount"],
    )


def retry(
    refund: Annotated[str, typer.Argument(metavar="REFUND", help="The refund's id.")],
    *,
    to: Annotated[
        Literal["source", "wallet"], typer.Option(help="source: the card again.")
    ] = "source",
) -> None:
    """Give back once more what was declined, to the card or to the fan's wallet."""
    refund_id = given_id(refund, "refund")

    async def carry_out(stores: Stores) -> Refunded:
        return await retry_refund(stores, operator(), refund_id, to)

    done = on_stores(carry_out)
    back = back_office.to_words(done.parts, done.currency)
    write_line(
        f"{done.refund.order_id}: goes back: {back} ({done.refund.state}) as {done.refund.id}"
    )


def pay_out(
    refund: Annotated[str, typer.Argument(metavar="REFUND", help="The refund's id.")],
) -> None:
    """Note that a refund in cash is handed out. It can be handed out once."""
    refund_id = given_id(refund, "refund")

    async def carry_out(stores: Stores) -> tuple[Refund, str]:
        paid = await pay_out_refund(stores, operator(), refund_id)
        order = (await back_office.show_order(stores, paid.order_id)).order
        return paid, money.amount(paid.amount, order.currency)

    paid, amount = on_stores(carry_out)
    write_line(f"{paid.order_id}: hand out {amount}")
