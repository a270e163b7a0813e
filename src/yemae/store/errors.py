"""The error of a store that an operator has to look at."""


class StoreError(Exception):
    """A store or its data folder cannot be used; the text is one or two sentences."""
