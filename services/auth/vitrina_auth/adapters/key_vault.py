"""Signing keys: made here, and their private parts encrypted before they reach the database.

The Fernet keys come from `VITRINA_SECRET_KEY_FILE`, one a line, the first encrypts and all decrypt. A private part
that none of them opens is not fatal: its public part stays published, and a new key takes over.
"""

import json
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from joserfc.jwk import OKPKey
from vitrina_contracts.tokens import ALGORITHM

from vitrina_auth.domain.key import SigningKey


class KeyVault:
    def __init__(self, fernet_keys: list[str]) -> None:
        """Raises `ValueError` when a line is no Fernet key."""
        self._fernet = MultiFernet([Fernet(key) for key in fernet_keys])

    def make(self, created_at: datetime, signs_from: datetime) -> SigningKey:
        key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
        public = {name: str(value) for name, value in key.as_dict(private=False).items()}
        sealed = self._fernet.encrypt(json.dumps(key.as_dict(private=True)).encode())
        return SigningKey(
            kid=public["kid"], public_jwk=public, sealed_private=sealed, created_at=created_at, signs_from=signs_from
        )

    def can_sign_with(self, key: SigningKey) -> bool:
        return self.open(key) is not None

    def open(self, key: SigningKey) -> OKPKey | None:
        """The private key, or None when it was encrypted with a key that we do not have."""
        try:
            return OKPKey.import_key(json.loads(self._fernet.decrypt(key.sealed_private)))
        except InvalidToken:
            return None
