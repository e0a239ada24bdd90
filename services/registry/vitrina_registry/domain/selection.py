"""Selections of sources that share an account, and what two of them may not both claim. Pure.

Refused is what could give one device to two sources by the same means. That an id stands in one source and a pattern
that fits the device's name in another is none: the id counts (`vitrina_contracts.selection`).
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from vitrina_contracts.manifest import Text
from vitrina_contracts.selection import ANY, ONE, DeviceSelection, folded

from vitrina_registry.domain.errors import FieldFault

MOST_FAULTS: Final = 50


def selection_of(fields: Mapping[str, str], config: Mapping[str, Any]) -> DeviceSelection | None:
    """What a checked configuration selects, by the manifest's `selection_fields`; null: every device of the account."""
    if not fields:
        return None
    ids, names, rest = (config.get(fields[kind]) for kind in ("ids", "names", "rest"))
    if not (ids or names or rest):
        return None
    return DeviceSelection(ids=tuple(ids or ()), names=tuple(names or ()), rest=bool(rest))


def without_selection(fields: Mapping[str, str], config: Mapping[str, Any]) -> dict[str, Any]:
    chosen = set(fields.values())
    return {name: value for name, value in config.items() if name not in chosen}


def overlap_faults(
    fields: Mapping[str, str], own: DeviceSelection | None, others: Mapping[str, DeviceSelection | None]
) -> list[FieldFault]:
    """What `own` would claim although one of `others`, by name of their sources, has it; fifty at most."""
    found = (fault for name, other in others.items() for fault in _overlap(fields, own, name, other))
    return list(islice(found, MOST_FAULTS))


def patterns_meet(one: str, other: str) -> bool:
    """Whether some name fits both patterns."""
    one, other = folded(one), folded(other)
    reached = {(0, 0)}
    waiting = [(0, 0)]
    while waiting:
        at = waiting.pop()
        if at == (len(one), len(other)):
            return True
        for step in _steps(one, other, at):
            if step not in reached:
                reached.add(step)
                waiting.append(step)
    return False


def _steps(one: str, other: str, at: tuple[int, int]) -> Iterator[tuple[int, int]]:
    here, there = at
    left, right = one[here : here + 1], other[there : there + 1]
    if left == ANY:
        yield here + 1, there
    if right == ANY:
        yield here, there + 1
    if left == ANY and right:
        yield here, there + 1
    if right == ANY and left:
        yield here + 1, there
    if left and right and (left == right or ONE in {left, right}):
        yield here + 1, there + 1


def _overlap(
    fields: Mapping[str, str], own: DeviceSelection | None, name: str, other: DeviceSelection | None
) -> Iterator[FieldFault]:
    if own is None or other is None:
        yield FieldFault(f"config.{fields['ids']}", _selects_nothing(name) if own is None else _has_everything(name))
        return
    taken = set(other.ids)
    for place, device in enumerate(own.ids):
        if device in taken:
            yield FieldFault(f"config.{fields['ids']}[{place}]", _same(device, name))
    for place, pattern in enumerate(own.names):
        met = next((theirs for theirs in other.names if patterns_meet(pattern, theirs)), None)
        if met is not None:
            yield FieldFault(f"config.{fields['names']}[{place}]", _meets(pattern, met, name))
    if own.rest and other.rest:
        yield FieldFault(f"config.{fields['rest']}", _two_rests(name))


def _selects_nothing(source: str) -> Text:
    return Text(
        en=f"the source {source} has devices of this account already: select those that are this one's",
        ru=f"устройства этой учётной записи есть у источника {source}: выберите, какие из них относятся к этому",  # noqa: RUF001 - Russian
    )


def _has_everything(source: str) -> Text:
    return Text(
        en=f"the source {source} has every device of this account: select its own there first",
        ru=f"все устройства этой учётной записи у источника {source}: сначала выберите там, какие к нему относятся",  # noqa: RUF001 - Russian
    )


def _same(device: str, source: str) -> Text:
    shown = device[:60]
    return Text(
        en=f"the source {source} selects the device {shown} too",
        ru=f"устройство {shown} выбрано и в источнике {source}",
    )


def _meets(pattern: str, other: str, source: str) -> Text:
    return Text(
        en=f"a name can fit both {pattern} and {other} of the source {source}",
        ru=f"название может подойти и под {pattern}, и под {other} источника {source}",
    )


def _two_rests(source: str) -> Text:
    return Text(
        en=f"the source {source} has all other devices of this account already",
        ru=f"все остальные устройства этой учётной записи уже у источника {source}",  # noqa: RUF001 - Russian
    )
