"""Accounts: our own small issuer of identities. Any other issuer may stand in its place."""
