"""The mails that a server of development shows, as a fan's browser reads them."""

import re

from playwright.sync_api import Page

MAILS = re.compile(r"/dev/mail/[0-9a-f-]+(?=\")")


def link_in_mail(page: Page, address: str, path: str) -> str:
    """The link with this path in the latest mail to an address."""
    listed = page.request.get("/dev/mail").text()
    line = next(line for line in listed.splitlines() if address in line)
    found = MAILS.search(line)
    assert found is not None
    text = page.request.get(found[0]).text()
    link = re.search(rf'href="(http://[^"]+{path}#[\w-]+)"', text)
    assert link is not None, f"{line}: {text}"
    return link[1]
