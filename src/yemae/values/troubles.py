"""The two kinds of failures that the caller of a command can mend."""


class BadInputError(Exception):
    """What was typed, set or written in a file cannot be used; the text is one sentence."""


class TroubleError(Exception):
    """A store, the disk, an address or another server is in the way; the text is one sentence."""
