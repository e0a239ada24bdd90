"""Access tokens for what is no person: a client with its secret, and whoever holds a personal API token.

Both come without a refresh token, and reach the data of the services, never accounts: `aud` says so. The secrets are
256 random bits, so there is nothing to guess and no slow hash is needed.
"""

import hmac
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from vitrina_contracts.tokens import ISSUER, LIFETIME_SECONDS, MACHINES, READ_ONLY, Claims

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.errors import WrongClient
from vitrina_auth.domain.grants import Grants
from vitrina_auth.domain.session import digest
from vitrina_auth.use_cases.ports import Parts

API_TOKEN_CLIENT: Final = "api-token"  # noqa: S105 - the client's name


async def sign_in_client(parts: Parts, client_id: str, secret: str, address: str) -> str:
    """An access token with the client's rights.

    Raises:
        WrongClient: unknown client or wrong secret.
    """
    now = parts.clock()
    async with parts.open_unit() as unit:
        client = await unit.clients.find(client_id)
        if client is None or not hmac.compare_digest(client.digest, digest(secret)):
            raise WrongClient
        access = _sign(parts, _Machine(client_id, client_id, client.grants, client.scope, client.sid))
        await unit.clients.used(client_id, now)
        await unit.audit.add(
            AuditEntry(at=now, action=Action.CLIENT_SIGN_IN, actor=client_id, subject=client.name, address=address)
        )
        await unit.commit()
    return access


async def exchange_api_token(parts: Parts, value: str) -> str:
    """An access token with the present rights of the API token's owner, limited by its scope.

    Raises:
        WrongClient: no such token, it has expired, or its owner may not sign in or must first change the password.
    """
    now = parts.clock()
    async with parts.open_unit() as unit:
        token = await unit.api_tokens.find(digest(value))
        owner = await unit.users.find_by_id(token.user_id) if token else None
        if token is None or owner is None or token.expires_at <= now or owner.disabled or owner.must_change_password:
            raise WrongClient
        sid = token.sid(owner.revision)
        access = _sign(parts, _Machine(owner.username, API_TOKEN_CLIENT, owner.grants, token.scope, sid))
        await unit.api_tokens.used(token.id, now)
        await unit.commit()
    return access


@dataclass(frozen=True, slots=True)
class _Machine:
    subject: str
    client_id: str
    grants: Grants
    scope: str
    sid: str


def _sign(parts: Parts, machine: _Machine) -> str:
    issued_at = int(parts.clock().timestamp())
    return parts.signer.sign(
        Claims(
            iss=ISSUER,
            aud=list(MACHINES),
            sub=machine.subject,
            jti=uuid4().hex,
            iat=issued_at,
            exp=issued_at + LIFETIME_SECONDS,
            role=machine.grants.role,
            scope=READ_ONLY if machine.scope == READ_ONLY else "",
            client_id=machine.client_id,
            sid=machine.sid,
            sources=list(machine.grants.sources),
        )
    )
