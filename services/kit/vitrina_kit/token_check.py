"""Who calls: access tokens verified here with the published keys of auth, which is not asked on each request.

Only what auth signs is accepted: Ed25519 keys, `typ: at+jwt`, our issuer and audience, no critical extensions. A key
is looked up by `kid` in the set from auth and never taken from the token. While auth is down the last set stays valid.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

import httpx
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPBearer
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import ValidationError
from vitrina_contracts.problems import ProblemType
from vitrina_contracts.tokens import (
    ALGORITHM,
    API_TOKEN_PREFIX,
    ISSUER,
    PASSWORD_CHANGE,
    READ_ONLY,
    SECOND_FACTOR_SETUP,
    TOKEN_TYPE,
    Audience,
    Claims,
    Role,
)

from vitrina_kit.api_token_exchange import ApiTokenExchange
from vitrina_kit.problem_handlers import Problem, forbidden, unauthenticated, unavailable
from vitrina_kit.revocations import Revocations

log = structlog.get_logger(__name__)

_CACHE_SIZE: Final = 4096
_LEEWAY_SECONDS: Final = 5
_REFETCH_PAUSE_SECONDS: Final = 10.0
_KEYS_OLD_AFTER_SECONDS: Final = 300.0
_LONGEST_TOKEN: Final = 8192


class TokenVerifier:
    """Verifies access tokens; verified ones are cached, bounded in number and by their own expiry."""

    def __init__(self, jwks_url: str, audience: Audience, client: httpx.AsyncClient | None = None) -> None:
        self.revocations = Revocations()
        self._url = jwks_url
        self._audience = audience
        self._client = client or httpx.AsyncClient(timeout=3, trust_env=False)
        self._exchange = ApiTokenExchange(jwks_url, self._client)
        self._keys = KeySet([])
        self._fetched_at = float("-inf")
        self._fetch_lock = asyncio.Lock()
        self._verified: OrderedDict[str, Claims] = OrderedDict()

    async def verify(self, token: str) -> Claims:
        """The claims of an access token, or of the one that a personal API token stands for.

        Raises a 401 problem for anything that is not a valid token, 503 when no key could ever be fetched.
        """
        if token.startswith(API_TOKEN_PREFIX):
            return await self._of_api_token(token)
        return self._unrevoked(await self._claims(token))

    def remembers(self, token: str) -> bool:
        """Whether this access token, or what an API token stands for, was verified before and still counts: neither
        over nor revoked.

        Without waiting for anything, for whoever answers very often; False says nothing about the token.
        """
        held = self._exchange.held(token) if token.startswith(API_TOKEN_PREFIX) else token
        claims = self._verified.get(held or "")
        return claims is not None and claims.exp + _LEEWAY_SECONDS > time.time() and claims.sid not in self.revocations

    async def _of_api_token(self, token: str) -> Claims:
        held = self._exchange.held(token)
        if held is not None:
            try:
                return self._unrevoked(await self._claims(held))
            except Problem:  # expired or revoked: auth knows whether there is another one
                self._exchange.forget(token)
        return self._unrevoked(await self._claims(await self._exchange.access_token(token)))

    def _unrevoked(self, claims: Claims) -> Claims:
        if claims.sid in self.revocations:
            raise unauthenticated("The access token was revoked; sign in again.", ProblemType.TOKEN_EXPIRED)
        return claims

    async def _claims(self, token: str) -> Claims:
        cached = self._verified.get(token)
        if cached is not None:
            if cached.exp + _LEEWAY_SECONDS > time.time():
                return cached
            del self._verified[token]
        claims = await self._verify(token)
        self._verified[token] = claims
        while len(self._verified) > _CACHE_SIZE:
            self._verified.popitem(last=False)
        return claims

    async def close(self) -> None:
        await self._client.aclose()

    async def _verify(self, token: str) -> Claims:
        if len(token) > _LONGEST_TOKEN:
            raise unauthenticated("The access token is not valid.")
        keys = await self._keys_for(_key_id(token))
        try:
            decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
            _check_header(decoded.header)
            claims = Claims.model_validate(decoded.claims, strict=False)
        except (JoseError, ValueError, TypeError, ValidationError):
            raise unauthenticated("The access token is not valid.") from None
        _check_claims(claims, self._audience)
        return claims

    async def _keys_for(self, key_id: str) -> KeySet:
        """The key set, fetched anew when the key is unknown or the set is old; at most once in ten seconds."""
        if not self._knows(key_id) or self._age() > _KEYS_OLD_AFTER_SECONDS:
            async with self._fetch_lock:
                if self._age() > _REFETCH_PAUSE_SECONDS:
                    await self._fetch()
        if not self._keys.keys:
            raise unavailable("Sign-in keys could not be fetched from auth yet.")
        return self._keys

    def _knows(self, key_id: str) -> bool:
        return any(key.kid == key_id for key in self._keys.keys)

    def _age(self) -> float:
        return time.monotonic() - self._fetched_at

    async def _fetch(self) -> None:
        try:
            answer = await self._client.get(self._url)
            answer.raise_for_status()
            self._keys = KeySet.import_key_set(answer.json())
            self._fetched_at = time.monotonic()
        except (httpx.HTTPError, JoseError, ValueError) as error:
            if self._keys.keys:  # an empty set is asked for again at once: nobody can sign in without it
                self._fetched_at = time.monotonic()
            log.warning("jwks_not_fetched", error=type(error).__name__)


def _key_id(token: str) -> str:
    """The key id of the token's header, which is only used to look a key up."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError):
        raise unauthenticated("The access token is not valid.") from None
    key_id = header.get("kid")
    if not isinstance(key_id, str) or header.get("alg") != ALGORITHM:
        raise unauthenticated("The access token is not valid.")
    return key_id


