"""The one place where access tokens are made: a person's, a client's, and that of who holds an API token."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from vitrina_contracts.tokens import ISSUER, LIFETIME_SECONDS, PASSWORD_CHANGE, SECOND_FACTOR_SETUP, Audience, Claims

from vitrina_auth.domain.grants import Grants
from vitrina_auth.domain.user import User
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


def unfinished(parts: Parts, user: User) -> str:
    """What the user has to do before anything else, as a scope; whom a provider vouches for has done it there."""
    if user.provider_account is not None:
        return ""
    if user.must_change_password:
        return PASSWORD_CHANGE
    if user.grants.role in parts.second_factor_roles and not user.has_second_factor:
        return SECOND_FACTOR_SETUP
    return ""


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
