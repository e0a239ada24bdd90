"""Each accepted change grows the revision by one; what changes nothing keeps it; deletion does not reset it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from vitrina_registry.domain.exporter import Declared, Exporter

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
FIRST = Exporter.first("probe", "probe", Declared(labels={"a": "b"}), NOON)


@pytest.mark.parametrize(
    "change",
    [
        lambda exporter: exporter.changed(enabled=False, labels=None, now=LATER),
        lambda exporter: exporter.changed(enabled=None, labels={}, now=LATER),
        lambda exporter: exporter.changed(enabled=False, labels={"c": "d"}, now=LATER),
        lambda exporter: exporter.source_changed(LATER),
        lambda exporter: exporter.restarted(LATER),
        lambda exporter: exporter.deleted_now(LATER),
        lambda exporter: exporter.deleted_now(LATER).created_again("probe", Declared(), LATER),
    ],
)
def test_every_change_grows_the_revision(change: Callable[[Exporter], Exporter]) -> None:
    after = change(FIRST)
    assert after.revision > FIRST.revision
    assert after.updated_at == LATER


@pytest.mark.parametrize("enabled", [None, True])
@pytest.mark.parametrize("labels", [None, {"a": "b"}])
def test_what_changes_nothing_is_the_same_exporter(
    enabled: bool | None,  # noqa: FBT001 - a parameter of the test
    labels: dict[str, str] | None,
) -> None:
    assert FIRST.changed(enabled=enabled, labels=labels, now=LATER) is FIRST


def test_a_name_in_use_again_goes_on_counting() -> None:
    again = FIRST.deleted_now(LATER).created_again("probe", Declared(), LATER)
    assert (again.revision, again.deleted, again.enabled, again.observed) == (3, False, True, None)


def test_a_restart_is_told_apart_from_other_changes() -> None:
    assert FIRST.restarted(LATER).restart_generation == 1
    assert FIRST.source_changed(LATER).restart_generation == 0
