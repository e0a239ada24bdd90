"""What a caller may learn: admins all, managers only of the sources granted to them.

Every answer about exporters and sources passes through here, so that counts, phases and reasons of foreign sources do
not leak through a field that somebody forgot.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vitrina_contracts.exporter import ObservedExporter, Phase, SourceState
from vitrina_contracts.tokens import Claims, Role

from vitrina_registry.domain.exporter import Exporter


@dataclass(frozen=True)
class VisibleExporter:
    exporter: Exporter
    source_count: int
    observed: ObservedExporter | None


def sees_all(caller: Claims) -> bool:
    return caller.role is Role.ADMIN


def sees(caller: Claims, source: str) -> bool:
    return sees_all(caller) or caller.sees(source)


def visible_exporter(exporter: Exporter, sources: Iterable[str], caller: Claims) -> VisibleExporter:
    """An exporter as the caller may know it; `sources` are the names of all its sources."""
    own = [name for name in sources if sees(caller, name)]
    observed = exporter.observed
    if observed is not None and not sees_all(caller):
        observed = _narrowed(observed, caller)
    return VisibleExporter(exporter, len(own), observed)


def _narrowed(observed: ObservedExporter, caller: Claims) -> ObservedExporter:
    """Phase and reason as the caller's own sources explain them; nothing of the machine it runs on."""
    own = [state for state in observed.sources if caller.sees(state.name)]
    failing = [state for state in own if state.up is False]
    hides_cause = observed.phase is Phase.DEGRADED and not failing
    return ObservedExporter(
        phase=Phase.RUNNING if hides_cause else observed.phase,
        reason="; ".join(_reason(state) for state in failing) or None,
        applied_revision=observed.applied_revision,
        started_at=observed.started_at,
        sources=own,
        observed_at=observed.observed_at,
    )


def _reason(state: SourceState) -> str:
    return f"{state.name}: {state.detail or state.reason or 'fails'}"
