"""A sign-in provider for tests, over real HTTP: OpenID Connect with PKCE, and Naver's OAuth 2.

It checks what a provider checks: the client's secret, the redirect URI, the challenge, and that a
code is used once. Its tokens can be wrong in every way that a client has to notice.
"""

import base64
import hashlib
import itertools
import json
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.requests import Request

from helpers.doubles import Double, Said

# A claim that is there and null; None is a claim that is not there.
NULL = object()
CLIENT, SECRET = "yemae-client", "a secret of the client"
AUDIENCE = "yemae-api"


class SigningKey:
    """A key of the provider: RSA, or of the curve P-256."""

    def __init__(self, kid: str, algorithm: str = "RS256") -> None:
        self.kid, self.algorithm = kid, algorithm
        self.private: Any = (
            ec.generate_private_key(ec.SECP256R1())
            if algorithm.startswith("ES")
            else rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        )

    @property
    def shown(self) -> dict[str, Any]:
        """The public part, as the provider shows it."""
        kind = ECAlgorithm if self.algorithm.startswith("ES") else RSAAlgorithm
        shown: dict[str, Any] = json.loads(kind.to_jwk(self.private.public_key()))
        return {**shown, "kid": self.kid, "use": "sig"}


KEY = SigningKey("first")


class LoginDouble(Double):
    """The provider. `person` is who signs in; `wrong` replaces claims of ID tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = [KEY]
        self.person: dict[str, Any] = {
            "sub": "ann-1", "name": "Ann", "email": "ann@example.com", "email_verified": True,
        }  # fmt: skip
        self.wrong: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._numbers = itertools.count(1)

    def setting(self, **more: Any) -> dict[str, Any]:
        """A provider of the setting that is this double."""
        return {
            "kind": "oidc", "id": "club", "name": {"ko": "팬클럽", "en": "Fan club"},
            "issuer": self.url, "client_id": CLIENT, "client_secret": SECRET, **more,
        }  # fmt: skip

    def consent(self, page: str) -> dict[str, str]:
        """A fan signs in on the page of this address: what the page that they come back to gets."""
        asked = dict(parse_qsl(urlsplit(page).query))
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        code = f"code-{next(self._numbers)}"
        self._codes[code] = asked
        return {"state": asked["state"], "code": code}

    def token(self, key: SigningKey | None = None, **claims: Any) -> str:
        """An access token for the API, as an operator's own login gives it."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": "member-1", "iat": now, "exp": now + 600}
        return self._signed({**usual, **claims}, key)

    def _signed(self, claims: dict[str, Any], key: SigningKey | None = None) -> str:
        key = key or self.keys[0]
        said = {name: value for name, value in claims.items() if value is not None}
        claims = {name: None if value is NULL else value for name, value in said.items()}
        return jwt.encode(claims, key.private, key.algorithm, headers={"kid": key.kid})

    async def answer(self, request: Request, body: bytes) -> Said:
        """Answer as a provider does."""
        match request.url.path:
            case "/.well-known/openid-configuration":
                return Said(200, self._shown())
            case "/keys":
                return Said(200, {"keys": [key.shown for key in self.keys]})
            case "/token" | "/oauth2.0/token":
                return self._exchange(request, dict(parse_qsl(body.decode())))
            case "/v1/nid/me":
                assert request.headers["authorization"] == "Bearer opaque"
                profile = {"id": self.person["sub"], "nickname": self.person["name"]}
                return Said(200, {"resultcode": "00", "response": profile})
        return Said(404, {})

    def _shown(self) -> dict[str, Any]:
        usual = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return {**usual, **self.metadata}

    def _exchange(self, request: Request, given: dict[str, str]) -> Said:
        asked = self._codes.pop(given.get("code", ""), None)
        pair = base64.b64decode(request.headers.get("authorization", " ").partition(" ")[2])
        by_header = pair.decode() == f"{CLIENT}:{SECRET.replace(' ', '%20')}"
        if not by_header and given.get("client_secret") != SECRET:
            return Said(401, {"error": "invalid_client"})
        if asked is None or given["redirect_uri"] != asked["redirect_uri"]:
            return Said(400, {"error": "invalid_grant"})
        if request.url.path == "/oauth2.0/token":
            return Said(200, {"access_token": "opaque", "expires_in": "3600"})
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (asked["code_challenge"], asked["code_challenge_method"]) != (challenge, "S256"):
            return Said(400, {"error": "invalid_grant"})
        now = int(time.time())
        usual = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 600}
        claims = {**usual, "nonce": asked["nonce"], **self.person, **self.wrong}
        return Said(200, {"access_token": "opaque", "id_token": self._signed(claims)})
