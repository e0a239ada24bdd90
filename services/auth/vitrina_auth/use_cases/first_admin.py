"""The first start: somebody must be able to sign in."""

from vitrina_contracts.tokens import Role

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.grants import grant
from vitrina_auth.domain.user import FIRST_ADMIN, NewUser
from vitrina_auth.use_cases.ports import Parts


async def ensure_first_admin(parts: Parts, password: str, *, must_change_password: bool = False) -> bool:
    """Adds the user `admin` when there is no user at all; returns whether it did.

    The password is the operator's choice: no rule about its length applies. One that a program made must be changed.
    """
    async with parts.open_unit() as unit:
        if await unit.users.count():
            return False
    async with parts.hasher.slot() as slot:
        password_hash = await slot.hash(password)
    now = parts.clock()
    async with parts.open_unit() as unit:
        await unit.users.lock_rights()
        if await unit.users.count():
            return False
        await unit.users.add(
            NewUser(
                username=FIRST_ADMIN,
                password_hash=password_hash,
                grants=grant(Role.ADMIN, None),
                must_change_password=must_change_password,
                created_at=now,
            )
        )
        await unit.audit.add(AuditEntry(at=now, action=Action.USER_CREATED, subject=FIRST_ADMIN))
        await unit.commit()
    return True
