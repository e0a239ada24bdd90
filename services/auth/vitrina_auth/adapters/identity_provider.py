"""The company's OpenID Connect provider: where to send a browser, and what the code that it brings back is worth.

Nothing of the provider is kept between two sign-ins: they are rare, its keys rotate when it likes, and a provider that
is down is seen before somebody is sent there.
"""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, HttpUrl, ValidationError
from vitrina_contracts.endpoints import goes_straight
from vitrina_contracts.source_file import WayOut

from vitrina_auth.adapters.id_token import Expected, proven_claims
from vitrina_auth.domain.sign_on_flow import Flow
from vitrina_auth.domain.single_sign_on import NotLetIn, Reason

_TIMEOUT_SECONDS: Final = 10
_BASIC: Final = "client_secret_basic"


class _Metadata(BaseModel):
    """What the discovery document says; the rest of it is of no use here."""

    model_config = ConfigDict(extra="ignore")

    issuer: str
    authorization_endpoint: HttpUrl
    token_endpoint: HttpUrl
    jwks_uri: HttpUrl
    userinfo_endpoint: HttpUrl | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = (_BASIC,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAccount:
    """How the provider knows us; `secret` None for a public client."""

    client_id: str
    secret: str | None
    redirect_uri: str
    scopes: str

    def __repr__(self) -> str:
        return f"ClientAccount({self.client_id})"


class IdentityProvider:
    def __init__(self, issuer: str, account: ClientAccount, way_out: WayOut) -> None:
        self.issuer = issuer
        self._account = account
        self._trust = ssl.create_default_context()
        if way_out.ca_certificates:
            self._trust.load_verify_locations(cadata=way_out.ca_certificates)
        self._way_out = way_out

    async def address_for(self, flow: Flow) -> str:
        """Where the browser has to go. Raises `NotLetIn` when the provider does not answer or is not what it says."""
        async with self._asking() as client:
            metadata = await self._discover(client)
        query = {
            "response_type": "code",
            "client_id": self._account.client_id,
            "redirect_uri": self._account.redirect_uri,
            "scope": self._account.scopes,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": flow.challenge,
            "code_challenge_method": "S256",
        }
        address = str(metadata.authorization_endpoint)
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

    async def claims_for(self, flow: Flow, code: str, wanted: frozenset[str]) -> Mapping[str, Any]:
        """What the provider says of who came back with the code; claims that the ID token lacks come from userinfo.

        Raises:
            NotLetIn: the provider does not answer, or its answer proves nothing.
        """
        async with self._asking() as client:
            metadata = await self._discover(client)
            tokens = await self._exchange(client, metadata, flow, code)
            keys = await _json(await client.get(str(metadata.jwks_uri)))
            expected = Expected(self.issuer, self._account.client_id, flow.nonce)
            claims = proven_claims(tokens.get("id_token"), keys, expected)
            if metadata.userinfo_endpoint is None or wanted <= claims.keys():
                return claims
            bearer = {"Authorization": f"Bearer {tokens.get('access_token')}"}
            more = await _json(await client.get(str(metadata.userinfo_endpoint), headers=bearer))
        if more.get("sub") != claims["sub"]:
            raise NotLetIn(Reason.REFUSED, "userinfo is about somebody else")
        return {**more, **claims}

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[httpx.AsyncClient]:
        """No redirects are followed: each address is one that the provider published."""
        host = urlsplit(self.issuer).hostname or ""
        proxy = None if goes_straight(host, self._way_out.no_proxy) else self._way_out.https_proxy
        try:
            async with httpx.AsyncClient(
                proxy=proxy, verify=self._trust, trust_env=False, timeout=_TIMEOUT_SECONDS
            ) as client:
                yield client
        except httpx.HTTPError as error:
            raise NotLetIn(Reason.UNAVAILABLE, f"{type(error).__name__}: {error}") from error

    async def _discover(self, client: httpx.AsyncClient) -> _Metadata:
        answer = await client.get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            metadata = _Metadata.model_validate(await _json(answer))
        except ValidationError as error:
            raise NotLetIn(Reason.UNAVAILABLE, f"its discovery document does not fit: {error.errors()[0]}") from error
        if metadata.issuer != self.issuer:
            raise NotLetIn(Reason.REFUSED, f"it calls itself {metadata.issuer!r}")
        return metadata

    async def _exchange(
        self, client: httpx.AsyncClient, metadata: _Metadata, flow: Flow, code: str
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._account.redirect_uri,
            "code_verifier": flow.verifier,
        }
        client_id, secret = self._account.client_id, self._account.secret
        auth = None
        if secret is not None and _BASIC in metadata.token_endpoint_auth_methods_supported:
            # RFC 6749, 2.3.1: both are form-encoded before they become Basic.
            auth = httpx.BasicAuth(quote(client_id, safe=""), quote(secret, safe=""))
        else:
            form |= {"client_id": client_id} | ({"client_secret": secret} if secret is not None else {})
        return await _json(
            await client.post(str(metadata.token_endpoint), data=form, auth=auth or httpx.USE_CLIENT_DEFAULT)
        )


async def _json(answer: httpx.Response) -> dict[str, Any]:
    """The object in an answer.

    Raises:
        NotLetIn: the provider refuses, or answers with something else.
    """
    if answer.is_server_error:
        raise NotLetIn(Reason.UNAVAILABLE, f"{answer.url.host} answers {answer.status_code}")
    if not answer.is_success:
        raise NotLetIn(Reason.REFUSED, f"{answer.url.path} answers {answer.status_code}")
    try:
        body = answer.json()
    except ValueError as error:
        raise NotLetIn(Reason.UNAVAILABLE, f"{answer.url.path} answers no JSON") from error
    if not isinstance(body, dict):
        raise NotLetIn(Reason.UNAVAILABLE, f"{answer.url.path} answers no object")
    return body
