"""Signing keys: made once, rotated without a break, published before they sign."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
from cryptography.fernet import Fernet
from joserfc import jwt
from joserfc.jwk import KeySet
from vitrina_auth.adapters.key_vault import KeyVault
from vitrina_auth.adapters.token_signer import KeyRing
from vitrina_auth.app import Auth
from vitrina_auth.testing.clock import MovableClock
from vitrina_auth.testing.people import MakePerson, Person, Rows
from vitrina_auth.use_cases.keys import rotate_keys
from vitrina_auth.use_cases.ports import Parts
from vitrina_contracts.tokens import ISSUER, Audience, Claims, Role

CLAIMS = Claims(
    iss=ISSUER, aud=[Audience.AUTH], sub="ada", jti="1", iat=1, exp=601, role=Role.ADMIN, client_id="web", sources=["*"]
)


def published(parts: Parts) -> KeySet:
    keys: Any = parts.signer.key_set()
    return KeySet.import_key_set(keys)


def another_process(auth: Auth, vault: KeyVault) -> Parts:
    """A second auth on the same database, with its own memory."""
    return replace(auth.parts, key_maker=vault, signer=KeyRing(vault, auth.parts.clock))


async def test_the_key_set_is_public_cacheable_and_free_of_private_parts(person: MakePerson) -> None:
    answer: httpx.Response = await person().client.get("/api/auth/.well-known/jwks.json")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    (key,) = answer.json()["keys"]
    assert {key["kty"], key["crv"], key["use"], key["alg"]} == {"OKP", "Ed25519", "sig", "EdDSA"}
    assert "d" not in key


async def test_for_half_a_year_every_token_verifies_with_a_key_set_fetched_hours_before(
    auth: Auth, clock: MovableClock, rows: Rows
) -> None:
    signed_by = set()
    for _ in range(180 * 4):
        cached = published(auth.parts)
        clock.move(hours=6, minutes=-10)
        token = auth.parts.signer.sign(CLAIMS)
        signed_by.add(jwt.decode(token, cached, algorithms=["EdDSA"]).header["kid"])
        clock.move(minutes=10)
        await rotate_keys(auth.parts)
        assert jwt.decode(token, published(auth.parts), algorithms=["EdDSA"]).claims["sub"] == "ada"
    assert len(signed_by) == 6
    assert len(await rows("SELECT kid FROM auth.signing_keys")) <= 2


async def test_processes_that_start_at_once_agree_on_one_key(empty_auth: Auth) -> None:
    vault = KeyVault([Fernet.generate_key().decode()])
    processes = [another_process(empty_auth, vault) for _ in range(5)]
    await asyncio.gather(*(rotate_keys(parts) for parts in processes))
    assert len({key.kid for parts in processes for key in published(parts).keys}) == 1
    token = processes[0].signer.sign(CLAIMS)
    assert jwt.decode(token, published(processes[4]), algorithms=["EdDSA"]).claims["sub"] == "ada"


async def test_a_lost_secret_key_costs_no_session(auth: Auth, admin: Person) -> None:
    """The old key can sign no more, but what it signed stays valid and a new key signs on."""
    replaced = another_process(auth, KeyVault([Fernet.generate_key().decode()]))
    await rotate_keys(replaced)
    keys = published(replaced)
    assert len(keys.keys) == 2
    assert jwt.decode(admin.token, keys, algorithms=["EdDSA"]).claims["sub"] == "admin"
    new = jwt.decode(replaced.signer.sign(CLAIMS), keys, algorithms=["EdDSA"])
    assert new.header["kid"] != jwt.decode(admin.token, keys, algorithms=["EdDSA"]).header["kid"]


async def test_a_person_stays_signed_in_over_a_rotation(auth: Auth, admin: Person, clock: MovableClock) -> None:
    before = auth.parts.signer.key_set()
    clock.move(days=29.5)
    await rotate_keys(auth.parts)
    assert (await admin.ask("GET", "/me")).status_code == 200
    clock.move(days=1)
    await rotate_keys(auth.parts)
    assert before["keys"][0] in auth.parts.signer.key_set()["keys"]
    assert (await admin.ask("GET", "/me")).status_code == 200


async def test_a_key_is_retired_after_its_last_token(auth: Auth, clock: MovableClock) -> None:
    first = auth.parts.signer.key_set()["keys"][0]["kid"]
    clock.move(days=29, minutes=1)
    await rotate_keys(auth.parts)
    clock.move(days=1, hours=1, minutes=1)
    await rotate_keys(auth.parts)
    assert first not in [key["kid"] for key in auth.parts.signer.key_set()["keys"]]
