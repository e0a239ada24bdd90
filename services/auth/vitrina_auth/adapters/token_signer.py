"""Signs access tokens with the keys in memory, and publishes their public parts."""

from collections.abc import Sequence

from joserfc import jwt
from joserfc.jwk import OKPKey
from vitrina_contracts.tokens import ALGORITHM, TOKEN_TYPE, Claims
from vitrina_kit.clock import Clock

from vitrina_auth.adapters.key_vault import KeyVault
from vitrina_auth.domain.errors import NoSigningKey
from vitrina_auth.domain.key import SigningKey, signing_key


class KeyRing:
    """The keys as last read from the store; signing and publishing need no database."""

    def __init__(self, vault: KeyVault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock
        self._published: tuple[dict[str, str], ...] = ()
        self._readable: tuple[SigningKey, ...] = ()
        self._private: dict[str, OKPKey] = {}

    def install(self, keys: Sequence[SigningKey]) -> None:
        opened = {key.kid: self._private.get(key.kid) or self._vault.open(key) for key in keys}
        self._private = {kid: private for kid, private in opened.items() if private is not None}
        self._readable = tuple(key for key in keys if key.kid in self._private)
        self._published = tuple(key.public_jwk for key in keys)

    def sign(self, claims: Claims) -> str:
        key = signing_key(self._readable, self._clock())
        if key is None:
            raise NoSigningKey
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": key.kid}
        content = claims.model_dump(mode="json")
        return jwt.encode(header, content, self._private[key.kid], algorithms=[ALGORITHM])

    def key_set(self) -> dict[str, list[dict[str, str]]]:
        """The public keys, those of the near future and the near past included.

        Raises:
            NoSigningKey: none could be loaded yet.
        """
        if not self._published:
            raise NoSigningKey
        return {"keys": list(self._published)}
