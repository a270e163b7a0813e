"""The console's screen of what waits for an operator: green while nothing does, one act each."""

from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.console.operators import PHONE, sign_in
from e2e.console.test_fans import sold
from helpers.server import Server

Accessible = Callable[[Page], None]
STUCK = """
insert into messages (kind, cause, order_id, state, attempts, ended_at, error)
values ('order_paid', gen_random_uuid(), %s, 'given_up', 12, now(), '550 no such mailbox')"""
IN_DOUBT = """
insert into checkouts (id, user_id, order_id, concert_id, pass_number, provider, method, amount,
                       currency, state, created_at, expires_at, look_at)
select gen_random_uuid(), user_id, id, %(concert)s, 1, 'test', 'card', 66000, 'KRW', 'in_doubt',
       now(), now() + interval '1 hour', now() + interval '1 hour'
from orders where id = %(order)s"""


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_trouble_is_shown_and_each_has_one_act(
    server: Server,
    kept_database_url: str,
    open_page: Opener,
    new_concert: NewConcert,
    accessible: Accessible,
    size: str,
) -> None:
    concert = new_concert()
    order = sold(server, concert)
    more = PHONE if size == "phone" else {}
    # A role at this concert sees the trouble of this one, whatever other tests leave behind.
    page = sign_in(open_page(locale="en-GB", **more), server.url, f"operator:{concert}")
    page.goto("/console/trouble")
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    accessible(page)
    with psycopg.connect(kept_database_url) as session:
        session.execute(STUCK, [order["id"]])
        session.execute(IN_DOUBT, {"concert": concert, "order": order["id"]})
    mails = page.get_by_role("region", name="Mails that do not get through")
    # The screen asks again by itself.
    expect(mails).to_contain_text("550 no such mailbox")
    payments = page.get_by_role("region", name="Card payments in doubt")
    expect(payments).to_contain_text(order["booking_number"])
    accessible(page)
    payments.get_by_role("button", name="Look up now").click()
    dialog = page.get_by_role("dialog")
    # What was done is done, also where the look after it fails.
    page.route("**/v1/admin/trouble", lambda route: route.abort("internetdisconnected"))
    dialog.get_by_label("Reason (for the log)").fill("The fan is on the phone")
    dialog.get_by_role("button", name="Look up now").click()
    expect(page.get_by_text("It is looked up.")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()
    page.unroute("**/v1/admin/trouble")
    mails.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("The mail is on its way.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with psycopg.connect(kept_database_url) as session:
        session.execute("delete from checkouts where order_id = %s", [order["id"]])
