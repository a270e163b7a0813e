"""A device in the browser that makes passkeys and signs with them, without a touch."""

from playwright.sync_api import Page


def give_device(page: Page) -> None:
    """Give the tab a device of its own, whose user is always verified."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
