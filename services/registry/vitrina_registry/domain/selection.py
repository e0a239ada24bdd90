"""Selections of sources that share an account, and what two of them may not both claim. Pure.

Refused is what could give one device to two sources by the same means. That an id stands in one source and a pattern
that fits the device's name in another is none: the id counts (`vitrina_contracts.selection`).
"""

import re
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
    left, right = _squeezed(one), _squeezed(other)
    if _ends_differ(left, right) or _ends_differ(left[::-1], right[::-1]):
        return False
    # Bit n of `reached`: what of `left` has been read fits a name that `right` has read its first n characters of.
    stars, whole = _places(right, ANY), 1 << len(right)
    reached = 1 | (stars & 1) << 1
    for character in left:
        if character == ANY:
            reached = (whole << 1) - (reached & -reached)
        else:
            step = reached & _taking(right, character)
            reached = (reached & stars) | step << 1
            reached |= (reached & stars) << 1
        if not reached:
            return False
    return bool(reached & whole)


def _squeezed(pattern: str) -> str:
    """As it is compared; stars in a row mean one."""
    return re.sub(r"\*+", ANY, folded(pattern))


def _ends_differ(one: str, other: str) -> bool:
    """Whether the beginnings, up to a star in one of them, already exclude each other: so most pairs are told apart."""
    for left, right in zip(one, other, strict=False):
        if ANY in (left, right):
            return False
        if left != right and ONE not in (left, right):
            return True
    return ANY not in one + other and len(one) != len(other)


def _places(pattern: str, character: str) -> int:
    return sum(1 << place for place, found in enumerate(pattern) if found == character)


def _taking(pattern: str, character: str) -> int:
    """Places of the pattern that take this one character; a `?` may be any of theirs."""
    return sum(
        1 << place
        for place, found in enumerate(pattern)
        if found != ANY and (ONE in (found, character) or found == character)
    )


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
