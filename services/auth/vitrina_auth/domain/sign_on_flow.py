"""One way to the provider and back: what this browser must bring again, so that nobody else's code is taken."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

GOOD_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """`return_to` is the page from which it began, a path of our own."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    return_to: str

    @property
    def challenge(self) -> str:
        """PKCE, S256."""
        hashed = hashlib.sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(hashed).rstrip(b"=").decode()

    def began_with(self, state: str) -> bool:
        return hmac.compare_digest(self.state.encode(), state.encode())


def new_flow(return_to: str) -> Flow:
    return Flow(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        return_to=return_to,
    )
