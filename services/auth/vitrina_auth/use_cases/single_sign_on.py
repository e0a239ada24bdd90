"""Sign in somebody whom the company's provider vouches for: made at the first time, brought up to date at each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.errors import LastAdmin, UserExists
from vitrina_auth.domain.session import EndReason, new_secret
from vitrina_auth.domain.sign_on_flow import Flow
from vitrina_auth.domain.single_sign_on import ClaimRules, Newcomer, NotLetIn, Reason
from vitrina_auth.domain.user import NewUser, User, require_another_admin
from vitrina_auth.use_cases.ports import Parts, UnitOfWork
from vitrina_auth.use_cases.tokens import SignedIn, new_session, new_token, signed_in
from vitrina_auth.use_cases.users import end_everything_of, rights_of


class Provider(Protocol):
    @property
    def issuer(self) -> str: ...

    async def address_for(self, flow: Flow) -> str:
        """Where the browser has to go. Raises `NotLetIn` when the provider does not answer or is not what it says."""
        ...

    async def claims_for(self, flow: Flow, code: str, wanted: frozenset[str]) -> Mapping[str, Any]:
        """What the provider says of who came back with the code. Raises `NotLetIn` when it says nothing that holds."""
        ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """A browser that came back, with the code that the provider gave it; `agent` is what it calls itself."""

    code: str = field(repr=False)
    address: str
    agent: str


async def sign_in_through(
    parts: Parts, provider: Provider, rules: ClaimRules, flow: Flow, arrival: Arrival
) -> SignedIn:
    """Opens a session with the rights that the claims give now; what they gave before ends with its sessions.

    Raises:
        NotLetIn: the claims give no role, the name is somebody else's, the user is disabled here, or nobody would be
            left to administer. It is in the audit then.
    """
    claims = await provider.claims_for(flow, arrival.code, rules.wanted_claims())
    username: str | None = None
    try:
        newcomer = rules.newcomer(provider.issuer, claims)
        username = newcomer.username
        return await _open_session(parts, newcomer, arrival)
    except NotLetIn as refusal:
        await _record_refusal(parts, refusal, username, arrival.address)
        raise


async def _open_session(parts: Parts, newcomer: Newcomer, arrival: Arrival) -> SignedIn:
    now = parts.clock()
    secret = new_secret()
    async with parts.open_unit() as unit:
        await unit.users.lock_rights()
        user = await _present(parts, unit, newcomer, arrival.address)
        session = new_session(user, now, arrival.address, arrival.agent)
        token = new_token(session, secret, now)
        result = signed_in(parts, user, session, secret, token.expires_at)
        await unit.sessions.open(session, token)
        await unit.users.save(replace(user, last_sign_in_at=now))
        detail = {"through": newcomer.account.issuer}
        name = user.username
        await unit.audit.add(
            AuditEntry(at=now, action=Action.SIGN_IN, actor=name, subject=name, address=arrival.address, detail=detail)
        )
        await unit.commit()
    return result


async def _record_refusal(parts: Parts, refusal: NotLetIn, username: str | None, address: str) -> None:
    async with parts.open_unit() as unit:
        detail = {"reason": refusal.reason.value}
        await unit.audit.add(
            AuditEntry(
                at=parts.clock(), action=Action.SIGN_IN_REFUSED, subject=username, address=address, detail=detail
            )
        )
        await unit.commit()


async def _present(parts: Parts, unit: UnitOfWork, newcomer: Newcomer, address: str) -> User:
    found = await unit.users.find_by_provider(newcomer.account)
    if found is None:
        return await _add(parts, unit, newcomer, address)
    user = await unit.users.lock(found.id)
    if user is None or user.disabled:
        raise NotLetIn(Reason.DISABLED)
    if user.grants == newcomer.grants:
        return user
    return await _change(parts, unit, user, newcomer, address)


async def _add(parts: Parts, unit: UnitOfWork, newcomer: Newcomer, address: str) -> User:
    try:
        user = await unit.users.add(
            NewUser(
                username=newcomer.username,
                password_hash=None,
                grants=newcomer.grants,
                must_change_password=False,
                created_at=parts.clock(),
                provider_account=newcomer.account,
            )
        )
    except UserExists as error:
        raise NotLetIn(Reason.NAME_TAKEN) from error
    detail = {"after": rights_of(user), "through": newcomer.account.issuer}
    await unit.audit.add(_by_provider(parts, Action.USER_CREATED, user, address, detail))
    return user


async def _change(parts: Parts, unit: UnitOfWork, before: User, newcomer: Newcomer, address: str) -> User:
    after = replace(before, grants=newcomer.grants, revision=before.revision + 1, updated_at=parts.clock())
    try:
        require_another_admin(before, after, await unit.users.count_enabled_admins())
    except LastAdmin as error:
        raise NotLetIn(Reason.LAST_ADMIN) from error
    await end_everything_of(unit, before, after, EndReason.USER_CHANGED)
    detail = {"before": rights_of(before), "after": rights_of(after), "through": newcomer.account.issuer}
    await unit.audit.add(_by_provider(parts, Action.USER_CHANGED, after, address, detail))
    return after


def _by_provider(parts: Parts, action: Action, user: User, address: str, detail: Mapping[str, object]) -> AuditEntry:
    """No person here did it."""
    return AuditEntry(at=parts.clock(), action=action, subject=user.username, address=address, detail=dict(detail))
