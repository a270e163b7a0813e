"""The text of a ticket link: only ours is read, and each has one text."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from yemae.orders.ticket_link import TicketLink, TicketLinks

LINKS = TicketLinks("a secret of this server")
OTHERS = TicketLinks("another secret")
ORDERS = st.uuids()
REVISIONS = st.integers(0, 65_535)
# 34 bytes in Base64.
LINK_CHARS = 46
SOME = TicketLink(UUID(int=1), 0)


@given(ORDERS, REVISIONS)
def test_a_link_is_read_as_it_was_made_and_by_no_other_server(order: UUID, revision: int) -> None:
    link = TicketLink(order, revision)
    text = LINKS.text(link)
    assert len(text) == LINK_CHARS
    assert LINKS.read(text) == link
    assert OTHERS.read(text) is None


@given(st.integers(0, LINK_CHARS - 1), st.sampled_from("ABab01-_"))
def test_a_text_with_another_character_is_no_link(place: int, character: str) -> None:
    text = LINKS.text(SOME)
    changed = text[:place] + character + text[place + 1 :]
    assert (LINKS.read(changed) is None) == (changed != text)


@given(st.text(max_size=60))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert LINKS.read(text) is None
