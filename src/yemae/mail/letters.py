"""A letter, and the message that it is sent as. Pure.

Always holds: no text of a letter becomes a header, a part or a second recipient of its own. Two
messages of one letter have the same Message-ID, so a recipient's server can tell them for one.
"""

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple


class Picture(NamedTuple):
    """A PNG that the HTML shows as `cid:NAME`."""

    name: str
    png: bytes


class Letter(NamedTuple):
    """What is said to one recipient, as text and as HTML. `id` is the same whenever the letter is
    sent again."""

    id: str
    to: str
    language: str
    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...] = ()
    calendar: bytes | None = None


def message_of(letter: Letter, sender: Address, now: datetime) -> EmailMessage:
    """The message, ready to be sent."""
    is_ascii = letter.to.isascii()
    message = EmailMessage(policy=policy.SMTP if is_ascii else policy.SMTPUTF8)
    local, _, domain = letter.to.rpartition("@")
    message["From"] = sender
    message["To"] = Address("", local, domain)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.id}@{sender.domain}>"
    # No out-of-office message comes back.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="base64")
    message.add_alternative(letter.html, subtype="html", cte="base64")
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    for picture in letter.pictures:
        html.add_related(
            picture.png,
            "image",
            "png",
            cid=f"<{picture.name}>",
            filename=f"{picture.name}.png",
            disposition="inline",
        )
    if letter.calendar is not None:
        message.add_attachment(
            letter.calendar, maintype="text", subtype="calendar", filename="concert.ics"
        )
    # Last, because what is said of the content before belongs to its first part.
    message["Content-Language"] = letter.language
    return message
