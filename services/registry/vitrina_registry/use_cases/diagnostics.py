"""All that helps somebody else to help with an exporter, in one answer that may be pasted anywhere."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from vitrina_registry.domain.audit import RecordedEntry
from vitrina_registry.domain.errors import RefusedError, UnreadableSecretError
from vitrina_registry.domain.exporter import Exporter
from vitrina_registry.domain.source import Source
from vitrina_registry.use_cases.changes import find_exporter
from vitrina_registry.use_cases.ports import AuditFilter, World

LOG_LINES: Final = 200
CHANGES: Final = 20
REDACTED: Final = "[redacted]"
_SHORTEST_SECRET: Final = 4
"""Shorter ones would take half of every line along, and stand in no log of ours."""


@dataclass(frozen=True)
class Diagnostics:
    exporter: Exporter
    sources: list[Source]
    """Their configuration is to be shown masked."""
    changes: list[RecordedEntry]
    log: list[str]
    """Newest lines; any credential of the exporter's sources in them is blotted out."""
    log_problem: str | None
    """Why there is no log."""


async def diagnose(world: World, name: str) -> Diagnostics:
    async with world.unit_of_work() as uow:
        exporter = await find_exporter(uow, name)
        sources = await uow.sources.of(name)
        changes = await uow.history.audit(AuditFilter(exporter=name), None, CHANGES)
    try:
        log, problem = await world.read_logs(name, LOG_LINES), None
    except RefusedError as error:
        log, problem = [], error.detail.en
    secrets = sorted(_secrets(world, sources), key=len, reverse=True)
    return Diagnostics(exporter, sources, changes, [redacted(line, secrets) for line in log], problem)


def redacted(line: str, secrets: Iterable[str]) -> str:
    """The line without any of the values; longer ones first, so that none is left in half."""
    for secret in secrets:
        line = line.replace(secret, REDACTED)
    return line


def _secrets(world: World, sources: Iterable[Source]) -> set[str]:
    values: list[Any] = []
    for source in sources:
        for field, sealed in source.secrets.items():
            with suppress(UnreadableSecretError):
                values.append(world.vault.open(source.name, field, sealed.ciphertext))
    return {value for value in values if isinstance(value, str) and len(value) >= _SHORTEST_SECRET}
