"""Keep the signing keys fresh, and those in memory equal to those stored."""

from collections.abc import Sequence

from vitrina_auth.domain.audit import Action, AuditEntry
from vitrina_auth.domain.key import SigningKey, plan_rotation
from vitrina_auth.use_cases.ports import Parts, UnitOfWork


async def rotate_keys(parts: Parts) -> None:
    """Creates the next key when it is time to publish it, retires what is no longer needed, and installs the rest."""
    async with parts.open_unit() as unit:
        await unit.keys.lock()
        keys = await _rotated(parts, unit, await unit.keys.all())
        await unit.commit()
    parts.signer.install(keys)


async def _rotated(parts: Parts, unit: UnitOfWork, keys: Sequence[SigningKey]) -> Sequence[SigningKey]:
    now = parts.clock()
    readable = [key for key in keys if parts.key_maker.can_sign_with(key)]
    plan = plan_rotation(keys, readable, now, parts.rotation)
    kept = [key for key in keys if key.kid not in plan.retired]
    if plan.retired:
        await unit.keys.remove(plan.retired)
    if plan.next_signs_from is not None:
        key = parts.key_maker.make(now, plan.next_signs_from)
        await unit.keys.add(key)
        await unit.audit.add(AuditEntry(at=now, action=Action.KEY_CREATED, subject=None, detail={"kid": key.kid}))
        kept.append(key)
    return kept
