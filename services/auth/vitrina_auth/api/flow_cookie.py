"""What a browser keeps while it is at the provider: sealed, for ten minutes, for these routes alone.

`SameSite=Lax`, since it has to come along when the provider sends the browser back.
"""

import json
from dataclasses import asdict, dataclass
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from fastapi import Request, Response

from vitrina_auth.domain.sign_on_flow import GOOD_FOR, Flow

PATH: Final = "/api/auth/oidc"
_SECONDS: Final = round(GOOD_FOR.total_seconds())


@dataclass(frozen=True, slots=True)
class FlowCookie:
    """`secure` as for the refresh cookie."""

    fernet_keys: tuple[str, ...]
    secure: bool

    def __repr__(self) -> str:
        return f"FlowCookie({self.name})"

    @property
    def name(self) -> str:
        return "__Secure-vitrina_sign_on" if self.secure else "vitrina_sign_on"

    def read(self, request: Request) -> Flow | None:
        """None when there is none, it is too old, or not ours."""
        sealed = request.cookies.get(self.name)
        if sealed is None:
            return None
        try:
            return Flow(**json.loads(self._fernet().decrypt(sealed, ttl=_SECONDS)))
        except (InvalidToken, ValueError, TypeError):
            return None

    def set(self, response: Response, flow: Flow) -> None:
        sealed = self._fernet().encrypt(json.dumps(asdict(flow)).encode()).decode()
        response.set_cookie(
            self.name, sealed, max_age=_SECONDS, path=PATH, secure=self.secure, httponly=True, samesite="lax"
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path=PATH, secure=self.secure, httponly=True, samesite="lax")

    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.fernet_keys])
