"""The one place where access tokens are made: a person's, a client's, and that of who holds an API token."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from vitrina_contracts.tokens import ISSUER, LIFETIME_SECONDS, Audience, Claims

from vitrina_auth.domain.grants import Grants
from vitrina_auth.use_cases.ports import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """`sid` is what a revocation names; `audience` are the services that the token is for."""

    subject: str
    client_id: str
    grants: Grants
    scope: str
    sid: str
    audience: Sequence[Audience]


def sign(parts: Parts, holder: Holder) -> str:
    """An access token with the holder's rights, from now on."""
    issued_at = int(parts.clock().timestamp())
    return parts.signer.sign(
        Claims(
            iss=ISSUER,
            aud=list(holder.audience),
            sub=holder.subject,
            jti=uuid4().hex,
            iat=issued_at,
            exp=issued_at + LIFETIME_SECONDS,
            role=holder.grants.role,
            scope=holder.scope,
            client_id=holder.client_id,
            sid=holder.sid,
            sources=list(holder.grants.sources),
        )
    )
