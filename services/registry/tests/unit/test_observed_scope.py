"""An observation narrowed to what a manager may know."""

from datetime import UTC, datetime

import pytest
from vitrina_contracts.exporter import ObservedExporter, Phase, SourceState, UnmatchedDevice, UnmatchedDevices
from vitrina_contracts.tokens import Claims, Role
from vitrina_registry.domain.exporter import Declared, Exporter
from vitrina_registry.domain.scope import visible_exporter

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def caller(*sources: str, role: Role = Role.MANAGER) -> Claims:
    return Claims(iss="i", aud="a", sub="mike", jti="j", iat=0, exp=1, role=role, client_id="c", sources=list(sources))


def exporter(phase: Phase, **up: bool) -> Exporter:
    states = [SourceState(name=name, up=state, detail=f"detail of {name}") for name, state in up.items()]
    observed = ObservedExporter(
        phase=phase,
        reason="everything about everybody",
        sources=states,
        unmatched=[UnmatchedDevices(sources=["north", "south"], count=1, sample=[UnmatchedDevice(device_id="7")])],
        exit_code=3,
        observed_at=NOON,
    )
    return Exporter("e", "probe", True, {}, 1, 0, NOON, NOON, observed=observed)


@pytest.mark.parametrize(
    ("phase", "north", "shown", "reason"),
    [
        (Phase.RUNNING, True, Phase.RUNNING, None),
        (Phase.DEGRADED, True, Phase.RUNNING, None),
        (Phase.DEGRADED, False, Phase.DEGRADED, "north: detail of north"),
        (Phase.CRASH_LOOPING, True, Phase.CRASH_LOOPING, None),
        (Phase.STOPPED, True, Phase.STOPPED, None),
    ],
)
def test_phase_and_reason_are_explained_by_own_sources(
    phase: Phase,
    north: bool,  # noqa: FBT001 - a column of the table
    shown: Phase,
    reason: str | None,
) -> None:
    visible = visible_exporter(exporter(phase, north=north, south=False), ["north", "south"], caller("north"))
    assert visible.observed is not None
    assert visible.observed.unmatched == [], "devices of no source are admins' business"
    assert (visible.observed.phase, visible.observed.reason) == (shown, reason)
    assert visible.observed.exit_code is None
    assert visible.source_count == 1


def test_an_admin_sees_it_whole_whatever_the_list_says() -> None:
    whole = exporter(Phase.DEGRADED, north=True, south=False)
    visible = visible_exporter(whole, ["north", "south"], caller(role=Role.ADMIN))
    assert (visible.observed, visible.source_count) == (whole.observed, 2)


def test_nothing_observed_is_nothing_for_everybody() -> None:
    bare = Exporter.first("e", "probe", Declared(), NOON)
    assert visible_exporter(bare, [], caller("north")).observed is None
