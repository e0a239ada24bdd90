"""Composition root: joins the parts, and runs them."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

import httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select
from vitrina_contracts.subjects import AUTH
from vitrina_contracts.tokens import Audience
from vitrina_kit.bus import Bus
from vitrina_kit.clock import Clock, utc_now
from vitrina_kit.database import create_engine, session_factory
from vitrina_kit.health import Health
from vitrina_kit.http_app import create_api, create_internal_app
from vitrina_kit.serving import Listener, serve
from vitrina_kit.settings import read_secret
from vitrina_kit.tasks import background
from vitrina_kit.token_check import TokenVerifier, install_token_check

from vitrina_auth import loops
from vitrina_auth.adapters.identity_provider import ClientAccount, IdentityProvider
from vitrina_auth.adapters.key_vault import KeyVault
from vitrina_auth.adapters.password_hasher import Argon2Hasher
from vitrina_auth.adapters.revocation_publisher import RevocationPublisher
from vitrina_auth.adapters.token_signer import KeyRing
from vitrina_auth.adapters.totp import TotpFactors
from vitrina_auth.adapters.unit_of_work import unit_opener
from vitrina_auth.api import (
    api_tokens,
    audit,
    clients,
    invitations,
    jwks,
    me,
    second_factor,
    sessions,
    single_sign_on,
    token,
    users,
)
from vitrina_auth.api.admission import Admission, rooms
from vitrina_auth.api.flow_cookie import FlowCookie
from vitrina_auth.api.problems import ERRORS
from vitrina_auth.api.refresh_cookie import RefreshCookie
from vitrina_auth.api.single_sign_on import SignOn
from vitrina_auth.domain.errors import NoSigningKey
from vitrina_auth.domain.key import RotationPolicy
from vitrina_auth.settings import AuthSettings
from vitrina_auth.use_cases.ports import Parts
from vitrina_auth.use_cases.relaying import repeat_revocations

VERSION: Final = "0.1.0"
_ROUTERS: Final = (
    token.router,
    single_sign_on.router,
    sessions.router,
    me.router,
    second_factor.router,
    api_tokens.router,
    users.router,
    invitations.router,
    clients.router,
    audit.router,
    jwks.router,
)


@dataclass(frozen=True, slots=True)
class Auth:
    """Everything of one running auth."""

    api: FastAPI
    internal: FastAPI
    parts: Parts
    engine: AsyncEngine
    hasher: Argon2Hasher
    verifier: TokenVerifier
    somebody_can_sign_in: asyncio.Event
    health: Health

    async def close(self) -> None:
        self.hasher.close()
        await self.verifier.close()
        await self.engine.dispose()


def openapi() -> dict[str, Any]:
    """The API's OpenAPI document; needs no settings and nothing that runs."""
    return create_auth_api().openapi()


def create_auth(settings: AuthSettings, clock: Clock = utc_now) -> Auth:
    """Joins the parts; connects to nothing yet.

    Raises:
        ValueError: the secret key file is empty or holds something else than Fernet keys.
    """
    engine = create_engine(settings)
    hasher = Argon2Hasher(settings.argon2_memory_kib)
    fernet_keys = read_secret(settings.secret_key_file).split()
    vault = KeyVault(fernet_keys)
    parts = Parts(
        open_unit=unit_opener(session_factory(engine)),
        hasher=hasher,
        key_maker=vault,
        signer=KeyRing(vault, clock),
        clock=clock,
        second_factors=TotpFactors(fernet_keys),
        second_factor_roles=settings.second_factor_roles,
        rotation=RotationPolicy(period=timedelta(days=settings.signing_key_days)),
    )
    api = create_auth_api()
    api.state.parts = parts
    api.state.refresh_cookie = RefreshCookie(settings.refresh_cookie_secure, settings.public_url)
    api.state.sign_on = _sign_on(settings, fernet_keys)
    verifier = _own_verifier(api)
    install_token_check(api, verifier)
    can_sign_in = asyncio.Event()
    health = _health(engine, parts, can_sign_in)
    internal = create_internal_app(health)
    return Auth(api, internal, parts, engine, hasher, verifier, can_sign_in, health)


async def run(settings: AuthSettings) -> None:
    """Serves until stopped. A database that is down delays sign-ins, not the start."""
    auth = create_auth(settings)
    bus = Bus(settings, "auth", [AUTH])
    publisher = RevocationPublisher(bus, auth.parts.clock)
    bus.on_connect(partial(repeat_revocations, auth.parts, publisher.publish))
    auth.health.add("bus", bus.check, required=False)  # without it a revoked token lives until it expires
    try:
        async with (
            bus,
            background(
                relay=partial(loops.relay, auth.parts, publisher.publish),
                signing_keys=partial(loops.keep_keys_fresh, auth.parts),
                first_admin=partial(loops.make_first_admin, auth.parts, settings, auth.somebody_can_sign_in),
                old_rows=partial(loops.remove_old_rows, auth.parts, timedelta(days=settings.audit_days)),
            ),
        ):
            await serve(
                Listener(auth.api, settings.host, settings.api_port),
                Listener(auth.internal, settings.host, settings.internal_port),
            )
    finally:
        await auth.close()


def create_auth_api() -> FastAPI:
    api = create_api("Vitrina auth", VERSION, ERRORS)
    for router in _ROUTERS:
        api.include_router(router)
    api.add_middleware(Admission, rooms=rooms())
    return api


def _sign_on(settings: AuthSettings, fernet_keys: list[str]) -> SignOn | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret_file = settings.oidc_client_secret_file
    account = ClientAccount(
        client_id=settings.oidc_client_id,
        secret=secret_file.read_text(encoding="utf-8").strip() or None if secret_file else None,
        redirect_uri=f"{settings.public_url}{single_sign_on.CALLBACK}",
        scopes=settings.oidc_scopes,
    )
    return SignOn(
        name=settings.oidc_name,
        provider=IdentityProvider(settings.oidc_issuer, account, settings.way_out),
        rules=settings.claim_rules,
        flows=FlowCookie(tuple(fernet_keys), settings.refresh_cookie_secure),
    )


def _own_verifier(api: FastAPI) -> TokenVerifier:
    """The verifier that every service uses, fed by our own route without the way over the network."""
    client = httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://auth")
    return TokenVerifier(f"http://auth{jwks.router.prefix}{jwks.PATH}", Audience.AUTH, client)


def _health(engine: AsyncEngine, parts: Parts, can_sign_in: asyncio.Event) -> Health:
    async def database() -> str | None:
        async with engine.connect() as connection:
            await connection.execute(select(1))
        return None

    async def signing_key() -> str | None:
        try:
            parts.signer.key_set()
        except NoSigningKey:
            return "no signing key could be loaded yet"
        return None

    async def first_admin() -> str | None:
        return None if can_sign_in.is_set() else "the first admin could not be made yet"

    health = Health()
    health.add("database", database)
    health.add("signing_key", signing_key)
    health.add("first_admin", first_admin)
    return health
