"""Tokens for those who ask, signed by a key of the tests and verified as in production."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey
from vitrina_contracts.tokens import ALGORITHM, ISSUER, TOKEN_TYPE, Audience, Role
from vitrina_kit.token_check import TokenVerifier


class Actors:
    def __init__(self) -> None:
        self._key = OKPKey.generate_key("Ed25519", {"kid": uuid4().hex, "use": "sig", "alg": ALGORITHM})
        self._keys = json.dumps(KeySet([self._key]).as_dict(private=False)).encode()
        transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=self._keys))
        self.verifier = TokenVerifier(
            "http://auth.test/jwks.json", Audience.REGISTRY, httpx.AsyncClient(transport=transport)
        )

    @property
    def admin(self) -> str:
        return self._token("anna", Role.ADMIN, ["*"])

    def admin_with(self, **claims: Any) -> str:
        """An admin's token with these claims: `exp` in Unix seconds, `sid` of the session."""
        return self._token("anna", Role.ADMIN, ["*"], **claims)

    def manager(self, *sources: str) -> str:
        return self._token("mike", Role.MANAGER, list(sources))

    @contextmanager
    def serving_keys(self) -> Iterator[str]:
        """A real HTTP server with the keys, for a registry in another process; gives its URL."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_KeysHandler, self._keys))
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/jwks.json"
        server.shutdown()
        thread.join()
        server.server_close()

    def _token(self, name: str, role: Role, sources: list[str], **others: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": [Audience.REGISTRY],
            "sub": name,
            "jti": uuid4().hex,
            "iat": now,
            "exp": now + 600,
            "role": role.value,
            "sources": sources,
            "client_id": "tests",
            **others,
        }
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])


class _KeysHandler(BaseHTTPRequestHandler):
    def __init__(self, keys: bytes, *arguments: Any) -> None:
        self._keys = keys
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self._keys)))
        self.end_headers()
        self.wfile.write(self._keys)

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""
