"""Logins of others: sign-in providers (OpenID Connect, and Naver's OAuth 2), and access tokens of
an operator's own login.

Always holds: nothing here waits for a provider longer than a few seconds, and no request but those
that sign in with it waits at all. A person is known by the issuer and its subject, never by an
e-mail address.
"""
