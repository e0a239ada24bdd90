"""Encryption of credentials at rest: Fernet with rotating keys, each ciphertext bound to its source and field.

Bound means: copied to another row or field by whoever can write the database, it does not open, so that nobody can
have a foreign credential sent to an endpoint of their own.
"""

import hmac
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from vitrina_registry.domain.errors import UnreadableSecretError


class FernetVault:
    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: Fernet keys; the first encrypts, all decrypt."""
        self._keys = MultiFernet([Fernet(key) for key in keys])
        self._fingerprint_key = sha256(b"fingerprint" + keys[0].encode()).digest()

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Keys one a line; the first encrypts, all decrypt.

        Raises:
            ValueError: there is no key, or a line is none; the line is named, not shown.
        """
        keys = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                keys.append(_key(line.strip(), path, number))
        if not keys:
            msg = f"{path} holds no key; it needs a Fernet key a line, the current one first"
            raise ValueError(msg)
        return cls(keys)

    def seal(self, source: str, field: str, value: Any) -> str:
        bound = json.dumps({"source": source, "field": field, "value": value})
        return self._keys.encrypt(bound.encode()).decode()

    def fingerprint(self, content: bytes) -> str:
        return hmac.new(self._fingerprint_key, content, sha256).hexdigest()

    def rotate(self, ciphertext: str) -> str:
        """The same content under the current key."""
        try:
            return self._keys.rotate(ciphertext.encode()).decode()
        except InvalidToken:
            raise UnreadableSecretError("no key at hand opens it") from None

    def open(self, source: str, field: str, ciphertext: str) -> Any:
        try:
            bound = json.loads(self._keys.decrypt(ciphertext.encode()))
        except InvalidToken:
            raise UnreadableSecretError(f"{source}.{field}") from None
        if (bound["source"], bound["field"]) != (source, field):
            raise UnreadableSecretError(f"{source}.{field}")
        return bound["value"]


def _key(line: str, path: Path, number: int) -> str:
    try:
        Fernet(line)
    except ValueError:
        msg = f"line {number} of {path} is not a Fernet key (32 bytes, URL-safe base64)"
        raise ValueError(msg) from None
    return line
