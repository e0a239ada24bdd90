"""Codes of an authenticator app (TOTP, RFC 6238): six digits, thirty seconds, secrets encrypted at rest."""

import hmac
from datetime import datetime
from typing import Final

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from vitrina_auth.adapters.qr_code import qr_code
from vitrina_auth.use_cases.ports import NewSecondFactor

_ISSUER: Final = "Vitrina"
_STEP_SECONDS: Final = 30
_DRIFT_STEPS: Final = 1
"""Clocks of people's devices differ."""


class TotpFactors:
    def __init__(self, fernet_keys: list[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in fernet_keys])

    def make(self, username: str) -> NewSecondFactor:
        secret = pyotp.random_base32()
        uri = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=_ISSUER)
        sealed = self._fernet.encrypt(secret.encode())
        return NewSecondFactor(secret=secret, uri=uri, qr_code=qr_code(uri), sealed=sealed)

    def step_of(self, sealed: bytes, code: str, now: datetime) -> int | None:
        try:
            totp = pyotp.TOTP(self._fernet.decrypt(sealed).decode())
        except InvalidToken:  # encrypted with a key that is gone: only a recovery code helps
            return None
        present = int(now.timestamp()) // _STEP_SECONDS
        for step in range(present - _DRIFT_STEPS, present + _DRIFT_STEPS + 1):
            if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
                return step
        return None