def _check_header(header: dict[str, Any]) -> None:
    if header.get("typ") != TOKEN_TYPE or "crit" in header:
        msg = "not an access token of ours"
        raise ValueError(msg)


def _check_claims(claims: Claims, audience: Audience) -> None:
    now = time.time()
    if claims.iss != ISSUER or audience not in claims.aud or claims.iat > now + _LEEWAY_SECONDS:
        raise unauthenticated("The access token is not valid.")
    if claims.exp + _LEEWAY_SECONDS <= now:
        raise unauthenticated("The access token has expired; refresh it or sign in again.", ProblemType.TOKEN_EXPIRED)


def install_token_check(app: FastAPI, verifier: TokenVerifier) -> None:
    app.state.tokens = verifier


Check = TypeVar("Check", bound=Callable[..., Any])


def declares(right: str) -> Callable[[Check], Check]:
    """Names the right that a dependency asks for, so that a test can read it off the signature of a route."""

    def mark(check: Check) -> Check:
        vars(check)["right"] = right
        return check

    return mark


_READING: Final = frozenset({"GET", "HEAD"})
_bearer = HTTPBearer(auto_error=False, description="Access token from POST /api/auth/token")


@declares("unfinished")
async def _unfinished(request: Request, _scheme: Annotated[object, Depends(_bearer)]) -> Claims:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated("Send the access token as Authorization: Bearer.")
    verifier: TokenVerifier = request.app.state.tokens
    return await verifier.verify(token)


@declares("signed in")
async def _reader(caller: Annotated[Claims, Depends(_unfinished)]) -> Claims:
    if caller.scope == PASSWORD_CHANGE:
        raise _finish_first(ProblemType.PASSWORD_CHANGE_REQUIRED, "Change your password first.")
    if caller.scope == SECOND_FACTOR_SETUP:
        raise _finish_first(ProblemType.SECOND_FACTOR_REQUIRED, "Set up a second factor first.")
    return caller


@declares("signed in")
async def _caller(request: Request, caller: Annotated[Claims, Depends(_reader)]) -> Claims:
    if caller.scope == READ_ONLY and request.method not in _READING:
        raise forbidden("This needs the scope write; your API token has the scope read.")
    return caller


@declares("public")
async def _public() -> None:
    return None


@declares("manager")
async def _manager(caller: Annotated[Claims, Depends(_caller)]) -> Claims:
    return _require(caller, Role.MANAGER, Role.ADMIN)


@declares("admin")
async def _admin(caller: Annotated[Claims, Depends(_caller)]) -> Claims:
    return _require(caller, Role.ADMIN)


def _require(caller: Claims, *roles: Role) -> Claims:
    if caller.role not in roles:
        raise _missing_right(roles[0], caller.role)
    return caller


def _missing_right(needed: Role, role: Role) -> Problem:
    return forbidden(f"This needs the role {needed}; you have the role {role}.")


def _finish_first(kind: ProblemType, detail: str) -> Problem:
    return Problem(kind, 403, "One step is missing", detail)


UnfinishedCaller = Annotated[Claims, Depends(_unfinished)]
"""Anybody with a valid token, also one who must first change the password or set up a second factor."""
Reader = Annotated[Claims, Depends(_reader)]
"""As `Caller`, on a route that changes nothing although its method says that it may."""
Caller = Annotated[Claims, Depends(_caller)]
"""Anybody with a valid token."""
Manager = Annotated[Claims, Depends(_manager)]
"""A person: manager or admin. What they see is limited by `Claims.sees`."""
Admin = Annotated[Claims, Depends(_admin)]


def _revocations(request: Request) -> Revocations:
    verifier: TokenVerifier = request.app.state.tokens
    return verifier.revocations


TheRevocations = Annotated[Revocations, Depends(_revocations)]
"""For a stream that must end when its caller's token is revoked."""
Public = Depends(_public)
"""For `dependencies=[Public]` of a route that everybody may use: said aloud, as the lack of a right is refused."""
