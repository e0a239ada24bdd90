"""Signing keys at rest, and what is signed with them."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from joserfc import jwt
from joserfc.jwk import KeySet
from vitrina_auth.adapters.key_vault import KeyVault
from vitrina_auth.adapters.token_signer import KeyRing
from vitrina_auth.domain.errors import NoSigningKey
from vitrina_contracts.tokens import ISSUER, Audience, Claims, Role

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CLAIMS = Claims(
    iss=ISSUER, aud=[Audience.AUTH], sub="ada", jti="1", iat=1, exp=601, role=Role.ADMIN, client_id="web", sources=["*"]
)


def secret() -> str:
    return Fernet.generate_key().decode()


def test_the_stored_private_part_is_not_in_clear_and_the_public_part_holds_none() -> None:
    vault = KeyVault([secret()])
    key = vault.make(NOW, NOW)
    private = vault.open(key)
    assert private is not None
    assert str(private.as_dict(private=True)["d"]).encode() not in key.sealed_private
    assert set(key.public_jwk) == {"kty", "crv", "x", "kid", "use", "alg"}


def test_a_new_secret_key_in_front_still_opens_what_the_old_one_sealed() -> None:
    old = secret()
    key = KeyVault([old]).make(NOW, NOW)
    assert KeyVault([secret(), old]).can_sign_with(key)
    assert not KeyVault([secret()]).can_sign_with(key)


def test_a_line_that_is_no_fernet_key_is_refused() -> None:
    with pytest.raises(ValueError, match="Fernet key"):
        KeyVault(["not a key"])


def test_without_a_key_nothing_is_signed_or_published() -> None:
    ring = KeyRing(KeyVault([secret()]), lambda: NOW)
    with pytest.raises(NoSigningKey):
        ring.sign(CLAIMS)
    with pytest.raises(NoSigningKey):
        ring.key_set()


def test_tokens_are_signed_by_the_key_whose_time_has_come_and_verify_with_the_published_set() -> None:
    vault = KeyVault([secret()])
    now = NOW
    ring = KeyRing(vault, lambda: now)
    first, second = vault.make(NOW, NOW), vault.make(NOW, NOW + timedelta(days=1))
    ring.install([first, second])
    tokens = [ring.sign(CLAIMS)]
    now += timedelta(days=1)
    tokens.append(ring.sign(CLAIMS))
    keys = KeySet.import_key_set(json.loads(json.dumps(ring.key_set())))
    decoded = [jwt.decode(token, keys, algorithms=["EdDSA"]) for token in tokens]
    assert [item.header["kid"] for item in decoded] == [first.kid, second.kid]
    assert all(item.header["typ"] == "at+jwt" and item.claims["sub"] == "ada" for item in decoded)
