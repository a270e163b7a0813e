"""The test bank: a payment provider of our own that moves no money, served in development only.

It is a world of its own: the server reaches it over HTTP (payments/providers/test.py), and it
reaches the server by a webhook. `charges.py` has its rules, `book.py` keeps the charges in Valkey,
so that every server process serves the same bank, `pages.py` is what fans see, `routes.py` the
rest.
"""
