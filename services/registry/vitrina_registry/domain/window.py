"""Maintenance windows: regular times at which some alerts ring nobody."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from vitrina_contracts.alerting import WindowMatcher, WindowPlan
from vitrina_contracts.manifest import Text
from vitrina_contracts.tokens import Claims

from vitrina_registry.domain.errors import ConflictError, FieldFault, NotFoundError
from vitrina_registry.domain.scope import sees, sees_all

MOST: Final = 200

_PATTERN: Final = Text(en="is no regular expression", ru="не является регулярным выражением")
_NOTHING: Final = Text(
    en="one must say what is to be silenced, not only what is not",
    ru="хотя бы одно условие должно говорить, что заглушить, а не только что не глушить",  # noqa: RUF001 - Russian
)
_ORDER: Final = Text(en="must not be before first_day", ru="не может быть раньше first_day")


@dataclass(frozen=True)
class StoredWindow:
    name: str
    plan: WindowPlan
    revision: int
    updated_at: datetime
    updated_by: str

    def facts(self) -> dict[str, Any]:
        return self.plan.model_dump(mode="json", by_alias=True)

    def is_for(self, caller: Claims) -> bool:
        """Who does not see all sees what names an own source exactly: another could hide foreign alerts."""
        named = [each for each in self.plan.matchers if each.name == "source"]
        exact = bool(named) and all(each.is_equal and not each.is_regex for each in named)
        return sees_all(caller) or (exact and all(sees(caller, each.value) for each in named))


def plan_faults(plan: WindowPlan) -> Iterator[FieldFault]:
    for number, matcher in enumerate(plan.matchers):
        if matcher.is_regex and not _is_pattern(matcher.value):
            yield FieldFault(f"matchers[{number}].value", _PATTERN)
    if not says_something(plan.matchers):
        yield FieldFault("matchers", _NOTHING)
    if plan.first_day and plan.last_day and plan.last_day < plan.first_day:
        yield FieldFault("last_day", _ORDER)


def says_something(matchers: Sequence[WindowMatcher]) -> bool:
    return any(each.is_equal and each.value not in {"", ".*"} for each in matchers)


def _is_pattern(value: str) -> bool:
    try:
        re.compile(value)
    except re.error:
        return False
    return True


def no_window(name: str) -> NotFoundError:
    return NotFoundError(
        Text(en=f"There is no maintenance window {name[:80]!r}.", ru=f"Окна обслуживания {name[:80]!r} нет.")
    )


def window_taken(name: str) -> ConflictError:
    return ConflictError(
        Text(en=f"There is a maintenance window {name!r} already.", ru=f"Окно обслуживания {name!r} уже есть.")
    )


def too_many_windows() -> ConflictError:
    return ConflictError(
        Text(
            en=f"There are {MOST} maintenance windows already; delete one that nobody needs.",
            ru=f"Окон обслуживания уже {MOST}; удалите то, которое не нужно.",
        )
    )
