"""Accounts: the built-in issuer of identities. Any other issuer may stand in its place."""
