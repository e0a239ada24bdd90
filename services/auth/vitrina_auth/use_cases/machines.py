"""Access tokens for what is no person: a client with its secret, and whoever holds a personal API token.

Both come without a refresh token, and reach the data of the services, never accounts: `aud` says so. The secrets are
256 random bits, so there is nothing to guess and no slow hash is needed.
"""

import hmac
from typing import Final

from vitrina_contracts.tokens import MACHINES, READ_ONLY

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.client import can_be_client_id
from vitrina_auth.domain.errors import WrongClient
from vitrina_auth.domain.grants import Grants
from vitrina_auth.domain.session import digest
from vitrina_auth.use_cases.access_tokens import Holder, sign, unfinished
from vitrina_auth.use_cases.ports import Parts

API_TOKEN_CLIENT: Final = "api-token"  # noqa: S105 - the client's name


async def sign_in_client(parts: Parts, client_id: str, secret: str, address: str) -> str:
    """An access token with the client's rights.

    Raises:
        WrongClient: unknown client or wrong secret.
    """
    now = parts.clock()
    async with parts.open_unit() as unit:
        client = await unit.clients.find(client_id) if can_be_client_id(client_id) else None
        if client is None or not hmac.compare_digest(client.digest, digest(secret)):
            raise WrongClient
        access = _sign(parts, client_id, client_id, client.grants, scope=client.scope, sid=client.sid)
        await unit.clients.used(client_id, now)
        await unit.audit.add(
            AuditEntry(at=now, action=Action.CLIENT_SIGN_IN, actor=client_id, subject=client.name, address=address)
        )
        await unit.commit()
    return access


async def exchange_api_token(parts: Parts, value: str) -> str:
    """An access token with the present rights of the API token's owner, limited by its scope.

    Raises:
        WrongClient: no such token, it has expired, or its owner may not sign in, or must first change the password or
            set up a second factor.
    """
    now = parts.clock()
    async with parts.open_unit() as unit:
        token = await unit.api_tokens.find(digest(value))
        owner = await unit.users.find_by_id(token.user_id) if token else None
        if token is None or owner is None or token.expires_at <= now:
            raise WrongClient
        if owner.disabled or unfinished(parts, owner):
            raise WrongClient
        sid = token.sid(owner.revision)
        access = _sign(parts, owner.username, API_TOKEN_CLIENT, owner.grants, scope=token.scope, sid=sid)
        await unit.api_tokens.used(token.id, now)
        await unit.commit()
    return access


def _sign(parts: Parts, subject: str, client_id: str, grants: Grants, *, scope: str, sid: str) -> str:
    """Of a client's or an API token's scope a token tells that it may only read; the rest are its grants."""
    told = READ_ONLY if scope == READ_ONLY else ""
    return sign(
        parts, Holder(subject=subject, client_id=client_id, grants=grants, scope=told, sid=sid, audience=MACHINES)
    )
