"""Tokens for those who ask, signed by a key of the tests and verified as in production."""

import time
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from vitrina_contracts.tokens import ALGORITHM, AUDIENCE, ISSUER, TOKEN_TYPE, Role
from vitrina_kit.token_check import TokenVerifier


class Actors:
    def __init__(self) -> None:
        self._key = OKPKey.generate_key("Ed25519", {"kid": uuid4().hex, "use": "sig", "alg": ALGORITHM})
        keys = KeySet([self._key]).as_dict(private=False)
        transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=keys))
        self.verifier = TokenVerifier("http://auth.test/jwks.json", httpx.AsyncClient(transport=transport))

    @property
    def admin(self) -> str:
        return self._token("anna", Role.ADMIN, ["*"])

    def manager(self, *sources: str) -> str:
        return self._token("mike", Role.MANAGER, list(sources))

    def _token(self, name: str, role: Role, sources: list[str]) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": name,
            "jti": uuid4().hex,
            "iat": now,
            "exp": now + 600,
            "role": role.value,
            "sources": sources,
            "client_id": "tests",
        }
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
