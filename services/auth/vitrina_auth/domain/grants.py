"""Rights: a role and the sources that it covers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vitrina_contracts.tokens import ALL_SOURCES, Role

from vitrina_auth.domain.errors import InvalidField

MOST_SOURCES: Final = 1000
_SOURCE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_EVERYTHING: Final = (ALL_SOURCES,)


@dataclass(frozen=True, slots=True)
class Grants:
    """An admin sees all sources; a manager the named ones, which may be none."""

    role: Role
    sources: tuple[str, ...]

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN


def grant(role: Role, sources: Sequence[str] | None) -> Grants:
    """Grants from what an admin typed.

    Raises:
        InvalidField: a manager without a list of sources, an admin with named ones, or a name that cannot be one.
    """
    if role is Role.ADMIN:
        if sources and tuple(sources) != _EVERYTHING:
            raise InvalidField("sources", "an admin sees every source: leave the list out")
        return Grants(role, _EVERYTHING)
    if sources is None:
        raise InvalidField("sources", "a manager needs a list of sources; it may be empty")
    return Grants(role, _checked(sources))


def _checked(sources: Sequence[str]) -> tuple[str, ...]:
    unique = tuple(dict.fromkeys(sources))
    if unique == _EVERYTHING:
        return unique
    if len(unique) > MOST_SOURCES:
        raise InvalidField("sources", f"at most {MOST_SOURCES} sources")
    for position, name in enumerate(sources):
        if not _SOURCE_NAME.fullmatch(name):
            raise InvalidField(f"sources[{position}]", "this cannot be the name of a source")
    return unique
