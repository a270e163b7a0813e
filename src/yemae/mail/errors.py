"""What can go wrong with mail. Apart from the senders, whose libraries take a while to import."""

from yemae.values.troubles import BadInputError


class MailTroubleError(Exception):
    """The mail server did not take a letter now, or did not say whether it did."""


class MailRefusedError(Exception):
    """The mail server will not take this letter, however often it is tried."""


class TemplatesError(BadInputError):
    """A template cannot be used; the text is one sentence."""
