"""What webhooks, reports and maintenance windows share: admins set them by name, and the audit tells each change."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.audit import AuditEntry
from vitrina_registry.domain.errors import FieldFault, invalid
from vitrina_registry.use_cases.ports import UnitOfWork, World

_UNKNOWN: Final = Text(en="is no source of this installation", ru="нет такого источника")


class Named(Protocol):
    @property
    def name(self) -> str: ...
    def facts(self) -> Mapping[str, Any]:
        """What the audit tells of it: no secrets."""
        ...


def change_entry(world: World, caller: Claims, action: str, before: Named | None, after: Named | None) -> AuditEntry:
    """`action` begins with the kind, as in `webhook_created`. Its target is no exporter: such a name none can have."""
    kind, _, _ = action.partition("_")
    name = next(side.name for side in (after, before) if side)
    sides = [side.facts() if side else None for side in (before, after)]
    return AuditEntry(world.now(), caller.sub, action, f"{kind}:{name}", None, *sides)


def storable(name: str) -> str:
    """PostgreSQL knows no NUL: a name with one fits nothing."""
    return name.replace("\0", "\ufffd")


async def check_sources(uow: UnitOfWork, sources: tuple[str, ...]) -> None:
    """Raises InvalidError, which names each that is none."""
    if not sources:
        return
    known = {name for names in (await uow.sources.names()).values() for name in names}
    faults = [FieldFault(f"sources[{number}]", _UNKNOWN) for number, name in enumerate(sources) if name not in known]
    if faults:
        raise invalid(faults)
